"""Answers on a concern's page: spoken or chosen as a file, heard, kept, replaced, withdrawn."""

import io
import re
import wave

import numpy as np
import numpy.typing as npt
import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from ivr.persistence import cases, replies
from ivr.persistence import concerns as concern_rows
from ivr.persistence.concerns import Concern
from ivr.persistence.tables import audit_entries, concerns
from ivr.persistence.tables import replies as replies_table
from ivr.services import answers, erasing
from prompts import g711, levels, riff
from tests.console.staff_room import SPEECH, Browser, Clock, StaffRoom
from transcription import audio

SPOKEN = "02-not-paid"
Sound = npt.NDArray[np.float64]


def show(browser: Browser, concern: Concern) -> str:
    return browser.get(f"/concerns/{concern.id}").text


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def speak(browser: Browser, concern: Concern, wav: bytes) -> str:
    """Send a recording from the page. Returns where it leads."""
    show(browser, concern)
    answer = post(browser, concern, wav)
    browser.page = None
    assert answer.status_code == 303
    return str(answer.location)


def post(browser: Browser, concern: Concern, wav: bytes) -> TestResponse:
    """Send the form of the page, put together here: the test client's own would open temporary files."""
    head = 'Content-Disposition: form-data; name="{}"{}'
    parts = [
        (head.format("form_token", ""), browser.token().encode()),
        (head.format("sound", '; filename="answer.wav"'), wav),
    ]
    body = b"".join(f"--part\r\n{head}\r\n\r\n".encode() + content + b"\r\n" for head, content in parts)
    return browser.client.post(
        f"/concerns/{concern.id}/answers",
        data=body + b"--part--\r\n",
        content_type="multipart/form-data; boundary=part",
    )


def press(browser: Browser, concern: Concern, what: str) -> None:
    """Press keep or withdraw at the newest answer."""
    match = re.findall(rf'action="(/answers/[0-9a-f]{{32}}/{what})"', show(browser, concern))
    assert browser.send(match[-1]).status_code == 303


def speech(name: str = SPOKEN) -> bytes:
    return (SPEECH / f"{name}.wav").read_bytes()


def samples(wav: bytes) -> g711.Samples:
    _, content = riff.samples_of(wav)
    return np.frombuffer(content, dtype="<i2")


def as_wav(sound: Sound, rate_hz: int = 8000, channels: int = 1) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", "not compressed"))
        file.writeframes(np.repeat(sound.astype("<i2"), channels).tobytes())
    return out.getvalue()


def voice(gain: float = 1.0, seconds: float = 60.0) -> Sound:
    recording = audio.tidy(audio.read_recording(speech()))
    assert recording.sample_rate_hz == 8000
    louder: Sound = np.clip(recording.samples[: int(seconds * 8000)] * gain, -32768, 32767)
    return louder


def trail(room: StaffRoom) -> list[str]:
    with room.station.database.read() as work:
        return list(
            work.connection.execute(select(audit_entries.c.action).order_by(audit_entries.c.number)).scalars()
        )


def test_an_answer_is_a_draft_until_it_is_kept_and_then_waits_for_her(room: StaffRoom) -> None:
    concern = room.add_concern(wish="call_in")
    browser = room.signed_in()
    before = plain(show(browser, concern))
    speak(browser, concern, speech())
    drafted = plain(show(browser, concern))
    press(browser, concern, "keep")
    kept = plain(show(browser, concern))
    with room.station.database.read() as work:
        (reply,) = replies.to_hear(work, concern.id, work.now)

    assert "will call to hear it. None waits for her yet." in before
    assert "Only you can hear this." in drafted
    assert "One waits for her." not in drafted
    assert "One waits for her." in kept
    assert "She has not heard it yet." in kept
    assert (reply.kept_at is not None, reply.first_heard_at) == (True, None)
    assert trail(room)[-1] == "open_concern"
    assert "reply" in trail(room)


def test_an_answer_is_levelled_for_the_telephone_and_sealed(room: StaffRoom) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    speak(browser, concern, as_wav(voice(0.2), channels=2))
    match = re.search(r'src="(/answers/[0-9a-f]{32}/sound)"', show(browser, concern))
    assert match
    sound = browser.get(match[1])
    sealed = room.station.recordings.get(match[1].split("/")[2])
    measures = levels.measured(samples(sound.data))

    assert sealed is not None
    assert sound.data[100:200] not in sealed
    assert riff.samples_of(sound.data)[0] == riff.Form(riff.PCM, 1, 8000, 16)
    assert measures.level_dbfs == pytest.approx(-22, abs=0.5)
    assert max(measures.leading_silence_ms, measures.trailing_silence_ms) <= 100
    assert measures.out_of_band_db < -6
    assert sound.headers["Cache-Control"] == "no-store"


def test_what_she_hears_is_what_was_spoken(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    speak(browser, concern, speech())
    press(browser, concern, "keep")
    with lite_room.station.database.read() as work:
        (reply,) = replies.of_concern(work, concern.id)
    wav = answers.hear(lite_room.station, reply.id)
    page = plain(show(browser, concern))

    assert wav is not None
    assert abs(len(samples(wav)) / 8 - reply.length_ms) <= 1
    assert "She heard it first on" in page
    assert "She has heard one." in page
    assert "Withdraw" not in page


def test_a_new_draft_takes_the_place_of_the_last(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    speak(browser, concern, speech())
    speak(browser, concern, speech("07-urgent"))
    page = show(browser, concern)
    with lite_room.station.database.read() as work:
        rows = work.connection.execute(select(replies_table).order_by(replies_table.c.recorded_at)).all()

    assert page.count("<audio") == 1
    assert [row.withdrawn_at is None for row in rows] == [False, True]
    assert lite_room.station.recordings.get(rows[0].id) is None
    assert lite_room.station.recordings.get(rows[1].id) is not None


def test_an_answer_can_be_withdrawn_until_she_has_heard_it(room: StaffRoom, clock: Clock) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    speak(browser, concern, speech())
    press(browser, concern, "keep")
    clock.pass_by(minutes=5)
    press(browser, concern, "withdraw")
    page = plain(show(browser, concern))
    with room.station.database.read() as work:
        (reply,) = replies.of_concern(work, concern.id)
        waiting = replies.to_hear(work, concern.id, work.now)

    assert "Withdrawn on" in page
    assert waiting == []
    assert answers.hear(room.station, reply.id) is None
    assert room.station.recordings.get(reply.id) is None
    assert "reply_withdrawn" in trail(room)


def test_what_she_has_heard_stays(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    speak(browser, concern, speech())
    press(browser, concern, "keep")
    with lite_room.station.database.read() as work:
        (reply,) = replies.of_concern(work, concern.id)
    address = f"/answers/{reply.id}/withdraw"
    show(browser, concern)
    answers.hear(lite_room.station, reply.id)
    browser.send(address)

    assert answers.hear(lite_room.station, reply.id) is not None


def test_a_draft_is_there_for_its_speaker_alone(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    hana, rosa = lite_room.signed_in("hana"), lite_room.signed_in("rosa", "coordinator")
    speak(hana, concern, speech())
    with lite_room.station.database.read() as work:
        (reply,) = replies.of_concern(work, concern.id)
    show(rosa, concern)
    statuses = [
        rosa.get(f"/answers/{reply.id}/sound").status_code,
        rosa.send(f"/answers/{reply.id}/keep").status_code,
    ]

    assert statuses == [404, 404]
    assert answers.hear(lite_room.station, reply.id) is None
    assert "Only you can hear this." not in show(rosa, concern)


def test_another_organisation_hears_and_changes_nothing(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern(of="south")
    south, north = lite_room.signed_in("rosa", of="south"), lite_room.signed_in("hana", of="north")
    speak(south, concern, speech())
    press(south, concern, "keep")
    with lite_room.station.database.read() as work:
        (reply,) = replies.of_concern(work, concern.id)

    assert north.get(f"/answers/{reply.id}/sound").status_code == 404
    assert north.send(f"/answers/{reply.id}/withdraw").status_code == 404
    assert north.send(f"/concerns/{concern.id}/answers").status_code == 404
    assert answers.hear(lite_room.station, reply.id) is not None


@pytest.mark.parametrize(
    ("wav", "sentence"),
    [
        (b"", "no WAV recording"),
        (b"RIFF....", "no WAV recording"),
        (speech("04-silent"), "no voice to hear"),
        (speech("05-noise-only"), "only noise"),
        (as_wav(voice(seconds=0.9)), "shorter than a second"),
        (as_wav(np.tile(voice(), 12)), "longer than two minutes"),
        (as_wav(voice(0.008)), "too quiet"),
        (as_wav(voice(40.0)), "it crackles"),
    ],
    ids=["nothing", "rubbish", "silence", "noise", "short", "long", "quiet", "loud"],
)
def test_what_no_caller_could_understand_is_not_kept_and_the_page_says_why(
    lite_room: StaffRoom, wav: bytes, sentence: str
) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    address = speak(browser, concern, wav)

    assert sentence in plain(browser.get(address).text)
    with lite_room.station.database.read() as work:
        assert replies.of_concern(work, concern.id) == []
    assert not list((lite_room.station.recordings._folder).rglob("*.new*"))


def test_a_form_without_a_file_is_answered_with_why(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    show(browser, concern)

    assert "fault=unreadable" in str(browser.send(f"/concerns/{concern.id}/answers").location)


def test_a_recording_of_more_than_two_minutes_in_any_form_is_refused_unread(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    show(browser, concern)
    answer = post(browser, concern, bytes(25 * 1024 * 1024))
    note = browser.client.post(
        f"/concerns/{concern.id}/notes", data={"form_token": browser.token(), "text": "x" * 300_000}
    )

    assert (answer.status_code, note.status_code) == (413, 413)


def test_a_voice_that_is_sent_touches_no_temporary_file(
    lite_room: StaffRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", refuse)
    address = speak(browser, concern, as_wav(np.tile(voice(), 10)[: 110 * 8000], channels=2))

    assert "fault" not in address


def test_where_she_chose_no_numbers_the_page_says_that_she_cannot_hear_an_answer(
    lite_room: StaffRoom,
) -> None:
    page = show(lite_room.signed_in(), lite_room.add_concern(wish="call_in", has_pin=False))

    assert "She chose no secret numbers" in page
    assert "/answers" not in page


def test_only_the_page_of_a_concern_may_use_the_microphone(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    policies = {
        path: browser.get(path).headers["Permissions-Policy"] for path in ("/", f"/concerns/{concern.id}")
    }

    assert "microphone=()" in policies["/"]
    assert "microphone=(self)" in policies[f"/concerns/{concern.id}"]


def test_what_she_said_of_it_stands_on_the_page_and_trouble_in_the_inbox(room: StaffRoom) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    show(browser, concern)
    with room.station.database.write() as work:
        replies.keep_feedback(work, concern.organisation_id, concern.id, "helped", "a_little")
        replies.keep_feedback(work, concern.organisation_id, concern.id, "helped", "very_much")
        replies.keep_feedback(work, concern.organisation_id, concern.id, "trouble", "yes")
        concern_rows.tell_of_trouble(work, concern)
    inbox, page = browser.get("/").text, plain(show(browser, concern))

    assert "Calling us caused her trouble" in inbox
    assert 'class="row unread"' in inbox
    assert "She said that it helped very much. Calling us caused trouble for her." in page
    assert 'class="row unread"' not in browser.get("/").text


def test_a_case_that_its_caller_erased_says_so_to_who_had_read_it(room: StaffRoom) -> None:
    read, unread = room.add_concern(), room.add_concern()
    browser = room.signed_in()
    show(browser, read)
    with room.station.database.write() as work:
        for concern in (read, unread):
            erasing.erase_everything(room.station, work, concern)
    inbox = browser.get("/").text
    pages = {concern.id: browser.get(f"/concerns/{concern.id}") for concern in (read, unread)}

    assert "Nothing is waiting." in inbox
    assert pages[read.id].status_code == 410
    assert "She erased it" in pages[read.id].text
    assert pages[unread.id].status_code == 404
    with room.station.database.read() as work:
        states = set(work.connection.execute(select(concerns.c.state)).scalars())
        assert cases.find(work, room.station.keys, read.organisation_id, "000000") is None
    assert states == {"erased"}
