"""What the carrier is told, held against its grammar: each step, language and silence."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copyfile
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.deeds import DEEDS
from flows.engine import SILENCES_ANSWERED, advance
from flows.model import (
    AskKeys,
    AskVoice,
    Began,
    Deed,
    Flow,
    HangUp,
    Keys,
    Outcome,
    Position,
    Silence,
    Turn,
)
from ivr.services.calls import Answer
from ivr.voice import twiml
from ivr.voice.desk import Desk
from tests.signed_carrier import signed_carrier
from tests.told import sample_place

GRAMMAR: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("twiml-grammar.json").read_text())
DOCUMENT = frozenset({"Play", "Gather", "Record", "Redirect", "Hangup", "Reject"})
LARGEST_BYTES = 64 * 1024
VALUES = {
    "case_number": "572904",
    "emergency_number": "999",
    "retention_days": "30",
    "own_message": "a-pass_without-padding",
    "answer": "a-pass_without-padding another-pass",
    "note_count": "2",
    "service": "kind_union",
    "service_digits": "07700 900 121",
}
PLACE = sample_place()
CHOICES = MappingProxyType({"subjects": "5", "topic": "before_you_go"})
ONE_LINE = '<?xml version="1.0" encoding="UTF-8"?><Response>'


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("service")
    copyfile(empty_sqlite, folder / "peerline.sqlite3")
    with signed_carrier(folder, f"sqlite:///{folder / 'peerline.sqlite3'}") as carrier:
        yield carrier.desk


def answers(flow: Flow) -> Iterator[Answer]:
    """Yield what the line can answer at every step, in both languages, after every silence and key."""
    for step in flow.steps:
        for language in PLACE.languages:
            start = Position(flow.version, step, "0" * 32, language, turn=7, choices=CHOICES)
            for silences in range(SILENCES_ANSWERED + 1):
                yield from _turns(flow, replace(start, silences=silences), Silence())
            yield from _turns(flow, start, Began())
            for key in "1279*0":
                yield from _turns(flow, start, Keys(key))


def _turns(flow: Flow, position: Position, heard: Began | Silence | Keys) -> Iterator[Answer]:
    waiting = [advance(flow, position, heard, PLACE)]
    for _ in range(50):
        if not waiting:
            return
        moved, turn = waiting.pop()
        if not isinstance(turn.then, Deed):
            yield Answer(moved, turn, VALUES)
            continue
        outcomes = sorted(DEEDS[turn.then.name])
        waiting += [advance(flow, moved, Outcome(name, turn.lines), PLACE) for name in outcomes]


def test_every_turn_follows_the_carriers_grammar(desk: Desk) -> None:
    flow = desk.flows.named("hotline")
    documents = {desk.speak(answer) for answer in answers(flow)}

    assert len(documents) > 2 * len(flow.steps)
    for document in documents:
        assert document.startswith(ONE_LINE)
        assert len(document.encode()) < LARGEST_BYTES
        check_document(ET.fromstring(document))


def test_every_turn_that_waits_goes_on_when_nothing_is_posted(desk: Desk) -> None:
    """After Gather and Record the same address is redirected to, for carriers that skip an empty action."""
    for answer in answers(desk.flows.named("hotline")):
        verbs = list(ET.fromstring(desk.speak(answer)))
        if isinstance(answer.turn.then, AskKeys | AskVoice):
            assert verbs[-1].tag == "Redirect"
            assert verbs[-1].text == verbs[-2].get("action")
        else:
            assert verbs[-1].tag == "Hangup"


def test_all_that_is_played_can_be_fetched(desk: Desk) -> None:
    for answer in answers(desk.flows.named("hotline")):
        for play in ET.fromstring(desk.speak(answer)).iter("Play"):
            address = re.fullmatch(rf"{desk.public_url}/audio/(own/|answer/)?([^/]+)\.wav", str(play.text))

            assert address is not None
            assert address[1] or desk.sounds.wav(address[2]) is not None


def check_document(root: ET.Element) -> None:
    """Refuse what the carrier would warn of."""
    assert root.tag == "Response"
    assert not root.attrib
    for verb in root:
        assert verb.tag in DOCUMENT
        _check_element(verb)


def _check_element(element: ET.Element) -> None:
    grammar = GRAMMAR[element.tag]
    for name, value in element.attrib.items():
        _check_attribute(grammar["attributes"][name], value)
    assert bool((element.text or "").strip()) == grammar["text"], element.tag
    for child in element:
        assert child.tag in grammar["children"]
        _check_element(child)


def _check_attribute(kind: dict[str, Any], value: str) -> None:
    match kind["type"]:
        case "integer":
            assert kind.get("min", 0) <= int(value) <= kind.get("max", 10**6)
        case "boolean":
            assert value in {"true", "false"}
        case "enum":
            assert value in kind["values"]
        case "space-separated-list":
            assert set(value.split()) <= set(kind["values"])
        case "string" if "pattern" in kind:
            assert re.fullmatch(kind["pattern"], value)
        case "url":
            assert value.startswith("https://")


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(str.strip)
THEN = st.sampled_from([AskKeys(1, 4, True), AskKeys(4, 7, False), AskVoice(120, 5), HangUp()])  # noqa: FBT003 - as the engine makes them


@given(sounds=st.lists(TEXT, max_size=3), next_turn=TEXT, callback=TEXT, then=THEN)
def test_no_text_can_leave_its_place(
    sounds: list[str], next_turn: str, callback: str, then: AskKeys | AskVoice | HangUp
) -> None:
    root = ET.fromstring(twiml.document(Turn((), then), sounds, next_turn, callback))

    texts = [str(play.text) for play in root.iter("Play")]
    actions = {element.get("action", next_turn) for element in root.iter()}

    assert texts == sounds
    assert actions == {next_turn}
    assert {element.tag for element in root.iter()} <= DOCUMENT | {"Response"}
    if isinstance(then, AskVoice):
        assert root[-2].get("recordingStatusCallback") == callback


def test_a_number_that_is_no_hotline_is_refused_without_a_cost() -> None:
    assert [verb.tag for verb in ET.fromstring(twiml.REFUSED)] == ["Reject"]
