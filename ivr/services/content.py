"""Keeping true what callers are told: numbers are verified or withdrawn, topics reviewed, opened, closed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import structlog

from ivr.domain.directory import CHECKLIST, RECORDS, Entry, KeptEntry, KeptTopic
from ivr.domain.errors import PeerlineError
from ivr.persistence import accounts as account_rows
from ivr.persistence import content
from ivr.persistence.accounts import Account
from ivr.persistence.database import Work
from ivr.persistence.directory_file import read_entries
from ivr.persistence.sealing import seal
from ivr.services import accounts, audit
from ivr.services.accounts import UnknownLoginError, UnknownOrganisationError
from ivr.services.station import Station

log = structlog.get_logger()


class UnknownEntryError(PeerlineError):
    """The organisation keeps nothing of this name."""

    def __init__(self, what: str, slug: str) -> None:
        super().__init__(f"there is no {what} {slug!r}")


class KnownEntryError(PeerlineError):
    """The directory has a number of this name already."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"the directory has {slug!r} already")


class UnansweredError(PeerlineError):
    """Not everything that must be asked was answered."""

    def __init__(self) -> None:
        super().__init__(
            f"all {len(CHECKLIST)} questions must be answered before a number is read to callers"
        )


class ReviewDateError(PeerlineError):
    """The day of the next review does not lie ahead."""

    def __init__(self) -> None:
        super().__init__("the day of the next review must lie ahead")


class ReviewFirstError(PeerlineError):
    """A topic cannot be opened before somebody has looked at it."""

    def __init__(self, slug: str) -> None:
        super().__init__(f"nobody has reviewed {slug!r}, or the review is too old: review it first")


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything that an organisation can tell callers, as it stands today.

    Attributes:
        past_review: How much of it is withheld because its day has passed.
    """

    topics: list[KeptTopic]
    entries: list[KeptEntry]
    past_review: int
    today: date


def look(station: Station, organisation_id: str) -> Kept:
    """Return what an organisation keeps."""
    with station.database.read() as work:
        return Kept(
            content.kept_topics(work, organisation_id),
            content.kept_entries(work, organisation_id),
            content.past_review(work, organisation_id),
            work.now.date(),
        )


def past_review(station: Station, organisation_id: str) -> int:
    """Return how many topics and numbers are withheld because their day has passed."""
    with station.database.read() as work:
        return content.past_review(work, organisation_id)


def topic_titles() -> dict[str, str]:
    """Return the English title of each topic."""
    return {topic.id: topic.title for topic in content.told_topics().values()}


def organisation_named(station: Station, slug: str | None) -> str:
    """Return the id of an organisation; without a name, of the only one.

    Raises:
        UnknownOrganisationError: there is none of this name, or several to choose from.
    """
    with station.database.read() as work:
        known = account_rows.all_organisations(work)
    found = [organisation_id for organisation_id, name in known if slug in {None, name}]
    if len(found) != 1:
        raise UnknownOrganisationError(slug or "")
    return found[0]


def add(station: Station, organisation_id: str, entry: Entry) -> None:
    """Add a number to the directory; callers hear it when it is verified.

    Raises:
        WrongEntryError: it could not be read out, or found again.
        KnownEntryError: there is one of this name.
    """
    entry.check()
    with station.database.write() as work:
        if not content.add_entries(work, organisation_id, [entry]):
            raise KnownEntryError(entry.slug)
        added = _entry(work, organisation_id, entry.slug)
        audit.write(work, station.keys, organisation_id, "number_added", subject_id=added.id)


def load(station: Station, organisation_id: str, path: Path) -> int:
    """Add every number of a directory file that is not known yet, unverified; returns how many.

    Raises:
        DirectoryFileError: something in the file is wrong; nothing of it is added.
    """
    entries = read_entries(path)
    with station.database.write() as work:
        count = content.add_entries(work, organisation_id, entries)
        if count:
            audit.write(work, station.keys, organisation_id, "number_added", detail="file")
    return count


def verify(
    station: Station,
    organisation_id: str,
    slug: str,
    *,
    login: str,
    answers: Sequence[str],
    records: str,
    review_by: date,
) -> None:
    """Keep that somebody dialled a number and asked everything: callers hear it within a minute.

    Args:
        station: The database and the keys.
        organisation_id: Whose directory it is.
        slug: The number's name in it.
        login: Of whoever dialled it.
        answers: One for each question of `CHECKLIST`.
        records: Whether the service records its calls: `yes`, `no` or `unknown`.
        review_by: The last day on which this holds.

    Raises:
        UnansweredError: an answer is missing.
        UnknownEntryError, UnknownLoginError, ReviewDateError: as they say.
    """
    if len(answers) != len(CHECKLIST) or not all(answer.strip() for answer in answers):
        raise UnansweredError
    if records not in RECORDS:
        raise UnansweredError
    with station.database.write() as work:
        _check_date(work, review_by)
        person = _person(work, station, organisation_id, login)
        entry = _entry(work, organisation_id, slug)
        key = accounts.organisation_key(work, station.keys, organisation_id)
        check = json.dumps(list(zip(CHECKLIST, answers, strict=True)), ensure_ascii=False)
        sealed = seal(key, check.encode(), f"services.check:{entry.id}")
        content.keep_verified(
            work, entry, by=person.id, sealed_check=sealed, review_by=review_by, records=records
        )
        audit.write(
            work, station.keys, organisation_id, "number_verified", staff_id=person.id, subject_id=entry.id
        )


def withdraw(station: Station, organisation_id: str, slug: str) -> None:
    """Let no caller hear a number any more, until it is verified again.

    Raises:
        UnknownEntryError: the directory has none of this name.
    """
    with station.database.write() as work:
        entry = _entry(work, organisation_id, slug)
        content.withdraw(work, entry)
        audit.write(work, station.keys, organisation_id, "number_withdrawn", subject_id=entry.id)


def review_topic(station: Station, organisation_id: str, slug: str, *, login: str, review_by: date) -> None:
    """Keep that somebody has looked at a topic, who owns it now, and open it.

    Raises:
        UnknownEntryError, UnknownLoginError, ReviewDateError: as they say.
    """
    with station.database.write() as work:
        _check_date(work, review_by)
        person = _person(work, station, organisation_id, login)
        topic = _topic(work, organisation_id, slug)
        content.keep_topic_reviewed(work, topic, owner=person.id, review_by=review_by)
        audit.write(
            work, station.keys, organisation_id, "topic_reviewed", staff_id=person.id, subject_id=topic.id
        )


def open_topic(station: Station, organisation_id: str, slug: str) -> None:
    """Let callers hear a topic again that was closed.

    Raises:
        ReviewFirstError: nobody has looked at it, or not lately.
        UnknownEntryError: there is none of this name.
    """
    with station.database.write() as work:
        topic = _topic(work, organisation_id, slug)
        if topic.review_by is None or topic.review_by < work.now.date():
            raise ReviewFirstError(slug)
        content.keep_topic_open(work, topic, is_open=True)
        audit.write(work, station.keys, organisation_id, "topic_opened", subject_id=topic.id)


def close_topic(station: Station, organisation_id: str, slug: str) -> None:
    """Let no caller hear a topic any more.

    Raises:
        UnknownEntryError: there is none of this name.
    """
    with station.database.write() as work:
        topic = _topic(work, organisation_id, slug)
        content.keep_topic_open(work, topic, is_open=False)
        audit.write(work, station.keys, organisation_id, "topic_closed", subject_id=topic.id)


def tell_of_past_review(station: Station) -> int:
    """Tell of topics and numbers that are withheld from today on; returns how many are new.

    Each is written into the trail once; the console and the doctor show all of them until they are reviewed.
    """
    with station.database.read() as work:
        if not content.untold(work):
            return 0
    with station.database.write() as work:
        passed = content.untold(work)
        for organisation_id, subject_id in passed:
            audit.write(work, station.keys, organisation_id, "past_review", subject_id=subject_id)
            content.keep_told(work, subject_id)
    log.warning("withheld_past_review", count=len(passed))
    return len(passed)


def _check_date(work: Work, review_by: date) -> None:
    if review_by <= work.now.date():
        raise ReviewDateError


def _person(work: Work, station: Station, organisation_id: str, login: str) -> Account:
    account = account_rows.by_login(work, accounts.login_hash(station.keys, login))
    if account is None or account.organisation_id != organisation_id:
        raise UnknownLoginError
    return account


def _entry(work: Work, organisation_id: str, slug: str) -> KeptEntry:
    for kept in content.kept_entries(work, organisation_id):
        if kept.entry.slug == slug:
            return kept
    raise UnknownEntryError("number", slug)


def _topic(work: Work, organisation_id: str, slug: str) -> KeptTopic:
    for kept in content.kept_topics(work, organisation_id):
        if kept.slug == slug:
            return kept
    raise UnknownEntryError("topic", slug)
