"""Scripts of a caller: `1 2 1 record:a.wav wait`, read and followed in true time."""

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.simulator.remote import RemoteCall

KEYS: Final = re.compile(r"[0-9*#]+")
PAUSE: Final = re.compile(r"wait:(\d+(?:\.\d+)?)")
LOOK_S: Final = 5.0


class ScriptError(Exception):
    """A word of a script means nothing, or the call does not go as the script says."""


@dataclass(frozen=True, slots=True)
class Press:
    """Press a key as soon as the line takes one."""

    digit: str


@dataclass(frozen=True, slots=True)
class Speak:
    """Wait for the beep and say what is in a file."""

    file: Path


@dataclass(frozen=True, slots=True)
class Listen:
    """Listen until the hotline waits for her, or has ended the call."""


@dataclass(frozen=True, slots=True)
class Linger:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Do nothing until the hotline says something new or ends the call."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Move = Press | Speak | Listen | Linger | StaySilent | HangUp
PLAIN: Final[dict[str, Move]] = {"wait": Listen(), "silent": StaySilent(), "hangup": HangUp()}


def read_script(text: str) -> tuple[Move, ...]:
    """Return the moves of a script.

    Raises:
        ScriptError: A word means nothing, or a file is not there.
    """
    return tuple(move for word in text.split() for move in _moves(word))


def _moves(word: str) -> Sequence[Move]:
    if word in PLAIN:
        return (PLAIN[word],)
    if KEYS.fullmatch(word):
        return tuple(Press(digit) for digit in word)
    if pause := PAUSE.fullmatch(word):
        return (Linger(float(pause[1])),)
    if word.startswith("record:"):
        return (Speak(_existing(Path(word.removeprefix("record:")))),)
    raise ScriptError(
        f"The word {word!r} means nothing: use keys, record:FILE, wait, wait:SECONDS, silent, hangup."
    )


def _existing(file: Path) -> Path:
    if not file.is_file():
        raise ScriptError(f"There is no file {file}.")
    return file


class Follower:
    """Does in a call what a script says, move by move."""

    def __init__(self, call: RemoteCall) -> None:
        self._call = call
        self._spoken_into = 0

    def follow(self, moves: Sequence[Move]) -> None:
        """Make every move.

        Raises:
            ScriptError: The call ended before.
        """
        for move in moves:
            self._make(move)

    def _make(self, move: Move) -> None:
        match move:
            case Press(digit):
                self._until(lambda: self._call.takes_keys, "a key could be pressed")
                self._call.press(digit)
            case Speak(file):
                self._until(lambda: self._call.state == "recording", "the beep")
                self._linger(self._call.speak(file))
                self._spoken_into = self._call.count("recording_began")
            case Listen():
                self._until(self._waits_for_her)
            case Linger(seconds):
                self._linger(seconds)
            case StaySilent():
                said = self._call.count("playing")
                self._until(lambda: self._call.count("playing") > said)
            case HangUp():
                if not self._call.has_ended:
                    self._call.hang_up()

    def _waits_for_her(self) -> bool:
        if self._call.state == "recording":
            return self._call.count("recording_began") > self._spoken_into
        return self._call.state == "waiting_for_keys"

    def _linger(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while (left_s := ends - time.monotonic()) > 0 and not self._call.has_ended:
            self._call.look(min(left_s, LOOK_S))

    def _until(self, reached: Callable[[], bool], needed: str | None = None) -> None:
        self._call.look(0)
        while not reached() and not self._call.has_ended:
            self._call.look(LOOK_S)
        if needed is not None and self._call.has_ended:
            raise ScriptError(f"The call ended before {needed}.")
