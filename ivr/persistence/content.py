"""Topics and services as rows: seeded for an organisation, kept by its staff, read for its calls."""

import functools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Table, func, insert, select, update

from ivr.domain.content import Content, Service, Topic
from ivr.domain.directory import Entry, KeptEntry, KeptTopic
from ivr.persistence.database import Work
from ivr.persistence.directory_file import starter_entries
from ivr.persistence.tables import services, topics
from prompts.catalogue import HERE
from prompts.topics import Topic as ToldTopic
from prompts.topics import load_topics
from transcription.referral import referral_kinds

_TOPIC = (
    topics.c.id,
    topics.c.slug,
    topics.c.menu_group,
    topics.c.is_open,
    topics.c.review_by,
    topics.c.owner_staff_id,
)
_OF_ENTRY = tuple(name for name in Entry.__dataclass_fields__)


@functools.cache
def told_topics() -> Mapping[str, ToldTopic]:
    """Return the topics that the catalogue of prompts has texts for."""
    return load_topics(HERE)


def seed(work: Work, organisation_id: str) -> None:
    """Give an organisation what every one begins with: all topics closed, all numbers unverified."""
    whole = [topic for topic in told_topics().values() if topic.part_of is None]
    work.connection.execute(
        insert(topics),
        [
            {
                "id": uuid4().hex,
                "organisation_id": organisation_id,
                "slug": topic.id,
                "menu_group": topic.group,
                "position": position,
                "is_open": False,
            }
            for position, topic in enumerate(whole)
        ],
    )
    add_entries(work, organisation_id, starter_entries())


def add_entries(work: Work, organisation_id: str, entries: Iterable[Entry]) -> int:
    """Add numbers that the directory does not have yet, unverified, at its end; returns how many."""
    known = {kept.entry.slug for kept in kept_entries(work, organisation_id)}
    rows = [
        {"id": uuid4().hex, "organisation_id": organisation_id, "position": position, **_columns(entry)}
        for position, entry in enumerate((one for one in entries if one.slug not in known), len(known))
    ]
    if rows:
        work.connection.execute(insert(services), rows)
    return len(rows)


def kept_topics(work: Work, organisation_id: str) -> list[KeptTopic]:
    """Return the topics of an organisation in the order of the menus."""
    rows = work.connection.execute(
        select(*_TOPIC)
        .where(topics.c.organisation_id == organisation_id)
        .order_by(topics.c.menu_group, topics.c.position)
    )
    return [_kept_topic(row) for row in rows]


def kept_entries(work: Work, organisation_id: str) -> list[KeptEntry]:
    """Return the directory of an organisation in its order."""
    rows = work.connection.execute(
        select(services).where(services.c.organisation_id == organisation_id).order_by(services.c.position)
    )
    return [_kept_entry(row) for row in rows]


def contents(work: Work) -> dict[str, Content]:
    """Return for every organisation what callers can be told today."""
    today = work.now.date()
    found: dict[str, tuple[list[Topic], list[Service]]] = {}
    for row in work.connection.execute(
        select(topics.c.organisation_id, *_TOPIC)
        .where(topics.c.is_open)
        .order_by(topics.c.menu_group, topics.c.position)
    ):
        kept = _kept_topic(row)
        if kept.state(today) == "open":
            found.setdefault(row.organisation_id, ([], []))[0].extend(_with_parts(kept.slug))
    for row in work.connection.execute(
        select(services).where(services.c.verified_on.is_not(None)).order_by(services.c.position)
    ):
        entry = _kept_entry(row)
        if entry.state(today) == "readable":
            found.setdefault(row.organisation_id, ([], []))[1].append(_service(entry.entry))
    return {key: Content(tuple(told), tuple(read)) for key, (told, read) in found.items()}


def keep_verified(
    work: Work, entry: KeptEntry, *, by: str, sealed_check: bytes, review_by: date, records: str
) -> None:
    """Keep that somebody dialled a number and asked what must be asked."""
    _set(
        work,
        services,
        entry.id,
        verified_on=work.now.date(),
        verified_by=by,
        sealed_check=sealed_check,
        review_by=review_by,
        records=records,
        told_on=None,
    )


def withdraw(work: Work, entry: KeptEntry) -> None:
    """Let nobody hear a number until it is verified again."""
    _set(
        work,
        services,
        entry.id,
        verified_on=None,
        verified_by=None,
        sealed_check=None,
        review_by=None,
        told_on=None,
    )


def keep_topic_reviewed(work: Work, topic: KeptTopic, *, owner: str | None, review_by: date) -> None:
    """Open a topic that somebody has looked at, until the day on which it must be looked at again."""
    _set(work, topics, topic.id, is_open=True, owner_staff_id=owner, review_by=review_by, told_on=None)


def keep_topic_open(work: Work, topic: KeptTopic, *, is_open: bool) -> None:
    """Open or close a topic."""
    _set(work, topics, topic.id, is_open=is_open)


def past_review(work: Work, organisation_id: str) -> int:
    """Return how many topics and numbers are withheld because nobody has looked at them again."""
    today = work.now.date()
    counts = (
        select(func.count()).where(
            table.c.organisation_id == organisation_id, table.c.review_by < today, *conditions
        )
        for table, conditions in _WITH_DATES
    )
    return sum(work.connection.execute(count).scalar_one() for count in counts)


def untold(work: Work) -> list[tuple[str, str]]:
    """Return organisation and id of everything past its review date of which nobody was told yet."""
    today = work.now.date()
    return [
        (row.organisation_id, row.id)
        for table, conditions in _WITH_DATES
        for row in work.connection.execute(
            select(table.c.organisation_id, table.c.id).where(
                table.c.review_by < today, table.c.told_on.is_(None), *conditions
            )
        )
    ]


def keep_told(work: Work, subject_id: str) -> None:
    """Keep that the owner of a topic or number was told today."""
    for table, _ in _WITH_DATES:
        _set(work, table, subject_id, told_on=work.now.date())


_WITH_DATES = ((topics, (topics.c.is_open,)), (services, (services.c.verified_on.is_not(None),)))
"""What has a review date, and when it counts: what is closed or unverified is withheld anyway."""


def _set(work: Work, table: Table, subject_id: str, **values: object) -> None:
    work.connection.execute(update(table).where(table.c.id == subject_id).values(**values))


def _with_parts(slug: str) -> list[Topic]:
    """Return an open topic and its parts; none if the catalogue has no texts for it any more."""
    told = told_topics()
    if slug not in told:
        return []
    return [_topic(told[each]) for each in (slug, *told[slug].parts)]


def _topic(told: ToldTopic) -> Topic:
    return Topic(told.id, told.group, referral_kinds(told.categories), told.parts, told.part_of)


def _service(entry: Entry) -> Service:
    return Service(
        entry.slug,
        entry.country,
        entry.kind,
        entry.phone,
        is_state_run=entry.is_state_run is not False,
        records_calls=entry.records == "yes",
    )


def _kept_topic(row: Row[*tuple[Any, ...]]) -> KeptTopic:
    return KeptTopic(row.id, row.slug, row.menu_group, row.is_open, row.review_by, row.owner_staff_id)


def _kept_entry(row: Row[*tuple[Any, ...]]) -> KeptEntry:
    entry = Entry(**{name: getattr(row, name) for name in _OF_ENTRY})
    return KeptEntry(row.id, entry, row.verified_on, row.verified_by, row.review_by)


def _columns(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in _OF_ENTRY}
