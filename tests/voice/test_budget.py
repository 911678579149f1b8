"""What a call costs her: the standard flow stays within its bounds, and a longer one is noticed."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.checks import load_checked
from flows.loader import DEFINITIONS
from flows.model import Flow, Place
from ivr.cli.flow import app
from ivr.voice.budget import GOALS, KEY_S, Cost, Entry, Goal, budget, place_with_all_topics
from prompts.catalogue import Catalogue
from prompts.sounds import SoundLibrary, Spoken

STANDARD = DEFINITIONS / "hotline.yaml"
LANGUAGES = ("en", "id")
BY_NAME = {goal.name: goal for goal in GOALS}
ONE_MENU = """
name: small
first: greeting
help: ending
farewell: ending
silent_end: ending
panic: ending
bad_key: err_badkey
still_here: err_nokey
steps:
  greeting:
    menu: {say: [welcome], tone: neutral, press: {"1": number}, no_input: ending}
  number:
    menu:
      say: [{prompt: emergency_number, digits: $emergency_number}]
      press: {"1": ending}
      no_input: ending
  ending: {end: [goodbye_neutral]}
"""


@cache
def sounds() -> SoundLibrary:
    return SoundLibrary(Catalogue.load())


def standard() -> Flow:
    return load_checked(STANDARD, LANGUAGES, sounds().speaks)


def entries_of(flow: Flow, place: Place) -> dict[str, Entry]:
    return {entry.goal.name: entry for entry in budget(flow, place, sounds())}


@pytest.mark.parametrize("entry", budget(standard(), place_with_all_topics(LANGUAGES), sounds()), ids=str)
def test_the_standard_flow_stays_within_its_budget(entry: Entry) -> None:
    assert entry.hearing_all is not None
    assert entry.knowing is not None
    assert entry.knowing.length_s < entry.hearing_all.length_s
    assert not entry.is_over, entry


def test_the_length_is_that_of_the_recordings_and_of_the_keys(tmp_path: Path) -> None:
    flow = _small(tmp_path, ONE_MENU)

    entry = entries_of(flow, Place(("en",)))["emergency number begins"]

    welcome_s = _welcome_s()
    assert entry.hearing_all == Cost(welcome_s + KEY_S, 1)
    assert entry.knowing == Cost(KEY_S, 1)


def test_what_no_key_interrupts_is_paid_by_everybody(tmp_path: Path) -> None:
    waits = ONE_MENU.replace(
        "{say: [welcome], tone", "{say: [welcome, main_menu_short], barge_in: false, tone"
    )
    flow = _small(tmp_path, waits)

    knowing = entries_of(flow, Place(("en",)))["emergency number begins"].knowing

    welcome_s = _welcome_s()
    assert knowing == Cost(welcome_s + KEY_S, 1)


def test_a_flow_without_a_way_to_a_goal_says_so_and_is_not_over(tmp_path: Path) -> None:
    entry = entries_of(_small(tmp_path, ONE_MENU), Place(("en",)))["recording begins"]

    assert (entry.hearing_all, entry.knowing, entry.is_over) == (None, None, False)


@pytest.mark.parametrize(
    ("hearing_all", "knowing", "is_over"),
    [
        (Cost(60.0, 3), Cost(30.0, 3), False),
        (Cost(60.1, 3), Cost(30.0, 3), True),
        (Cost(60.0, 3), Cost(30.1, 3), True),
        (Cost(60.0, 3), Cost(29.0, 4), True),
        (None, Cost(31.0, 3), True),
    ],
)
def test_a_second_or_a_key_too_many_is_over(
    hearing_all: Cost | None, knowing: Cost | None, *, is_over: bool
) -> None:
    entry = Entry("en", BY_NAME["recording begins"], hearing_all, knowing)

    assert entry.is_over is is_over


def test_what_has_no_bound_is_never_over() -> None:
    goal = Goal("anything")

    assert not Entry("en", goal, Cost(900.0, 90), Cost(900.0, 90)).is_over
    assert Entry("en", replace(goal, keys=1), None, Cost(1.0, 2)).is_over


def test_the_command_prints_a_line_for_each_goal_and_language_and_fails_when_it_is_over(
    tmp_path: Path,
) -> None:
    within = CliRunner().invoke(app, ["budget"], env={"COLUMNS": "140"})
    longer = tmp_path / "longer.yaml"
    longer.write_text(
        STANDARD.read_text().replace(
            "say: [main_menu]", 'say: [main_menu, {prompt: consent_more, days: "30"}]', 1
        )
    )

    over = CliRunner().invoke(app, ["budget", str(longer)], env={"COLUMNS": "140"})

    assert (within.exit_code, over.exit_code) == (0, 1), within.output
    assert all(within.output.count(goal.name) == len(LANGUAGES) for goal in GOALS)
    assert ("OVER" in within.output, "OVER" in over.output) == (False, True)


def _welcome_s() -> float:
    return sounds().sounds([Spoken("welcome", "en")])[0].duration_ms / 1000


def _small(folder: Path, text: str) -> Flow:
    path = folder / "small.yaml"
    path.write_text(text)
    return load_checked(path)
