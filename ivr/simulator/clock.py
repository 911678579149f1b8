"""The two clocks of the simulator: one that passes by itself and one that passes when it is told to."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the exchange asks of a clock."""

    is_virtual: bool

    def now_s(self) -> float:
        """Return seconds since some fixed moment; never goes back."""

    def wall(self) -> datetime:
        """Return the same moment as date and time in UTC."""


class RealClock:
    """Time as everyone else has it."""

    is_virtual = False

    def now_s(self) -> float:
        """Return the seconds of the monotonic clock."""
        return time.monotonic()

    def wall(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)


class VirtualClock:
    """Time that stands still until the exchange moves it to the next thing that happens."""

    is_virtual = True

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._now_s = 0.0

    def now_s(self) -> float:
        """Return the virtual seconds that have passed since the clock was made."""
        return self._now_s

    def wall(self) -> datetime:
        """Return the start moment moved on by the virtual seconds."""
        return self._start + timedelta(seconds=self._now_s)

    def move_to(self, moment_s: float) -> None:
        """Let time jump forward to a moment; an earlier one leaves it where it is."""
        self._now_s = max(self._now_s, moment_s)
