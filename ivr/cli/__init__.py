"""The command `peerline`: each of its commands is read only when it is asked for."""

import importlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives: a function, or a group of commands named `app`."""

    module: str
    name: str
    help: str


COMMANDS: Mapping[str, Entry] = MappingProxyType(
    {
        "demo": Entry("processes", "demo", "Run the whole line here, with a practice telephone company."),
        "up": Entry("processes", "up", "Run the whole line on this computer."),
        "serve": Entry("processes", "serve", "Run the web service alone."),
        "worker": Entry("processes", "worker", "Run the worker alone."),
        "clock": Entry("processes", "clock", "Run the clock alone."),
        "call": Entry("call", "call", "Call the practice line from this terminal."),
        "doctor": Entry("doctor", "doctor", "Say what is well and what is not."),
        "migrate": Entry("migrate", "migrate_database", "Bring the database up to date."),
        "network": Entry("network", "app", "Found organisations, open lines."),
        "user": Entry("users", "app", "Add and remove staff."),
        "models": Entry("models", "app", "List, install and check recognisers."),
        "prompts": Entry("prompts", "app", "List, check and draft what the line says."),
        "directory": Entry("directory", "app", "List, add, verify and withdraw telephone numbers."),
        "topics": Entry("topics", "app", "List, review, open and close recorded topics."),
        "flow": Entry("flow", "app", "Check and show the flow of a call."),
        "keys": Entry("keys", "app", "Make the master key."),
        "purge": Entry("purge", "purge", "Erase what has stayed its time, or preview it."),
        "tasks": Entry("tasks", "app", "Try again what was given up."),
        "audit": Entry("audit", "app", "Verify the record of who did what."),
    }
)


class LazyGroup(TyperGroup):
    """Knows the names of all commands and imports one when it is used."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order in which a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None if there is none of this name."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        return None if entry is None else _command(cmd_name, entry)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _command(name: str, entry: Entry) -> Any:
    found = getattr(importlib.import_module(f"ivr.cli.{entry.module}"), entry.name)
    app = found if isinstance(found, typer.Typer) else typer.Typer(add_completion=False)
    if app is not found:
        app.command(name)(found)
    command = typer.main.get_command(app)
    command.name = name
    return command


app = typer.Typer(cls=LazyGroup, add_completion=False, no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def peerline() -> None:
    """Peerline: a voice hotline for peer networks of women migrant workers."""


OWNER_ALONE = 0o077


def main() -> None:
    """Run the command line; whatever it or its children write is the owner's alone."""
    os.umask(OWNER_ALONE)
    app()
