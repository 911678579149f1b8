"""`peerline topics`: which recorded topics callers can hear, and until when they hold."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ivr.cli.directory import Organisation, ReviewBy, day_of, station_and_organisation
from ivr.services import content

app = typer.Typer(
    no_args_is_help=True, help="Recorded topics that callers can hear: list, review, open, close."
)

STATES = {"open": "open", "closed": "closed", "past_review": "past its review date"}

Slug = Annotated[str, typer.Argument(help="The topic, as `peerline topics list` names it.")]

_out = Console()


@app.command("list")
def list_topics(organisation: Organisation = None) -> None:
    """Show every topic with whether callers hear it, and until when."""
    with station_and_organisation(organisation) as (station, organisation_id):
        kept = content.look(station, organisation_id)
    table = Table("key", "topic", "state", "review by")
    for topic in kept.topics:
        day = "" if topic.review_by is None else str(topic.review_by)
        table.add_row(topic.group, topic.slug, STATES[topic.state(kept.today)], day)
    _out.print(table)


@app.command()
def review(
    slug: Slug,
    by: Annotated[str, typer.Option(help="Your login: you answer for the topic from now on.")],
    review_by: ReviewBy = None,
    organisation: Organisation = None,
) -> None:
    """Say that a topic is right as it is: callers hear it until the day of the next review."""
    with station_and_organisation(organisation) as (station, organisation_id):
        day = day_of(review_by, station)
        content.review_topic(station, organisation_id, slug, login=by, review_by=day)
    typer.echo(f"{slug} is open until {day}.")


@app.command("open")
def open_topic(slug: Slug, organisation: Organisation = None) -> None:
    """Open a topic that was closed and whose review still holds."""
    with station_and_organisation(organisation) as (station, organisation_id):
        content.open_topic(station, organisation_id, slug)
    typer.echo(f"{slug} is open.")


@app.command()
def close(slug: Slug, organisation: Organisation = None) -> None:
    """Let no caller hear a topic any more; it takes at most a minute."""
    with station_and_organisation(organisation) as (station, organisation_id):
        content.close_topic(station, organisation_id, slug)
    typer.echo(f"{slug} is closed.")
