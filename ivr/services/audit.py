"""The audit trail: who did what, chained so that a changed or missing entry is found.

Each entry's chain value is a keyed hash of the entry and of the value before it. The head (number and
value of the newest entry) carries a mark made with the same key, so that a trail whose end was cut off
is noticed as well. Who holds the database but not the master key can make neither.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Literal

from ivr.persistence import accounts
from ivr.persistence import audit as trail
from ivr.persistence.audit import Entry
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys
from ivr.services.station import Station

Action = Literal[
    "sign_in",
    "sign_out",
    "open_concern",
    "listen",
    "note",
    "done",
    "reopen",
    "fetch_again",
    "number_added",
    "number_verified",
    "number_withdrawn",
    "topic_reviewed",
    "topic_opened",
    "topic_closed",
    "past_review",
    "reply",
    "reply_withdrawn",
    "erased_by_caller",
    "user_added",
    "user_password",
    "user_removed",
    "line_opened",
    "line_closed",
    "emergency_checked",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    Attributes:
        number: The entry, or the one that should follow the last.
    """

    organisation: str
    number: int
    what: Literal["changed", "missing", "cut_off"]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of all trails found.

    Attributes:
        lengths: How many entries each organisation's trail has.
    """

    findings: tuple[Finding, ...]
    lengths: dict[str, int]


def write(
    work: Work,
    keys: Keys,
    organisation_id: str,
    action: Action,
    *,
    staff_id: str | None = None,
    subject_id: str | None = None,
    detail: str = "",
) -> None:
    """Add an entry in the transaction of the deed itself: both are kept or neither.

    Args:
        work: The transaction.
        keys: What the chain is keyed with.
        organisation_id: Whose trail it is.
        action: What was done.
        staff_id: Who did it; nobody when it was done at the command line.
        subject_id: The concern, message or account that it was done to.
        detail: A word from a fixed list, such as a reason; never free text.
    """
    head = trail.head_to_extend(work, organisation_id)
    entry = Entry(organisation_id, head.number + 1, work.now, staff_id, action, subject_id, detail)
    chain = _chain(keys, head.chain, entry)
    trail.keep(work, entry, chain, _mark(keys, organisation_id, entry.number, chain))


def verify(station: Station) -> Verified:
    """Walk every trail from its first entry to its head."""
    findings: list[Finding] = []
    lengths: dict[str, int] = {}
    with station.database.read() as work:
        for organisation_id, slug in accounts.all_organisations(work):
            lengths[slug], found = _verify_one(work, station.keys, organisation_id)
            findings += [Finding(slug, number, what) for number, what in found]
    return Verified(tuple(findings), lengths)


_Found = list[tuple[int, Literal["changed", "missing", "cut_off"]]]


def _verify_one(work: Work, keys: Keys, organisation_id: str) -> tuple[int, _Found]:
    found: _Found = []
    number, chain = 0, ""
    for entry, kept in trail.entries(work, organisation_id):
        found += [(absent, "missing") for absent in range(number + 1, entry.number)]
        if entry.number == number + 1 and _chain(keys, chain, entry) != kept:
            found.append((entry.number, "changed"))
        number, chain = entry.number, kept
    if not _is_head(work, keys, organisation_id, number, chain):
        found.append((number + 1, "cut_off"))
    return number, found


def _is_head(work: Work, keys: Keys, organisation_id: str, number: int, chain: str) -> bool:
    head = trail.head(work, organisation_id)
    if head == trail.NO_HEAD:
        return number == 0 and not accounts.has_staff(work, organisation_id)
    return (head.number, head.chain, head.mark) == (
        number,
        chain,
        _mark(keys, organisation_id, number, chain),
    )


def _chain(keys: Keys, before: str, entry: Entry) -> str:
    fields = [
        before,
        entry.organisation_id,
        entry.number,
        entry.at.isoformat(timespec="microseconds"),
        entry.staff_id,
        entry.action,
        entry.subject_id,
        entry.detail,
    ]
    return _keyed(keys, fields)


def _mark(keys: Keys, organisation_id: str, number: int, chain: str) -> str:
    return _keyed(keys, ["head", organisation_id, number, chain])


def _keyed(keys: Keys, fields: list[object]) -> str:
    # JSON keeps the borders between fields, so that no two different entries make one text.
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    return hashlib.blake2b(text, key=keys.derived("chain of the audit trail"), digest_size=32).hexdigest()
