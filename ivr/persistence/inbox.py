"""The inbox: views of concerns, each one stretch of an index, read by keyset and counted up to a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_

from ivr.persistence.database import Work
from ivr.persistence.tables import UtcTime, concerns, messages

View = Literal["waiting", "set_aside", "done"]

COUNT_CAP: Final = 1000
"""Counting stops above this; the page then says "1000+"."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row's place in the order of a view."""

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    """One concern as the inbox shows it; nothing of it is sealed.

    Attributes:
        at: When staff could first see it; in the view of done ones, when it was done.
    """

    id: str
    name: str
    language: str
    topic: str | None
    caller_kind: str | None
    suggested_kind: str | None
    suggested_urgency: str | None
    answer_wish: str | None
    first_opened_at: datetime | None
    added_at: datetime | None
    trouble_at: datetime | None
    has_news: bool
    at: datetime

    @property
    def place(self) -> Place:
        """Where the next page goes on."""
        return Place(self.at, self.id)


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What the inbox says of one message."""

    concern_id: str
    length_ms: int | None
    said_length_s: int | None
    transcript_state: str


def view_page(
    work: Work, organisation_id: str, view: View, start: Place | None, *, most: int, is_backward: bool
) -> list[InboxRow]:
    """Return the rows after a place, or those before it, in the order of the view."""
    rows = work.connection.execute(
        view_statement(organisation_id, view, start, most=most, is_backward=is_backward)
    )
    found = [InboxRow(*row) for row in rows]
    return found[::-1] if is_backward else found


def view_statement(
    organisation_id: str, view: View, start: Place | None, *, most: int, is_backward: bool
) -> Select[Any]:
    """Return the statement of a page: one stretch of an index, from a place on.

    What is done is shown with the newest first, all else with the oldest first.
    """
    at = _time_of(view)
    is_rising = (view != "done") != is_backward
    statement = select(
        concerns.c.id,
        concerns.c.name,
        concerns.c.language,
        concerns.c.topic,
        concerns.c.caller_kind,
        concerns.c.suggested_kind,
        concerns.c.suggested_urgency,
        concerns.c.answer_wish,
        concerns.c.first_opened_at,
        concerns.c.added_at,
        concerns.c.trouble_at,
        concerns.c.has_news,
        at,
    ).where(*_in_view(organisation_id, view))
    if start is not None:
        here, there = tuple_(at, concerns.c.id), tuple_(literal(start.at, UtcTime), literal(start.id))
        statement = statement.where(here > there if is_rising else here < there)
    order = (at, concerns.c.id) if is_rising else (at.desc(), concerns.c.id.desc())
    return statement.order_by(*order).limit(most)


def count(work: Work, organisation_id: str, view: View) -> int:
    """Count the concerns of a view; more than `COUNT_CAP` come out as one more than that."""
    return _capped(work, *_in_view(organisation_id, view))


def arrived_since(work: Work, organisation_id: str, moment: datetime) -> int:
    """Count what came into the waiting view after a moment."""
    return _capped(work, *_in_view(organisation_id, "waiting"), concerns.c.released_at > moment)


def newest_arrival(work: Work, organisation_id: str) -> datetime | None:
    """Return when the newest waiting concern came."""
    statement = select(func.max(concerns.c.released_at)).where(*_in_view(organisation_id, "waiting"))
    return work.connection.execute(statement).scalar()


def facts_of(work: Work, concern_ids: Sequence[str]) -> list[MessageFacts]:
    """Return what is known of the messages of a page of concerns, in one query."""
    rows = work.connection.execute(
        select(
            messages.c.concern_id, messages.c.length_ms, messages.c.said_length_s, messages.c.transcript_state
        ).where(
            messages.c.concern_id.in_(concern_ids),
            messages.c.released_at.is_not(None),
            messages.c.erased_at.is_(None),
        )
    )
    return [MessageFacts(*row) for row in rows]


def _time_of(view: View) -> ColumnElement[Any]:
    return concerns.c.done_at if view == "done" else concerns.c.released_at


def _in_view(organisation_id: str, view: View) -> tuple[ColumnElement[bool], ...]:
    mine = concerns.c.organisation_id == organisation_id
    if view == "done":
        return mine, concerns.c.state == "done"
    return mine, concerns.c.state == "open", concerns.c.is_set_aside == (view == "set_aside")


def _capped(work: Work, *conditions: ColumnElement[bool]) -> int:
    some = select(concerns.c.id).where(*conditions).limit(COUNT_CAP + 1).subquery()
    return work.connection.execute(select(func.count()).select_from(some)).scalar_one()
