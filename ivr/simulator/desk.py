"""What every call needs of the company: its clock, its post, its archive and the callbacks that leave it."""

import itertools
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from urllib.parse import urlsplit

from ivr.simulator.call import Address, Call, Trouble
from ivr.simulator.exchange import Exchange, Life, run_errand, sleep_until
from ivr.simulator.media import MediaShelf
from ivr.simulator.mischief import Channel, Mischief
from ivr.simulator.profiles import Profile
from ivr.simulator.recordings import Recording, whole_seconds
from ivr.simulator.webhooks import Answered, Asked, Courier, UndeliveredError, deliver_side_by_side

FIRST_ERROR_STATUS = 400
CALLBACK_TROUBLE = 15003


@dataclass(slots=True)
class Desk:
    """The company as one call sees it.

    Attributes:
        base_url: Address of the company's own server, without a path.
        media_ready_s: Seconds between the end of a recording and its file being there.
    """

    exchange: Exchange
    profile: Profile
    courier: Courier
    shelf: MediaShelf
    mischief: Mischief
    account: str
    media_ready_s: float
    base_url: str = ""
    recordings: dict[str, Recording] = field(default_factory=dict)
    _requests: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def new_sid(self, prefix: str) -> str:
        """Return a fresh id in the manner of the profile."""
        return str(uuid.uuid4()) if self.profile.ids == "bare" else prefix + secrets.token_hex(16)

    def recording_url(self, sid: str) -> str:
        """Return where the file of a recording can be had, without suffix."""
        return f"{self.base_url}{self.profile.path}/Accounts/{self.account}/Recordings/{sid}"

    def with_extras(self, fields: Mapping[str, str]) -> dict[str, str]:
        """Return a form, now and then with a parameter that nobody announced."""
        every = self.mischief.extra_parameter_every
        is_due = every > 0 and next(self._requests) % every == 0
        return {**fields, "NotYetAnnounced": "1"} if is_due else dict(fields)

    def spawn(self, life: Life) -> None:
        """Start work that `settle` waits for."""
        self.exchange.spawn(life)

    def call_back(self, channel: Channel, call: Call, address: Address, fields: Mapping[str, str]) -> None:
        """Tell the app something later, without waiting for its answer."""
        self.spawn(self.deliver(channel, call, address, fields))

    async def deliver(
        self, channel: Channel, call: Call, address: Address, fields: Mapping[str, str]
    ) -> None:
        """Tell the app something, as often and as late as the mischief wants."""
        manner = self.mischief.delivery(channel)
        asked = Asked(address.url, address.method, self.with_extras(fields), cookies=call.cookies)
        await sleep_until(self.exchange.now_s() + manner.delay_s)
        if manner.at_once:
            await self._tell_at_once(call, asked, manner.copies)
            return
        for copy in range(manner.copies):
            if copy:
                await sleep_until(self.exchange.now_s() + manner.spacing_s)
            await self.tell(call, asked)

    async def tell(self, call: Call, asked: Asked) -> None:
        """Send one callback; a bad answer is only a line in the log of the call."""
        try:
            answered = await run_errand(lambda: self.courier.deliver(asked))
        except UndeliveredError as error:
            note_trouble(call, Trouble(CALLBACK_TROUBLE, str(error), is_fatal=False))
            return
        self.note_webhook(call, asked, answered)
        if answered.status >= FIRST_ERROR_STATUS:
            trouble = Trouble(CALLBACK_TROUBLE, f"A callback was answered {answered.status}.", is_fatal=False)
            note_trouble(call, trouble)

    async def _tell_at_once(self, call: Call, asked: Asked, copies: int) -> None:
        for answered in await run_errand(lambda: deliver_side_by_side(self.courier, asked, copies)):
            self.note_webhook(call, asked, answered)

    @staticmethod
    def note_webhook(call: Call, asked: Asked, answered: Answered) -> None:
        """Write a request to the app into the events of a call."""
        path = urlsplit(asked.url).path
        call.line.note("webhook", path=path, status=answered.status, ms=round(answered.took_ms, 1))

    async def tell_of_recording(self, recording: Recording, call: Call) -> None:
        """Make the file ready after its time and tell the app of it."""
        ready_s = self.exchange.now_s() + self.media_ready_s
        recording.ready_s = ready_s + self.mischief.media_missing_s
        await sleep_until(ready_s)
        recording.status = "completed"
        await self.recording_event("completed", recording, call)

    async def recording_event(self, event: str, recording: Recording, call: Call) -> None:
        """Send a recording callback, if the document asked for that event."""
        wanted = recording.wanted
        if wanted.status_callback and event in wanted.status_events:
            address = Address(wanted.status_callback, wanted.status_method)
            await self.deliver("recording", call, address, self.recording_fields(recording, event))

    async def tell_early(self, recording: Recording, call: Call) -> None:
        """Send the copies of a recording callback that overtake the action request."""
        copies = self.mischief.delivery("recording").before_action
        wanted = recording.wanted
        if not copies or not wanted.status_callback:
            return
        recording.status, recording.ready_s = "completed", self.exchange.now_s()
        fields = self.recording_fields(recording, "completed")
        asked = Asked(wanted.status_callback, wanted.status_method, fields, cookies=call.cookies)
        for _ in range(copies):
            await self.tell(call, replace(asked, fields=self.with_extras(fields)))

    def recording_fields(self, recording: Recording, status: str) -> dict[str, str]:
        """Return what a recording callback says; no From and no To (fact sheet, section 1.1)."""
        return {
            "AccountSid": recording.account,
            "CallSid": recording.call_sid,
            "RecordingSid": recording.sid,
            "RecordingUrl": self.recording_url(recording.sid),
            "RecordingStatus": status,
            "RecordingDuration": str(whole_seconds(recording.kept_s)),
            "RecordingChannels": str(recording.channels),
            "RecordingSource": recording.source,
            "RecordingStartTime": format_datetime(recording.began_at),
            "RecordingTrack": "inbound",
        }


def note_trouble(call: Call, trouble: Trouble) -> None:
    """Write an error or a warning into the log of a call."""
    call.errors.append(trouble)
    call.line.note("error", text=trouble.reason, code=trouble.code)
