"""What the pages of the console work with, in one place for a running service."""

from dataclasses import dataclass
from typing import Final, cast

from flask import current_app

from ivr.console.static_files import StaticFiles
from ivr.services.station import Station

EXTENSION: Final = "peerline_console"


@dataclass(frozen=True, slots=True)
class Room:
    """The console of one service.

    Attributes:
        form_key: What form tokens are keyed with.
        is_https: Browsers reach the service by https, so cookies may insist on it.
        practice_phone: Address of the simulator's phone, None with a real carrier.
    """

    station: Station
    statics: StaticFiles
    form_key: bytes
    is_https: bool
    practice_phone: str | None


def room() -> Room:
    """Return the console of the service that answers this request."""
    return cast(Room, current_app.extensions[EXTENSION])
