"""Whole calls written as data: what she does, what she hears, what is kept.

A file in `tests/calls/` holds:

    title: a sentence about the caller
    hotline: {languages: "en,id", is_free: true, emergency_number: "999"}    # what differs from the usual
    mischief: {media_missing_s: 600, deliveries: {recording: {copies: 5}}}   # what the carrier does wrong
    steps:                                     # in order, each one thing
      - hears: [welcome, language_item]        # everything said since the last `hears`, by prompt id
      - press: "1"                             # after listening to the end of what is said
      - interrupts: "2"                        # half a second after the line began to speak
      - stays_silent: 12                       # seconds; without a number until the line says something new
      - says: {file: 01-passport.wav, then: key, key: "#"}    # then: silence (usual), key, hang_up
      - hangs_up: now                          # in the middle of a word; `later`: after listening
    ends: hotline                              # or caller; who ended the call
    stored:
      concern: {state: open, caller_kind: health, answer_wish: call_in, has_pin: true, language: en}
      messages:                                # in order of recording; each names what must be so
        - {words: 01-passport, is_released: true}
        - {set_aside: silent}
        - {is_erased: true}
      at_carrier: 0                            # recordings that the carrier still holds
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from ivr.persistence import concerns
from ivr.persistence.sealing import unseal
from ivr.persistence.tables import concerns as concerns_table
from ivr.persistence.tables import messages as messages_table
from ivr.persistence.tables import transcripts
from ivr.services.own_message import sound_context
from ivr.services.recordings import words_context
from ivr.simulator.handset import HandsetCall
from ivr.simulator.mischief import Delivery
from tests.practice_line import SPEECH, PracticeLine
from transcription.transcript import Transcript

CALLS = Path(__file__).parent / "calls"
INTERRUPTS_AFTER_S = 0.5
DIGIT = re.compile(r"(digit|number|key)_.*")
WORST_WORD_ERROR = 0.1


@dataclass(frozen=True, slots=True)
class Scenario:
    """One file of `tests/calls/`."""

    name: str
    title: str
    hotline: dict[str, Any]
    mischief: dict[str, Any]
    steps: list[dict[str, Any]]
    ends: str
    stored: dict[str, Any]


def all_scenarios() -> list[Scenario]:
    """Read every scenario."""
    return [read_scenario(path) for path in sorted(CALLS.glob("*.yaml"))]


def read_scenario(path: Path) -> Scenario:
    """Read one scenario; an unknown word in it is an error."""
    tree = yaml.safe_load(path.read_text())
    return Scenario(
        name=path.stem,
        title=tree.pop("title"),
        hotline=tree.pop("hotline", {}),
        mischief=tree.pop("mischief", {}),
        steps=tree.pop("steps"),
        ends=tree.pop("ends"),
        stored=tree.pop("stored"),
        **tree,
    )


def play(line: PracticeLine, scenario: Scenario) -> HandsetCall:
    """Make the call, check all that is heard, then let the line finish its work."""
    make_mischief(line, scenario.mischief)
    call = line.dial()
    heard_before = 0
    for number, step in enumerate(scenario.steps, 1):
        heard_before = _take(call, step, heard_before, f"{scenario.name}, step {number}")
    if call.ended_by is None:
        call.listen()
    assert call.ended_by == scenario.ends, (
        f"{scenario.name}: ended by {call.ended_by}, after {_prompts(call)}"
    )
    assert not call.errors, f"{scenario.name}: {call.errors}"
    line.work()
    return call


def make_mischief(line: PracticeLine, mischief: dict[str, Any]) -> None:
    """Let the carrier do wrong what the scenario says."""
    for name, value in mischief.items():
        if name == "deliveries":
            value = {channel: Delivery(**how) for channel, how in value.items()}  # noqa: PLW2901 - a readable form of it
        assert hasattr(line.company.mischief, name), name
        setattr(line.company.mischief, name, value)


def _take(call: HandsetCall, step: dict[str, Any], heard_before: int, where: str) -> int:
    ((what, value),) = step.items()
    match what:
        case "hears":
            call.listen()
            heard = _prompts(call, heard_before)
            assert heard == value, f"{where}: heard {heard}, not {value}"
            return len(call.heard)
        case "press":
            call.listen().press(str(value))
        case "interrupts":
            call.stay_silent(INTERRUPTS_AFTER_S).press(str(value))
        case "stays_silent":
            call.stay_silent(value)
        case "says":
            call.listen().speak(
                SPEECH / value["file"], then=value.get("then", "silence"), key=value.get("key", "#")
            )
        case "hangs_up":
            (call if value == "now" else call.listen()).hang_up()
        case _:
            raise AssertionError(f"{where}: unknown step {what!r}")
    return heard_before


def _prompts(call: HandsetCall, start: int = 0) -> list[str]:
    """Return the ids of what was said, digits left out, a prompt cut by its digits once."""
    names = [name for heard in call.heard[start:] for name in heard.prompts if not DIGIT.fullmatch(name)]
    return [
        name
        for place, name in enumerate(names)
        if place == 0 or name != names[place - 1] or name == "language_item"
    ]


def check_stored(line: PracticeLine, scenario: Scenario) -> None:
    """Compare what is kept with what the scenario says must be kept."""
    wanted = dict(scenario.stored)
    concern, kept = stored(line)
    if "concern" in wanted:
        expected = wanted.pop("concern")
        actual = None if concern is None else {name: concern.get(name) for name in expected or {}}
        assert actual == expected, f"{scenario.name}: {concern}"
    expected_messages = wanted.pop("messages", [])
    assert len(kept) == len(expected_messages), f"{scenario.name}: {kept}"
    for message, expected in zip(kept, expected_messages, strict=True):
        _check_message(message, dict(expected), scenario.name)
    assert len(line.company.recordings) == wanted.pop("at_carrier", 0), (
        f"{scenario.name}: copies at the carrier"
    )
    assert not wanted, wanted


def _check_message(message: dict[str, Any], expected: dict[str, Any], where: str) -> None:
    said = expected.pop("words", None)
    if said is not None:
        assert word_error((SPEECH / f"{said}.txt").read_text(), message["words"]) <= WORST_WORD_ERROR, message
    actual = {name: message[name] for name in expected}
    assert actual == expected, f"{where}: {message}"


def stored(line: PracticeLine) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
    """Return the one concern and its messages, unsealed, as staff would find them."""
    with line.station.database.read() as work:
        concern_row = work.connection.execute(select(concerns_table)).mappings().first()
        rows = (
            work.connection.execute(select(messages_table).order_by(messages_table.c.recorded_at))
            .mappings()
            .all()
        )
        words = {row.message_id: row.sealed_words for row in work.connection.execute(select(transcripts))}
        concern = None if concern_row is None else concerns.by_id(work, concern_row["id"])
    key = None if concern is None else concern.key(line.station.keys)
    if concern_row is None or key is None:
        return None if concern_row is None else dict(concern_row), []
    kept = []
    for row in rows:
        sealed = words.get(row["id"])
        sound = line.station.recordings.get(row["id"])
        text = None if sealed is None else unseal(key, sealed, words_context(row["id"])).decode()
        kept.append(
            {
                **row,
                "is_erased": row["erased_at"] is not None,
                "is_released": row["released_at"] is not None,
                "is_sent": row["sent_at"] is not None,
                "words": "" if text is None else Transcript.from_json(text).text,
                "has_sound": sound is not None
                and unseal(key, sound, sound_context(row["id"]))[:4] == b"RIFF",
            }
        )
    return {**concern_row, "has_pin": concern_row["pin_hash"] is not None}, kept


def word_error(said: str, heard: str) -> float:
    """Return the share of words that were missed, added or mistaken."""
    a, b = said.split(), heard.split()
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (word != other))
    return row[-1] / max(1, len(a))
