"""When a caller erases her case, nothing of it is left: neither in rows, nor in files, nor at the carrier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from ivr.persistence import calls, concerns
from ivr.persistence.tables import audit_entries, feedback, messages, notes, replies, tasks
from ivr.persistence.tables import concerns as concerns_table
from ivr.services import answers, erasing, review
from ivr.simulator.handset import HandsetCall
from tests.earlier_case import PIN, EarlierCase, leave_case, reviewer_of
from tests.practice_line import SPEECH, PracticeLine, practice_line


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[PracticeLine]:
    with practice_line(tmp_path, database_url) as line:
        yield line


def erase_by_phone(line: PracticeLine, case: EarlierCase) -> HandsetCall:
    call = line.dial().listen().press("1").listen().press("4").listen()
    call.press(case.number).listen().press(PIN).listen().press("3").listen().press("1").listen()
    assert any("ans_erase_done" in sound.prompts for sound in call.heard)
    return call


def row_of(line: PracticeLine, case: EarlierCase) -> dict[str, object]:
    with line.station.database.read() as work:
        statement = select(concerns_table).where(concerns_table.c.id == case.concern.id)
        return dict(work.connection.execute(statement).mappings().one())


def test_no_byte_of_an_erased_case_is_left(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        case = leave_case(line, says="10-debt-long", answers=["07-urgent"])
        person = reviewer_of(line)
        review.add_note(line.station, person, case.concern.id, "She waits for Sunday.")
        before = row_of(line, case)
        with line.station.database.read() as work:
            sealed = [bytes(row.sealed_text) for row in work.connection.execute(select(notes))]
            files = [path.read_bytes() for path in line.settings.media_dir.rglob("*") if path.is_file()]
        secrets = [before["wrapped_key"], before["sealed_case_number"], before["case_number_hash"], *sealed]
        names = [str(before["name"]).encode(), case.number.encode(), str(before["pin_hash"]).encode()]
        erase_by_phone(line, case).hang_up()
        line.work()
        left = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    said = (SPEECH / "10-debt-long.txt").read_text().split()
    words = [" ".join(said[start : start + 3]) for start in range(len(said) - 2)]
    assert len(files) == 2
    assert len(words) > 20
    assert not list(line.settings.media_dir.rglob("*.*"))
    for secret in (*secrets, *names, *(file[:64] for file in files), *(word.encode() for word in words)):
        assert isinstance(secret, bytes)
        assert secret not in left


def test_rows_of_an_erased_case_say_when_and_nothing_else(line: PracticeLine) -> None:
    case = leave_case(line, answers=["07-urgent"])
    call = line.dial().listen().press("1").listen().press("4").listen()
    call.press(case.number).listen().press(PIN).listen().press("4").listen().press("1").listen().press("2")
    call.listen().hang_up()
    erase_by_phone(line, case).hang_up()
    line.company.settle()
    row = row_of(line, case)
    known = {name for name, value in row.items() if value not in (None, False)}
    with line.station.database.read() as work:
        left = [work.connection.execute(select(table)).all() for table in (notes, replies)]
        (message,) = work.connection.execute(select(messages)).mappings().all()
        opinions = {
            (each.kind, each.answer, each.concern_id) for each in work.connection.execute(select(feedback))
        }

    assert known == {
        "id", "organisation_id", "hotline_id", "call_id", "name", "language", "state", "created_at",
        "released_at", "erased_at",
    }  # fmt: skip
    assert (row["name"], row["language"], row["state"]) == (row["id"], "und", "erased")
    assert left == [[], []]
    assert message["erased_at"] is not None
    assert message["waveform"] is None
    assert opinions == {("helped", "very_much", None), ("trouble", "no", None)}


def test_a_recording_that_is_still_at_the_carrier_is_deleted_there_and_never_fetched(
    line: PracticeLine,
) -> None:
    case = leave_case(line)
    call = line.dial().listen().press("1").listen().press("4").listen()
    call.press(case.number).listen().press(PIN).listen().press("1").listen().press("1").listen()
    call.speak(SPEECH / "08-injured.wav").listen().press("1").listen().press("3").listen().press("1").listen()
    at_carrier = len(line.company.recordings)
    call.hang_up()
    line.work()
    with line.station.database.read() as work:
        undone = work.connection.execute(select(tasks.c.job).where(tasks.c.state != "done")).all()

    assert at_carrier == 1
    assert len(line.company.recordings) == 0
    assert not [job for (job,) in undone if job != "delete_call_record"]
    assert not [path for path in line.settings.media_dir.rglob("*") if path.is_file()]


def test_an_unread_case_is_gone_without_a_word_and_a_read_one_says_when(line: PracticeLine) -> None:
    unread, read = leave_case(line), leave_case(line, is_opened=True)
    person = reviewer_of(line)
    for case in (unread, read):
        erase_by_phone(line, case).hang_up()
    with line.station.database.read() as work:
        told = [
            row.subject_id
            for row in work.connection.execute(
                select(audit_entries).where(audit_entries.c.action == "erased_by_caller")
            )
        ]

    assert told == [read.concern.id]
    assert review.erased_at(line.station, person, unread.concern.id) is None
    assert review.erased_at(line.station, person, read.concern.id) is not None
    assert review.open_concern(line.station, person, read.concern.id) is None


def test_a_new_message_in_the_same_call_begins_a_new_case(line: PracticeLine) -> None:
    case = leave_case(line)
    call = erase_by_phone(line, case)
    call.press("2").listen().press("1").listen().speak(SPEECH / "08-injured.wav")
    call.listen().press("1").listen().hang_up()
    line.work()
    with line.station.database.read() as work:
        known = calls.by_carrier_sid(work, call.call.sid)
        concern = None if known is None else concerns.of_call(work, known)
        states = sorted(row.state for row in work.connection.execute(select(concerns_table)))

    assert concern is not None
    assert concern.id != case.concern.id
    assert states == ["erased", "open"]


def test_a_fetch_that_was_under_way_leaves_no_file(
    line: PracticeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = line.dial().listen().press("1").listen().press("2").listen().press("1").listen()
    call.speak(SPEECH / "08-injured.wav").listen().press("1").listen()
    with line.station.database.read() as work:
        known = calls.by_carrier_sid(work, call.call.sid)
        concern = None if known is None else concerns.of_call(work, known)
    assert concern is not None
    put = line.station.recordings.put

    def erased_meanwhile(message_id: str, sealed: bytes) -> None:
        put(message_id, sealed)
        with line.station.database.write() as work:
            erasing.erase_everything(line.station, work, concern)

    monkeypatch.setattr(type(line.station.recordings), "put", lambda _, *given: erased_meanwhile(*given))
    call.hang_up()
    line.work()

    assert not [path for path in line.settings.media_dir.rglob("*") if path.is_file()]


def test_an_answer_to_an_erased_case_cannot_be_heard(line: PracticeLine) -> None:
    case = leave_case(line, answers=["07-urgent"])
    (reply_id,) = case.replies
    before = answers.hear(line.station, reply_id)
    erase_by_phone(line, case)

    assert before is not None
    assert answers.hear(line.station, reply_id) is None
