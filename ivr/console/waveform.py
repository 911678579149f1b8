"""The drawing of a message: loudness as one path of upright strokes."""

from collections.abc import Sequence
from typing import Final

STEP: Final = 2
HEIGHT: Final = 64
_SMALLEST: Final = 1


def path(loudness: Sequence[int]) -> str:
    """Return an SVG path, `STEP` wide for each value and `HEIGHT` high, for loudness of 0 to 100."""
    return "".join(_stroke(index, value) for index, value in enumerate(loudness))


def _stroke(index: int, value: int) -> str:
    half = max(round(value * HEIGHT / 200), _SMALLEST)
    return f"M{index * STEP + 1} {HEIGHT // 2 - half}v{2 * half}"
