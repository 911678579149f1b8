"""The steps between documents: what is asked for next, and what can cut in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.simulator.call import Instructions, Trouble
from ivr.simulator.documents import Document, read_document
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


def first_step(wanted: Instructions) -> Step:
    """Return how a conversation begins: with a request, or with a document that was handed over.

    Raises:
        DocumentError: The document cannot be read.
    """
    if wanted.voice is not None:
        return Turn(wanted.voice.url, wanted.voice.method)
    return read_document(wanted.twiml.encode(), None)


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
