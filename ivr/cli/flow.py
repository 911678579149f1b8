"""`peerline flow`: looking at the flow of a call."""

from pathlib import Path
from typing import Annotated

import typer

from flows.checks import load_checked
from flows.graph import own_ways, reachable
from flows.loader import DEFINITIONS, FlowError
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
