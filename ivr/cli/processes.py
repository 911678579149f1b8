"""`peerline up`, `demo`, `serve`, `worker` and `clock`: running the line, or one part of it."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, NoReturn

import typer
from dotenv import dotenv_values

from ivr.domain.errors import PeerlineError
from ivr.processes import line
from ivr.processes.alone import alone
from ivr.processes.demo import as_settings, settings_for_demo
from ivr.processes.program import Program
from ivr.processes.supervisor import Supervisor
from ivr.settings import SIMULATOR_URL, Settings, SettingsError

NAME_WIDTH = 9
WRONG_SETTINGS = 2

_Workers = Annotated[int, typer.Option(min=1, help="Processes that answer requests.")]
_Transcribers = Annotated[
    int | None, typer.Option(min=1, help="Recordings listened to at once (default: one a core).")
]


def up() -> None:
    """Run the whole line on this computer: web service, worker, clock, and Redis if none is set.

    The database is brought up to date first. Ctrl-C ends all of it.
    """
    with _plain_words():
        settings = Settings.load()
        with alone(settings.data_dir):
            line.make_ready(settings)
            _run(line.programs(settings), lambda: _tell_up(settings))


def demo() -> None:
    """Run the whole line with a practice telephone company and a sample network. Ctrl-C ends all of it.

    Nothing needs to be set; what is set is used, but never a real telephone company.
    """
    with _plain_words():
        environment = settings_for_demo({**dotenv_values(), **os.environ})
        settings = Settings.load(**as_settings(environment))
        with alone(settings.data_dir):
            _run_demo(settings, environment)


def serve(workers: _Workers = 2) -> None:
    """Run the web service alone; its database must be of the newest form."""
    from ivr.processes.web_server import serve as serve_web  # noqa: PLC0415 - granian is for this command alone

    with _plain_words():
        serve_web(Settings.load(), workers=workers)


def worker(transcribers: _Transcribers = None) -> None:
    """Run the worker alone: it fetches recordings and writes down what was said."""
    more = () if transcribers is None else ("--transcribers", str(transcribers))
    _become(*line.WORKER, *more)


def clock() -> None:
    """Run the clock alone: it sends again what got lost, and raises alarms."""
    _become(*line.CLOCK)


def _run_demo(settings: Settings, environment: dict[str, str]) -> None:
    from ivr.processes.sample import open_sample_network  # noqa: PLC0415 - `up` needs none of it

    phone = environment["PEERLINE_SIMULATOR_BIND"]
    line.check_port(phone, "PEERLINE_SIMULATOR_BIND")
    line.make_ready(settings)
    sign_in = open_sample_network(settings)
    programs = [line.simulator(phone, environment), *line.programs(settings, environment)]
    _run(programs, lambda: _tell_demo(settings, sign_in.login, sign_in.password))


def _run(programs: list[Program], when_ready: Callable[[], None]) -> NoReturn:
    raise typer.Exit(Supervisor(programs, _say, when_ready=when_ready).run())


def _become(*command: str) -> NoReturn:
    """Turn this process into another program, so that a signal meets it directly."""
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - our own interpreter and module, no shell


@contextmanager
def _plain_words() -> Iterator[None]:
    """Say what went wrong as a sentence, not as a traceback."""
    try:
        yield
    except PeerlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(WRONG_SETTINGS if isinstance(error, SettingsError) else 1) from None


def _say(name: str, text: str) -> None:
    typer.echo(f"{name:<{NAME_WIDTH}} | {text}")


def _tell_up(settings: Settings) -> None:
    typer.echo(f"\nPeerline is running at http://{settings.bind}\nCtrl-C ends all of it.\n")


def _tell_demo(settings: Settings, login: str, password: str) -> None:
    typer.echo(
        f"\nPeerline is running, with a practice telephone company and a sample network.\n"
        f"\n  Console         http://{settings.bind}/"
        f"\n  Sign in         {login}   password  {password}"
        f"\n  Practice phone  {settings.simulator_url}/phone"
        f"\n  The number      {settings.hotline_number}\n"
        f"\nNow call the line: open the practice phone, or in another terminal: {_call(settings)}"
        f"\nCtrl-C ends all of it.\n"
    )


def _call(settings: Settings) -> str:
    """Return how the line is called from another terminal, which knows nothing of this one's settings."""
    where = "" if settings.simulator_url == SIMULATOR_URL else f" --simulator {settings.simulator_url}"
    return f"{_command()} call{where}"


def _command() -> str:
    """Return how this command was called, as somebody in the same folder would call it again."""
    return os.path.relpath(sys.argv[0]) if os.sep in sys.argv[0] else sys.argv[0]
