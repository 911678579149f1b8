"""One telephone call as the company keeps it: who, where, which state, and what is told of it."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import httpx

from ivr.simulator.clock import Clock
from ivr.simulator.exchange import Mailbox, Process
from ivr.simulator.grammar import Method
from ivr.simulator.line import Line
from ivr.simulator.profiles import Profile

Status = Literal[
    "queued", "initiated", "ringing", "in-progress", "completed", "busy", "no-answer", "failed", "canceled"
]
Direction = Literal["inbound", "outbound-api", "outbound-dial"]
FINAL: frozenset[Status] = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
API_VERSION = "2010-04-01"


def is_phone_number(text: str) -> bool:
    """Tell whether a text is a number in E.164."""
    return re.fullmatch(r"\+[1-9]\d{6,14}", text) is not None


@dataclass(frozen=True, slots=True)
class Address:
    """An address of the app with the method it is called by."""

    url: str
    method: Method = "POST"


@dataclass(frozen=True, slots=True)
class Instructions:
    """What the app wants for a call.

    Attributes:
        voice: Where the first document is; None when it was handed over.
        twiml: The first document itself.
        fallback: Where to turn when a document cannot be had.
        status: Where to tell of the call's progress.
        events: Which steps to tell.
    """

    voice: Address | None = None
    twiml: str = ""
    fallback: Address | None = None
    status: Address | None = None
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error or a warning in the company's log of a call."""

    code: int
    reason: str
    is_fatal: bool = True


@dataclass(slots=True, eq=False)
class Call:
    """A call, running or over.

    Attributes:
        account: The account it belongs to.
        number: The number of ours it belongs to.
        ended_by: Who ended it.
        next_sequence: SequenceNumber of the next progress callback.
        sip_code: How the network ended an outgoing call.
        verdicts: Receives what the handset does while it rings.
        untold: Progress callbacks that are still to be sent.
    """

    sid: str
    account: str
    from_: str
    to: str
    direction: Direction
    line: Line
    instructions: Instructions
    created_at: datetime
    created_s: float
    status: Status = "queued"
    parent_sid: str | None = None
    answered_at: datetime | None = None
    answered_s: float | None = None
    ended_at: datetime | None = None
    ended_s: float | None = None
    ended_by: Literal["hotline", "caller"] | None = None
    queue_ms: int = 0
    ring_s: float = 60.0
    next_sequence: int = 0
    sip_code: int | None = None
    process: Process | None = None
    verdicts: Mailbox[Literal["picked_up", "declined"]] = field(default_factory=Mailbox)
    untold: list[dict[str, str]] = field(default_factory=list)
    errors: list[Trouble] = field(default_factory=list)
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    extras: dict[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended, one way or another."""
        return self.status in FINAL

    @property
    def duration_s(self) -> int:
        """Return the whole seconds from answer to end."""
        if self.answered_s is None or self.ended_s is None:
            return 0
        return round(self.ended_s - self.answered_s)

    def end(self, status: Status, ended_by: Literal["hotline", "caller"], clock: Clock) -> None:
        """Write down that it is over, and how."""
        self.status, self.ended_by = status, ended_by
        self.ended_at, self.ended_s = clock.wall(), clock.now_s()
        self.line.become("ended")
        self.line.note("ended", text=ended_by)

    def fields(self, profile: Profile) -> dict[str, str]:
        """Return the standard set of parameters (fact sheet, section 1.1)."""
        fields = {
            "CallSid": self.sid,
            "AccountSid": self.account,
            "From": self.from_,
            "To": self.to,
            "CallStatus": self.status,
            "ApiVersion": API_VERSION,
            "Direction": self.direction,
        }
        if profile.doubles_numbers:
            fields |= {"Caller": self.from_, "Called": self.to}
        if self.parent_sid is not None:
            fields["ParentCallSid"] = self.parent_sid
        return fields | self.extras


@dataclass(frozen=True, slots=True)
class Answering:
    """How the person at a number answers.

    Attributes:
        manner: What happens when it rings; `by_hand` rings until somebody picks up.
        after_s: Seconds of ringing before.
    """

    manner: Literal["answers", "busy", "unreachable", "by_hand"] = "by_hand"
    after_s: float = 0.0
