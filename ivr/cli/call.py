"""`peerline call`: a telephone in the terminal, by hand or by script."""

import os
import select
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from ivr.settings import SIMULATOR_URL
from ivr.simulator.remote import (
    Happening,
    NoCompanyError,
    RefusedByCompanyError,
    RemoteCall,
    RemoteHandset,
)
from ivr.simulator.scripts import Follower, Move, ScriptError, read_script

NOT_FOLLOWED: Final = 1
NO_COMPANY: Final = 2
INVENTED_CALLER: Final = "+447700900101"
LOCAL_FLAGS: Final = 3  # place of the local modes in what termios gives
LOOK_S: Final = 0.1
KEYS: Final = frozenset("0123456789*#")
HELP: Final = "Keys 0 to 9, * and # are pressed as you type them. /speak FILE.wav speaks. Ctrl-C hangs up."


def call(
    *,
    script: Annotated[
        str | None,
        typer.Option(
            help="Words: keys, record:FILE, wait, wait:SECONDS, silent, hangup. By hand if left out."
        ),
    ] = None,
    from_: Annotated[
        str, typer.Option("--from", help="The caller's number, an invented one.")
    ] = INVENTED_CALLER,
    to: Annotated[str | None, typer.Option(help="The number to call; the hotline's own if left out.")] = None,
    simulator: Annotated[
        str, typer.Option(envvar="PEERLINE_SIMULATOR_URL", help="Where the practice telephone company is.")
    ] = SIMULATOR_URL,
    expect: Annotated[
        list[str] | None, typer.Option(help="Words that must be heard; may be repeated.")
    ] = None,
    turns: Annotated[bool, typer.Option(help="Show each request to the hotline, too.")] = False,
) -> None:
    """Call the practice line from this terminal.

    The exit status is 0 when the call went as it should, 1 when the script could not be followed or something
    expected was not heard, 2 when there is no telephone company.
    """
    try:
        moves = read_script(script) if script is not None else None
        with RemoteHandset(simulator, from_) as handset:
            line = handset.dial(to, lambda event: _show(event, with_turns=turns))
            _carry_through(line, moves)
    except NoCompanyError as error:
        _give_up(str(error), NO_COMPANY)
    except (ScriptError, RefusedByCompanyError) as error:
        _give_up(str(error), NOT_FOLLOWED)
    _check_heard(line.events, expect or [])


def _carry_through(line: RemoteCall, moves: Sequence[Move] | None) -> None:
    """Follow the script or the keyboard to its end, then hang up if she still holds the line."""
    try:
        if moves is None:
            _by_hand(line)
        else:
            Follower(line).follow(moves)
    except KeyboardInterrupt:
        if moves is not None:
            raise ScriptError("Stopped by hand.") from None
    finally:
        if not line.has_ended:
            line.hang_up()


def _by_hand(line: RemoteCall) -> None:
    typer.echo(HELP)
    with _single_keys():
        while not line.has_ended:
            line.look(0)
            if select.select([sys.stdin], [], [], LOOK_S)[0] and not _take_key(line, _typed()):
                return


def _typed() -> str:
    """Return one character, past every buffer; nothing at the end of the input."""
    return os.read(sys.stdin.fileno(), 1).decode(errors="replace")


def _rest_of_line() -> str:
    line = ""
    while (letter := _typed()) not in {"", "\n"}:
        line += letter
    return line


def _take_key(line: RemoteCall, typed: str) -> bool:
    """Do what was typed; False at the end of the input."""
    if typed in KEYS and typed and not line.has_ended:
        line.press(typed)
    elif typed == "/":
        _take_order(line, _rest_of_line().split(maxsplit=1))
    return bool(typed)


def _take_order(line: RemoteCall, words: list[str]) -> None:
    match words:
        case ["speak", file] if Path(file.strip()).is_file():
            line.speak(Path(file.strip()))
        case ["speak", *_]:
            typer.echo("There is no such file.")
        case _:
            typer.echo(HELP)


@contextmanager
def _single_keys() -> Iterator[None]:
    """Let every key count at once, where the input is a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    mode = termios.tcgetattr(sys.stdin)
    mode[LOCAL_FLAGS] &= ~termios.ICANON
    termios.tcsetattr(sys.stdin, termios.TCSADRAIN, mode)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _show(event: Happening, *, with_turns: bool) -> None:
    line = _line_of(event)
    if line and (with_turns or event["kind"] != "webhook"):
        minutes, seconds = divmod(int(event["at_s"]), 60)
        typer.echo(f"{minutes:3}:{seconds:02}  {line}")


def _line_of(event: Happening) -> str:
    match event["kind"]:
        case "playing":
            return f"hotline: {event.get('text') or '(a sound without words)'}{_prompts_of(event)}"
        case "key":
            return f"you press {event['text']}"
        case "recording_began":
            return "beep: the hotline records, speak now"
        case "recording_ended":
            return f"the recording ends after {event['length_s']:.1f} s"
        case "waiting_for_keys":
            return "the hotline waits for a key"
        case "webhook":
            return f"turn {event['path']}  {event['status']}  {event['ms']:.0f} ms"
        case "error":
            return f"error {event['code']}: {event['text']}"
        case "ended":
            return f"the call ends, by the {event['text']}"
        case "dialling" | "ringing" | "answered" as kind:
            return str(kind)
        case _:
            return ""


def _prompts_of(event: Happening) -> str:
    return f"  [{' '.join(event['prompts'])}]" if event.get("prompts") else ""


def _check_heard(events: list[Happening], expected: list[str]) -> None:
    heard = " ".join(str(event.get("text", "")) for event in events if event["kind"] == "playing")
    for words in expected:
        if words.casefold() not in heard.casefold():
            _give_up(f"Not heard: {words}", NOT_FOLLOWED)


def _give_up(reason: str, status: int) -> NoReturn:
    typer.echo(reason, err=True)
    raise typer.Exit(status)
