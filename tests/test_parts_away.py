"""A part is away or broken: the caller is never told a lie, and what was said is done when it is back."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from ivr.domain.errors import SealBrokenError
from ivr.persistence.sealing import Keys
from ivr.persistence.tables import messages, tasks
from ivr.simulator.mischief import Delivery
from tests.breaking import database_away
from tests.conftest import KINDS
from tests.kept import stored
from tests.practice_line import CALLER, HOTLINE, PracticeLine, practice_line
from tests.scenario import take_steps
from tests.signed_carrier import CALL, CALLBACK, RECORDING, SPOKEN, SignedCarrier, signed_carrier
from workers import ears, jobs

SHORT_PATIENCE_MS = 100
LEAVES_A_MESSAGE: list[dict[str, Any]] = [
    *({"press": key} for key in "121"),
    {"says": {"file": "08-injured.wav", "then": "hang_up"}},
]


@pytest.fixture
def carrier(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SignedCarrier]:
    monkeypatch.setattr("ivr.persistence.database.BUSY_TIMEOUT_MS", SHORT_PATIENCE_MS)
    with signed_carrier(tmp_path, database_url) as carrier:
        carrier.turn("main_menu", Digits="1")
        yield carrier


@contextmanager
def away(carrier: SignedCarrier) -> Iterator[None]:
    with database_away(carrier.station.database.engine.url.render_as_string(hide_password=False)):
        yield


def leave_a_message(line: PracticeLine) -> None:
    """Call, agree, speak and hang up; her recording is at the carrier, and no job is done yet."""
    take_steps(line, line.dial(), LEAVES_A_MESSAGE, "")
    line.company.settle()


# ---- the database ----


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_message_that_cannot_be_saved_is_never_called_saved(carrier: SignedCarrier, language: str) -> None:
    carrier.agree(language)
    with away(carrier):
        kept = carrier.turn("record", language=language, n=5, **SPOKEN)
        sent = carrier.turn("review", language=language, n=6, Digits="1")

    assert (kept.status_code, sent.status_code) == (200, 200)
    assert carrier.heard(kept) == [f"{language}:err_save_failed"]
    assert carrier.heard(sent) == [f"{language}:err_save_failed"]


def test_whatever_cannot_be_kept_is_said_in_her_language(carrier: SignedCarrier) -> None:
    carrier.agree("id")
    carrier.turn("record", language="id", n=5, **SPOKEN)
    asked = {"consent": "1", "pin": "7302", "pin_again": "7302", "wish": "1", "review": "4"}
    with away(carrier):
        answers = [carrier.turn(step, language="id", n=7, Digits=keys) for step, keys in asked.items()]

    assert [answer.status_code for answer in answers] == [200] * len(asked)
    assert [carrier.heard(answer) for answer in answers] == [["id:err_line"]] * len(asked)


@pytest.mark.parametrize("database_url", KINDS[1:], indirect=True)
def test_her_message_that_cannot_be_played_is_said_to_be_kept(carrier: SignedCarrier) -> None:
    """On PostgreSQL alone: readers of SQLite are not held up by a writer."""
    carrier.agree()
    carrier.turn("record", n=5, **SPOKEN)
    with away(carrier):
        answer = carrier.turn("review", n=6, Digits="2")

    assert carrier.heard(answer) == ["en:message_not_ready", "en:message_review"]


def test_danger_plays_harmless_words_all_the_same(carrier: SignedCarrier) -> None:
    carrier.agree()
    version = carrier.desk.flows.named("hotline").version
    path = f"/voice/turns/{version}/review?h={carrier.hotline_id}&l=en&n=6&x=1"
    with away(carrier):
        answer = carrier.post(path, {"CallSid": CALL, "Digits": "9"})

    assert carrier.heard(answer) == ["en:harmless"]


def test_a_menu_needs_no_database(carrier: SignedCarrier) -> None:
    with away(carrier):
        answer = carrier.turn("main_menu", Digits="2")

    assert carrier.heard(answer) == ["en:consent_main", "en:consent_limits", "en:consent_keys"]


def test_the_carrier_is_told_that_its_word_was_not_kept(carrier: SignedCarrier) -> None:
    carrier.agree()
    with away(carrier):
        told = carrier.post(f"/voice/recordings/{carrier.hotline_id}", CALLBACK)
        ended = carrier.post("/voice/status", {"CallSid": CALL, "CallStatus": "completed"})

    assert (told.status_code, ended.status_code) == (503, 503)
    assert carrier.sent == []


def test_no_failure_writes_keys_or_numbers_into_the_log(carrier: SignedCarrier) -> None:
    carrier.agree()
    with away(carrier), capture_logs() as logs:
        carrier.turn("pin", n=7, Digits="7302", From=CALLER, Caller=CALLER)
        carrier.turn("record", n=8, From=CALLER, **SPOKEN)
        carrier.turn("no_such_step", From=CALLER, Digits="7302")

    assert {line["event"] for line in logs} >= {"promise_failed", "turn_failed"}
    for secret in ("7302", CALLER, RECORDING):
        assert secret not in str(logs)


def test_a_new_call_hears_an_apology_when_the_database_is_not_one(tmp_path: Path, sqlite_url: str) -> None:
    with signed_carrier(tmp_path, sqlite_url) as carrier:
        carrier.station.database.close()
        for path in tmp_path.glob("peerline.sqlite3*"):
            path.write_bytes(b"this is no database" * 1000)

        answer = carrier.post("/voice/incoming", {"CallSid": CALL, "To": HOTLINE})

        assert answer.status_code == 200
        assert carrier.heard(answer) == ["en:err_line"]


def test_callbacks_side_by_side_with_her_own_turn_make_one_message(tmp_path: Path, database_url: str) -> None:
    with practice_line(tmp_path, database_url) as line:
        line.company.mischief.deliveries = {"recording": Delivery(copies=12, at_once=True)}
        leave_a_message(line)
        line.work()
        with line.station.database.read() as work:
            kept = work.connection.execute(select(messages.c.id)).all()
            fetches = work.connection.execute(
                select(tasks.c.id).where(tasks.c.job == "fetch_recording")
            ).all()

    assert len(kept) == len(fetches) == 1


# ---- the disk ----


@contextmanager
def full_disk(folder: Path) -> Iterator[Path]:
    """Make the folder a disk of its own, with no room on it; yield the file that fills it."""
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("only root can mount a disk of 64 kB")
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        file.write(bytes(60 * 1024))
    try:
        yield filler
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_while_the_disk_is_full_a_recording_stays_at_the_carrier(tmp_path: Path, sqlite_url: str) -> None:
    with full_disk(tmp_path / "media") as filler, practice_line(tmp_path, sqlite_url) as line:
        leave_a_message(line)
        with pytest.raises(OSError, match="No space left"):
            line.work_now()

        assert len(line.company.recordings) == 1
        assert [path.name for path in filler.parent.rglob("*") if path.is_file()] == ["filler"]

        filler.unlink()
        subprocess.run(["mount", "-o", "remount,size=4m", str(filler.parent)], check=True)
        line.work()
        _, (message,) = stored(line)

        assert message["has_sound"]
        assert message["transcript_state"] == "ready"
        assert len(line.company.recordings) == 0


def test_a_media_folder_that_is_none_keeps_the_recording_at_the_carrier(
    tmp_path: Path, sqlite_url: str
) -> None:
    (tmp_path / "media").write_text("in the way")
    with practice_line(tmp_path, sqlite_url) as line:
        leave_a_message(line)
        with pytest.raises(OSError, match="media"):
            line.work_now()

        assert len(line.company.recordings) == 1

        (tmp_path / "media").unlink()
        line.work()

        assert stored(line)[1][0]["transcript_state"] == "ready"
        assert len(line.company.recordings) == 0


def test_a_sealed_file_that_is_gone_is_said_and_no_job_is_stuck(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        leave_a_message(line)
        _fetch_only(line)
        for path in line.settings.media_dir.rglob("*"):
            if path.is_file():
                path.unlink()
        line.work()
        _, (message,) = stored(line)
        with line.station.database.read() as work:
            waiting = work.connection.execute(select(tasks.c.job).where(tasks.c.state == "waiting")).all()

    assert (message["transcript_state"], message["transcript_failure"]) == ("failed", "sound_missing")
    assert [job for (job,) in waiting] == ["delete_call_record"]


def _fetch_only(line: PracticeLine) -> None:
    """Do the job that brings the recording home, and lose those that come of it."""
    errand = line.errands.popleft()
    jobs.fetch_recording(errand.task_id)
    line.errands.clear()


# ---- the keys ----


def test_with_another_master_key_nothing_opens_and_nothing_is_lost(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        leave_a_message(line)
        own = line.place.station
        line.place.station = replace(own, keys=Keys(bytes(32)))
        with pytest.raises(SealBrokenError):
            line.work_now()

        assert len(line.company.recordings) == 1

        line.place.station = own
        line.work()

        assert stored(line)[1][0]["transcript_state"] == "ready"


def test_her_case_number_is_not_read_with_another_master_key(tmp_path: Path, sqlite_url: str) -> None:
    with signed_carrier(tmp_path, sqlite_url) as carrier:
        carrier.agree()
        carrier.turn("record", n=5, **SPOKEN)
    other = "B" * 43 + "="
    with signed_carrier(tmp_path, sqlite_url, master_key=other) as later:
        path = (
            f"/voice/turns/{later.desk.flows.named('hotline').version}/review?h={carrier.hotline_id}&l=en&n=6"
        )
        answer = later.post(path, {"CallSid": CALL, "Digits": "1"})

        assert answer.status_code == 200
        assert later.heard(answer) == ["en:err_line"]


# ---- the recogniser ----


@pytest.fixture
def _fresh_ears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "_loaded", {})


@pytest.mark.usefixtures("_fresh_ears")
def test_a_broken_model_is_left_out_and_the_others_work(tmp_path: Path) -> None:
    broken = tmp_path / "vosk-model-small-id-0.1"
    (broken / "conf").mkdir(parents=True)
    (broken / "conf" / "model.conf").write_text("--nonsense=1\n")
    with capture_logs() as logs:
        ears.load_all(tmp_path)

    assert ears.languages() == ["en"]
    assert [line["event"] for line in logs] == ["model_not_loaded"]


@pytest.mark.usefixtures("_fresh_ears")
def test_without_a_folder_of_models_the_bundled_one_serves(tmp_path: Path) -> None:
    ears.load_all(tmp_path / "nowhere")

    assert ears.languages() == ["en"]
