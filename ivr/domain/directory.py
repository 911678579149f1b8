"""The directory of services as staff keep it, and when a number or a topic may be told to callers."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, get_args

from ivr.domain.errors import PeerlineError

Kind = Literal[
    "peer_group", "ngo", "union", "mrc", "gbv", "labour", "embassy", "trafficking", "police", "emergency"
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
PHONE_TYPES: Final = "voice", "whatsapp", "sms"
READ_OUT: Final = "caller", "staff"
RECORDS: Final = "yes", "no", "unknown"

CHECKED_FOR: Final = timedelta(days=90)
"""How long a check of a number or a topic holds unless somebody says otherwise."""

CHECKLIST: Final = (
    "Does it answer, at the hours stated, from a phone in the caller's country with no credit?",
    "Which languages can it really take now, and is a woman available?",
    "Does it record calls or show numbers, and does it share anything with police or immigration?",
    "Will it help a woman without papers, and what will it ask her?",
    "What does the call cost the caller, and how does it show on a bill?",
    "What happens after the call, within how many hours, and does it call back?",
    "Name and role of the person who confirmed, and the date of the call.",
)
"""What must be asked and answered before a number is read to a caller."""

_SLUG: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_PHONE: Final = re.compile(r"\d+(?: \d+)*")
_SHORTEST_DIGITS, _LONGEST_DIGITS = 3, 15

State = Literal["readable", "unverified", "past_review", "for_staff", "no_voice"]
TopicState = Literal["open", "closed", "past_review"]


class WrongEntryError(PeerlineError):
    """An entry of the directory cannot be used as it is written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of one service, as staff write it down.

    Attributes:
        country: Where one must be to dial the number (ISO 3166-1 alpha-2).
        phone: As it is dialled and said there, in groups of digits.
        languages: Separated by commas.
        read_out: `caller`: may be read out once it is verified; `staff`: only staff refer to it.
        is_state_run: None where nobody knows; then it is treated as if it were.
        caution: What staff must know before they refer to it.
    """

    slug: str
    name: str
    country: str
    kind: str
    serves: str
    phone: str
    phone_type: str = "voice"
    hours: str | None = None
    languages: str = ""
    cost: str | None = None
    read_out: str = "caller"
    is_state_run: bool | None = None
    records: str = "unknown"
    caution: str | None = None
    source: str = ""

    def check(self) -> None:
        """Refuse what could not be read out, or found again.

        Raises:
            WrongEntryError: something of it cannot be.
        """
        if not _SLUG.fullmatch(self.slug):
            raise WrongEntryError(f"{self.slug!r} must be made of small letters, digits, - and _")
        if not _PHONE.fullmatch(self.phone) or not _SHORTEST_DIGITS <= _length(self.phone) <= _LONGEST_DIGITS:
            raise WrongEntryError(
                f"the number of {self.slug} must be digits as they are dialled there, in groups with one "
                f"blank between them"
            )
        if not (len(self.country) == 2 and self.country.isascii() and self.country.isupper()):  # noqa: PLR2004 - ISO 3166-1 alpha-2
            raise WrongEntryError(f"the country of {self.slug} must be two capital letters, as SG")
        for what, value, known in (
            ("kind", self.kind, KINDS),
            ("phone type", self.phone_type, PHONE_TYPES),
            ("read_out", self.read_out, READ_OUT),
            ("records", self.records, RECORDS),
        ):
            if value not in known:
                raise WrongEntryError(f"the {what} of {self.slug} must be one of {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry in an organisation's directory.

    Attributes:
        review_by: The last day on which the check still holds.
    """

    id: str
    entry: Entry
    verified_on: date | None
    verified_by: str | None
    review_by: date | None

    def state(self, today: date) -> State:
        """Return whether callers may hear it, and if not, why."""
        if self.entry.phone_type != "voice":
            return "no_voice"
        if self.entry.read_out != "caller":
            return "for_staff"
        if self.verified_on is None:
            return "unverified"
        return "past_review" if self.review_by is None or self.review_by < today else "readable"


@dataclass(frozen=True, slots=True)
class KeptTopic:
    """A topic as an organisation keeps it; its texts are in the catalogue of prompts."""

    id: str
    slug: str
    group: str
    is_open: bool
    review_by: date | None
    owner_staff_id: str | None

    def state(self, today: date) -> TopicState:
        """Return whether callers may hear it, and if not, why."""
        if not self.is_open:
            return "closed"
        return "past_review" if self.review_by is None or self.review_by < today else "open"


def _length(phone: str) -> int:
    return len(phone.replace(" ", ""))
