"""`peerline purge`: erasing what has stayed its time, or saying what would go."""

from typing import Annotated

import typer

from ivr.domain.errors import PeerlineError
from ivr.domain.retention import RULES
from ivr.services import retention
from ivr.services.station import Station, open_station
from ivr.settings import Settings

NUMBER_WIDTH = 6


def purge(
    *,
    preview: Annotated[bool, typer.Option("--preview", help="Only say what would go.")] = False,
) -> None:
    """Erase now what has stayed its time; the clock does the same every hour.

    What is erased cannot be had back, except from a backup.
    """
    station = _station()
    try:
        counts = retention.preview(station) if preview else retention.purge(station)
    finally:
        station.database.close()
    typer.echo("Would be erased:" if preview else "Erased:")
    for kind, rule in RULES.items():
        typer.echo(f"{counts[kind]:>{NUMBER_WIDTH}}  {rule.name}, {rule.stays.days} days after {rule.since}")


def _station() -> Station:
    try:
        return open_station(Settings.load())
    except PeerlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
