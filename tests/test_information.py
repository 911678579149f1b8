"""Topics and numbers: what staff withdraw or let grow old, no caller hears; all else she finds."""

import random
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from flows.checks import load_checked
from flows.deeds import DEEDS
from flows.engine import AT_ONCE, advance
from flows.loader import DEFINITIONS
from flows.model import Began, Choose, Deed, HangUp, Heard, Keys, Outcome, Position, Recorded, Silence, Turn
from flows.walk import KEYPAD, every_turn
from ivr.domain.content import Content
from ivr.persistence.directory_file import starter_entries
from ivr.persistence.tables import services
from ivr.services import content
from ivr.voice.desk import to_be_spoken
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import _names
from tests.told import HOME, LANGUAGES, library, sample_content, sample_place

FLOW = load_checked(DEFINITIONS / "hotline.yaml")
VALUES = {
    "case_number": "572904",
    "emergency_number": "999",
    "retention_days": "30",
    "service": "kind_union",
    "service_digits": "07700 900 121",
    "note_count": "2",
}
OF_THIS_CALL = {"own_message", "answer"}
RANDOM_TURNS = 20_000
DOCUMENTS = "11"
"""The keys from the main menu to the topic about documents."""


@pytest.fixture
def line(tmp_path: Path, sqlite_url: str) -> Iterator[PracticeLine]:
    with practice_line(tmp_path, sqlite_url, content="sample") as opened:
        yield opened


def heard_after(line: PracticeLine, keys: str) -> list[str]:
    """Return the prompts that a caller in English hears after the last of these keys."""
    line.app.extensions["peerline_desk"].hotlines.refresh()
    call = line.dial()
    for key in "1" + keys:
        before = len(call.listen().heard)
        call.press(key)
    names = _names(call.listen().heard[before:])
    call.hang_up()
    return names


def days_pass(line: PracticeLine, days: int) -> None:
    line.company.let_pass(timedelta(days=days).total_seconds())


def test_what_is_reviewed_is_told_to_the_last_day_and_not_one_longer(line: PracticeLine) -> None:
    days_pass(line, 90)
    assert heard_after(line, "1" + DOCUMENTS)[0] == "topic_documents"
    assert heard_after(line, "1" + DOCUMENTS + "1" + "1") == ["directory_police_note", "directory_skip"]

    days_pass(line, 1)

    assert heard_after(line, "1") == ["info_soon", "soon_keys"]


def test_a_number_that_is_past_its_date_is_withheld_and_the_topic_goes_on(line: PracticeLine) -> None:
    with line.station.database.write() as work:
        past = work.now.date() - timedelta(days=1)
        work.connection.execute(
            update(services)
            .where(services.c.country == "MY", services.c.kind != "peer_group")
            .values(review_by=past)
        )

    heard = heard_after(line, "1" + DOCUMENTS + "1")

    assert heard == ["directory_country", "country_item", "country_item"]
    assert line_knows_no(line, "sample-union")


def test_a_number_that_is_withdrawn_disappears_from_every_menu(line: PracticeLine) -> None:
    assert not line_knows_no(line, "sample-river-group")
    assert heard_after(line, "153")[-4:] == ["country_item"] * 4

    content.withdraw(line.station, line.organisation_id, "sample-river-group")

    assert heard_after(line, "153")[-4:] == ["moving_country", *["country_item"] * 3]
    assert line_knows_no(line, "sample-river-group")


def line_knows_no(line: PracticeLine, slug: str) -> bool:
    hotlines = line.app.extensions["peerline_desk"].hotlines
    hotlines.refresh()
    return slug not in {service.slug for service in hotlines.by_id(line.hotline_id).content.services}


def test_a_line_that_nobody_calls_reads_again_within_a_minute(
    line: PracticeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ivr.persistence.hotlines.FRESH_S", 0.05)
    hotlines = line.app.extensions["peerline_desk"].hotlines
    hotlines.refresh()
    content.withdraw(line.station, line.organisation_id, "sample-union")
    gone, read = threading.Event(), hotlines._read

    def read_and_look() -> None:
        read()
        if "sample-union" not in {one.slug for one in hotlines.all()[0].content.services}:
            gone.set()

    monkeypatch.setattr(hotlines, "_read", read_and_look)
    over = hotlines.stay_fresh()

    assert gone.wait(5)
    over.set()


@pytest.mark.parametrize(
    ("key", "heard"),
    [("1", ["topics_item"] * 4), ("7", ["topics_item"] * 4), ("0", ["emergency_now"]), ("9", [])],
)
def test_keys_keep_their_meaning_when_staff_close_a_topic_while_she_chooses(
    line: PracticeLine, key: str, heard: list[str]
) -> None:
    """The first key meant the topic that is gone; it must not open the one that has moved up."""
    call = line.dial()
    for each in "111":
        call.listen().press(each)
    before = len(call.listen().heard)
    content.close_topic(line.station, line.organisation_id, "documents")
    line.app.extensions["peerline_desk"].hotlines.refresh()

    call.press(key)

    assert _names(call.listen().heard[before:]) == heard


def test_a_topic_that_is_closed_after_she_heard_it_is_not_said_again(line: PracticeLine) -> None:
    call = line.dial()
    for each in "1111":
        call.listen().press(each)
    before = len(call.listen().heard)
    content.close_topic(line.station, line.organisation_id, "documents")
    line.app.extensions["peerline_desk"].hotlines.refresh()

    call.press("*").stay_silent(2.1)

    assert _names(call.listen().heard[before:]) == ["info_soon", "soon_keys"]


def test_whoever_keeps_the_content_is_told_once_of_what_is_past_its_date(line: PracticeLine) -> None:
    station, organisation_id = line.station, line.organisation_id
    assert content.tell_of_past_review(station) == 0
    days_pass(line, 91)

    kept = content.look(station, organisation_id)
    told = content.tell_of_past_review(station)

    assert told == kept.past_review == 19 + len(sample_content().services) + 2
    assert content.tell_of_past_review(station) == 0
    assert content.past_review(station, organisation_id) == told


def test_a_review_opens_what_was_withheld(line: PracticeLine) -> None:
    days_pass(line, 91)
    today = line.now().date()

    content.review_topic(
        line.station, line.organisation_id, "documents", login="keeper", review_by=today + timedelta(days=1)
    )

    assert heard_after(line, "11") == ["topics_item"]


def test_no_question_of_the_checklist_may_stay_open(line: PracticeLine) -> None:
    with pytest.raises(content.UnansweredError):
        content.verify(
            line.station,
            line.organisation_id,
            "sg-aware",
            login="keeper",
            answers=["yes"] * 6 + [" "],
            records="no",
            review_by=line.now().date() + timedelta(days=90),
        )

    assert line_knows_no(line, "sg-aware")


def test_the_answers_of_a_check_are_kept_sealed(line: PracticeLine) -> None:
    content.verify(
        line.station,
        line.organisation_id,
        "sg-aware",
        login="keeper",
        answers=["Confirmed by a named person"] * 7,
        records="no",
        review_by=line.now().date() + timedelta(days=90),
    )

    with line.station.database.read() as work:
        sealed = work.connection.execute(
            services.select().where(services.c.slug == "sg-aware").with_only_columns(services.c.sealed_check)
        ).scalar_one()
    assert b"Confirmed" not in sealed
    assert not line_knows_no(line, "sg-aware")


@pytest.mark.parametrize("days", [0, -1])
def test_a_review_date_lies_ahead(line: PracticeLine, days: int) -> None:
    with pytest.raises(content.ReviewDateError):
        content.review_topic(
            line.station,
            line.organisation_id,
            "pay",
            login="keeper",
            review_by=line.now().date() + timedelta(days=days),
        )


def test_every_organisation_begins_with_nothing_told(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        kept = content.look(line.station, line.organisation_id)

        assert len(kept.topics) == 19
        assert len(kept.entries) == 73
        assert {topic.state(kept.today) for topic in kept.topics} == {"closed"}
        assert "readable" not in {entry.state(kept.today) for entry in kept.entries}
        assert line.app.extensions["peerline_desk"].hotlines.by_id(line.hotline_id).content == Content()


def test_a_number_that_the_state_may_answer_comes_last() -> None:
    found = sample_content().services_for("documents", "SG", "en")

    assert [service.slug for service in found] == ["sample-workers-help", "sample-labour-office"]
    assert [service.is_state_run for service in found] == [False, True]


def test_what_is_not_recorded_in_a_language_is_not_offered_in_it() -> None:
    def is_recorded(language: str, clip: str) -> bool:
        missing = clip in {"topic_before_8_legal", "kind_union", "country_SG", "country_other"}
        return library().has_clip(language, clip) and not (language == "id" and missing)

    lists = sample_content().as_recorded(LANGUAGES, is_recorded).lists(HOME, LANGUAGES, is_recorded)

    assert "before_you_go" in lists["topics/5/en"]
    assert "before_you_go" not in lists["topics/5/id"]
    assert lists["countries/pay/en"] == ("MY", "SG", "other")
    assert lists["countries/pay/id"] == ("MY",)
    content_in_id = sample_content().as_recorded(LANGUAGES, is_recorded)
    assert [one.slug for one in content_in_id.services_for("pay", "MY", "id")] == ["sample-complaints"]


def test_every_turn_with_content_can_be_spoken_and_offers_at_most_five() -> None:
    turns = list(every_turn(FLOW, sample_place()))

    assert {position.step for position, _ in turns} >= {"topic_after", "number", "number_of_state", "part"}
    for position, turn in turns:
        check_turn(position, turn)


def check_turn(position: Position, turn: Turn) -> None:
    spoken = [
        to_be_spoken(line, position.language, VALUES)
        for line in turn.lines
        if line.prompt not in OF_THIS_CALL
    ]
    assert library().sounds(spoken) or not spoken
    step = FLOW.steps[position.step]
    if isinstance(step, Choose) and turn.lines and not isinstance(turn.then, HangUp):
        items = [line for line in turn.lines if line.prompt == step.item]
        assert len(items) <= AT_ONCE, position


def test_random_callers_never_meet_a_dead_end() -> None:
    chance = random.Random(20261121)
    place = sample_place()
    position, ended = begin(), 0
    for _ in range(RANDOM_TURNS):
        position, turn = advance(FLOW, position, any_heard(chance), place)
        while isinstance(turn.then, Deed):
            outcome = Outcome(chance.choice(sorted(DEEDS[turn.then.name])), turn.lines)
            position, turn = advance(FLOW, position, outcome, place)
        check_turn(position, turn)
        if isinstance(turn.then, HangUp):
            position, ended = begin(), ended + 1

    assert ended > 100


def begin() -> Position:
    return Position(FLOW.version, FLOW.first, "h", "en")


def any_heard(chance: random.Random) -> Heard:
    choices: list[Heard] = [Silence(), Recorded("RE1", 3), Began()]
    return chance.choice(choices) if chance.random() < 0.3 else Keys(chance.choice(KEYPAD))


def test_starter_numbers_are_digits_and_no_two_have_one_name() -> None:
    entries = starter_entries()

    assert len({entry.slug for entry in entries}) == len(entries)
    for entry in entries:
        entry.check()


def test_the_day_after_the_last_is_too_late(line: PracticeLine) -> None:
    kept = content.look(line.station, line.organisation_id)
    (entry,) = [one for one in kept.entries if one.entry.slug == "sample-union"]
    last = entry.review_by or date.min

    assert entry.state(last) == "readable"
    assert entry.state(last + timedelta(days=1)) == "past_review"
