"""`peerline directory`: the telephone numbers that callers can be told, and who has checked them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ivr.domain.directory import CHECKED_FOR, CHECKLIST, KINDS, RECORDS, Entry, KeptEntry
from ivr.domain.errors import PeerlineError
from ivr.services import content
from ivr.services.station import Station, open_station
from ivr.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Numbers that callers can be told: list, add, verify, withdraw.")

STATES = {
    "readable": "read out",
    "unverified": "not verified",
    "past_review": "past its review date",
    "for_staff": "for staff only",
    "no_voice": "no voice number",
}

Slug = Annotated[str, typer.Argument(help="The number's name, as `peerline directory list` shows it.")]
Organisation = Annotated[
    str | None, typer.Option(help="Short name of the organisation; not needed if there is only one.")
]
ReviewBy = Annotated[
    str | None, typer.Option(help="The last day on which this holds, as 2027-02-28; in 90 days if left out.")
]

_out = Console()
_err = Console(stderr=True)


@app.command("list")
def list_numbers(
    country: Annotated[str | None, typer.Option(help="Only numbers dialled there, as SG.")] = None,
    organisation: Organisation = None,
) -> None:
    """Show every number with whether callers hear it, and if not, why."""
    with station_and_organisation(organisation) as (station, organisation_id):
        kept = content.look(station, organisation_id)
    table = Table("name", "country", "kind", "number", "state", "review by", "who answers")
    for one in kept.entries:
        if country is None or one.entry.country == country.upper():
            table.add_row(*_cells(one, kept.today))
    _out.print(table)


@app.command()
def add(
    slug: Slug,
    name: Annotated[str, typer.Option(help="Who answers.")],
    country: Annotated[str, typer.Option(help="Where one must be to dial it, as SG.")],
    kind: Annotated[str, typer.Option(help=" | ".join(KINDS))],
    phone: Annotated[str, typer.Option(help="As it is dialled there, in groups: '1800 555 0199'.")],
    serves: Annotated[str, typer.Option(help="Whom it is for.")],
    source: Annotated[str, typer.Option(help="Where the number is printed.")],
    organisation: Organisation = None,
    *,
    state_run: Annotated[
        bool | None, typer.Option("--state-run/--not-state-run", help="Whether a state body answers.")
    ] = None,
    staff_only: Annotated[
        bool, typer.Option("--staff-only", help="Never read out; only staff refer.")
    ] = False,
) -> None:
    """Write down a number; callers hear it when it is verified."""
    entry = Entry(
        slug=slug,
        name=name,
        country=country.upper(),
        kind=kind,
        serves=serves,
        phone=phone,
        read_out="staff" if staff_only else "caller",
        is_state_run=state_run,
        source=source,
    )
    with station_and_organisation(organisation) as (station, organisation_id):
        content.add(station, organisation_id, entry)
    typer.echo(f"{slug} is in the directory. Dial it, then: peerline directory verify {slug}")


@app.command()
def load(
    file: Annotated[Path, typer.Argument(help="A directory file.", exists=True, dir_okay=False)],
    organisation: Organisation = None,
) -> None:
    """Add every number of a file that is not known yet; none of them is verified by that."""
    with station_and_organisation(organisation) as (station, organisation_id):
        count = content.load(station, organisation_id, file)
    typer.echo(f"{count} numbers are new in the directory, not verified.")


@app.command()
def verify(
    slug: Slug,
    by: Annotated[str, typer.Option(help="Your login: you have dialled the number.")],
    review_by: ReviewBy = None,
    organisation: Organisation = None,
) -> None:
    """Answer what must be asked of a service; callers hear its number within a minute.

    Every question must be answered. The answers are kept sealed.
    """
    with station_and_organisation(organisation) as (station, organisation_id):
        day = day_of(review_by, station)
        answers = [_answer(number, question) for number, question in enumerate(CHECKLIST, 1)]
        records = typer.prompt(f"In one word: does it record calls? ({', '.join(RECORDS)})")
        content.verify(
            station, organisation_id, slug, login=by, answers=answers, records=records, review_by=day
        )
    typer.echo(f"{slug} is verified until {day}.")


@app.command()
def withdraw(slug: Slug, organisation: Organisation = None) -> None:
    """Let no caller hear a number any more; it takes at most a minute."""
    with station_and_organisation(organisation) as (station, organisation_id):
        content.withdraw(station, organisation_id, slug)
    typer.echo(f"{slug} is withdrawn.")


@contextmanager
def station_and_organisation(slug: str | None) -> Iterator[tuple[Station, str]]:
    """Open the station and find the organisation; what goes wrong is said in a sentence."""
    try:
        station = open_station(Settings.load())
        try:
            yield station, content.organisation_named(station, slug)
        finally:
            station.database.close()
    except PeerlineError as error:
        _err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error


def day_of(text: str | None, station: Station) -> date:
    """Return the day that was asked for, or the one in 90 days."""
    if text is None:
        return station.database.now().date() + CHECKED_FOR
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a day looks like 2027-02-28", param_hint="--review-by") from None


def _answer(number: int, question: str) -> str:
    answer = ""
    while not answer.strip():
        answer = typer.prompt(f"{number} of {len(CHECKLIST)}. {question}\n  ", default="", show_default=False)
    return answer


def _cells(kept: KeptEntry, today: date) -> tuple[str, ...]:
    entry = kept.entry
    day = "" if kept.review_by is None else str(kept.review_by)
    return (
        entry.slug,
        entry.country,
        entry.kind,
        entry.phone,
        STATES[kept.state(today)],
        day,
        entry.name,
    )
