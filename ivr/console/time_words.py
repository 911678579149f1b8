"""Times as staff read them, and places in time as addresses carry them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from ivr.services.inbox import Place

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_PLACE: Final = re.compile(r"(\d{1,17})-([0-9a-f]{32})")
_MOMENT: Final = re.compile(r"\d{1,17}")


def clock(length_ms: int) -> str:
    """Return a length as minutes and seconds: `0:34`."""
    minutes, seconds = divmod(round(length_ms / 1000), 60)
    return f"{minutes}:{seconds:02d}"


def moment_text(moment: datetime) -> str:
    """Return a moment exactly, for an address: microseconds since 1970."""
    return str((moment - _EPOCH) // _MICROSECOND)


def moment_of(text: str) -> datetime | None:
    """Return the moment that `moment_text` wrote, or None."""
    return _EPOCH + int(text) * _MICROSECOND if _MOMENT.fullmatch(text) else None


def place_text(place: Place) -> str:
    """Return a place in a view, for an address."""
    return f"{moment_text(place.at)}-{place.id}"


def place_of(text: str) -> Place | None:
    """Return the place that `place_text` wrote, or None."""
    match = _PLACE.fullmatch(text)
    if match is None:
        return None
    return Place(_EPOCH + int(match[1]) * _MICROSECOND, match[2])
