"""`peerline flow`: looking at the flow of a call."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from flows.checks import load_checked
from flows.graph import own_ways, reachable
from flows.loader import DEFINITIONS, FlowError
from ivr.voice.budget import Cost, budget, place_with_all_topics
from prompts.catalogue import Catalogue
from prompts.sounds import SoundLibrary

app = typer.Typer(no_args_is_help=True, help="Check and show the flow of a call.")

FlowFile = Annotated[Path, typer.Argument(help="A flow file.", exists=True, dir_okay=False)]
STANDARD = DEFINITIONS / "hotline.yaml"


@app.command()
def check(
    file: FlowFile = STANDARD,
    language: Annotated[list[str] | None, typer.Option(help="One that must have every prompt.")] = None,
) -> None:
    """Say everything that is wrong with a flow, with file and line."""
    sounds = SoundLibrary(Catalogue.load())
    try:
        flow = load_checked(file, tuple(language or ("en",)), sounds.speaks)
    except FlowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{flow.name}, version {flow.version}: {len(flow.steps)} steps, nothing wrong.")


@app.command("budget")
def call_budget(
    file: FlowFile = STANDARD,
    language: Annotated[list[str] | None, typer.Option(help="One that is offered; in this order.")] = None,
) -> None:
    """Print how long a caller pays until she has what she called for, from the lengths of the recordings.

    Ends with 1 if anything takes longer than it may.
    """
    catalogue = Catalogue.load()
    place = place_with_all_topics(tuple(language or catalogue.languages))
    sounds = SoundLibrary(catalogue)
    entries = budget(load_checked(file, place.languages, sounds.speaks), place, sounds)
    table = Table("", "language", "hearing all", "at most", "knowing her keys", "at most", "keys", "")
    for entry in entries:
        goal = entry.goal
        table.add_row(
            goal.name,
            entry.language,
            _seconds(entry.hearing_all),
            "" if goal.hearing_all_s is None else f"{goal.hearing_all_s:g} s",
            _seconds(entry.knowing),
            "" if goal.knowing_s is None else f"{goal.knowing_s:g} s",
            "" if entry.knowing is None else str(entry.knowing.keys),
            "OVER" if entry.is_over else "",
        )
    Console().print(table)
    raise typer.Exit(1 if any(entry.is_over for entry in entries) else 0)


def _seconds(cost: Cost | None) -> str:
    return "no way there" if cost is None else f"{cost.length_s:.0f} s"


@app.command()
def show(file: FlowFile = STANDARD) -> None:
    """Print every step and where it leads."""
    try:
        flow = load_checked(file)
    except FlowError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    for name in sorted(reachable(flow)):
        typer.echo(name)
        for way in own_ways(flow.steps[name]):
            typer.echo(f"  {way.by:<14} -> {way.to}")
