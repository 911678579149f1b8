"""The exchange: order, interruption and time."""

from collections.abc import Iterator

import pytest

from ivr.simulator.clock import RealClock, VirtualClock
from ivr.simulator.exchange import Exchange, Mailbox, next_item, run_errand, sleep_until


class CutInError(Exception):
    pass


@pytest.fixture
def exchange() -> Iterator[Exchange]:
    exchange = Exchange(VirtualClock(), hands=1)
    yield exchange
    exchange.close()


def test_what_is_due_at_the_same_moment_happens_in_the_order_it_was_asked_for(exchange: Exchange) -> None:
    done: list[tuple[str, float]] = []

    async def life(name: str, at_s: float) -> None:
        await sleep_until(at_s)
        done.append((name, exchange.now_s()))

    for name, at_s in (("late", 7200.0), ("one", 5.0), ("two", 5.0), ("three", 5.0)):
        exchange.spawn(life(name, at_s))
    exchange.run_until(exchange.is_settled)

    assert done == [("one", 5.0), ("two", 5.0), ("three", 5.0), ("late", 7200.0)]


def test_whatever_comes_first_wakes_a_reader(exchange: Exchange) -> None:
    mailbox: Mailbox[str] = Mailbox()
    found: list[tuple[bool, float]] = []

    async def look(until_s: float) -> None:
        item = await next_item(mailbox, until_s)
        found.append((item == "something", exchange.now_s()))

    async def read() -> None:
        await look(3.0)
        await look(10.0)

    async def write() -> None:
        await sleep_until(4.0)
        exchange.post(mailbox, "something")

    exchange.spawn(read())
    exchange.spawn(write())
    exchange.run_until(exchange.is_settled)

    assert found == [(False, 3.0), (True, 4.0)]


def test_what_comes_while_nobody_reads_is_kept(exchange: Exchange) -> None:
    mailbox: Mailbox[int] = Mailbox()
    found: list[bool] = []

    async def read() -> None:
        await sleep_until(1.0)
        for expected in (1, 2, None):
            item = await next_item(mailbox, 2.0)
            found.append(item == expected)

    exchange.spawn(read())
    exchange.post(mailbox, 1)
    exchange.post(mailbox, 2)
    exchange.run_until(exchange.is_settled)

    assert found == [True, True, True]


def test_an_interruption_reaches_a_coroutine_that_has_not_begun(exchange: Exchange) -> None:
    caught: list[float] = []

    async def life() -> None:
        try:
            await sleep_until(100.0)
        except CutInError:
            caught.append(exchange.now_s())

    exchange.interrupt(exchange.spawn(life()), CutInError())
    exchange.run_until(exchange.is_settled)

    assert caught == [0.0]


def test_the_answer_to_an_interrupted_errand_comes_too_late(exchange: Exchange) -> None:
    seen: list[str] = []

    async def life() -> None:
        try:
            seen.append(await run_errand(lambda: "answer"))
        except CutInError:
            seen.append("cut in")
        await sleep_until(1.0)

    process = exchange.spawn(life())
    exchange.interrupt(process, CutInError())
    exchange.run_until(exchange.is_settled)

    assert seen == ["cut in"]
    assert exchange.now_s() == 1.0


def test_a_broken_life_is_raised_to_whoever_waits_and_the_others_go_on(exchange: Exchange) -> None:
    done: list[str] = []

    async def broken() -> None:
        await sleep_until(1.0)
        raise CutInError

    async def whole() -> None:
        await sleep_until(2.0)
        done.append("whole")

    exchange.spawn(broken())
    exchange.spawn(whole())
    with pytest.raises(CutInError):
        exchange.run_until(exchange.is_settled)
    exchange.run_until(exchange.is_settled)

    assert done == ["whole"]


def test_time_stops_at_the_limit(exchange: Exchange) -> None:
    exchange.spawn(sleep_until(100.0))

    reached = exchange.run_until(exchange.is_settled, 40.0)

    assert (reached, exchange.now_s()) == (False, 40.0)


def test_with_the_real_clock_time_passes_by_itself() -> None:
    exchange = Exchange(RealClock(), hands=2)
    begun_s = exchange.now_s()
    exchange.spawn(sleep_until(begun_s + 0.05))

    settled = exchange.run_until(exchange.is_settled, begun_s + 5.0)
    took_s = exchange.now_s() - begun_s
    exchange.close()

    assert settled
    assert took_s == pytest.approx(0.05, abs=0.5)
    assert took_s >= 0.05
