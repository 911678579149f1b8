"""`peerline tasks`: what was given up, and trying it again."""

import typer

from ivr.domain.errors import PeerlineError
from ivr.services import given_up
from ivr.services.station import open_station
from ivr.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Try again what was given up.")


@app.callback()
def tasks() -> None:
    """Keep `retry` a command of its own, though it is the only one yet."""


@app.command()
def retry() -> None:
    """Try every given-up task again from the start: fetching, writing down, deleting at the carrier."""
    try:
        station = open_station(Settings.load())
    except PeerlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    try:
        count = given_up.retry_all(station)
    finally:
        station.database.close()
    typer.echo(f"{count} tasks are tried again within a minute, while the clock runs.")
