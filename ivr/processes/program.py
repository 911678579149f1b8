"""One program of the line: how it is started, and one running copy of it with what it says."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

LONGEST_LINE_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Program:
    """A program that belongs to the line.

    Attributes:
        name: what stands before its lines.
        command: the program and its arguments.
        is_ready: tells, without waiting long, whether it does its work; None if started is enough.
        after: names of programs that must be ready before this one starts, and end after it.
        environment: set for it beside what we have ourselves.
        quiet: its lines are only shown when it fails.
    """

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool] | None = None
    after: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False


class Child:
    """One running copy of a program, in a process group of its own."""

    def __init__(self, program: Program, lifeline: Callable[[], None]) -> None:
        self.program = program
        # A session of its own: Ctrl-C reaches the supervisor alone, which ends everything in order.
        self._process = subprocess.Popen(  # noqa: S603 - a command of ours, no shell
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, **program.environment},
            start_new_session=True,
            preexec_fn=lifeline,  # noqa: PLW1509 - safe: the supervisor has no threads
        )
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        self._output = self._process.stdout.fileno()
        os.set_blocking(self._output, False)
        self._unfinished = b""
        self.is_silent = False
        """Nobody can write to its pipe any more."""

    def fileno(self) -> int:
        """Return the pipe of its output, for a selector."""
        return self._output

    def lines(self) -> Iterator[str]:
        """Yield the whole lines it has written since the last time."""
        with suppress(BlockingIOError):
            while piece := os.read(self._output, 65_536):
                self._unfinished += piece
            self.is_silent = True
        *whole, rest = self._unfinished.split(b"\n")
        self._unfinished = rest[:LONGEST_LINE_BYTES]
        for line in whole:
            yield line.decode(errors="replace").rstrip()

    def last_words(self) -> Iterator[str]:
        """Yield everything left once it has ended, a line without an end too."""
        yield from self.lines()
        if self._unfinished:
            yield self._unfinished.decode(errors="replace")
            self._unfinished = b""

    def status(self) -> int | None:
        """Return how it ended (negative: by that signal), or None while it runs."""
        return self._process.poll()

    def ask_to_end(self) -> None:
        """Send SIGTERM to the program; what it started is its own to end."""
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)

    def sweep_away(self) -> None:
        """Kill what is left of its process group, and close its pipe."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
