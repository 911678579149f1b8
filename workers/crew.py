"""A parent that forks children and keeps their number, whatever happens to one of them."""

import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from ivr.lifeline import end_with_parent

FINISH_WITHIN_S = 6.0
"""So long a child may finish its job after it was asked to end; less than the supervisor waits for us."""

STEADY_AFTER_S = 5.0
LONGEST_PAUSE_S = 10.0

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Place:
    """One child's place: what it does, who does it now, and when the next one may come."""

    name: str
    pid: int | None = None
    born_s: float = 0.0
    failures: int = 0
    fork_at_s: float = 0.0


class Crew:
    """Forks a child for every name, and a new one when a child has died.

    The parent opens nothing (no database, no Redis, no thread): all that a child shares with it is memory.
    """

    def __init__(
        self, names: Sequence[str], work: Callable[[str], None], *, finish_within_s: float = FINISH_WITHIN_S
    ) -> None:
        """Args: `work` is run in the child with its name; when it returns, the child ends."""
        self._places = [_Place(name) for name in names]
        self._work = work
        self._finish_within_s = finish_within_s
        self._is_stopping = False

    def run(self) -> None:
        """Keep the crew complete until SIGTERM or SIGINT, then let each child finish what it has in hand."""
        with _signals_wake(self._on_signal) as bell:
            while not self._is_stopping:
                self._reap()
                self._fill_places()
                _wait(bell, self._pause_s())
            self._end(bell)

    def _on_signal(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._is_stopping = True

    def _fill_places(self) -> None:
        for place in self._places:
            if place.pid is None and place.fork_at_s <= time.monotonic():
                place.born_s = time.monotonic()
                place.pid = _fork(self._work, place.name)

    def _reap(self) -> None:
        for place in self._places:
            if place.pid is not None and os.waitpid(place.pid, os.WNOHANG)[0]:
                place.pid = None
                self._note_death(place)

    def _note_death(self, place: _Place) -> None:
        lived_s = time.monotonic() - place.born_s
        place.failures = 0 if lived_s >= STEADY_AFTER_S else place.failures + 1
        pause_s = min(0.25 * 2**place.failures, LONGEST_PAUSE_S) if place.failures else 0.0
        place.fork_at_s = time.monotonic() + pause_s
        if not self._is_stopping:
            log.warning("worker_ended", queue=place.name, lived_s=round(lived_s, 1), again_in_s=pause_s)

    def _pause_s(self) -> float | None:
        waits = [place.fork_at_s - time.monotonic() for place in self._places if place.pid is None]
        return max(0.0, min(waits)) if waits else None

    def _end(self, bell: int) -> None:
        self._send_all(signal.SIGTERM)
        deadline = time.monotonic() + self._finish_within_s
        while self._is_anyone_left() and time.monotonic() < deadline:
            _wait(bell, deadline - time.monotonic())
            self._reap()
        self._send_all(signal.SIGKILL)

    def _is_anyone_left(self) -> bool:
        return any(place.pid is not None for place in self._places)

    def _send_all(self, number: signal.Signals) -> None:
        for place in self._places:
            if place.pid is not None:
                os.kill(place.pid, number)


def _fork(work: Callable[[str], None], name: str) -> int:
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    # A signal between the fork and the child's own handlers must not run ours in the child.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    pid = os.fork()
    if pid == 0:
        _live(work, name, parent)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    return pid


def _live(work: Callable[[str], None], name: str, parent: int) -> None:
    """Be a child: work, then end without running anything of the parent's on the way out."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
        end_with_parent(parent)
        work(name)
        status = 0
    except Exception as error:  # noqa: BLE001 - the last line of a process: say it, and end
        log.error("worker_failed", queue=name, cause=type(error).__name__)  # noqa: TRY400 - its words may be personal
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


@contextmanager
def _signals_wake(handler: Callable[[int, object], None]) -> Iterator[int]:
    """Yield a file that becomes readable at every signal, so that none is lost between two looks."""
    bell, hammer = os.pipe()
    os.set_blocking(bell, False)
    os.set_blocking(hammer, False)
    before_fd = signal.set_wakeup_fd(hammer, warn_on_full_buffer=False)
    before = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield bell
    finally:
        signal.set_wakeup_fd(before_fd)
        for number, old in before.items():
            signal.signal(number, old)
        os.close(bell)
        os.close(hammer)


def _wait(bell: int, timeout_s: float | None) -> None:
    if select.select([bell], [], [], timeout_s)[0]:
        os.read(bell, 4096)
