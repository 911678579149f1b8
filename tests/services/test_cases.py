"""A case is opened by its number and its PIN, from any telephone, and guessing is slowed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from ivr.persistence.cases import hold_number
from ivr.persistence.tables import case_misses, case_tries, open_cases, peppers, receipts
from ivr.services import cases
from ivr.services.cases import MOST_OF_CALLER, MOST_OF_CASE, MOST_OF_CASE_A_DAY, Try
from ivr.simulator.handset import HandsetCall
from tests.earlier_case import PIN, EarlierCase, leave_case
from tests.practice_line import CALLER, PracticeLine, practice_line

WRONG = "7302"
FRIENDS = [f"+4477009002{number:02d}" for number in range(99)]


@pytest.fixture
def line(tmp_path: Path, sqlite_url: str) -> Iterator[PracticeLine]:
    with practice_line(tmp_path, sqlite_url) as line:
        yield line


def try_case(line: PracticeLine, number: str, pin: str = PIN, caller: str = CALLER) -> bool:
    """Call, key number and PIN, and hang up; returns whether the case was opened."""
    call = key_case(line.dial(caller), number, pin)
    call.hang_up()
    line.company.settle()
    return heard(call, "answer")


def key_case(call: HandsetCall, number: str, pin: str = PIN) -> HandsetCall:
    return call.listen().press("1").listen().press("4").listen().press(number).listen().press(pin).listen()


def heard(call: HandsetCall, prompt: str) -> bool:
    return any(prompt in sound.prompts for sound in call.heard)


def a_case(line: PracticeLine, says: str = "01-passport") -> EarlierCase:
    return leave_case(line, says=says, answers=["07-urgent"])


def wait(line: PracticeLine, pause: timedelta) -> None:
    line.company.let_pass(pause.total_seconds())


def count(line: PracticeLine, table: object) -> int:
    with line.station.database.read() as work:
        return int(work.connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def test_a_caller_who_missed_three_times_waits_an_hour(line: PracticeLine) -> None:
    mine, others = a_case(line), [a_case(line) for _ in range(MOST_OF_CALLER)]
    missed = [try_case(line, case.number, WRONG) for case in others]
    at_once = try_case(line, mine.number)
    from_another_phone = try_case(line, mine.number, caller=FRIENDS[0])
    wait(line, cases.WINDOW)

    assert missed == [False] * MOST_OF_CALLER
    assert not at_once
    assert from_another_phone
    assert try_case(line, mine.number)


def test_a_case_that_was_missed_three_times_opens_for_nobody_for_an_hour(line: PracticeLine) -> None:
    case, other = a_case(line), a_case(line)
    for friend in FRIENDS[:MOST_OF_CASE]:
        try_case(line, case.number, WRONG, friend)
    at_once = try_case(line, case.number)
    another_case = try_case(line, other.number)
    wait(line, cases.WINDOW)

    assert not at_once
    assert another_case
    assert try_case(line, case.number)


def test_trying_while_one_has_to_wait_makes_the_wait_no_longer(line: PracticeLine) -> None:
    case = a_case(line)
    for _ in range(MOST_OF_CALLER):
        try_case(line, case.number, WRONG)
    wait(line, timedelta(minutes=50))
    meanwhile = [try_case(line, case.number) for _ in range(3)]
    wait(line, timedelta(minutes=10))

    assert meanwhile == [False] * 3
    assert try_case(line, case.number)


def test_ten_misses_on_a_case_in_a_day_shut_it_until_the_next(line: PracticeLine) -> None:
    case = a_case(line)
    for friend in FRIENDS[:MOST_OF_CASE_A_DAY]:
        try_case(line, case.number, WRONG, friend)
        wait(line, timedelta(minutes=30))
    after_hours = try_case(line, case.number)
    wait(line, cases.DAY)

    assert not after_hours
    assert try_case(line, case.number)


def test_many_misses_on_a_line_stop_everybody_for_an_hour(line: PracticeLine) -> None:
    case = a_case(line)
    numbers = [case.another for _ in range(cases.MOST_OF_LINE)]
    for turn, (friend, number) in enumerate(zip(FRIENDS, numbers, strict=False)):
        key_try(line, number, WRONG, friend, turn)
    at_once = try_case(line, case.number)
    wait(line, cases.WINDOW)

    assert not at_once
    assert try_case(line, case.number)


def test_callers_without_a_number_share_a_larger_measure(line: PracticeLine) -> None:
    case = a_case(line)
    for turn in range(cases.MOST_OF_WITHHELD - 1):
        key_try(line, case.another, WRONG, "anonymous", turn)
    before = try_case(line, case.number, caller="anonymous")
    key_try(line, case.another, WRONG, "+266696687", 99)

    assert before
    assert not try_case(line, case.number, caller="anonymous")
    assert try_case(line, case.number)


def test_a_caller_is_known_again_after_midnight(line: PracticeLine) -> None:
    case = a_case(line)
    to_midnight = timedelta(days=1) - timedelta(hours=line.now().hour, minutes=line.now().minute)
    wait(line, to_midnight - timedelta(minutes=20))
    for _ in range(MOST_OF_CALLER):
        try_case(line, case.another, WRONG)
    wait(line, timedelta(minutes=30))
    cases.forget_old(line.station)

    assert not try_case(line, case.number)


def test_a_right_pin_forgives_its_own_try_and_no_earlier_one(line: PracticeLine) -> None:
    case = a_case(line)
    try_case(line, case.number, WRONG)
    before = count(line, case_misses)

    assert try_case(line, case.number)
    assert count(line, case_misses) == before == 3


def test_many_tries_at_once_count_as_many(tmp_path: Path, database_url: str) -> None:
    with practice_line(tmp_path, database_url) as line:
        case = a_case(line)
        for turn in range(8):
            hold(line, case.number, turn)
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(lambda turn: open_it(line, WRONG, CALLER, turn), range(8)))

        assert outcomes == ["wrong"] * 8
        assert count(line, case_misses) == 3 * MOST_OF_CALLER, "the others met the pause"
        assert not try_case(line, case.number)


def test_the_same_webhook_again_is_the_same_try(line: PracticeLine) -> None:
    case = a_case(line)
    hold(line, case.number, 1)
    first = [open_it(line, WRONG, CALLER, 1) for _ in range(5)]
    hold(line, case.number, 2)

    assert first == ["wrong"] * 5
    assert open_it(line, PIN, CALLER, 2) == "opened"


def test_the_number_between_two_turns_is_sealed_and_soon_gone(line: PracticeLine) -> None:
    case = a_case(line)
    call = line.dial().listen().press("1").listen().press("4").listen().press(case.number).listen()
    addresses = " ".join(event.path for event in call.log)
    with line.station.database.read() as work:
        (row,) = work.connection.execute(select(case_tries)).all()
    call.press(PIN).listen()
    after_pin, opened = count(line, case_tries), count(line, open_cases)
    call.hang_up()
    line.company.settle()

    assert case.number not in addresses
    assert case.number.encode() not in row.sealed_number
    assert (after_pin, opened) == (0, 1)
    assert count(line, open_cases) == 0


def test_what_nobody_told_the_end_of_is_forgotten_by_the_clock(line: PracticeLine) -> None:
    case = a_case(line)
    hold(line, case.number, 1)
    open_it(line, PIN, CALLER, 1)
    hold(line, case.number, 3)
    hold(line, case.number, 5)
    open_it(line, WRONG, CALLER, 5)
    hold(line, case.number, 7)
    for pause in (cases.NUMBER_FOR, cases.OPEN_FOR, timedelta(days=2)):
        wait(line, pause + timedelta(minutes=1))
        cases.forget_old(line.station)

    assert [count(line, table) for table in (case_tries, open_cases, case_misses, peppers)] == [0, 0, 0, 0]


def test_receipts_say_nothing_of_a_case(line: PracticeLine) -> None:
    case = a_case(line)
    try_case(line, case.number, WRONG)
    try_case(line, case.number)
    with line.station.database.read() as work:
        outcomes = {row.outcome for row in work.connection.execute(select(receipts))}

    assert outcomes == {"wrong", "opened"}


def key_try(line: PracticeLine, number: str, pin: str, caller: str, turn: int) -> str:
    hold(line, number, turn)
    return open_it(line, pin, caller, turn)


def hold(line: PracticeLine, number: str, turn: int) -> None:
    with line.station.database.write() as work:
        hold_number(work, line.station.keys, line.organisation_id, f"CA{turn}", turn, number)


def open_it(line: PracticeLine, pin: str, caller: str, turn: int) -> str:
    attempt = Try(line.organisation_id, f"CA{turn}", turn + 1, caller, pin)
    return cases.open_case(line.station, attempt)
