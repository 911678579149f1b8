"""A call, turn by turn: what was heard moves it one step, and what was promised is kept first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import structlog
from sqlalchemy.exc import SQLAlchemyError

from flows.engine import advance
from flows.model import Began, Deed, Flow, Heard, Outcome, Place, Position, Turn
from ivr.domain.hotline import Hotline
from ivr.services.promise import Promise
from ivr.services.promises import KEEP
from ivr.services.station import Station

log = structlog.get_logger()

MOST_DEEDS_A_TURN = 8
"""More deeds than any turn of a checked flow needs; a circle would show here."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the line says and does now.

    Attributes:
        position: Where the call stands, for the address of the next turn.
        turn: What is said, then what is waited for.
        values: What fills the prompts of this turn; case numbers are among them, so it is never logged.
    """

    position: Position
    turn: Turn
    values: Mapping[str, str]

    def __repr__(self) -> str:
        """Show where the call stands and nothing of what is said."""
        return f"Answer(step={self.position.step!r})"


def begin_call(station: Station, flow: Flow, hotline: Hotline, call_sid: str, caller: str = "") -> Answer:
    """Answer a call."""
    start = Position(flow.version, flow.first, hotline.id, hotline.languages[0])
    return continue_call(station, flow, hotline, start, Began(), call_sid, caller)


def continue_call(
    station: Station,
    flow: Flow,
    hotline: Hotline,
    position: Position,
    heard: Heard,
    call_sid: str,
    caller: str = "",
) -> Answer:
    """Take one turn of a call; a turn that promises nothing touches no database.

    Args:
        station: The running Peerline.
        flow: The flow that the call began with.
        hotline: The number that was called.
        position: Where the call stands.
        heard: What the caller did.
        call_sid: The carrier's name of the call.
        caller: The number she calls from, for limits alone; as the carrier says it.
    """
    place = Place(hotline.languages, hotline.facts, hotline.lists)
    values: dict[str, str] = dict(hotline.values)
    moved, turn = advance(flow, position, heard, place)
    for _ in range(MOST_DEEDS_A_TURN):
        if not isinstance(turn.then, Deed):
            break
        promise = Promise(station, hotline, moved, heard, call_sid, caller)
        outcome = _keep(promise, turn.then.name, values)
        moved, turn = advance(flow, moved, replace(outcome, said=turn.lines), place)
    return Answer(moved, turn, MappingProxyType(values))


def _keep(promise: Promise, deed: str, values: dict[str, str]) -> Outcome:
    """Do what was asked for; if it cannot be done the caller is told so and nothing is half done."""
    try:
        kept = KEEP[deed](promise, values)
    except (SQLAlchemyError, OSError) as error:
        log.error("promise_failed", deed=deed, cause=type(error).__name__)  # noqa: TRY400 - a trace could hold rows
        return Outcome("failed")
    return kept if isinstance(kept, Outcome) else Outcome(kept)
