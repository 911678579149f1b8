"""The steps between documents: what is asked for next, and what can cut in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.simulator.call import Address, Trouble
from ivr.simulator.documents import Document
from ivr.simulator.grammar import Method


@dataclass(frozen=True, slots=True)
class Turn:
    """One request for a document.

    Attributes:
        url: Where.
        method: GET or POST.
        fields: What this request says beside the standard set.
    """

    url: str
    method: Method = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class End:
    """The call is over."""


Step = Turn | Document
Outcome = Turn | End | None


def first_turn(address: Address) -> Turn:
    """Return the request that begins a conversation."""
    return Turn(address.url, address.method)


class CallerHungUpError(Exception):
    """The person at the handset hung up."""


class EndedByAppError(Exception):
    """The app ended the call over REST."""


class TakenElsewhereError(Exception):
    """The app gave a live call another document over REST."""

    def __init__(self, step: Step) -> None:
        super().__init__("another document")
        self.step = step


class ImpossibleError(Exception):
    """A document asks for something that cannot be done."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.reason)
        self.trouble = trouble
