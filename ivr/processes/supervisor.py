"""Starts and watches the programs of one computer, and ends all of them together."""

import selectors
import signal
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType

from ivr.lifeline import lifeline
from ivr.processes.program import Child, Program

END_WITHIN_S = 8.0
"""A worker may use this long to finish its job; then it is killed, and the job is done again later."""

STEADY_AFTER_S = 30.0
LONGEST_PAUSE_S = 30.0
TRIES_TO_START = 3
LINES_REMEMBERED = 15
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
IMPATIENT = 2
"""So many requests to stop kill what has not ended yet."""

_LOOK_OFTEN_S = 0.02
_LOOK_SELDOM_S = 0.25

Say = Callable[[str, str], None]
"""Shows a line: the program's name and what it says."""


@dataclass(slots=True)
class _Post:
    """The place of one program: who fills it now, and how that has gone so far."""

    program: Program
    child: Child | None = None
    is_ready: bool = False
    was_ready: bool = False
    started_s: float = 0.0
    failures: int = 0
    start_again_s: float = 0.0
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=LINES_REMEMBERED))


class Supervisor:
    """Keeps programs running until it is told to stop.

    It has one thread, so that a child may safely be prepared between fork and exec.
    """

    def __init__(
        self, programs: Iterable[Program], say: Say, *, when_ready: Callable[[], None] = lambda: None
    ) -> None:
        self._posts = {program.name: _Post(program) for program in programs}
        self._say = say
        self._when_ready = when_ready
        self._told_ready = False
        self._stops = 0
        self._failed = False
        self._selector = selectors.DefaultSelector()

    def run(self) -> int:
        """Start everything, watch it until it is told to stop or a program cannot start, and end it.

        Returns:
            0 if it was told to stop, 1 if a program could not be started.
        """
        before = {number: signal.signal(number, self._stop) for number in ENDINGS}
        try:
            while not self._stops and not self._failed:
                self._look_once()
        finally:
            self._end_everything()
            self._selector.close()
            for number, handler in before.items():
                signal.signal(number, handler)
        return 1 if self._failed else 0

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stops += 1

    def _look_once(self) -> None:
        for post in self._posts.values():
            self._look_after(post)
        if not self._told_ready and all(post.is_ready for post in self._posts.values()):
            self._told_ready = True
            self._when_ready()
        self._listen(_LOOK_SELDOM_S if self._told_ready else _LOOK_OFTEN_S)

    def _look_after(self, post: _Post) -> None:
        if post.child is None:
            if self._may_start(post):
                self._start(post)
        elif (status := post.child.status()) is not None:
            self._bury(post, post.child, status)
        elif not post.is_ready and (post.program.is_ready is None or post.program.is_ready()):
            post.is_ready = post.was_ready = True

    def _may_start(self, post: _Post) -> bool:
        rested = time.monotonic() >= post.start_again_s
        return rested and all(self._posts[name].is_ready for name in post.program.after)

    def _start(self, post: _Post) -> None:
        post.started_s = time.monotonic()
        post.child = Child(post.program, lifeline())
        self._selector.register(post.child, selectors.EVENT_READ, post)

    def _bury(self, post: _Post, child: Child, status: int) -> None:
        """Note the end of a child, and decide when, or whether, there will be another."""
        self._let_go(post, child)
        steady = time.monotonic() - post.started_s >= STEADY_AFTER_S
        post.failures = 1 if steady else post.failures + 1
        pause_s = min(0.25 * 2**post.failures, LONGEST_PAUSE_S)
        post.start_again_s = time.monotonic() + pause_s
        if post.program.quiet:
            self._repeat_recent(post)
        if not post.was_ready and post.failures >= TRIES_TO_START:
            self._give_up(post, status)
        else:
            self._say(
                post.program.name, f"ended by itself ({_ending(status)}); starting it again in {pause_s:g} s"
            )

    def _give_up(self, post: _Post, status: int) -> None:
        self._say(
            post.program.name,
            f"could not be started in {post.failures} tries ({_ending(status)}); stopping everything",
        )
        self._failed = True

    def _let_go(self, post: _Post, child: Child) -> None:
        if not child.is_silent:
            self._selector.unregister(child)
        for line in child.last_words():
            self._hear(post, line)
        child.sweep_away()
        post.child = None
        post.is_ready = False

    def _listen(self, timeout_s: float) -> None:
        for key, _ in self._selector.select(timeout_s):
            post: _Post = key.data
            if post.child is not None:
                for line in post.child.lines():
                    self._hear(post, line)
                if post.child.is_silent:
                    self._selector.unregister(post.child)

    def _hear(self, post: _Post, line: str) -> None:
        post.recent.append(line)
        if not post.program.quiet:
            self._say(post.program.name, line)

    def _repeat_recent(self, post: _Post) -> None:
        for line in post.recent:
            self._say(post.program.name, line)
        post.recent.clear()

    def _end_everything(self) -> None:
        """End the programs in rounds: each only when all that need it are gone."""
        while running := [post for post in self._posts.values() if post.child is not None]:
            needed = {name for post in running for name in post.program.after}
            self._end([post for post in running if post.program.name not in needed])

    def _end(self, posts: list[_Post]) -> None:
        for post in posts:
            if post.child is not None:
                post.child.ask_to_end()
        deadline = time.monotonic() + END_WITHIN_S
        while (
            self._stops < IMPATIENT
            and time.monotonic() < deadline
            and any(_is_running(post) for post in posts)
        ):
            self._listen(_LOOK_OFTEN_S)
        for post in posts:
            if post.child is not None:
                if _is_running(post):
                    self._say(post.program.name, f"did not end within {END_WITHIN_S:g} s; killing it")
                self._let_go(post, post.child)


def _is_running(post: _Post) -> bool:
    return post.child is not None and post.child.status() is None


def _ending(status: int) -> str:
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
