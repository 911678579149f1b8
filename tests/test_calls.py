"""Every whole call of `tests/calls/`, heard to its end, on each kind of database and over each carrier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from ivr.persistence import left_copies
from ivr.simulator.profiles import SIGNALWIRE, SOMLENG, Profile
from tests.kept import check_stored
from tests.practice_line import practice_line
from tests.scenario import Scenario, all_scenarios, play

SCENARIOS = all_scenarios()
LEAST_SCENARIOS = 40
SHORT_PATIENCE_MS = 200


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wait for a broken part no longer than a test should last."""
    monkeypatch.setattr("ivr.persistence.database.BUSY_TIMEOUT_MS", SHORT_PATIENCE_MS)
    with stamina.set_testing(testing=True, attempts=2):
        yield


def name_of(scenario: Scenario) -> str:
    return scenario.name


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if one.stored["concern"]], ids=name_of)
def test_a_whole_call(scenario: Scenario, tmp_path: Path, database_url: str) -> None:
    with practice_line(tmp_path, database_url, **scenario.hotline) as line:
        play(line, scenario)

        check_stored(line, scenario.stored, scenario.name)


@pytest.mark.parametrize("scenario", [one for one in SCENARIOS if not one.stored["concern"]], ids=name_of)
def test_a_whole_call_of_which_nothing_is_kept(scenario: Scenario, tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url, **scenario.hotline) as line:
        play(line, scenario)

        check_stored(line, scenario.stored, scenario.name)


@pytest.mark.parametrize("profile", [SOMLENG, SIGNALWIRE], ids=lambda profile: profile.name)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=name_of)
def test_a_whole_call_over_another_carrier(
    scenario: Scenario, profile: Profile, tmp_path: Path, sqlite_url: str
) -> None:
    here = scenario.over_carrier(profile)
    with practice_line(tmp_path, sqlite_url, profile, **here.hotline) as line:
        play(line, here)

        check_stored(line, here.stored, here.name)
        with line.station.database.read() as work:
            left = left_copies.count(work)
        assert left == (0 if profile.deletes_recordings else here.stored["at_carrier"])


def test_there_are_enough_calls_to_trust_the_line() -> None:
    assert len(SCENARIOS) >= LEAST_SCENARIOS
