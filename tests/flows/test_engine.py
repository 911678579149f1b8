"""The arithmetic of a call: whatever she does, the line says something, waits, and never loses her."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.checks import load_checked
from flows.deeds import DEEDS
from flows.engine import FULL_WAIT_S, MISSES_ANSWERED, SILENCES_ANSWERED, SOFT_WAIT_S, STAR_WAIT_S, advance
from flows.loader import DEFINITIONS
from flows.model import (
    AskKeys,
    AskVoice,
    Began,
    Deed,
    Do,
    Flow,
    HangUp,
    Heard,
    Keys,
    Languages,
    Line,
    Menu,
    Outcome,
    Place,
    Position,
    Record,
    Recorded,
    Silence,
    Turn,
)
from ivr.voice.positions import from_query, to_query

FLOW = load_checked(DEFINITIONS / "hotline.yaml")
TWO = Place(("en", "id"), frozenset({"free"}))
MANY = Place(tuple(f"l{number}" for number in range(12)))
ONE = Place(("en",))
START = Position(FLOW.version, FLOW.first, "0" * 32, "en")
ASKING = [name for name, step in FLOW.steps.items() if isinstance(step, Menu | Languages)]
MENUS = [name for name in ASKING if isinstance(FLOW.steps[name], Menu)]

KEYS = st.text(alphabet="0123456789*#", min_size=1, max_size=5).map(Keys)
RECORDINGS = st.builds(
    Recorded,
    recording_sid=st.just("RE1"),
    length_s=st.integers(0, 200),
    key=st.sampled_from(["", *"0123456789*#"]),
    hung_up=st.booleans(),
)
DEED = st.integers(0, 7)
"""Which of its outcomes a deed has; drawn beforehand, so that a walk is one value."""

WALKS = st.lists(st.tuples(st.one_of(KEYS, st.just(Silence()), RECORDINGS), DEED), max_size=40)
PLACES = st.sampled_from([ONE, TWO, MANY])


def take(position: Position, heard: Heard, place: Place = TWO, deed: int = 0) -> tuple[Position, Turn]:
    """Take a turn to its end; deeds come out as `deed` says, counted among their outcomes."""
    position, turn = advance(FLOW, position, heard, place)
    while isinstance(turn.then, Deed):
        outcomes = sorted(DEEDS[turn.then.name])
        outcome = Outcome(outcomes[deed % len(outcomes)], turn.lines)
        position, turn = advance(FLOW, position, outcome, place)
    return position, turn


def prompts(turn: Turn) -> list[str]:
    return [line.prompt for line in turn.lines]


@given(walk=WALKS, place=PLACES)
def test_whatever_a_caller_does_the_line_waits_for_her_or_ends(
    walk: list[tuple[Heard, int]], place: Place
) -> None:
    position, turn = take(replace(START, language=place.languages[0]), Began(), place)
    for heard, deed in walk:
        if isinstance(turn.then, HangUp):
            return
        position, turn = take(position, heard, place, deed)

        assert isinstance(turn.then, AskKeys | AskVoice | HangUp)
        assert position.language in place.languages
        assert position.step in FLOW.steps
        assert position.silences <= SILENCES_ANSWERED
        assert position.misses <= MISSES_ANSWERED


@given(walk=WALKS, place=PLACES)
def test_a_position_survives_its_way_through_an_address(walk: list[tuple[Heard, int]], place: Place) -> None:
    position, _ = take(replace(START, language=place.languages[0]), Began(), place)
    for heard, deed in walk:
        position, _ = take(position, heard, place, deed)

        assert from_query(position.version, position.step, to_query(position)) == position


@given(walk=WALKS, place=PLACES)
def test_the_same_turn_has_the_same_answer(walk: list[tuple[Heard, int]], place: Place) -> None:
    position = replace(START, language=place.languages[0])
    for heard, deed in walk:
        first = take(position, heard, place, deed)

        assert take(position, heard, place, deed) == first
        position = first[0]


@settings(max_examples=300)
@given(walk=WALKS, place=PLACES)
def test_a_recording_begins_only_after_she_has_agreed(walk: list[tuple[Heard, int]], place: Place) -> None:
    position, has_agreed = replace(START, language=place.languages[0]), False
    for heard, deed in walk:
        position, turn = advance(FLOW, position, heard, place)
        while isinstance(turn.then, Deed):
            outcome = sorted(DEEDS[turn.then.name])[deed % len(DEEDS[turn.then.name])]
            has_agreed = has_agreed or (turn.then.name == "agree" and outcome == "agreed")
            position, turn = advance(FLOW, position, Outcome(outcome, turn.lines), place)

        assert has_agreed or not isinstance(turn.then, AskVoice)
        if isinstance(FLOW.steps[position.step], Record) and not has_agreed:
            return


@given(walk=WALKS)
def test_never_more_than_five_choices_and_two_common_ones_are_offered(walk: list[tuple[Heard, int]]) -> None:
    position = replace(START, language="l0")
    for heard, deed in walk:
        position, turn = take(position, heard, MANY, deed)

        assert sum(line.prompt == "language_item" for line in turn.lines) <= 5


@pytest.mark.parametrize("name", MENUS)
def test_no_menu_has_more_than_five_choices(name: str) -> None:
    menu = FLOW.steps[name]

    assert isinstance(menu, Menu)
    assert 1 <= len(menu.press) <= 5


@pytest.mark.parametrize("name", ASKING)
def test_silence_is_answered_softly_then_twice_in_full_and_never_with_the_end(name: str) -> None:
    step = FLOW.steps[name]
    position, turn = take(replace(START, step=name), Began())
    waits: list[int] = []
    while position.step == name and len(waits) < 9:
        assert isinstance(turn.then, AskKeys)
        waits.append(turn.then.timeout_s)
        position, turn = take(position, Silence())

    skips = isinstance(step, Menu) and step.skip_on_silence
    assert waits == ([SOFT_WAIT_S] if skips else [SOFT_WAIT_S, FULL_WAIT_S, FULL_WAIT_S, FULL_WAIT_S])


@pytest.mark.parametrize("name", ASKING)
def test_a_wrong_key_is_answered_with_the_choices_and_the_fifth_leads_on(name: str) -> None:
    position, _ = take(replace(START, step=name), Began())
    for _ in range(MISSES_ANSWERED):
        position, turn = take(position, Keys("#"))

        assert position.step == name
        assert prompts(turn)[0] == "err_badkey"
        assert len(turn.lines) > 1

    step = FLOW.steps[name]
    assert isinstance(step, Menu | Languages)
    moved, turn = advance(FLOW, position, Keys("#"), TWO)
    led_on, _ = advance(FLOW, replace(position, step=name, silences=SILENCES_ANSWERED), Silence(), TWO)

    assert moved.step == led_on.step
    assert "err_badkey" not in prompts(turn)


@pytest.mark.parametrize("name", ASKING)
def test_zero_is_help_and_nine_is_the_end_everywhere(name: str) -> None:
    step = FLOW.steps[name]
    assert isinstance(step, Menu | Languages)
    position, _ = take(replace(START, step=name), Began())

    helped, _ = take(position, Keys("0"))
    ended, last = take(position, Keys("9"))

    assert helped.step == "help_now"
    assert isinstance(last.then, HangUp)
    assert prompts(last) == (["quick_end"] if step.tone == "neutral" else [])
    assert ended.step == (FLOW.farewell if step.tone == "neutral" else FLOW.silent_end)


@pytest.mark.parametrize("name", ASKING)
def test_star_and_nine_play_harmless_words_and_nothing_between_them(name: str) -> None:
    position, _ = take(replace(START, step=name), Began())
    starred, quiet = take(position, Keys("*"))
    _, last = take(starred, Keys("9"))

    assert quiet == Turn((), AskKeys(1, STAR_WAIT_S, barge_in=True))
    assert prompts(last) == ["harmless"]
    assert isinstance(last.then, HangUp)


@pytest.mark.parametrize("name", ASKING)
def test_nine_long_after_a_star_is_no_danger(name: str) -> None:
    position, _ = take(replace(START, step=name), Began())
    starred, _ = take(position, Keys("*"))
    again, turn = take(starred, Silence(), deed=1)
    ended, _ = take(again, Keys("9"))

    assert turn.lines
    assert ended.step in {FLOW.farewell, FLOW.silent_end}


def test_a_recording_that_star_ended_can_be_discarded_without_a_word() -> None:
    kept = sorted(DEEDS["keep_message"]).index("kept")
    position, quiet = take(replace(START, step="record"), Recorded("RE1", 9, key="*"), deed=kept)
    _, last = take(position, Keys("9"))

    assert quiet.lines == ()
    assert prompts(last) == ["harmless"]


def test_another_key_right_after_the_star_is_a_choice_of_the_menu_it_led_to() -> None:
    position, _ = take(replace(START, step="main_menu"), Began())
    starred, _ = take(position, Keys("*"))
    moved, _ = take(starred, Keys("2"))

    assert moved.language == "id"
    assert moved.step == "main_menu"


def test_more_than_five_languages_are_offered_by_fives() -> None:
    position, first = take(replace(START, language="l0"), Began(), MANY)
    pages = [first]
    for _ in range(3):
        position, turn = take(position, Keys("8"), MANY)
        pages.append(turn)

    offered = [[line.language for line in page.lines if line.prompt == "language_item"] for page in pages]
    assert [len(page) for page in offered] == [5, 5, 2, 5]
    assert offered[0] == offered[3]
    assert prompts(pages[1])[-1] == "language_more"
    assert "welcome" not in prompts(pages[1])

    chosen, _ = take(take(START, Keys("8"), MANY)[0], Keys("2"), MANY)
    assert chosen.language == "l6"


def test_a_caller_who_chooses_no_language_hears_the_first_of_the_line() -> None:
    position = replace(START, language="gone", silences=SILENCES_ANSWERED)

    assert take(position, Silence())[0].language == "en"


@pytest.mark.parametrize("name", [name for name, step in FLOW.steps.items() if isinstance(step, Do)])
def test_every_outcome_of_a_deed_leads_somewhere(name: str) -> None:
    step = FLOW.steps[name]
    assert isinstance(step, Do)
    for outcome in DEEDS[step.deed]:
        _, turn = advance(FLOW, replace(START, step=name), Outcome(outcome, (Line("one_moment"),)), TWO)

        assert prompts(turn)[0] == "one_moment"


def test_a_flow_of_another_file_is_walked_by_the_same_arithmetic(tmp_path: Path) -> None:
    source = (DEFINITIONS / "hotline.yaml").read_text().replace("say: [main_menu]", "say: [keys_help]")
    (tmp_path / "hotline.yaml").write_text(source)
    flow: Flow = load_checked(tmp_path / "hotline.yaml")

    _, turn = advance(flow, replace(START, step="main_menu"), Began(), TWO)

    assert prompts(turn) == ["keys_help"]
    assert flow.version != FLOW.version
