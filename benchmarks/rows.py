"""Rows of the speed table: what was measured, in how many runs, and whether that is good enough."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """What a row must reach.

    Attributes:
        limit: In the unit of the row.
        sign: `<=` or `>=`.
    """

    limit: float
    sign: str

    def is_met(self, value: float) -> bool:
        """Tell whether a value is good enough."""
        return value <= self.limit if self.sign == "<=" else value >= self.limit

    def __str__(self) -> str:
        return f"{self.sign} {self.limit:g}"


def at_most(limit: float) -> Target:
    """Return a target that smaller values meet."""
    return Target(limit, "<=")


def at_least(limit: float) -> Target:
    """Return a target that larger values meet."""
    return Target(limit, ">=")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        what: What was measured.
        unit: Its unit; `x` for a ratio of two things measured in one run.
        measured: A figure for each run, or for each pair of a paired comparison.
        target: What the median must reach, if anything.
        remark: What one must know to read the figure.
    """

    what: str
    unit: str
    measured: tuple[float, ...]
    target: Target | None = None
    remark: str = ""

    @property
    def median(self) -> float:
        """The figure that counts."""
        return statistics.median(self.measured)

    @property
    def verdict(self) -> str:
        """Say `met`, `NOT met`, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "met" if self.target.is_met(self.median) else "NOT met"

    def as_json(self) -> dict[str, object]:
        """Return the row for a machine to read."""
        return {
            "what": self.what,
            "unit": self.unit,
            "median": self.median,
            "measured": list(self.measured),
            "target": None if self.target is None else str(self.target),
            "verdict": self.verdict,
            "remark": self.remark,
        }


def one(what: str, unit: str, value: float, target: Target | None = None, remark: str = "") -> Row:
    """Return a row of a single figure."""
    return Row(what, unit, (value,), target, remark)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least this share of all values do not exceed."""
    if not values:
        raise ValueError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, -(-round(share * 1e6) * len(ordered) // 1_000_000) - 1)]


def paired_ratios(first: Callable[[], float], second: Callable[[], float], pairs: int) -> list[float]:
    """Measure two things in turn, A B A B, and return `first / second` of each pair.

    What else the computer does falls on both of a pair alike, so a ratio stands where its parts waver.
    The order changes from pair to pair, so that neither always comes second.
    """
    ratios = []
    for pair in range(pairs):
        if pair % 2:
            below, above = second(), first()
        else:
            above, below = first(), second()
        ratios.append(above / below)
    return ratios
