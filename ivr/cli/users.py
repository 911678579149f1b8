"""`peerline user`: who may sign in to the console."""

from typing import Annotated

import typer
from rich.console import Console

from ivr.domain.errors import PeerlineError
from ivr.services import accounts
from ivr.services.accounts import ROLES, Person, Role
from ivr.services.station import Station, open_station
from ivr.settings import Settings

app = typer.Typer(help="Staff who may sign in: add, list, change, remove.", no_args_is_help=True)

_out = Console()
_err = Console(stderr=True)

_Login = Annotated[str, typer.Argument(help="What the person types to sign in.")]
_Made = Annotated[bool, typer.Option("--make-password", help="Make a password instead of asking for one.")]


@app.command()
def add(
    login: _Login,
    name: Annotated[str, typer.Option(help="How colleagues see the person.")],
    role: Annotated[str, typer.Option(help=" | ".join(ROLES))],
    organisation: Annotated[str, typer.Option(help="Short name of the organisation.")],
    *,
    make_password: _Made = False,
) -> None:
    """Let a person sign in."""
    if not login.strip() or not name.strip():
        raise typer.BadParameter("a person needs a login and a name; neither may be blank")
    known_role = _role(role)
    station = _station()
    password, is_made = _password(is_made=make_password)
    try:
        accounts.add(station, login, password, name=name, role=known_role, organisation=organisation)
    except PeerlineError as error:
        raise _stopped(error) from error
    finally:
        station.database.close()
    _say(f"{name} can sign in as {known_role}.")
    _say_password(password, is_made=is_made)


@app.command("list")
def list_people() -> None:
    """Show everybody by organisation; logins are kept as hashes only and cannot be shown."""
    station = _station()
    try:
        for slug, people in accounts.everybody(station).items():
            _say(slug, style="bold")
            for person in people:
                _say(f"    {_line(person)}")
    finally:
        station.database.close()


@app.command("password")
def change_password(login: _Login, *, make_password: _Made = False) -> None:
    """Give a person a new password; every session of hers ends."""
    station = _station()
    password, is_made = _password(is_made=make_password)
    try:
        accounts.set_password(station, login, password)
    except PeerlineError as error:
        raise _stopped(error) from error
    finally:
        station.database.close()
    _say("The password is changed, and every session is ended.")
    _say_password(password, is_made=is_made)


@app.command()
def remove(
    login: _Login,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Shut an account for good; notes and the audit trail keep the name."""
    if not yes:
        typer.confirm("Shut this account for good?", abort=True)
    station = _station()
    try:
        accounts.remove(station, login)
    except PeerlineError as error:
        raise _stopped(error) from error
    finally:
        station.database.close()
    _say("The account is shut, and every session is ended.")


def _station() -> Station:
    try:
        return open_station(Settings.load())
    except PeerlineError as error:
        raise _stopped(error) from error


def _role(text: str) -> Role:
    for role in ROLES:
        if role == text:
            return role
    raise typer.BadParameter(f"must be one of {', '.join(ROLES)}", param_hint="--role")


def _password(*, is_made: bool) -> tuple[str, bool]:
    """Ask for a password, or make one; return it and whether it was made."""
    if is_made:
        return accounts.new_password(), True
    question = f"Password (at least {accounts.SHORTEST_PASSWORD} characters, empty to have one made)"
    typed = typer.prompt(
        question, default="", show_default=False, hide_input=True, confirmation_prompt=True, err=True
    )
    return (typed, False) if typed else (accounts.new_password(), True)


def _say_password(password: str, *, is_made: bool) -> None:
    if is_made:
        _say(f"Password, shown this once: {password}")


def _line(person: Person) -> str:
    since = f"{person.created_at:%Y-%m-%d}"
    return f"{person.name}, {person.role if person.is_active else 'removed'}, since {since}"


def _say(text: str, style: str = "") -> None:
    _out.print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def _stopped(why: object) -> typer.Exit:
    _err.print(str(why), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(1)
