"""The exchange: runs every call and callback as a coroutine, in the order of the clock.

Not asyncio, because time must be ours: with a virtual clock a call of three minutes takes as long as its
HTTP, and the order of all that happens is the same in every run. With the real clock one thread tends a
thousand calls.
"""

import heapq
import itertools
import threading
import traceback
import types
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import structlog

from ivr.simulator.clock import Clock, VirtualClock

Item = TypeVar("Item")
Life = Coroutine[Any, Any, None]

log = structlog.get_logger()


class Mailbox(Generic[Item]):
    """A queue that one coroutine reads."""

    def __init__(self) -> None:
        self.items: deque[Item] = deque()
        self.reader: Process | None = None


@dataclass(slots=True, eq=False)
class Process:
    """One running coroutine.

    Attributes:
        life: The coroutine.
        matters: Whether `settle` waits for its end: a callback does, a call in somebody's hand does not.
        ticket: Number of its present wish; what answers an earlier wish comes too late.
    """

    life: Life
    matters: bool
    ticket: int = 0
    reading: Mailbox[Any] | None = None
    interruption: BaseException | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """The wish to go on at a moment, or at something in a mailbox, whichever is first."""

    until_s: float | None
    mailbox: Mailbox[Any] | None = None


@dataclass(frozen=True, slots=True)
class Errand:
    """The wish to have blocking work done by another thread."""

    work: Callable[[], Any]


Wish = Wait | Errand


@dataclass(frozen=True, slots=True)
class Outcome:
    """What answers a wish."""

    value: Any = None
    error: BaseException | None = None


def _place_of(fault: BaseException) -> str:
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{last.filename}:{last.lineno}"


@types.coroutine
def _wish(wish: Wish) -> Generator[Wish, Any, Any]:
    return (yield wish)


async def sleep_until(moment_s: float) -> None:
    """Let the clock come to a moment."""
    await _wish(Wait(moment_s))


async def next_item(mailbox: Mailbox[Item], until_s: float | None = None) -> Item | None:
    """Return what comes into a mailbox, or None when the moment comes first."""
    return cast("Item | None", await _wish(Wait(until_s, mailbox)))


async def run_errand(work: Callable[[], Item]) -> Item:
    """Return what blocking work returns; the exchange goes on meanwhile."""
    return cast("Item", await _wish(Errand(work)))


@dataclass(order=True, slots=True)
class _Timer:
    at_s: float
    number: int
    process: Process = field(compare=False)
    ticket: int = field(compare=False)

    @property
    def is_stale(self) -> bool:
        return self.process.done or self.ticket != self.process.ticket


class Exchange:
    """Runs coroutines by the clock; everything they touch is safe under `changed`."""

    def __init__(self, clock: Clock, *, hands: int) -> None:
        self.clock = clock
        self.changed = threading.Condition(threading.RLock())
        self._numbers = itertools.count()
        self._timers: list[_Timer] = []
        self._ready: deque[tuple[Process, int | None, Outcome]] = deque()
        self._processes: set[Process] = set()
        self._in_flight = 0
        self._faults: list[BaseException] = []
        self._closing = False
        # One hand under a virtual clock: requests go out one after the other, so every run is the same.
        self._pool = ThreadPoolExecutor(1 if clock.is_virtual else hands, thread_name_prefix="errand")
        self._tender = None if clock.is_virtual else self._start_tender()

    def now_s(self) -> float:
        """Return the present moment of the clock in seconds."""
        return self.clock.now_s()

    def spawn(self, life: Life, *, matters: bool = True) -> Process:
        """Start a coroutine."""
        process = Process(life, matters)
        with self.changed:
            self._processes.add(process)
            self._make_ready(process, process.ticket, Outcome())
        return process

    def post(self, mailbox: Mailbox[Item], item: Item) -> None:
        """Put something into a mailbox."""
        with self.changed:
            mailbox.items.append(item)
            reader = mailbox.reader
            if reader is not None:
                mailbox.reader = None
                self._make_ready(reader, reader.ticket, Outcome(mailbox.items.popleft()))

    def interrupt(self, process: Process, error: BaseException) -> None:
        """Raise an exception in a coroutine, at the place where it waits."""
        with self.changed:
            if not process.done:
                process.interruption = error
                self._make_ready(process, None, Outcome())

    def run_until(self, reached: Callable[[], bool], limit_s: float | None = None) -> bool:
        """Let time pass until something holds.

        Args:
            reached: Asked whenever all is quiet.
            limit_s: The latest moment; None with a virtual clock means until nothing more can happen.

        Returns:
            Whether it came to hold.
        """
        with self.changed:
            if isinstance(self.clock, VirtualClock):
                return self._jump_until(self.clock, reached, limit_s)
            timeout_s = None if limit_s is None else max(0.0, limit_s - self.now_s())
            return self.changed.wait_for(reached, timeout_s)

    def calm_down(self) -> None:
        """Let everything happen that is due at this very moment."""
        self.run_until(lambda: not self._ready, self.now_s() + 1.0)

    def is_settled(self) -> bool:
        """Tell whether nothing that matters is left to do."""
        return not any(process.matters for process in self._processes)

    def close(self) -> None:
        """Stop: nothing runs afterwards."""
        with self.changed:
            self._closing = True
            self.changed.notify_all()
        if self._tender is not None:
            self._tender.join()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for process in self._processes:
            process.life.close()

    def _start_tender(self) -> threading.Thread:
        tender = threading.Thread(target=self._tend, name="exchange", daemon=True)
        tender.start()
        return tender

    def _tend(self) -> None:
        with self.changed:
            while not self._closing:
                self._fire_due()
                if self._resume_ready():
                    self.changed.notify_all()
                self.changed.wait(self._pause_s())

    def _pause_s(self) -> float | None:
        return max(0.0, self._timers[0].at_s - self.now_s()) if self._timers else None

    def _fire_due(self) -> None:
        while self._timers and self._timers[0].at_s <= self.now_s():
            timer = heapq.heappop(self._timers)
            if not timer.is_stale:
                self._ready.append((timer.process, timer.ticket, Outcome()))

    def _jump_until(self, clock: VirtualClock, reached: Callable[[], bool], limit_s: float | None) -> bool:
        while True:
            self._resume_ready()
            self._raise_fault()
            if self._in_flight:
                self.changed.wait()
            elif reached():
                return True
            elif not self._jump(clock, limit_s):
                return reached()

    def _jump(self, clock: VirtualClock, limit_s: float | None) -> bool:
        while self._timers and self._timers[0].is_stale:
            heapq.heappop(self._timers)
        if self._timers and (limit_s is None or self._timers[0].at_s <= limit_s):
            clock.move_to(self._timers[0].at_s)
            self._fire_due()
            return True
        if limit_s is not None:
            clock.move_to(limit_s)
        return False

    def _make_ready(self, process: Process, ticket: int | None, outcome: Outcome) -> None:
        self._ready.append((process, ticket, outcome))
        self.changed.notify_all()

    def _resume_ready(self) -> bool:
        resumed = False
        while self._ready:
            process, ticket, outcome = self._ready.popleft()
            if self._is_current(process, ticket):
                self._resume(process, outcome)
                resumed = True
        return resumed

    @staticmethod
    def _is_current(process: Process, ticket: int | None) -> bool:
        if process.done:
            return False
        return process.interruption is not None if ticket is None else ticket == process.ticket

    def _resume(self, process: Process, outcome: Outcome) -> None:
        process.ticket += 1
        if process.reading is not None:
            process.reading.reader = None
            process.reading = None
        error = outcome.error or self._interruption_of(process)
        try:
            wish = process.life.throw(error) if error else process.life.send(outcome.value)
        except StopIteration:
            self._forget(process)
        except Exception as fault:  # noqa: BLE001  (one broken call must not stop the others; tests raise it)
            self._forget(process)
            self._faults.append(fault)
            log.error("simulator_fault", kind=type(fault).__name__, at=_place_of(fault))  # noqa: TRY400  (a traceback may show who called)
        else:
            self._grant(process, wish)

    @staticmethod
    def _interruption_of(process: Process) -> BaseException | None:
        if process.ticket == 1:  # It has not begun yet; what cuts in waits for its first wish.
            return None
        interruption, process.interruption = process.interruption, None
        return interruption

    def _forget(self, process: Process) -> None:
        process.done = True
        self._processes.discard(process)

    def _grant(self, process: Process, wish: Wish) -> None:
        match wish:
            case Errand(work):
                self._in_flight += 1
                self._pool.submit(self._run_errand, process, process.ticket, work)
            case Wait(until_s, mailbox):
                if mailbox is not None and mailbox.items:
                    self._ready.append((process, process.ticket, Outcome(mailbox.items.popleft())))
                    return
                if mailbox is not None:
                    mailbox.reader, process.reading = process, mailbox
                if until_s is not None:
                    heapq.heappush(
                        self._timers, _Timer(until_s, next(self._numbers), process, process.ticket)
                    )

    def _run_errand(self, process: Process, ticket: int, work: Callable[[], Any]) -> None:
        try:
            outcome = Outcome(work())
        except Exception as error:  # noqa: BLE001  (it is raised again in the coroutine that asked)
            outcome = Outcome(error=error)
        with self.changed:
            self._in_flight -= 1
            self._make_ready(process, ticket, outcome)

    def _raise_fault(self) -> None:
        if self._faults:
            raise self._faults.pop(0)
