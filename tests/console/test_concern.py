"""The concern page: words first, sound for a reason, notes, done and undone."""

import re
import wave
from io import BytesIO

import pytest
from sqlalchemy import select

from ivr.persistence.concerns import Concern
from ivr.persistence.tables import audit_entries, concerns, messages, notes, tasks
from ivr.services.review import REASONS
from tests.console.staff_room import Browser, Clock, Said, StaffRoom


def show(browser: Browser, concern: Concern) -> str:
    return browser.get(f"/concerns/{concern.id}").text


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def listen(room: StaffRoom, browser: Browser, concern: Concern, reason: str = "check_words") -> str:
    """Give a reason for the first message. Returns the address of its sound."""
    message_id = room.message_ids(concern)[0]
    show(browser, concern)
    assert browser.send(f"/messages/{message_id}/listen", reason=reason).status_code == 303
    return f"/messages/{message_id}/sound"


def trail(room: StaffRoom) -> list[tuple[str, str | None, str]]:
    with room.station.database.read() as work:
        rows = work.connection.execute(
            select(audit_entries.c.action, audit_entries.c.subject_id, audit_entries.c.detail).order_by(
                audit_entries.c.number
            )
        )
        return [(row.action, row.subject_id, row.detail) for row in rows]


def test_opening_a_concern_makes_it_read(room: StaffRoom) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    before = 'class="row unread"' in browser.get("/").text
    show(browser, concern)

    assert before
    assert 'class="row unread"' not in browser.get("/").text
    assert ("open_concern", concern.id, "") in trail(room)


def test_the_words_can_be_read_before_any_reason_is_given_but_nothing_can_be_heard(
    room: StaffRoom,
) -> None:
    concern = room.add_concern()
    browser = room.signed_in()

    page = show(browser, concern)

    assert "please come soon they (not understood) the door at night" in words_of(page)
    assert "<audio" not in page
    assert "say why" in page
    assert browser.get(f"/messages/{room.message_ids(concern)[0]}/sound").status_code == 404


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_opens_the_sound_and_stays_with_the_message(room: StaffRoom, reason: str) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    address = listen(room, browser, concern, reason)
    page = show(browser, concern)
    sound = browser.get(address)

    with wave.open(BytesIO(sound.data)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (1, 8000, 2)
        assert file.getnframes() > 8000
    assert f'src="{address}"' in page
    assert "Listened" in page
    assert ("listen", room.message_ids(concern)[0], reason) in trail(room)


@pytest.mark.parametrize("reason", ["", "curiosity"])
def test_without_a_known_reason_there_is_no_sound(lite_room: StaffRoom, reason: str) -> None:
    concern = lite_room.add_concern()
    message_id = lite_room.message_ids(concern)[0]
    browser = lite_room.signed_in()
    show(browser, concern)

    assert browser.send(f"/messages/{message_id}/listen", reason=reason).status_code == 400
    assert browser.get(f"/messages/{message_id}/sound").status_code == 404


def test_a_reason_is_good_for_half_an_hour_and_for_who_gave_it(room: StaffRoom, clock: Clock) -> None:
    concern = room.add_concern()
    hana, rosa = room.signed_in("hana"), room.signed_in("rosa", "coordinator")
    address = listen(room, hana, concern)
    clock.pass_by(minutes=29)
    in_time, of_another = hana.get(address).status_code, rosa.get(address).status_code
    clock.pass_by(minutes=1)

    assert (in_time, of_another) == (200, 404)
    assert hana.get(address).status_code == 404
    assert "<audio" not in show(hana, concern)


def test_a_reason_for_one_message_opens_no_other(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern(Said(), Said())
    browser = lite_room.signed_in()
    address = listen(lite_room, browser, concern)
    other = lite_room.message_ids(concern)[1]

    assert browser.get(address).status_code == 200
    assert browser.get(f"/messages/{other}/sound").status_code == 404
    assert show(browser, concern).count("<audio") == 1


def test_the_player_can_ask_for_a_part_of_the_sound(lite_room: StaffRoom) -> None:
    browser = lite_room.signed_in()
    address = listen(lite_room, browser, lite_room.add_concern())
    whole = browser.get(address)
    part = browser.client.get(address, headers={"Range": "bytes=1000-1999"})

    assert (part.status_code, part.data) == (206, whole.data[1000:2000])
    assert part.headers["Content-Range"] == f"bytes 1000-1999/{len(whole.data)}"
    assert part.headers["Cache-Control"] == whole.headers["Cache-Control"] == "no-store"


def test_unsure_words_are_marked_by_shape_and_counted_in_words(lite_room: StaffRoom) -> None:
    said = Said(words="one two three four [unk]", confidences=(0.86, 0.84, 0.61, 0.59, 0.99))
    page = show(lite_room.signed_in(), lite_room.add_concern(said))

    marks = re.findall(r'<span(?: class="(\w+)")?>(?:<i[^>]*>)?([^<]+)', page.split('class="words"')[1])
    assert marks[:5] == [
        ("", "one"),
        ("unsure", "two"),
        ("unsure", "three"),
        ("guess", "four"),
        ("guess", "(not understood)"),
    ]
    assert "4 words unsure." in page


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Said(words=None, words_state="waiting"), "The text is on its way."),
        (Said(words=None, words_state="no_model"), "nothing here can write down this language yet"),
        (Said(words=None, words_state="failed"), "writing it down failed"),
        (Said(words=""), "No words were understood."),
        (Said(sound="fetching"), "still being fetched"),
        (Said(sound="given_up"), "we stopped trying"),
        (Said(sound="given_up", set_aside="unreadable"), "not a sound that can be played"),
        (Said("04-silent", words="", set_aside="silent"), "Perhaps she could not speak."),
        (Said("05-noise-only", words="", set_aside="noise"), "we heard only noise"),
        (Said(words="", set_aside="too_short"), "too short to hold a word"),
    ],
)
def test_the_page_says_why_there_is_no_text_or_no_sound(
    lite_room: StaffRoom, said: Said, sentence: str
) -> None:
    page = show(lite_room.signed_in(), lite_room.add_concern(said))

    assert sentence in page
    assert ("say why" in page) == (said.sound == "ready")


def test_a_sound_that_was_given_up_is_fetched_again_when_a_person_asks(room: StaffRoom) -> None:
    concern = room.add_concern(Said(sound="given_up"))
    message_id = room.message_ids(concern)[0]
    browser = room.signed_in()
    show(browser, concern)
    browser.send(f"/messages/{message_id}/fetch-again")

    with room.station.database.read() as work:
        task = work.connection.execute(select(tasks).where(tasks.c.subject_id == message_id)).one()
    assert (task.job, task.state, task.attempt) == ("fetch_recording", "waiting", 1)
    assert "still being fetched" in show(browser, concern)
    assert ("fetch_again", message_id, "") in trail(room)


def test_asking_again_for_a_sound_that_is_here_changes_nothing(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    show(browser, concern)

    assert browser.send(f"/messages/{lite_room.message_ids(concern)[0]}/fetch-again").status_code == 303
    assert "fetch_again" not in [action for action, _, _ in trail(lite_room)]


def test_notes_of_two_people_stand_in_one_line_of_time_and_sealed(room: StaffRoom, clock: Clock) -> None:
    concern = room.add_concern()
    hana, rosa = room.signed_in("hana"), room.signed_in("rosa", "coordinator")
    for person, text in ((hana, "Called the shelter."), (rosa, "She <agrees> & waits.\nUntil Monday.")):
        show(person, concern)
        assert person.send(f"/concerns/{concern.id}/notes", text=text).status_code == 303
        clock.pass_by(minutes=1)

    page = show(hana, concern)
    written = re.findall(r'class="by">(\w+) .*?class="note"[^>]*>([^<]+)</p>', page, re.DOTALL)
    with room.station.database.read() as work:
        sealed = [row.sealed_text for row in work.connection.execute(select(notes))]
    assert written == [
        ("Hana", "Called the shelter."),
        ("Rosa", "She &lt;agrees&gt; &amp; waits.\nUntil Monday."),
    ]
    assert not any(b"shelter" in text or b"agrees" in text for text in sealed)


@pytest.mark.parametrize(("text", "status"), [("   ", 303), ("x" * 10_000, 303), ("x" * 10_001, 413)])
def test_an_empty_note_is_none_and_an_endless_one_is_refused(
    lite_room: StaffRoom, text: str, status: int
) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    show(browser, concern)

    assert browser.send(f"/concerns/{concern.id}/notes", text=text).status_code == status
    assert ('class="note"' in show(browser, concern)) == (len(text) == 10_000)


def test_done_can_be_undone_and_the_concern_stands_where_it_stood(room: StaffRoom, clock: Clock) -> None:
    made = []
    for _ in range(3):
        made.append(room.add_concern())
        clock.pass_by(minutes=1)
    browser = room.signed_in()
    before = re.findall(r"/concerns/([0-9a-f]{32})\"", browser.get("/").text)
    show(browser, made[1])
    address = browser.send(f"/concerns/{made[1].id}/done").location
    after_done = browser.get(address).text
    undone = browser.send(f"/concerns/{made[1].id}/reopen", undo="1")
    after = re.findall(r"/concerns/([0-9a-f]{32})\"", browser.get(undone.location).text)

    assert f"{room.name_of(made[1])} is done." in after_done
    assert before == after == [concern.id for concern in made]
    assert [entry[0] for entry in trail(room)][-2:] == ["done", "reopen"]


def test_done_twice_is_done_once(room: StaffRoom) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    show(browser, concern)
    for _ in range(2):
        browser.send(f"/concerns/{concern.id}/done")

    assert [entry[0] for entry in trail(room)].count("done") == 1


def test_a_concern_that_is_opened_again_gets_a_new_name_if_its_own_was_given_away(
    room: StaffRoom,
) -> None:
    concern, newer = room.add_concern(), room.add_concern()
    name = room.name_of(concern)
    browser = room.signed_in()
    show(browser, concern)
    browser.send(f"/concerns/{concern.id}/done")
    with room.station.database.write() as work:
        work.connection.execute(concerns.update().where(concerns.c.id == newer.id).values(name=name))

    assert browser.send(f"/concerns/{concern.id}/reopen").status_code == 303
    assert room.name_of(concern) != name == room.name_of(newer)


def test_the_way_back_leads_to_the_page_of_the_inbox_one_came_from(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern(Said(words="", set_aside="noise"))
    browser = lite_room.signed_in()
    page = browser.get("/?view=set_aside").text
    match = re.search(r'href="(/concerns/[^"]+)"', page)
    assert match

    opened = browser.get(match[1]).text

    assert match[1] == f"/concerns/{concern.id}?view=set_aside"
    assert 'class="back"><a href="/?view=set_aside"' in opened
    assert browser.send(f"/concerns/{concern.id}/done?view=set_aside").location.startswith("/?view=set_aside")


def test_words_of_a_caller_are_text_and_never_markup(lite_room: StaffRoom) -> None:
    page = show(lite_room.signed_in(), lite_room.add_concern(Said(words="<script>alert(1)</script>")))

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_neither_number_nor_case_number_is_anywhere_on_the_pages(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    listen(lite_room, browser, concern)
    pages = show(browser, concern) + browser.get("/").text

    assert "+1202" not in pages
    assert not re.search(r"(?<![\w-])\d{6}(?![\w-])", re.sub(r"<[^>]+>", " ", pages))


def test_a_message_that_was_not_sent_yet_is_not_shown(room: StaffRoom) -> None:
    concern = room.add_concern(Said(), Said(words="secret until it is sent"))
    hidden = room.message_ids(concern)[1]
    with room.station.database.write() as work:
        work.connection.execute(messages.update().where(messages.c.id == hidden).values(released_at=None))
    browser = room.signed_in()

    shown = [message for message in room.message_ids(concern) if message in show(browser, concern)]
    assert hidden not in shown
    assert len(shown) == 1
    assert browser.send(f"/messages/{hidden}/listen", reason="other").status_code == 404
