"""The inbox of an organisation: which concerns wait, page by page, without opening anything sealed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from ivr.persistence import inbox
from ivr.persistence.database import Work
from ivr.persistence.inbox import InboxRow, MessageFacts, Place, View
from ivr.services.accounts import Person
from ivr.services.station import Station

__all__ = ["COUNT_CAP", "VIEWS", "Inbox", "Item", "Place", "View", "Words", "arrived_since", "look"]

PAGE_SIZE: Final = 25
COUNT_CAP: Final = inbox.COUNT_CAP
VIEWS: Final[tuple[View, ...]] = ("waiting", "set_aside", "done")

Words = Literal["waiting", "ready", "no_model", "failed", "empty", "none"]
_TELLING: Final[tuple[Words, ...]] = ("waiting", "ready", "no_model", "failed", "empty")
"""The state of several messages is the first of these that any of them has."""


@dataclass(frozen=True, slots=True)
class Item:
    """One concern in the inbox.

    Attributes:
        length_ms: Of all its messages, None while none has come; the carrier's count stands in.
        words: Whether there is a text to read.
    """

    row: InboxRow
    message_count: int
    length_ms: int | None
    words: Words

    @property
    def is_unread(self) -> bool:
        """Whether nobody has opened it yet, or since something came to it."""
        return self.row.first_opened_at is None or self.row.has_news


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a view.

    Attributes:
        counts: Of each view; `COUNT_CAP` + 1 means more than that.
        earlier: Where the page before this one ends, if there is one.
        later: Where the page after this one begins, if there is one.
        seen_until: What came after this moment is new to the person who looks.
    """

    view: View
    items: tuple[Item, ...]
    counts: dict[View, int]
    earlier: Place | None
    later: Place | None
    seen_until: datetime


def look(
    station: Station, person: Person, view: View, start: Place | None = None, *, is_backward: bool = False
) -> Inbox:
    """Return a page of a view: from its beginning, or from a place on, or back from it."""
    organisation_id = person.organisation_id
    with station.database.read() as work:
        rows, earlier, later = _rows(work, organisation_id, view, start, is_backward=is_backward)
        items = _items(rows, inbox.facts_of(work, [row.id for row in rows]))
        counts = {each: inbox.count(work, organisation_id, each) for each in VIEWS}
        seen_until = inbox.newest_arrival(work, organisation_id) or work.now
    return Inbox(view, items, counts, earlier, later, seen_until)


def arrived_since(station: Station, person: Person, moment: datetime) -> int:
    """Return how many concerns came into the waiting view after a moment, at most `COUNT_CAP` + 1."""
    with station.database.read() as work:
        return inbox.arrived_since(work, person.organisation_id, moment)


def _rows(
    work: Work, organisation_id: str, view: View, start: Place | None, *, is_backward: bool
) -> tuple[list[InboxRow], Place | None, Place | None]:
    """Return the rows of a page with the places where its neighbours begin."""
    found = inbox.view_page(work, organisation_id, view, start, most=PAGE_SIZE + 1, is_backward=is_backward)
    has_more = len(found) > PAGE_SIZE
    if start is not None and (not found or (is_backward and not has_more)):
        # Its rows are gone, or the beginning is reached: show the first page, and show it full.
        return _rows(work, organisation_id, view, None, is_backward=False)
    rows = found[-PAGE_SIZE:] if is_backward else found[:PAGE_SIZE]
    has_earlier = has_more if is_backward else start is not None
    has_later = True if is_backward else has_more
    return rows, rows[0].place if has_earlier else None, rows[-1].place if has_later else None


def _items(rows: Iterable[InboxRow], facts: Iterable[MessageFacts]) -> tuple[Item, ...]:
    by_concern: defaultdict[str, list[MessageFacts]] = defaultdict(list)
    for fact in facts:
        by_concern[fact.concern_id].append(fact)
    return tuple(_item(row, by_concern[row.id]) for row in rows)


def _item(row: InboxRow, facts: list[MessageFacts]) -> Item:
    lengths = [length for length in map(_length_ms, facts) if length is not None]
    return Item(row, len(facts), sum(lengths) if lengths else None, _words(facts))


def _length_ms(fact: MessageFacts) -> int | None:
    if fact.length_ms is not None or fact.said_length_s is None:
        return fact.length_ms
    return fact.said_length_s * 1000


def _words(facts: list[MessageFacts]) -> Words:
    states = {fact.transcript_state for fact in facts}
    return next((state for state in _TELLING if state in states), "none")
