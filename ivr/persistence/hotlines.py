"""Hotlines as they stand in the database, and a copy in memory that a turn can read without it."""

import threading
import time
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import uuid4

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from ivr.domain.content import NOTHING, IsRecorded
from ivr.domain.errors import UnknownHotlineError
from ivr.domain.hotline import Hotline
from ivr.persistence.content import contents
from ivr.persistence.database import Database, Work
from ivr.persistence.tables import hotlines

log = structlog.get_logger()

FRESH_S = 10.0
"""After this time the copy in memory is read anew, beside the turn that noticed."""


def is_anything_recorded(language: str, clip: str) -> bool:
    """Say yes, for whoever plays nothing."""
    return bool(language and clip)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A hotline with what only those who run it need to know."""

    id: str
    organisation_id: str
    number: str
    name: str
    country: str
    languages: str
    is_free: bool
    emergency_number: str | None
    emergency_checked_on: datetime | None
    sealed_emergency_checked_by: bytes | None
    closed_at: datetime | None


_LINE = [hotlines.c[field.name] for field in fields(LineRow)]


def every_row(work: Work) -> list[LineRow]:
    """Read every line, closed ones too."""
    return [LineRow(*row) for row in work.connection.execute(select(*_LINE))]


def line(work: Work, number: str) -> LineRow | None:
    """Return the line of a number, closed or not."""
    row = work.connection.execute(select(*_LINE).where(hotlines.c.number == number)).first()
    return None if row is None else LineRow(*row)


def change(work: Work, hotline_id: str, **values: object) -> None:
    """Set columns of a hotline."""
    work.connection.execute(update(hotlines).where(hotlines.c.id == hotline_id).values(**values))


def all_hotlines(work: Work) -> list[Hotline]:
    """Read every hotline, closed ones too: what was said on them may still be on its way."""
    rows = work.connection.execute(select(hotlines))
    return [
        Hotline(
            id=row.id,
            organisation_id=row.organisation_id,
            number=row.number,
            name=row.name,
            country=row.country,
            languages=tuple(row.languages.split(",")),
            flow=row.flow,
            is_free=row.is_free,
            emergency_number=row.emergency_number if row.emergency_checked_on else None,
            is_open=row.closed_at is None,
        )
        for row in rows
    ]


def hotlines_with_content(work: Work, is_recorded: IsRecorded = is_anything_recorded) -> list[Hotline]:
    """Read every hotline with what callers can be told today, as far as it is recorded.

    A hotline that names no emergency number reads out the checked one of its country.
    """
    of_organisation = contents(work)
    found = []
    for hotline in all_hotlines(work):
        content = of_organisation.get(hotline.organisation_id, NOTHING)
        content = content.as_recorded(hotline.languages, is_recorded)
        found.append(
            replace(
                hotline,
                content=content,
                lists=content.lists(hotline.country, hotline.languages, is_recorded),
                emergency_number=hotline.emergency_number or content.emergency_number(hotline.country),
            )
        )
    return found


def open_hotline(
    work: Work, *, organisation_id: str, number: str, name: str, country: str, **more: object
) -> str:
    """Add a hotline; `more` are the other columns of its table. Returns its id."""
    hotline_id = uuid4().hex
    values = {"languages": "en", "flow": "hotline", "is_free": False, **more}
    work.connection.execute(
        insert(hotlines).values(
            id=hotline_id,
            organisation_id=organisation_id,
            number=number,
            name=name,
            country=country,
            **values,
        )
    )
    return hotline_id


class OpenHotlines:
    """Finds hotlines in memory, with their topics and numbers; the database is asked beside the call."""

    def __init__(self, database: Database, is_recorded: IsRecorded = is_anything_recorded) -> None:
        self._database = database
        self._is_recorded = is_recorded
        self._by_number: dict[str, Hotline] = {}
        self._by_id: dict[str, Hotline] = {}
        self._read_at = float("-inf")
        self._reading = threading.Lock()

    def by_number(self, number: str) -> Hotline:
        """Return the hotline that was called.

        Raises:
            UnknownHotlineError: no open hotline has this number.
        """
        return self._find(self._by_number, number, lambda: self._by_number)

    def by_id(self, hotline_id: str) -> Hotline:
        """Return the hotline of a call in progress.

        Raises:
            UnknownHotlineError: there is none; one that was closed meanwhile is still found.
        """
        return self._find(self._by_id, hotline_id, lambda: self._by_id)

    def all(self) -> tuple[Hotline, ...]:
        """Return the hotlines that are known now."""
        return tuple(self._by_id.values())

    def _find(self, known: dict[str, Hotline], key: str, newest: object) -> Hotline:
        hotline = known.get(key)
        if hotline is None:
            self.refresh()
            hotline = newest().get(key)  # type: ignore[operator]
            if hotline is None:
                raise UnknownHotlineError
        elif time.monotonic() - self._read_at > FRESH_S:
            self._refresh_beside()
        return hotline

    def stay_fresh(self) -> threading.Event:
        """Read all again and again, so that what staff withdraw is gone though nobody has called for hours.

        Returns:
            What ends it when it is set.
        """
        over = threading.Event()
        threading.Thread(target=self._repeat_until, args=(over,), daemon=True).start()
        return over

    def _repeat_until(self, over: threading.Event) -> None:
        while not over.wait(FRESH_S):
            self._reading.acquire()
            self._read_and_release()

    def refresh(self) -> None:
        """Read all hotlines now."""
        with self._reading:
            self._read()

    def _refresh_beside(self) -> None:
        if self._reading.acquire(blocking=False):
            self._read_at = time.monotonic()
            threading.Thread(target=self._read_and_release, daemon=True).start()

    def _read_and_release(self) -> None:
        try:
            self._read()
        except SQLAlchemyError as error:
            log.warning("hotlines_not_refreshed", cause=type(error).__name__)
        finally:
            self._reading.release()

    def _read(self) -> None:
        with self._database.read() as work:
            found = hotlines_with_content(work, self._is_recorded)
        self._by_number = {hotline.number: hotline for hotline in found if hotline.is_open}
        self._by_id = {hotline.id: hotline for hotline in found}
        self._read_at = time.monotonic()
