"""Whole calls written as data: what she does, what she hears, what is kept.

A file in `tests/calls/` holds:

    title: a sentence about the caller
    hotline: {languages: "en,id", is_free: true, emergency_number: "999"}    # what differs from the usual
    caller: anonymous                          # the number she calls from, where it matters
    mischief: {media_missing_s: 600, deliveries: {recording: {copies: 5}}}   # what the carrier does wrong
    steps:                                     # in order, each one thing; workers do what is due before it
      - hears: [welcome, language_item]        # everything said since the last `hears`, by prompt id
      - hears_digits: "999999"                 # the digits among it, before `hears`; case_number: hers, twice
      - press: "1"                             # after listening to the end of what is said
      - interrupts: "2"                        # half a second after the line began to speak
      - stays_silent: 12                       # seconds; without a number until the line says something new
      - says: {file: 01-passport.wav, then: key, key: "#"}    # then: silence (usual), key, hang_up
                                               # several files in a list are said in one go
      - hangs_up: now                          # in the middle of a word; `later`: after listening
      - breaks: redis                          # or database, service (the web service is down)
      - mends: redis
    ends: hotline                              # or caller; who ended the call
    carrier_noticed: [15003]                   # codes of what the carrier found wrong with our answers
    minutes_later: 11                          # then the clock does once what it does now and then
    stored:
      concern: {state: open, caller_kind: health, answer_wish: call_in, has_pin: true, language: en}
      messages:                                # in order of recording; each names what must be so
        - {words: 01-passport, is_released: true}
        - {set_aside: silent}
        - {is_erased: true}
      at_carrier: 0                            # recordings that the carrier still holds
"""

import io
import re
import wave
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from ivr.persistence import calls, concerns
from ivr.simulator.handset import HandsetCall
from ivr.simulator.line import Heard
from ivr.simulator.mischief import Delivery
from tests.breaking import broken
from tests.practice_line import CALLER, SPEECH, PracticeLine

CALLS = Path(__file__).parent / "calls"
INTERRUPTS_AFTER_S = 0.5
CLIP = re.compile(r"(digit|number|key)_.*")
DIGIT = re.compile(r"digit_(\d).*")


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file of `tests/calls/`."""

    name: str
    title: str
    steps: list[dict[str, Any]]
    ends: str
    stored: dict[str, Any]
    hotline: dict[str, Any] = field(default_factory=dict)
    caller: str = CALLER
    mischief: dict[str, Any] = field(default_factory=dict)
    carrier_noticed: list[int] = field(default_factory=list)
    minutes_later: int = 0


def all_scenarios() -> list[Scenario]:
    """Read every scenario."""
    return [read_scenario(path) for path in sorted(CALLS.glob("*.yaml"))]


def read_scenario(path: Path) -> Scenario:
    """Read one scenario; an unknown word in it is an error."""
    return Scenario(name=path.stem, **yaml.safe_load(path.read_text()))


def play(line: PracticeLine, scenario: Scenario) -> HandsetCall:
    """Make the call, check all that is heard, then let the line finish its work."""
    make_mischief(line, scenario.mischief)
    call = line.dial(scenario.caller)
    take_steps(line, call, scenario.steps, scenario.name)
    if call.ended_by is None:
        call.listen()
    _check_end(call, scenario)
    line.work()
    if scenario.minutes_later:
        line.company.let_pass(60 * scenario.minutes_later)
        line.look_after()
    return call


def take_steps(line: PracticeLine, call: HandsetCall, steps: list[dict[str, Any]], where: str) -> None:
    """Do one step after the other; workers do what is due before each."""
    side = _CallersSide(line, call)
    for number, step in enumerate(steps, 1):
        line.work_now()
        side.take(step, f"{where}, step {number}")


def _check_end(call: HandsetCall, scenario: Scenario) -> None:
    assert call.ended_by == scenario.ends, (
        f"{scenario.name}: ended by {call.ended_by}, after {_prompts(call.heard)}"
    )
    noticed = sorted({trouble.code for trouble in call.errors})
    assert noticed == sorted(scenario.carrier_noticed), f"{scenario.name}: {call.errors}"


def make_mischief(line: PracticeLine, mischief: dict[str, Any]) -> None:
    """Let the carrier do wrong what the scenario says."""
    for name, value in mischief.items():
        if name == "deliveries":
            value = {channel: Delivery(**how) for channel, how in value.items()}  # noqa: PLW2901 - a readable form of it
        assert hasattr(line.company.mischief, name), name
        setattr(line.company.mischief, name, value)


class _CallersSide:
    """What she does and hears, and what is broken meanwhile."""

    def __init__(self, line: PracticeLine, call: HandsetCall) -> None:
        self._line = line
        self._call = call
        self._heard_before = 0
        self._broken: dict[str, ExitStack] = {}

    def take(self, step: dict[str, Any], where: str) -> None:
        """Do one step."""
        ((what, value),) = step.items()
        match what:
            case "hears":
                self._check_heard(value, where)
            case "hears_digits":
                self._check_digits(str(value), where)
            case "press":
                self._call.listen().press(str(value))
            case "interrupts":
                self._call.stay_silent(INTERRUPTS_AFTER_S).press(str(value))
            case "stays_silent":
                self._call.stay_silent(value)
            case "says":
                self._speak(**value)
            case "hangs_up":
                (self._call if value == "now" else self._call.listen()).hang_up()
            case "breaks":
                self._broken[value] = ExitStack()
                self._broken[value].enter_context(broken(self._line, value))
            case "mends":
                self._broken.pop(value).close()
            case _:
                raise AssertionError(f"{where}: unknown step {what!r}")

    def _check_heard(self, wanted: list[str], where: str) -> None:
        self._call.listen()
        heard = _prompts(self._call.heard[self._heard_before :])
        self._heard_before = len(self._call.heard)
        assert heard == wanted, f"{where}: heard {heard}, not {wanted}"

    def _check_digits(self, wanted: str, where: str) -> None:
        self._call.listen()
        clips = [DIGIT.fullmatch(name) for name in _names(self._call.heard[self._heard_before :])]
        heard = "".join(clip[1] for clip in clips if clip)
        expected = case_number(self._line, self._call) * 2 if wanted == "case_number" else wanted
        assert heard == expected, f"{where}: heard {heard}, not {expected}"

    def _speak(self, file: str | list[str], then: Any = "silence", key: str = "#") -> None:
        files = [file] if isinstance(file, str) else file
        self._call.listen().speak(joined([SPEECH / name for name in files]), then=then, key=key)


def joined(files: list[Path]) -> bytes:
    """Return WAV files of one kind as one file, said in one go."""
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        for path in files:
            with wave.open(str(path)) as source:
                if not target.getnframes():
                    target.setparams(source.getparams())
                target.writeframes(source.readframes(source.getnframes()))
    return out.getvalue()


def case_number(line: PracticeLine, call: HandsetCall) -> str:
    """Return the case number of the concern that a call opened."""
    with line.station.database.read() as work:
        known = calls.by_carrier_sid(work, call.call.sid)
        concern = None if known is None else concerns.of_call(work, known)
        assert concern is not None
        number = concerns.case_number(work, line.station.keys, concern)
    assert number is not None
    return number


def _prompts(heard: tuple[Heard, ...]) -> list[str]:
    """Return the ids of what was said, digits left out, a prompt cut by its digits once."""
    names = [name for name in _names(heard) if not CLIP.fullmatch(name)]
    return [
        name
        for place, name in enumerate(names)
        if place == 0 or name != names[place - 1] or name == "language_item"
    ]


def _names(heard: tuple[Heard, ...]) -> list[str]:
    """Return the ids of all clips; her own voice is the only sound that carries no words."""
    return [name for sound in heard for name in sound.prompts or ("own_message",)]
