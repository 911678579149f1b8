"""What can go wrong on purpose: with callbacks, with recordings, with the carrier's own HTTP."""

import threading
from dataclasses import dataclass, field
from typing import Literal

Channel = Literal["recording", "status", "number_status"]
MediaFault = Literal["empty", "not_audio", "stereo", "48_khz", "hour_long", "truncated"]
ApiFault = Literal["429", "500", "500_but_done", "slow", "down"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a callback reaches the app.

    Attributes:
        copies: How often it is sent; 0 loses it.
        delay_s: How much later than due the first copy comes.
        spacing_s: Time between copies.
        before_action: Copies of a recording callback sent before the action request of Record.
        at_once: Whether the copies go out at the same moment, side by side.
    """

    copies: int = 1
    delay_s: float = 0.0
    spacing_s: float = 0.0
    before_action: int = 0
    at_once: bool = False


@dataclass(slots=True)
class Mischief:
    """All that may be switched on; at rest nothing is.

    Attributes:
        deliveries: Manner of delivery per kind of callback.
        reversed_progress: Progress callbacks of a call arrive in reverse order.
        turn_copies: How often each request for a document is sent; the last answer counts.
        turns_at_once: Those copies are sent side by side instead of one after the other.
        extra_parameter_every: Every how many requests an unknown parameter is added; 0 for never.
        media_missing_s: How much longer than announced the file of a recording is missing.
        media_fault: What the files of recordings are instead of sound.
        keeps_deleted: DELETE of a recording says yes and does nothing.
        silent_recordings: Kept like any other, or dropped so that the next verb runs.
        empty_digits: How an empty Gather is posted; None as the profile does.
        api_faults: What the next requests to the REST server meet, in order.
        api_fault: What every further request meets.
        slow_api_s: How long a slow answer of the REST server takes.
    """

    deliveries: dict[Channel, Delivery] = field(default_factory=dict)
    reversed_progress: bool = False
    turn_copies: int = 1
    turns_at_once: bool = False
    extra_parameter_every: int = 3
    media_missing_s: float = 0.0
    media_fault: MediaFault | None = None
    keeps_deleted: bool = False
    silent_recordings: Literal["kept", "dropped"] = "kept"
    empty_digits: Literal["blank", "missing"] | None = None
    api_faults: list[ApiFault] = field(default_factory=list)
    api_fault: ApiFault | None = None
    slow_api_s: float = 1.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def delivery(self, channel: Channel) -> Delivery:
        """Return how a callback of a kind is delivered."""
        return self.deliveries.get(channel, Delivery())

    def next_api_fault(self) -> ApiFault | None:
        """Return what the next REST request meets, and use it up."""
        with self._lock:
            return self.api_faults.pop(0) if self.api_faults else self.api_fault
