"""What has stayed its time is erased, nothing else is, and the caller was told the same number."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from flows.loader import DEFINITIONS
from ivr.domain.hotline import RETENTION_AUDIO_DAYS, Hotline
from ivr.domain.retention import RULES
from ivr.persistence import retention as retention_rows
from ivr.persistence.tables import concerns, messages, notes, transcripts
from ivr.services import accounts, retention, review
from ivr.services.accounts import Person
from prompts.catalogue import Catalogue
from prompts.sounds import SoundLibrary, Spoken
from tests.kept import stored
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import take_steps

SPEAKS_AND_HANGS_UP: list[dict[str, Any]] = [
    *({"press": key} for key in "121"),
    {"says": {"file": "08-injured.wav", "then": "hang_up"}},
]
DAY = timedelta(days=1)
NOTHING = dict.fromkeys(RULES, 0)


@pytest.fixture
def line(tmp_path: Path, database_url: str) -> Iterator[PracticeLine]:
    """A line with one message that came home and has its words."""
    with practice_line(tmp_path, database_url) as line:
        take_steps(line, line.dial(), SPEAKS_AND_HANGS_UP, "")
        line.work()
        yield line


def files(line: PracticeLine) -> int:
    return sum(path.is_file() for path in line.settings.media_dir.rglob("*"))


def reviewer(line: PracticeLine) -> Person:
    accounts.add(
        line.station, "hana", "a long enough one", name="Hana", role="reviewer", organisation="practice"
    )
    (person,) = accounts.everybody(line.station)["practice"]
    return person


def concern_id(line: PracticeLine) -> str:
    with line.station.database.read() as work:
        return str(work.connection.execute(select(concerns.c.id)).scalar_one())


def set_message(line: PracticeLine, **values: object) -> None:
    with line.station.database.write() as work:
        work.connection.execute(update(messages).values(**values))


def pass_time(line: PracticeLine, time: timedelta) -> None:
    line.company.let_pass(time.total_seconds())


def erased(line: PracticeLine) -> dict[str, int]:
    """Erase what is over and return what that was; the preview must have said the same."""
    previewed = dict(retention.preview(line.station))
    counts = dict(retention.purge(line.station))
    assert counts == previewed
    assert dict(retention.purge(line.station)) == NOTHING
    return {kind: count for kind, count in counts.items() if count}


def count(line: PracticeLine, table: Any) -> int:
    with line.station.database.read() as work:
        return work.connection.execute(select(func.count()).select_from(table)).scalar_one()


def test_the_sound_goes_a_month_after_the_concern_was_done_and_the_words_stay(line: PracticeLine) -> None:
    person, concern = reviewer(line), concern_id(line)
    pass_time(line, 40 * DAY)
    review.finish(line.station, person, concern)
    pass_time(line, RETENTION_AUDIO_DAYS * DAY - timedelta(minutes=5))
    before = erased(line), files(line)
    pass_time(line, timedelta(minutes=10))
    after = erased(line), files(line)
    _, (message,) = stored(line)

    assert before == ({}, 2)
    assert after == ({"sound_of_done": 1}, 0)
    assert message["words"]
    assert (message["waveform"], message["sound_sha256"]) == (None, None)


def test_an_open_concern_keeps_its_sound_and_so_does_one_that_was_opened_again(line: PracticeLine) -> None:
    person, concern = reviewer(line), concern_id(line)
    pass_time(line, 400 * DAY)
    open_still = erased(line)
    review.finish(line.station, person, concern)
    pass_time(line, 40 * DAY)
    review.reopen(line.station, person, concern)

    assert (open_still, erased(line)) == ({}, {})
    assert files(line) == 2


@pytest.mark.parametrize("why", retention_rows.WORDLESS)
def test_what_was_set_aside_without_a_word_goes_after_a_week(line: PracticeLine, why: str) -> None:
    set_message(line, set_aside=why)
    pass_time(line, 7 * DAY - timedelta(hours=2))
    before = erased(line)
    pass_time(line, timedelta(hours=3))

    assert (before, erased(line)) == ({}, {"sound_set_aside": 1})
    assert files(line) == 0


def test_what_no_program_can_read_may_hold_a_voice_and_stays(line: PracticeLine) -> None:
    set_message(line, set_aside="unreadable")
    pass_time(line, 100 * DAY)

    assert erased(line) == {}


def test_what_was_never_sent_goes_after_a_week(line: PracticeLine) -> None:
    set_message(line, released_at=None)
    pass_time(line, 8 * DAY)

    assert erased(line) == {"sound_unsent": 1}
    assert files(line) == 0


def test_words_and_notes_go_after_two_years(line: PracticeLine) -> None:
    person, concern = reviewer(line), concern_id(line)
    pass_time(line, 729 * DAY)
    review.add_note(line.station, person, concern, "she is well")
    before = erased(line)
    pass_time(line, 2 * DAY)

    assert before == {}
    assert erased(line) == {"words": 1, "notes": 1}
    assert (count(line, transcripts), count(line, notes)) == (0, 0)
    opened = review.open_concern(line.station, person, concern)
    assert opened is not None
    assert [(voice.words_state, voice.transcript) for voice in opened.voices] == [("erased", None)]


def test_a_batch_is_small_and_all_of_them_are_done(
    line: PracticeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 1)
    take_steps(line, line.dial(), SPEAKS_AND_HANGS_UP, "")
    line.work()
    set_message(line, set_aside="silent")
    pass_time(line, 8 * DAY)

    assert erased(line) == {"sound_set_aside": 2}


def test_a_file_that_cannot_be_removed_stays_written_down(
    line: PracticeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_message(line, set_aside="silent")
    pass_time(line, 8 * DAY)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(PermissionError):
            retention.purge(line.station)

    assert erased(line) == {"sound_set_aside": 1}
    assert files(line) == 0


def test_a_sound_that_had_not_come_is_not_fetched_any_more(tmp_path: Path, database_url: str) -> None:
    with practice_line(tmp_path, database_url) as line:
        take_steps(line, line.dial(), SPEAKS_AND_HANGS_UP, "")
        line.company.settle()
        line.errands.clear()
        person = reviewer(line)
        review.finish(line.station, person, concern_id(line))
        pass_time(line, 31 * DAY)
        counts = erased(line)
        line.work()

        assert counts == {"sound_of_done": 1}
        assert files(line) == 0
        assert line.company.recordings == ()


def test_the_page_says_when_the_sound_was_erased_and_offers_no_player(line: PracticeLine) -> None:
    person, concern = reviewer(line), concern_id(line)
    review.finish(line.station, person, concern)
    pass_time(line, 31 * DAY)
    erased(line)
    page = _signed_in(line).get(f"/concerns/{concern}").text
    date: datetime = line.now().astimezone()

    assert f"The sound was erased on {date:%-d %b %Y}, as promised to the caller." in page
    assert "<audio" not in page
    assert 'value="first_review"' not in page


def test_the_number_of_days_that_is_spoken_is_the_number_that_is_kept() -> None:
    hotline = Hotline("h", "o", "+12025550123", "Practice", "MY", ("en",), "hotline", True, None)  # noqa: FBT003 - free
    days = str(RULES["sound_of_done"].stays.days)
    spoken = Spoken("consent_more", "en", (("days", hotline.values["retention_days"]),))
    (sound,) = SoundLibrary(Catalogue.load()).sounds([spoken])

    assert hotline.values["retention_days"] == days
    assert f" {days} days after" in sound.text
    assert "{prompt: consent_more, days: $retention_days}" in (DEFINITIONS / "hotline.yaml").read_text()


@pytest.mark.parametrize(("language", "years"), [("en", "two years"), ("id", "dua tahun")])
def test_the_time_of_the_words_that_is_spoken_is_never_less_than_what_is_kept(
    language: str, years: str
) -> None:
    text = Catalogue.load().language(language).texts["consent_more"]

    assert years in str(text)
    assert max(RULES["words"].stays, RULES["notes"].stays) <= timedelta(days=2 * 365)


def _signed_in(line: PracticeLine) -> FlaskClient:
    browser = line.app.test_client()
    page = browser.get("/sign-in").text
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    browser.post("/sign-in", data={"login": "hana", "password": "a long enough one", "form_token": token})
    return browser
