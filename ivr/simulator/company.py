"""The telephone company: its numbers, its calls, its recordings, and the moment at which all of it is."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from ivr.simulator.call import Address, Answering, Call, Instructions, Status, is_phone_number
from ivr.simulator.clock import Clock, RealClock
from ivr.simulator.conversation import Conversation
from ivr.simulator.desk import Desk
from ivr.simulator.exchange import Exchange, Process, sleep_until
from ivr.simulator.line import BETWEEN_KEYS_S, Line
from ivr.simulator.media import MediaShelf
from ivr.simulator.mischief import Mischief
from ivr.simulator.outgoing import OutgoingCall
from ivr.simulator.profiles import TWILIO, Profile
from ivr.simulator.progress import tell_of_end
from ivr.simulator.recordings import Recording
from ivr.simulator.talk import Talk
from ivr.simulator.turns import CallerHungUpError, EndedByAppError, TakenElsewhereError, first_step
from ivr.simulator.webhooks import Courier

MEMORY_CALLS: Final = 20_000
MEMORY_RECORDINGS: Final = 2_000
MEMORY_AGE: Final = timedelta(days=1)
SETTLED_WITHIN_S: Final = 6 * 3600.0


class NeverSettledError(AssertionError):
    """Something goes on for hours."""

    def __init__(self) -> None:
        super().__init__("After six hours of virtual time something is still going on.")


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the company that belongs to the app.

    Attributes:
        number: In E.164.
        voice: Where a call to it begins.
        status: Where to tell that a call has ended.
        fallback: Where to turn when a document cannot be had.
        name: What the phone pages call it.
    """

    number: str
    voice: Address
    status: Address | None = None
    fallback: Address | None = None
    name: str = "Hotline"

    @classmethod
    def of_app(cls, number: str, app_url: str, *, name: str = "Hotline") -> "Number":
        """Return a number that is set to the usual addresses below the app's own."""
        voice, status, fallback = (
            Address(f"{app_url.rstrip('/')}/voice/{part}") for part in ("incoming", "status", "fallback")
        )
        return cls(number, voice, status, fallback, name)


@dataclass(frozen=True, slots=True)
class CompanySettings:
    """What a company is set up with.

    Attributes:
        account: The one account it has.
        token: The secret of that account.
        numbers: The numbers of that account.
        signing_key: Signs requests to the app where that is another secret than the token.
        media_ready_s: Seconds from the end of a recording to its file.
        media_needs_credentials: Whether files of recordings are kept from strangers.
        calls_per_s: How many calls may be placed in a second; more wait in a queue.
        hands: Requests to the app that may be under way at once, with the real clock.
    """

    account: str = "AC00000000000000000000000000000000"
    token: str = field(default="a-secret-for-the-desk", repr=False)
    numbers: tuple[Number, ...] = ()
    profile: Profile = TWILIO
    signing_key: str | None = field(default=None, repr=False)
    media_ready_s: float = 1.0
    media_needs_credentials: bool = True
    calls_per_s: float = 1.0
    hands: int = 64


class Company:
    """A telephone company.

    Attributes:
        mischief: What goes wrong on purpose.
        numbers: The numbers it routes to the app, by number.
    """

    def __init__(self, settings: CompanySettings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.mischief = Mischief()
        self.numbers = {number.number: number for number in settings.numbers}
        self.exchange = Exchange(clock or RealClock(), hands=settings.hands)
        courier = Courier(settings.profile, settings.signing_key or settings.token)
        self.desk = Desk(
            exchange=self.exchange,
            profile=settings.profile,
            courier=courier,
            shelf=MediaShelf(courier, self.exchange.clock),
            mischief=self.mischief,
            account=settings.account,
            media_ready_s=settings.media_ready_s,
        )
        self._calls: dict[str, Call] = {}
        self._people: dict[str, Answering] = {}
        self._next_start_s = self.exchange.now_s()

    @property
    def base_url(self) -> str:
        """Return where the company serves, as the app reaches it; empty while it does not serve."""
        return self.desk.base_url

    @property
    def calls(self) -> tuple[Call, ...]:
        """Return the calls the company still knows, oldest first."""
        return tuple(self._calls.values())

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Return the recordings the company still holds a sound of, oldest first."""
        return tuple(recording for recording in self.desk.recordings.values() if recording.sound is not None)

    def own(self, number: Number) -> None:
        """Take a number in, or set it anew."""
        self.numbers[number.number] = number

    def answers(self, number: str, answering: Answering) -> None:
        """Set how somebody answers when called."""
        self._people[number] = answering

    def find(self, sid: str) -> Call | None:
        """Return a call by its id."""
        return self._calls.get(sid)

    def forget(self, call: Call) -> None:
        """Delete a call's record."""
        self._calls.pop(call.sid, None)

    def ringing_at(self, number: str) -> Call | None:
        """Return the call that rings at somebody's telephone."""
        calls = (call for call in self.calls if call.to == number and call.status == "ringing")
        return next((call for call in calls if call.direction != "inbound"), None)

    def dial(self, from_: str, to: str, *, is_held: bool = True) -> Call:
        """Begin a call from a handset to a number of the company.

        Args:
            from_: What the app is told of the caller.
            to: The number dialled.
            is_held: Somebody holds the handset, so `settle` does not run the call to its end.
        """
        number = self.numbers[to]
        wanted = Instructions(voice=number.voice, fallback=number.fallback, status=number.status)
        with self.exchange.changed:
            call = self._new_call(from_, to, "inbound", wanted, "ringing")
            call.line.note("dialling")
            call.process = self.exchange.spawn(self._live_inbound(call), matters=not is_held)
        return call

    def place(self, from_: str, to: str, wanted: Instructions, *, ring_s: float = 60.0) -> Call:
        """Place a call for the app; it queues until the account's turn."""
        with self.exchange.changed:
            now_s = self.exchange.now_s()
            starts_s = max(now_s, self._next_start_s)
            self._next_start_s = starts_s + 1 / self.settings.calls_per_s
            call = self._new_call(from_, to, "outbound-api", wanted, "queued")
            call.ring_s, call.queue_ms = ring_s, round((starts_s - now_s) * 1000)
            outgoing = OutgoingCall(self.desk, call, self._answering_of)
            call.process = self.exchange.spawn(outgoing.live(starts_s))
        return call

    def press(self, call: Call, digits: str) -> Process:
        """Press keys at a handset, with the time a finger needs between them."""
        return self.exchange.spawn(self._press(call, digits), matters=False)

    def hang_up(self, call: Call) -> None:
        """End a call from the handset's side."""
        if call.process is not None and not call.is_over:
            self.exchange.interrupt(call.process, CallerHungUpError())

    def end_for_app(self, call: Call) -> None:
        """End a call because the app asked for it."""
        if call.process is not None and not call.is_over:
            self.exchange.interrupt(call.process, EndedByAppError())

    def take_elsewhere(self, call: Call, wanted: Instructions) -> None:
        """Give a call another document: now, or at its answer.

        Raises:
            DocumentError: A document that is handed over cannot be read.
        """
        step = first_step(wanted)
        if call.process is None or call.is_over:
            return
        if call.answered_s is None and call.direction != "inbound":
            call.instructions = replace(call.instructions, voice=wanted.voice, twiml=wanted.twiml)
        else:
            self.exchange.interrupt(call.process, TakenElsewhereError(step))

    def settle(self, within_s: float = SETTLED_WITHIN_S) -> None:
        """Deliver every callback that is due or pending; with a virtual clock time passes as far as needed.

        Raises:
            NeverSettledError: There is no end to it.
        """
        if not self.exchange.run_until(self.exchange.is_settled, self.exchange.now_s() + within_s):
            raise NeverSettledError

    def let_pass(self, seconds: float) -> None:
        """Let time pass, with all that happens in it."""
        self.exchange.run_until(lambda: False, self.exchange.now_s() + seconds)

    def close(self) -> None:
        """Stop everything that runs."""
        self.exchange.close()
        self.desk.courier.close()

    def _new_call(self, from_: str, to: str, direction: str, wanted: Instructions, status: Status) -> Call:
        self._forget_old()
        sid = self.desk.new_sid("CA")
        clock = self.exchange.clock
        call = Call(
            sid=sid,
            account=self.settings.account,
            from_=from_,
            to=to,
            direction="inbound" if direction == "inbound" else "outbound-api",
            line=Line(self.exchange),
            instructions=wanted,
            created_at=clock.wall(),
            created_s=clock.now_s(),
            status=status,
        )
        self._calls[sid] = call
        return call

    async def _live_inbound(self, call: Call) -> None:
        if self.settings.profile.refuses_anonymous and not is_phone_number(call.from_):
            call.end("failed", "hotline", self.exchange.clock)
            return
        call.line.become("ringing", "ringing")
        await Conversation(Talk(self.desk, call)).live(first_step(call.instructions))
        tell_of_end(self.desk, call)

    async def _press(self, call: Call, digits: str) -> None:
        for place, digit in enumerate(digits):
            if place:
                await sleep_until(self.exchange.now_s() + BETWEEN_KEYS_S)
            if not call.is_over:
                call.line.press(digit)
        # Whoever takes the last key goes first.
        await sleep_until(self.exchange.now_s())

    def _answering_of(self, number: str) -> Answering:
        return self._people.get(number, Answering())

    def _forget_old(self) -> None:
        oldest = self.exchange.clock.wall() - MEMORY_AGE
        for sid, call in list(self._calls.items()):
            if call.created_at > oldest and len(self._calls) < MEMORY_CALLS:
                break
            if call.is_over:
                del self._calls[sid]
        recordings = self.desk.recordings
        for sid, recording in list(recordings.items()):
            if recording.began_at > oldest and len(recordings) < MEMORY_RECORDINGS:
                break
            del recordings[sid]
