"""Every turn that a flow can ever take on a hotline, found by walking all of it."""

from collections.abc import Iterator
from dataclasses import replace

from flows.engine import advance
from flows.graph import needed_choices, own_ways
from flows.model import (
    AskKeys,
    AskVoice,
    Began,
    Deed,
    Flow,
    Heard,
    Keys,
    Outcome,
    Place,
    Position,
    Recorded,
    Silence,
    Turn,
)

KEYPAD = "0123456789*#"


def every_turn(flow: Flow, place: Place, hotline: str = "") -> Iterator[tuple[Position, Turn]]:
    """Yield each position with the turn that leads to it, deeds included; the same words only once.

    Choices that no later word depends on are not told apart: a message is the same after every topic.
    """
    needed = needed_choices(flow)
    start = Position(flow.version, flow.first, hotline, place.languages[0])
    waiting: list[tuple[Position, Heard]] = [(start, Began())]
    seen: set[tuple[object, ...]] = set()
    while waiting:
        position, turn = advance(flow, *waiting.pop(), place)
        mark = (_mark(position, needed[position.step]), turn)
        if mark in seen:
            continue
        seen.add(mark)
        yield position, turn
        waiting.extend((replace(position, turn=0), heard) for heard in _possible(flow, position, turn))


def _mark(position: Position, needed: frozenset[str]) -> tuple[object, ...]:
    return (
        position.step,
        position.language,
        position.silences,
        position.misses,
        position.starred,
        position.page,
        tuple(sorted(choice for choice in position.choices.items() if choice[0] in needed)),
    )


def _possible(flow: Flow, position: Position, turn: Turn) -> Iterator[Heard]:
    """Yield everything that could be heard after a turn."""
    match turn.then:
        case Deed():
            yield from (Outcome(way.by, turn.lines) for way in own_ways(flow.steps[position.step]))
        case AskKeys(count=1):
            yield from (Keys(key) for key in KEYPAD)
            yield Silence()
        case AskKeys():
            yield Keys("0000")
            yield Silence()
        case AskVoice():
            yield Recorded("", 0)
            yield Recorded("", 0, "*")
            yield Recorded("", 0, None)
            yield Silence()
