"""After whole calls nothing that was written anywhere tells of the caller, but what is sealed."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import text

from ivr.logs import configure_logs, withhold
from tests.kept import stored
from tests.practice_line import CALLER, SPEECH, PracticeLine, practice_line

PIN = "4827"
SAID = (SPEECH / "06-phone-number.txt").read_text()
SAID_WORDS = [word for word in SAID.split() if len(word) > 6]
NUMBER_FORMS = [CALLER, CALLER.removeprefix("+"), CALLER[3:], "%2B" + CALLER[1:], "0" + CALLER[3:]]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that any library writes through logging, at its most talkative."""
    stream = io.StringIO()
    before = structlog.get_config()
    configure_logs(stream, level=logging.DEBUG)
    root, handler = logging.getLogger(), logging.StreamHandler(stream)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)
    structlog.configure(**before)


def test_whole_calls_leave_no_trace_of_the_caller(
    tmp_path: Path, database_url: str, written: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    with practice_line(tmp_path, database_url, emergency_number="999") as line:
        _leave_a_message(line)
        concern, messages = stored(line)
        line.company.mischief.api_faults = ["500", "429"]
        _leave_a_message(line)
        addresses = [event.path for call in line.company.calls for event in call.line.events]
        columns = list(_readable_columns(line))
        files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    captured = capfd.readouterr()
    logs = written.getvalue() + captured.out + captured.err

    assert concern is not None
    assert messages[0]["words"] == SAID.strip()
    assert "/voice/" in " ".join(addresses)
    for number in NUMBER_FORMS:
        assert number not in logs
        assert number.encode() not in files
        assert not [column for column in columns if number in column]
        assert not [address for address in addresses if number in address]
    for word in SAID_WORDS:
        assert word not in logs
        assert word.encode() not in files
    assert not re.search(rf"\b{PIN}\b", logs)
    assert not [column for column in columns if column == PIN]
    assert not [address for address in addresses if PIN in re.split(r"\W", address)]


def test_a_key_that_was_pressed_is_in_no_address_but_where_a_deed_needs_it(
    tmp_path: Path, sqlite_url: str
) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        call = _leave_a_message(line)

    queries = [event.path.partition("?")[2] for event in call.line.events if "?" in event.path]

    assert {query.partition("c=")[2] for query in queries} <= {"", "consent-1", "consent-1.kind-2"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("caller", "somebody"),
        ("from", "somebody"),
        ("digits", "1234"),
        ("words", "she said"),
        ("recording_url", "https://carrier.example/RE1"),
        ("detail", f"call {CALLER} back"),
        ("detail", "0770 0900 101"),
        ("detail", "(202) 555-0123"),
    ],
)
def test_the_log_withholds_what_could_tell_of_a_person(name: str, value: str) -> None:
    event = withhold(None, "info", {"event": "something", name: value})

    assert value not in str(event[name])
    assert "withheld" in str(event[name])


def test_the_log_keeps_ids_counts_and_causes() -> None:
    event = {"event": "message_kept", "message_id": "a1" * 16, "length_s": 42, "cause": "OperationalError"}

    assert withhold(None, "info", dict(event)) == event


def _leave_a_message(line: PracticeLine):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the simulator's call
    call = line.dial().listen().press("1").listen().press("2").listen().press("1").listen()
    call.speak(SPEECH / "06-phone-number.wav", then="key").listen().press("1").listen().press("2").listen()
    call.press("1").listen()
    call.press(PIN).listen().press(PIN).listen().press("1").listen()
    line.work()
    assert call.ended_by == "hotline"
    return call


def _readable_columns(line: PracticeLine) -> Iterator[str]:
    """Yield every value of every table as text."""
    from ivr.persistence.tables import metadata  # noqa: PLC0415 - only here

    with line.station.database.read() as work:
        for table in metadata.sorted_tables:
            for row in work.connection.execute(text(f"select * from {table.name}")):
                yield from map(str, row)
