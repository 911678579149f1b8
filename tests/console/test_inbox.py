"""The inbox: three views, the oldest first, page by page on an index, and nothing sealed opened."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite

from ivr.persistence import inbox, messages
from ivr.persistence.inbox import Place, View
from ivr.persistence.tables import calls, concerns
from ivr.persistence.tables import messages as messages_table
from tests.console.staff_room import START, Browser, Clock, Said, StaffRoom

ROW = re.compile(r'<a href="/concerns/[0-9a-f]{32}[^"]*">([^<]+)</a>')
SILENT = Said("04-silent", words=None, words_state="empty", set_aside="silent")


def names(browser: Browser, address: str = "/") -> list[str]:
    return ROW.findall(browser.get(address).text)


def counts(browser: Browser) -> list[str]:
    return re.findall(r'class="count">([^<]+)<', browser.get("/").text)


def link(browser: Browser, rel: str) -> str | None:
    assert browser.page is not None
    match = re.search(rf'rel="{rel}" href="([^"]+)"', browser.page.text)
    return match[1].replace("&amp;", "&") if match else None


def fill(room: StaffRoom, how_many: int, state: str = "open", *, same_time: bool = False) -> list[str]:
    """Write rows straight into the table; returns their names, the oldest first."""
    made = []
    with room.station.database.write() as work:
        for number in range(how_many):
            row_id, call_id = uuid4().hex, uuid4().hex
            at = START if same_time else START + timedelta(seconds=number)
            common = {"organisation_id": room.organisations["north"], "hotline_id": room.hotlines["north"]}
            work.connection.execute(
                insert(calls).values(
                    id=call_id,
                    carrier_call_sid=call_id,
                    language="en",
                    flow_version="test",
                    began_at=at,
                    last_turn_at=at,
                    **common,
                )
            )
            work.connection.execute(
                insert(concerns).values(
                    id=row_id,
                    call_id=call_id,
                    name=f"Row {number}",
                    language="en",
                    state=state,
                    created_at=at,
                    released_at=at,
                    done_at=at if state == "done" else None,
                    **common,
                )
            )
            made.append((at, row_id, f"Row {number}"))
    return [name for _, _, name in sorted(made)]


def test_what_waited_longest_stands_first(room: StaffRoom, clock: Clock) -> None:
    made = []
    for _ in range(3):
        made.append(room.name_of(room.add_concern()))
        clock.pass_by(minutes=5)

    assert names(room.signed_in()) == made


def test_a_row_says_in_words_what_is_known(lite_room: StaffRoom, clock: Clock) -> None:
    lite_room.add_concern(Said(), Said(), kind="cannot_leave", suggests=("wages", "urgent"), wish="be_called")
    clock.pass_by(minutes=12)

    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", lite_room.signed_in().get("/").text))

    for said in (
        "new",
        "She pressed: cannot leave",
        "Words suggest: Unpaid, late or cut pay",
        "Suggested: Serious harm or may get worse",
        "Wants a call back",
        "English",
        "0:11",
        "2 messages",
        "text ready",
        "12 min",
    ):
        assert said in page


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Said(words=None, words_state="no_model"), "no text in this language"),
        (Said(words=None, words_state="failed"), "no text"),
        (Said(words=""), "no words understood"),
        (Said(words=None, sound="fetching"), "text on its way"),
    ],
)
def test_a_row_says_why_there_is_no_text(lite_room: StaffRoom, said: Said, words: str) -> None:
    lite_room.add_concern(said)

    assert f">{words}</span>" in lite_room.signed_in().get("/").text


def test_the_three_views_and_their_counts(room: StaffRoom) -> None:
    waiting, aside, done = room.add_concern(), room.add_concern(SILENT), room.add_concern()
    browser = room.signed_in()
    browser.get("/")
    browser.send(f"/concerns/{done.id}/done")

    assert counts(browser) == ["1", "1", "1"]
    assert names(browser) == [room.name_of(waiting)]
    assert names(browser, "/?view=set_aside") == [room.name_of(aside)]
    assert names(browser, "/?view=done") == [room.name_of(done)]


def test_one_message_with_a_voice_keeps_a_concern_waiting(room: StaffRoom) -> None:
    concern = room.add_concern(SILENT, Said(), SILENT)

    assert names(room.signed_in()) == [room.name_of(concern)]


def test_a_concern_moves_between_the_views_as_its_messages_change(room: StaffRoom) -> None:
    concern = room.add_concern(SILENT, Said(sound="fetching"))
    silent_id, other_id = sorted(
        room.message_ids(concern), key=lambda message_id: _is_aside(room, message_id), reverse=True
    )
    browser = room.signed_in()
    moves = [names(browser) != []]
    with room.station.database.write() as work:
        message = messages.by_id(work, other_id)
        assert message is not None
        messages.keep_fetch_failure(work, message, "NotAudioError", set_aside="noise")
    moves.append(names(browser) != [])
    with room.station.database.write() as work:
        message = messages.by_id(work, silent_id)
        assert message is not None
        messages.keep_sound(
            work, message, sha256="0", length_ms=900, level_dbfs=-20, waveform=(1,), set_aside=None
        )
    moves.append(names(browser) != [])

    assert moves == [True, False, True]


def test_what_no_program_can_read_waits_with_the_others(room: StaffRoom) -> None:
    concern = room.add_concern(Said(sound="given_up", set_aside="unreadable"))

    assert names(room.signed_in()) == [room.name_of(concern)]


def _is_aside(room: StaffRoom, message_id: str) -> bool:
    with room.station.database.read() as work:
        statement = select(messages_table.c.set_aside).where(messages_table.c.id == message_id)
        return work.connection.execute(statement).scalar() is not None


@pytest.mark.parametrize("same_time", [False, True])
def test_pages_of_25_lead_through_all_and_back_again(room: StaffRoom, *, same_time: bool) -> None:
    made = fill(room, 60, same_time=same_time)
    browser = room.signed_in()
    forward = [names(browser)]
    while address := link(browser, "next"):
        forward.append(names(browser, address))
    backward = [forward[-1]]
    while address := link(browser, "prev"):
        backward.append(names(browser, address))

    assert [len(page) for page in forward] == [25, 25, 10]
    assert [name for page in forward for name in page] == made
    assert backward == [made[50:], made[25:50], made[:25]]


def test_a_page_before_which_too_little_is_left_is_the_first_page_and_full(room: StaffRoom) -> None:
    """Rows of the first page were done while somebody looked at the second."""
    made = fill(room, 60)
    browser = room.signed_in()
    names(browser)
    second = link(browser, "next")
    assert second is not None
    names(browser, second)
    address = link(browser, "prev")
    assert address is not None
    with room.station.database.write() as work:
        for name in made[:10]:
            done = concerns.update().where(concerns.c.name == name)
            work.connection.execute(done.values(state="done", done_at=START))

    assert names(browser, address) == made[10:35]
    assert link(browser, "prev") is None


def test_what_was_done_last_stands_first_among_the_done_and_its_pages_lead_on(room: StaffRoom) -> None:
    made = fill(room, 30, state="done")
    browser = room.signed_in()

    assert names(browser, "/?view=done") == made[:4:-1]
    address = link(browser, "next")
    assert address is not None
    assert names(browser, address) == made[4::-1]


def test_a_page_whose_rows_are_gone_shows_the_first_page(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    late = f"{9 * 10**15}-{'f' * 32}"

    assert names(lite_room.signed_in(), f"/?after={late}") == [lite_room.name_of(concern)]


@pytest.mark.parametrize("place", ["", "x", "1-2", "99999999999999999999-" + "0" * 32, "٣-" + "0" * 32])
def test_a_place_that_is_none_shows_the_first_page(lite_room: StaffRoom, place: str) -> None:
    concern = lite_room.add_concern()

    assert names(lite_room.signed_in(), f"/?after={place}") == [lite_room.name_of(concern)]


def test_counting_stops_at_a_thousand(room: StaffRoom) -> None:
    fill(room, 1001)

    assert counts(room.signed_in()) == ["1000+", "0", "0"]


@pytest.mark.parametrize("view", ["waiting", "set_aside", "done"])
@pytest.mark.parametrize("start", [None, Place(START, "0" * 32)])
@pytest.mark.parametrize("is_backward", [False, True])
def test_a_page_is_one_stretch_of_an_index(
    lite_room: StaffRoom, view: View, start: Place | None, *, is_backward: bool
) -> None:
    statement = inbox.view_statement("0" * 32, view, start, most=26, is_backward=is_backward)

    plan = explain(lite_room, statement)

    assert len(plan) == 1
    assert plan[0].startswith(
        f"SEARCH concerns USING INDEX ix_concerns_{'done' if view == 'done' else 'inbox'}"
    )


def test_counts_news_and_the_messages_of_a_page_use_indexes(lite_room: StaffRoom) -> None:
    seen: list[str] = []
    connection = lite_room.station.database.engine.raw_connection()
    connection.driver_connection.set_trace_callback(seen.append)  # type: ignore[union-attr]
    connection.close()
    with lite_room.station.database.read() as work:
        for view in ("waiting", "set_aside", "done"):
            inbox.count(work, "0" * 32, view)
        inbox.arrived_since(work, "0" * 32, START)
        inbox.newest_arrival(work, "0" * 32)
        inbox.facts_of(work, ["0" * 32, "1" * 32])
    asked = [statement for statement in seen if statement.startswith("SELECT")]
    with lite_room.station.database.read() as work:
        plans = [
            [row[3] for row in work.connection.exec_driver_sql(f"explain query plan {statement}")]
            for statement in asked
        ]

    assert len(plans) == 6
    for plan in plans:
        steps = [step for step in plan if "concerns" in step or "messages" in step]
        assert steps
        assert all(step.startswith("SEARCH") and "INDEX ix_" in step for step in steps)
        assert not any("TEMP B-TREE" in step for step in plan)


def explain(room: StaffRoom, statement: object) -> list[str]:
    compiled = statement.compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": False})  # type: ignore[attr-defined]
    with room.station.database.read() as work:
        rows = work.connection.exec_driver_sql(
            f"explain query plan {compiled}", tuple("x" for _ in compiled.positiontup)
        )
        return [row[3] for row in rows]


def test_the_inbox_opens_nothing_that_is_sealed(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    with lite_room.station.database.write() as work:
        work.connection.exec_driver_sql("update concerns set wrapped_key = x'00'")
        work.connection.exec_driver_sql("update transcripts set sealed_words = x'00'")

    assert names(browser) == [lite_room.name_of(concern)]


def test_another_organisation_sees_none_of_it(room: StaffRoom) -> None:
    room.add_concern(of="north")
    browser = room.signed_in(of="south")

    assert names(browser) == []
    assert counts(browser) == ["0", "0", "0"]
    assert "Nothing is waiting." in browser.get("/").text


def test_news_counts_what_came_since_the_page_was_shown(room: StaffRoom, clock: Clock) -> None:
    room.add_concern()
    browser = room.signed_in()
    match = re.search(r'data-news="([^"]+)"', browser.get("/").text)
    assert match
    first = browser.get(match[1])
    clock.pass_by(seconds=1)
    room.add_concern()
    room.add_concern(SILENT)
    second = browser.get(match[1])
    third = browser.client.get(match[1], headers={"If-None-Match": second.headers["ETag"]})

    assert (first.json, second.json) == ({"new": 0}, {"new": 1})
    assert first.headers["ETag"] != second.headers["ETag"]
    assert (third.status_code, third.data) == (304, b"")


@pytest.mark.parametrize("since", ["", "yesterday", "-1", "9" * 18])
def test_news_since_no_moment_is_no_question(lite_room: StaffRoom, since: str) -> None:
    assert lite_room.signed_in().get(f"/inbox/news?since={since}").status_code == 400


def test_an_empty_view_says_what_is_normal(lite_room: StaffRoom) -> None:
    browser = lite_room.signed_in()

    assert "New messages appear here" in browser.get("/").text
    assert "never deleted by themselves" in browser.get("/?view=set_aside").text
    assert "can be opened again" in browser.get("/?view=done").text


def test_a_message_that_was_erased_counts_for_nothing(room: StaffRoom) -> None:
    concern = room.add_concern(SILENT, Said())
    with room.station.database.write() as work:
        for message_id in room.message_ids(concern):
            message = messages.by_id(work, message_id)
            if message is not None and not _is_aside(room, message_id):
                messages.erase(work, message)

    browser = room.signed_in()
    assert names(browser, "/?view=set_aside") == [room.name_of(concern)]


def test_a_concern_of_which_nothing_is_left_is_not_called_silent(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern(SILENT)
    with lite_room.station.database.write() as work:
        message = messages.by_id(work, lite_room.message_ids(concern)[0])
        assert message is not None
        messages.erase(work, message)

    assert names(lite_room.signed_in(), "/?view=set_aside") == []
