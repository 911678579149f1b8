"""`peerline keys`: making the master key."""

import base64
import os
from pathlib import Path
from typing import Annotated

import typer

from ivr.persistence.sealing import new_key

app = typer.Typer(no_args_is_help=True, help="Make the master key that wraps every other key.")

OWNER_ONLY = 0o600


@app.callback()
def keys() -> None:
    """Make the master key that wraps every other key.

    Whoever has it can open every recording; without it nobody can. Keep a copy in another place.
    """


@app.command()
def new(
    file: Annotated[Path | None, typer.Option(help="Write the key here, readable by you alone.")] = None,
) -> None:
    """Draw a new key, and print it or write it to a file that does not exist yet."""
    text = base64.b64encode(new_key()).decode()
    if file is None:
        typer.echo(text)
        return
    try:
        write_key_file(file, text)
    except FileExistsError:
        typer.echo(f"{file} exists already; a key is never overwritten.", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"Written. Set PEERLINE_MASTER_KEY_FILE={file} and keep a copy in another place.")


def write_key_file(file: Path, text: str) -> None:
    """Write a key so that only its owner can read it.

    Raises:
        FileExistsError: there is a file of that name; it is left as it is.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    with os.fdopen(handle, "w") as opened:
        opened.write(text + "\n")
