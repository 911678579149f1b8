"""Whole calls written as data: what she does, what she hears, what is kept.

A file in `tests/calls/` holds:

    title: a sentence about the caller
    hotline: {languages: "en,id", is_free: true, emergency_number: "999"}    # what differs from the usual;
                                               # content: sample opens all topics and the invented services
    caller: anonymous                          # the number she calls from, where it matters
    mischief: {media_missing_s: 600, deliveries: {recording: {copies: 5}}}   # what the carrier does wrong
    case: {pin: "4827", answers: [02-not-paid]}    # left by an earlier call; see tests/earlier_case.py
    steps:                                     # in order, each one thing; workers do what is due before it
      - hears: [welcome, language_item]        # everything said since the last `hears`, by prompt id
      - hears_digits: "999999"                 # the digits among it, before `hears`; case_number: hers, twice
      - press: "1"                             # after listening to the end of what is said; case_number and
                                               # another_case: hers, and one that nobody has
      - interrupts: "2"                        # half a second after the line began to speak
      - at_once: "9"                           # without listening, as in danger
      - stays_silent: 12                       # seconds
      - silent_until: message_beep             # until this is said
      - says: {file: 01-passport.wav, then: key, key: "#"}    # then: silence (usual), key, hang_up
                                               # several files in a list are said in one go; only_s: 1, how
                                               # much of it she says
      - hangs_up: now                          # in the middle of a word; `later`: after listening
      - breaks: redis                          # or database, service (the web service is down), deletion
                                               # (the carrier says yes and keeps the recording), sound
                                               # (it hands out a page instead of the recording)
      - mends: redis
    ends: hotline                              # or caller; who ended the call
    carrier_noticed: [15003]                   # codes of what the carrier found wrong with our answers
    minutes_later: 11                          # so much time passes twice, and the clock looks after the line
    over: {somleng: {steps: [], ends: hotline, stored: {}}}    # what goes otherwise over another carrier
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
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from flows.engine import STAR_WAIT_S
from ivr.persistence import calls, concerns
from ivr.simulator.handset import HandsetCall
from ivr.simulator.line import Heard
from ivr.simulator.mischief import Delivery
from ivr.simulator.profiles import Profile
from tests.breaking import broken
from tests.earlier_case import EarlierCase, leave_case
from tests.practice_line import CALLER, SPEECH, PracticeLine

CALLS = Path(__file__).parent / "calls"
INTERRUPTS_AFTER_S = 0.5
LONGEST_SPEECH_S = 600
CLIP = re.compile(r"(digit|number|key)_.*")


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
    over: dict[str, dict[str, Any]] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)

    def over_carrier(self, profile: Profile) -> "Scenario":
        """Return the scenario as it goes over this carrier; one that deletes nothing holds every message."""
        here = replace(self, **self.over.get(profile.name, {}))
        if profile.deletes_recordings:
            return here
        spoken_now = max(0, len(here.stored.get("messages", [])) - bool(here.case))
        return replace(here, stored={**here.stored, "at_carrier": spoken_now})


def all_scenarios() -> list[Scenario]:
    """Read every scenario."""
    return [read_scenario(path) for path in sorted(CALLS.glob("*.yaml"))]


def read_scenario(path: Path) -> Scenario:
    """Read one scenario; an unknown word in it is an error."""
    return Scenario(name=path.stem, **yaml.safe_load(path.read_text()))


def play(line: PracticeLine, scenario: Scenario) -> HandsetCall:
    """Make the call, check all that is heard, then let the line finish its work."""
    make_mischief(line, scenario.mischief)
    case = leave_case(line, **scenario.case) if scenario.case else None
    call = line.dial(scenario.caller)
    take_steps(line, call, scenario.steps, scenario.name, case)
    if call.ended_by is None:
        call.listen()
    _check_end(call, scenario)
    line.work()
    if scenario.minutes_later:
        for _ in range(2):
            line.company.let_pass(60 * scenario.minutes_later)
            line.look_after()
    return call


def take_steps(
    line: PracticeLine,
    call: HandsetCall,
    steps: list[dict[str, Any]],
    where: str,
    case: EarlierCase | None = None,
) -> None:
    """Do one step after the other; workers do what is due before each."""
    side = _CallersSide(line, call, case)
    try:
        for number, step in enumerate(steps, 1):
            side.let_workers_work()
            side.take(step, f"{where}, step {number}")
    finally:
        side.mend_all()


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

    def __init__(self, line: PracticeLine, call: HandsetCall, case: EarlierCase | None) -> None:
        self._line = line
        self._case = case
        self._call = call
        self._heard_before = 0
        self._broken: dict[str, ExitStack] = {}
        self._where = ""
        self._tells_key = line.company.settings.profile.digits_on_record
        self._checks: dict[str, Callable[[Any], None]] = {
            "hears": self._check_heard,
            "hears_digits": self._check_digits,
        }
        self._deeds: dict[str, Callable[[Any], object]] = {
            "press": self._press,
            "interrupts": self._interrupt,
            "at_once": call.press,
            "stays_silent": call.stay_silent,
            "silent_until": self._wait_for,
            "says": self._speak,
            "hangs_up": self._hang_up,
            "breaks": self._break,
            "mends": self._mend,
        }

    def let_workers_work(self) -> None:
        """Do what is due; without a database a worker only waits."""
        if "database" not in self._broken:
            self._line.work_now()

    def mend_all(self) -> None:
        """Mend what the scenario left broken."""
        for part in self._broken.values():
            part.close()

    def take(self, step: dict[str, Any], where: str) -> None:
        """Do one step."""
        ((what, value),) = step.items()
        self._where = where
        if what in self._checks:
            self._listen()
            self._checks[what](value)
        else:
            self._deeds[what](value)

    def _listen(self) -> HandsetCall:
        """Listen to the end of what is said, and over the quiet where nobody knows which key was pressed."""
        self._call.listen()
        if not self._tells_key and _is_quiet_after_recording(self._call):
            self._wait_for_words()
            self._call.listen()
        return self._call

    def _wait_for_words(self) -> None:
        self._call.stay_silent(STAR_WAIT_S + 0.05)

    def _check_heard(self, wanted: list[str]) -> None:
        heard = _prompts(self._heard_since())
        self._heard_before = len(self._call.heard)
        assert heard == wanted, f"{self._where}: heard {heard}, not {wanted}"

    def _check_digits(self, wanted: str) -> None:
        heard = _digits(self._heard_since())
        expected = case_number(self._line, self._call) * 2 if wanted == "case_number" else wanted
        assert heard == expected, f"{self._where}: heard {heard}, not {expected}"

    def _heard_since(self) -> tuple[Heard, ...]:
        return self._call.heard[self._heard_before :]

    def _press(self, keys: str) -> None:
        if self._case is not None:
            keys = {"case_number": self._case.number, "another_case": self._case.another}.get(keys, keys)
        self._listen().press(keys)

    def _interrupt(self, keys: str) -> None:
        if not self._tells_key and _is_quiet_after_recording(self._call):
            self._wait_for_words()
        self._call.stay_silent(INTERRUPTS_AFTER_S).press(keys)

    def _wait_for(self, prompt: str) -> None:
        self._call.wait_until(lambda: prompt in _names(self._heard_since()) or self._call.has_ended)

    def _speak(self, said: dict[str, Any]) -> None:
        files = [said["file"]] if isinstance(said["file"], str) else said["file"]
        wav = joined([SPEECH / name for name in files], said.get("only_s", LONGEST_SPEECH_S))
        self._listen().speak(wav, then=said.get("then", "silence"), key=said.get("key", "#"))

    def _hang_up(self, when: str) -> None:
        (self._call if when == "now" else self._listen()).hang_up()

    def _break(self, part: str) -> None:
        self._broken[part] = ExitStack()
        self._broken[part].enter_context(broken(self._line, part))

    def _mend(self, part: str) -> None:
        self._broken.pop(part).close()


def _is_quiet_after_recording(call: HandsetCall) -> bool:
    """Say whether the line waits for keys and has said nothing since it recorded."""
    kinds = [event.kind for event in call.log if event.kind in {"playing", "recording_ended"}]
    return call.state == "waiting_for_keys" and kinds[-1:] == ["recording_ended"]


def joined(files: list[Path], only_s: float) -> bytes:
    """Return WAV files of one kind as one file, said in one go; of each only the first seconds."""
    out = io.BytesIO()
    with wave.open(out, "wb") as target:
        for path in files:
            with wave.open(str(path)) as source:
                if not target.getnframes():
                    target.setparams(source.getparams())
                target.writeframes(source.readframes(int(only_s * source.getframerate())))
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
    said: list[str] = []
    was_cut = False
    for name in _names(heard):
        is_clip = CLIP.fullmatch(name) is not None
        goes_on = was_cut and said and name == said[-1] != "language_item"
        if not is_clip and not goes_on:
            said.append(name)
        was_cut = is_clip
    return said


def _names(heard: tuple[Heard, ...]) -> list[str]:
    """Return the ids of all clips; her own voice is the only sound that carries no words."""
    return [name for sound in heard for name in sound.prompts or ("own_message",)]


def _digits(heard: tuple[Heard, ...]) -> str:
    """Return the digits that were read out; a key named among the languages is none."""
    texts = [sound.text for sound in heard if "language_item" not in sound.prompts]
    return "".join(re.findall(r"\d", " ".join(texts)))
