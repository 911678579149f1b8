"""Founding organisations, opening and closing their lines, and emergency numbers that people dialled."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select

from ivr.domain.errors import PeerlineError
from ivr.domain.telephone_number import diallable, international
from ivr.persistence import hotlines
from ivr.persistence.content import seed
from ivr.persistence.database import Work
from ivr.persistence.hotlines import LineRow, open_hotline
from ivr.persistence.sealing import Keys, new_key, seal, unseal
from ivr.persistence.tables import organisations
from ivr.services import accounts, audit
from ivr.services.accounts import UnknownOrganisationError
from ivr.services.station import Station
from prompts.catalogue import Catalogue

__all__ = [
    "Line",
    "LineTakenError",
    "NewLine",
    "NotAShortNameError",
    "UnknownCountryError",
    "UnknownLineError",
    "close_line",
    "every_line",
    "found",
    "found_organisation",
    "keep_emergency_number",
    "open_hotline",
    "open_line",
]

_SHORT_NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")


class NotAShortNameError(PeerlineError):
    """The short name of an organisation is written otherwise than all others."""

    def __init__(self) -> None:
        super().__init__("a short name is 1 to 40 small letters, digits and hyphens, a letter first")


class UnknownCountryError(PeerlineError):
    """A country is not named by its two letters."""

    def __init__(self) -> None:
        super().__init__("a country is two letters, as in SG or MY")


class LineTakenError(PeerlineError):
    """The number is that of an open line, or of another organisation's."""

    def __init__(self) -> None:
        super().__init__("this number is a line already")


class UnknownLineError(PeerlineError):
    """No open line has this number."""

    def __init__(self) -> None:
        super().__init__("no open line has this number; `peerline network lines` shows all")


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as somebody wants it, before it is looked at."""

    number: str
    organisation: str
    name: str
    country: str
    languages: tuple[str, ...]
    is_free: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it stands, with who has checked its emergency number."""

    organisation: str
    row: LineRow
    checked_by: str | None

    @property
    def checked_on(self) -> datetime | None:
        """When the emergency number was dialled."""
        return self.row.emergency_checked_on


def found_organisation(work: Work, keys: Keys, *, slug: str, name: str) -> str:
    """Add an organisation with a key of its own and the starter content; known already, nothing changes.

    Returns:
        Its id.
    """
    known = _organisation_id(work, slug)
    if known is not None:
        return known
    organisation_id = uuid4().hex
    work.connection.execute(
        insert(organisations).values(
            id=organisation_id,
            slug=slug,
            name=name,
            wrapped_key=keys.wrap(new_key(), f"organisation:{organisation_id}"),
            created_at=work.now,
        )
    )
    seed(work, organisation_id)
    return organisation_id


def found(station: Station, *, slug: str, name: str) -> bool:
    """Found an organisation; False if there is one of this short name.

    Raises:
        NotAShortNameError: the short name cannot be one.
    """
    if not _SHORT_NAME.fullmatch(slug):
        raise NotAShortNameError
    with station.database.write() as work:
        is_new = _organisation_id(work, slug) is None
        found_organisation(work, station.keys, slug=slug, name=name)
    return is_new


def open_line(station: Station, wanted: NewLine) -> str:
    """Open a line, or open again one that was closed; returns its number as it is kept.

    Raises:
        PeerlineError: the subclass says what is wrong with it.
    """
    number = international(wanted.number)
    if not _COUNTRY.fullmatch(wanted.country):
        raise UnknownCountryError
    catalogue = Catalogue.load()
    for language in wanted.languages:
        catalogue.language(language)
    with station.database.write() as work:
        line_id, organisation_id = _open(work, number, wanted)
        audit.write(work, station.keys, organisation_id, "line_opened", subject_id=line_id)
    return number


def _open(work: Work, number: str, wanted: NewLine) -> tuple[str, str]:
    organisation_id = _organisation_id(work, wanted.organisation)
    if organisation_id is None:
        raise UnknownOrganisationError(wanted.organisation)
    values = {
        "name": wanted.name,
        "country": wanted.country,
        "languages": ",".join(wanted.languages),
        "is_free": wanted.is_free,
    }
    known = hotlines.line(work, number)
    if known is None:
        return open_hotline(
            work,
            organisation_id=organisation_id,
            number=number,
            **values,  # type: ignore[arg-type]
        ), organisation_id
    if known.closed_at is None or known.organisation_id != organisation_id:
        raise LineTakenError
    hotlines.change(work, known.id, closed_at=None, **values)
    return known.id, organisation_id


def close_line(station: Station, number: str) -> None:
    """Refuse new calls to a line; what was said on it stays, and calls that are going on end as they would.

    Raises:
        UnknownLineError: there is no such open line.
    """
    with station.database.write() as work:
        line = _open_row(work, number)
        hotlines.change(work, line.id, closed_at=work.now)
        audit.write(work, station.keys, line.organisation_id, "line_closed", subject_id=line.id)


def keep_emergency_number(station: Station, number: str, emergency_number: str, checked_by: str) -> None:
    """Let a line read out an emergency number that a person has dialled today.

    Raises:
        UnknownLineError: there is no such open line.
        NotDiallableError: nobody can dial it.
    """
    dialled = diallable(emergency_number)
    with station.database.write() as work:
        line = _open_row(work, number)
        key = accounts.organisation_key(work, station.keys, line.organisation_id)
        hotlines.change(
            work,
            line.id,
            emergency_number=dialled,
            emergency_checked_on=work.now,
            sealed_emergency_checked_by=seal(key, checked_by.encode(), _checked_by_context(line.id)),
        )
        audit.write(work, station.keys, line.organisation_id, "emergency_checked", subject_id=line.id)


def every_line(station: Station) -> list[Line]:
    """Return every line, closed ones too, by organisation and number."""
    with station.database.read() as work:
        slugs = {row.id: row.slug for row in work.connection.execute(select(organisations))}
        lines = [
            Line(slugs[row.organisation_id], row, _checked_by(work, station.keys, row))
            for row in hotlines.every_row(work)
        ]
    return sorted(lines, key=lambda line: (line.organisation, line.row.number))


def _checked_by(work: Work, keys: Keys, row: LineRow) -> str | None:
    if row.sealed_emergency_checked_by is None:
        return None
    key = accounts.organisation_key(work, keys, row.organisation_id)
    return unseal(key, row.sealed_emergency_checked_by, _checked_by_context(row.id)).decode()


def _checked_by_context(line_id: str) -> str:
    return f"hotlines.emergency_checked_by:{line_id}"


def _open_row(work: Work, number: str) -> LineRow:
    line = hotlines.line(work, international(number))
    if line is None or line.closed_at is not None:
        raise UnknownLineError
    return line


def _organisation_id(work: Work, slug: str) -> str | None:
    return work.connection.execute(select(organisations.c.id).where(organisations.c.slug == slug)).scalar()
