"""`peerline network`: organisations and their lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ivr.domain.errors import PeerlineError
from ivr.persistence.migrating import is_current
from ivr.services import network
from ivr.services.network import Line, NewLine
from ivr.services.station import Station, open_station
from ivr.settings import Settings
from prompts.errors import PromptsError

app = typer.Typer(no_args_is_help=True, help="Found organisations, open and close their lines.")

_Line = Annotated[str, typer.Argument(help="The line's number, with + and country code.", metavar="LINE")]


@app.command()
def found(
    slug: Annotated[str, typer.Argument(help="Short name, small letters: used in other commands.")],
    name: Annotated[str, typer.Option(help="How people call it.")],
) -> None:
    """Found an organisation: lines, people and concerns belong to one."""
    with _station() as station:
        is_new = network.found(station, slug=slug, name=name)
    typer.echo(f"{slug} is founded." if is_new else f"{slug} is there already; nothing was changed.")


@app.command("open-line")
def open_line(
    number: Annotated[str, typer.Argument(help="As dialled from abroad, with +.")],
    organisation: Annotated[str, typer.Option(help="Short name of the organisation.")],
    name: Annotated[str, typer.Option(help="How staff call the line.")],
    country: Annotated[str, typer.Option(help="Two letters, as in SG.")],
    languages: Annotated[str, typer.Option(help="In the order in which they are offered: en,id.")],
    *,
    free: Annotated[bool, typer.Option("--free/--paid", help="Whether the call costs the caller nothing.")],
) -> None:
    """Open a line, or open again one that was closed. Calls to it are answered at once."""
    wanted = NewLine(
        number, organisation, name, country, tuple(one.strip() for one in languages.split(",")), free
    )
    with _station() as station:
        kept = network.open_line(station, wanted)
    typer.echo(f"{kept} is open. Dial the emergency number of {country} next: `peerline network emergency`.")


@app.command()
def lines() -> None:
    """Show every line with its languages and its emergency number."""
    with _station() as station:
        found = network.every_line(station)
    typer.echo("\n".join(map(_described, found)) or "There is no line: `peerline network open-line`.")


@app.command()
def emergency(
    line: _Line,
    number: Annotated[str, typer.Argument(help="The emergency number, as dialled in that country.")],
    checked_by: Annotated[str, typer.Option(help="Who dialled it today.")],
) -> None:
    """Let a line read out an emergency number that was dialled and answered today."""
    typer.confirm(
        f"Did {checked_by} dial {number} today, in that country, and did somebody answer?", abort=True
    )
    with _station() as station:
        network.keep_emergency_number(station, line, number, checked_by)
    typer.echo("Kept. Check it again when you hear of a change, and once a year.")


@app.command("close-line")
def close_line(
    line: _Line,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Refuse new calls to a line; what was said on it stays."""
    if not yes:
        typer.confirm("Refuse every new call to this line?", abort=True)
    with _station() as station:
        network.close_line(station, line)
    typer.echo("The line is closed. `peerline network open-line` with the same number opens it again.")


def _described(line: Line) -> str:
    row = line.row
    state = "closed" if row.closed_at else f"{row.languages}, {'free' if row.is_free else 'paid'}"
    return f"{line.organisation}  {row.number}  {row.name}, {row.country}: {state}; {_emergency_of(line)}"


def _emergency_of(line: Line) -> str:
    if line.row.emergency_number is None or line.checked_on is None:
        return "no checked emergency number"
    by = f" by {line.checked_by}" if line.checked_by else ""
    return f"emergency {line.row.emergency_number}, checked {line.checked_on:%Y-%m-%d}{by}"


@contextmanager
def _station() -> Iterator[Station]:
    """Open the station, and say what went wrong as a sentence."""
    try:
        station = open_station(Settings.load())
        try:
            if not is_current(station.database.engine):
                raise _stopped("the tables are not those of this version; run `peerline migrate`")
            yield station
        finally:
            station.database.close()
    except (PeerlineError, PromptsError) as error:
        raise _stopped(error) from None


def _stopped(why: object) -> typer.Exit:
    typer.echo(str(why), err=True)
    return typer.Exit(1)
