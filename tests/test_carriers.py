"""Whole calls over carriers that differ: other signatures, other names, less told, nothing deleted."""

from dataclasses import replace
from pathlib import Path

import pytest
import stamina

from ivr.simulator.profiles import SIGNALWIRE, SOMLENG, Profile
from tests.kept import check_stored
from tests.practice_line import practice_line
from tests.scenario import CALLS, play, read_scenario

USUAL_CALLS = [
    "cannot-speak",
    "erases-her-message",
    "every-webhook-comes-twice",
    "hangs-up-while-speaking",
    "has-a-phone-without-keys",
    "hears-her-message",
    "leaves-a-message",
    "needs-help-at-once",
    "refuses-to-be-recorded",
    "the-carrier-never-tells-of-the-end",
    "undoes-the-language",
]


@pytest.mark.parametrize("profile", [SOMLENG, SIGNALWIRE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("name", USUAL_CALLS)
def test_a_call_over_another_carrier(name: str, profile: Profile, tmp_path: Path, sqlite_url: str) -> None:
    scenario = read_scenario(CALLS / f"{name}.yaml")
    if not profile.deletes_recordings:
        kept_there = len(scenario.stored.get("messages", []))
        scenario = replace(scenario, stored={**scenario.stored, "at_carrier": kept_there})

    with (
        stamina.set_testing(testing=True, attempts=2),
        practice_line(tmp_path, sqlite_url, profile, **scenario.hotline) as line,
    ):
        play(line, scenario)

        check_stored(line, scenario.stored, scenario.name)
