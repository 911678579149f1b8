"""Marks of callers, and the peppers without which they mean nothing."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date

import pytest

from ivr.domain.callers import is_withheld
from ivr.persistence.database import Database, open_engine
from ivr.persistence.peppers import caller_mark, forget_peppers, known_pepper, pepper_of
from ivr.persistence.sealing import Keys

CALLER, ANOTHER = "+447700900101", "+447700900102"
TODAY, TOMORROW = date(2026, 11, 21), date(2026, 11, 22)
KEYS = Keys(bytes(range(32)))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(open_engine(database_url))) as database:
        yield database


def test_a_caller_is_known_again_on_the_same_day_for_the_same_purpose_alone(database: Database) -> None:
    with database.write() as work:
        today, tomorrow = pepper_of(work, "guesses", TODAY), pepper_of(work, "guesses", TOMORROW)
        elsewhere = pepper_of(work, "languages", TODAY)
    with database.write() as work:
        again = pepper_of(work, "guesses", TODAY)

    mark = caller_mark(KEYS, today, CALLER)
    assert caller_mark(KEYS, again, CALLER) == mark
    others = [caller_mark(KEYS, pepper, CALLER) for pepper in (tomorrow, elsewhere)]
    others += [caller_mark(KEYS, today, ANOTHER), caller_mark(Keys(bytes(32)), today, CALLER)]
    assert mark not in others
    assert len(set(others)) == len(others)


def test_a_forgotten_pepper_never_comes_back(database: Database) -> None:
    with database.write() as work:
        before = pepper_of(work, "guesses", TODAY)
        kept = pepper_of(work, "guesses", TOMORROW), pepper_of(work, "languages", TODAY)
    with database.write() as work:
        assert forget_peppers(work, "guesses", TOMORROW) == 1
        assert known_pepper(work, "guesses", TODAY) is None
        assert pepper_of(work, "guesses", TODAY) != before
        assert (pepper_of(work, "guesses", TOMORROW), pepper_of(work, "languages", TODAY)) == kept


def test_whoever_only_reads_draws_none(database: Database) -> None:
    with database.read() as work:
        assert known_pepper(work, "guesses", TODAY) is None


@pytest.mark.parametrize(
    "number",
    [
        "",
        "anonymous",
        "Restricted",
        "+266696687",
        "+7378742833",
        "+8656696",
        "+2562533",
        "+86282452253",
        "+7748283",
        "sip:a@example.com",
        "+1",
        "447700900101",
    ],
)
def test_a_withheld_number_names_nobody(number: str) -> None:
    assert is_withheld(number)


@pytest.mark.parametrize("number", [CALLER, "+12025550123", "+6531234567"])
def test_a_number_names_somebody(number: str) -> None:
    assert not is_withheld(number)
