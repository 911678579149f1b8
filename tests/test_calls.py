"""Every whole call of `tests/calls/`, heard to its end, on each kind of database."""

from pathlib import Path

import pytest

from tests.practice_line import practice_line
from tests.scenario import Scenario, all_scenarios, check_stored, play

LEAST_SCENARIOS = 30


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda scenario: scenario.name)
def test_a_whole_call(scenario: Scenario, tmp_path: Path, database_url: str) -> None:
    with practice_line(tmp_path, database_url, **scenario.hotline) as line:
        play(line, scenario)

        check_stored(line, scenario)


def test_there_are_enough_calls_to_trust_the_line() -> None:
    assert len(all_scenarios()) >= LEAST_SCENARIOS
