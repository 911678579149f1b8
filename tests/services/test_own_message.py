"""Her own message, played back to her: the address is a pass, good for two minutes and one message."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ivr.persistence import messages
from ivr.persistence.sealing import new_key, seal
from ivr.persistence.tables import messages as messages_table
from ivr.services.own_message import GOOD_FOR, hear, pass_for
from tests.practice_line import PracticeLine, practice_line
from tests.scenario import take_steps

LEAVES_A_MESSAGE: list[dict[str, Any]] = [
    *({"press": key} for key in "121"),
    {"says": {"file": "08-injured.wav"}},
    {"silent_until": "err_nokey"},
]


@pytest.fixture
def line(tmp_path: Path, sqlite_url: str) -> Iterator[PracticeLine]:
    """A line on which somebody has just spoken; her message has come."""
    with practice_line(tmp_path, sqlite_url) as line:
        take_steps(line, line.dial(), LEAVES_A_MESSAGE, "")
        line.work_now()
        yield line


def message_id(line: PracticeLine) -> str:
    with line.station.database.read() as work:
        return str(work.connection.execute(select(messages_table.c.id)).scalar_one())


def good_pass(line: PracticeLine) -> str:
    return pass_for(line.station.keys, message_id(line), line.now())


def test_the_pass_plays_her_message_and_is_kept_by_nobody(line: PracticeLine) -> None:
    answer = line.app.test_client().get(f"/audio/own/{good_pass(line)}.wav")

    assert answer.status_code == 200
    assert answer.data[:4] == b"RIFF"
    assert answer.mimetype == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_pass_says_nothing_of_the_message(line: PracticeLine) -> None:
    assert message_id(line) not in good_pass(line)
    assert good_pass(line) != good_pass(line)


def test_after_two_minutes_the_pass_is_worth_nothing(line: PracticeLine) -> None:
    given = good_pass(line)
    line.company.let_pass(GOOD_FOR.total_seconds() - 1)
    in_time = hear(line.station, given)
    line.company.let_pass(2)

    assert in_time is not None
    assert hear(line.station, given) is None


def test_a_pass_that_was_changed_anywhere_is_worth_nothing(line: PracticeLine) -> None:
    given = good_pass(line)
    for place in range(0, len(given), 7):
        other = "A" if given[place] != "A" else "B"

        assert hear(line.station, given[:place] + other + given[place + 1 :]) is None


@pytest.mark.parametrize("nonsense", ["", "A", "=", "....", "é", "a" * 5000])
def test_nonsense_is_no_pass(line: PracticeLine, nonsense: str) -> None:
    assert hear(line.station, nonsense) is None


def test_a_pass_sealed_by_another_key_is_worth_nothing(line: PracticeLine) -> None:
    forged = seal(new_key(), f"{message_id(line)} 9999999999".encode(), "pass to hear one's own message")

    assert hear(line.station, forged.hex()) is None


def test_a_pass_for_a_message_that_is_none_is_worth_nothing(line: PracticeLine) -> None:
    assert hear(line.station, pass_for(line.station.keys, "0" * 32, line.now())) is None


def test_an_erased_message_is_not_played_though_the_pass_is_good(line: PracticeLine) -> None:
    given = good_pass(line)
    with line.station.database.write() as work:
        message = messages.by_id(work, message_id(line))
        assert message is not None
        messages.erase(work, message)

    assert hear(line.station, given) is None


def test_a_pass_is_good_from_the_moment_it_is_given() -> None:
    assert timedelta(minutes=1) < GOOD_FOR < timedelta(minutes=5)
