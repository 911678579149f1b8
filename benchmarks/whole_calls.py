"""A thousand whole calls in progress, with the time that people take to think, against the real service."""

from benchmarks import programs
from benchmarks.callers import Crowd, Saw, gather
from benchmarks.practice import practice
from benchmarks.rows import Row, at_most, percentile

RUNS = 3
CALLERS, TURNS_A_SECOND = 1000, 125.0
WARM_UP_S, SECONDS = 25.0, 40.0
THINK_SPREAD = 0.5


def rows(
    *,
    runs: int = RUNS,
    callers: int = CALLERS,
    a_second: float = TURNS_A_SECOND,
    warm_up_s: float = WARM_UP_S,
    seconds: float = SECONDS,
) -> list[Row]:
    """Measure so many calls; takes a good minute a run."""
    think_s = callers / a_second
    about = (think_s * (1 - THINK_SPREAD), think_s * (1 + THINK_SPREAD))
    with practice() as line, programs.redis(line.settings), programs.web(line.settings):
        crowd = Crowd(line.settings.bind, callers, about, warm_up_s, seconds)
        seen = [gather(crowd) for _ in range(runs)]
    return _rows(f"{callers:,} calls in progress", seen, seconds)


def _rows(what: str, seen: list[Saw], seconds: float) -> list[Row]:
    wrong: dict[str, int] = {}
    for saw in seen:
        wrong |= saw.wrong
    return [
        Row(
            f"{what}: p99 of a turn",
            "ms",
            tuple(percentile(saw.waits_ms, 0.99) for saw in seen),
            at_most(50),
            "SQLite, synchronous=FULL, two web processes; Redis runs, recordings are not fetched meanwhile",
        ),
        Row("  p50 of a turn", "ms", tuple(percentile(saw.waits_ms, 0.5) for saw in seen)),
        *_pin_rows(seen),
        Row("  turns a second", "1/s", tuple(len(saw.waits_ms) / seconds for saw in seen)),
        Row(
            f"{what}: errors",
            "",
            tuple(float(sum(saw.wrong.values())) for saw in seen),
            at_most(0),
            ", ".join(f"{step}: {count}" for step, count in wrong.items()),
        ),
    ]


def _pin_rows(seen: list[Saw]) -> list[Row]:
    """Say how long turns with the slow hash took; nobody may have come to one in a short run."""
    waits = tuple(percentile(saw.pin_waits_ms, 0.99) for saw in seen if saw.pin_waits_ms)
    return [Row("  p99 of a turn that hashes a PIN", "ms", waits)] if waits else []
