"""Erasing what has stayed its time, as the caller was told: every hour, or when a person asks."""

from collections.abc import Mapping
from types import MappingProxyType

import structlog

from ivr.domain.retention import RULES, Kind
from ivr.persistence import retention
from ivr.persistence.database import Work
from ivr.services.station import Station

log = structlog.get_logger()

BATCH = 50
"""So few at once that a caller who is being answered never waits for it."""


def preview(station: Station) -> Mapping[Kind, int]:
    """Count what would be erased now, by kind."""
    with station.database.read() as work:
        return MappingProxyType({kind: retention.count(work, kind) for kind in RULES})


def purge(station: Station) -> Mapping[Kind, int]:
    """Erase what has stayed its time; returns how many, by kind. Safe to repeat, and to run twice at once.

    Raises:
        OSError: a file could not be removed; its row still says so, and the next time tries again.
    """
    erased = MappingProxyType({kind: _until_none_is_left(station, kind) for kind in RULES})
    if any(erased.values()):
        log.info("retention_kept", **{str(kind): count for kind, count in erased.items()})
    return erased


def _until_none_is_left(station: Station, kind: Kind) -> int:
    total = 0
    while count := _erase_some(station, kind):
        total += count
    return total


def _erase_some(station: Station, kind: Kind) -> int:
    with station.database.write() as work:
        match kind:
            case "words":
                return retention.erase_words(work, BATCH)
            case "notes":
                return retention.erase_notes(work, BATCH)
            case _:
                return _erase_sounds(station, work, kind)


def _erase_sounds(station: Station, work: Work, kind: Kind) -> int:
    """Remove the files first: a row that promises more than there is, is mended by the next time."""
    ids = retention.sounds_over(work, kind, BATCH)
    for message_id in ids:
        station.recordings.erase(message_id)
        retention.mark_sound_erased(work, message_id)
    return len(ids)
