"""What carrying out a verb works with: the call, its line, the present document, the way to the app."""

from collections.abc import Mapping
from urllib.parse import urldefrag, urljoin

from ivr.simulator.call import Call, Status, Trouble
from ivr.simulator.desk import Desk
from ivr.simulator.exchange import run_errand, sleep_until
from ivr.simulator.grammar import Method
from ivr.simulator.turns import ImpossibleError, Turn
from ivr.simulator.webhooks import Answered, Asked, deliver_side_by_side


class Talk:
    """One call while it is carried out.

    Attributes:
        base_url: Address of the present document; None when it came without one.
        farewell: A request that is still owed after the caller has gone.
        rejected_as: Final status of a call that was refused.
        was_taken_elsewhere: Whether the present document came by a live update.
        first_status: CallStatus to show in the first request, where a carrier shows another one.
    """

    def __init__(self, desk: Desk, call: Call) -> None:
        self.desk = desk
        self.call = call
        self.line = call.line
        self.base_url: str | None = None
        self.farewell: Turn | None = None
        self.rejected_as: Status | None = None
        self.was_taken_elsewhere = False
        self.first_status: str | None = None

    @property
    def is_answered(self) -> bool:
        """Tell whether somebody has picked up."""
        return self.call.answered_s is not None

    def now_s(self) -> float:
        """Return the present moment of the exchange."""
        return self.desk.exchange.now_s()

    async def rest(self, length_s: float) -> None:
        """Let time pass."""
        await sleep_until(self.now_s() + length_s)

    def answer(self) -> None:
        """Pick up, if that has not happened yet."""
        if self.is_answered:
            return
        self.call.answered_at = self.desk.exchange.clock.wall()
        self.call.answered_s = self.now_s()
        self.call.status = "in-progress"
        self.line.become("busy", "answered")

    def resolve(self, url: str | None, method: Method, fields: Mapping[str, str] | None = None) -> Turn:
        """Return the request for an action; without an address it goes to the present document.

        Raises:
            ImpossibleError: 11100, there is no document address to start from, or this carrier takes none.
        """
        if url and "://" not in url and self.desk.profile.refuses_relative_action:
            raise ImpossibleError(Trouble(11100, "An action must be absolute here."))
        if self.base_url is None and "://" not in (url or ""):
            raise ImpossibleError(
                Trouble(11100, "In a document without address the action must be absolute.")
            )
        base = urldefrag(self.base_url or "").url
        return Turn(urljoin(base, url) if url else base, method, fields or {})

    async def ask(self, turn: Turn) -> Answered:
        """Send a request of this call, as many times as the mischief wants; the last answer counts.

        Raises:
            UndeliveredError: Nothing usable came.
        """
        standard = self.desk.with_extras(self._standard_fields())
        asked = Asked(turn.url, turn.method, {**standard, **turn.fields}, standard, self.call.cookies)
        answered = await self._deliver(asked)
        self.desk.note_webhook(self.call, asked, answered)
        return answered

    async def _deliver(self, asked: Asked) -> Answered:
        courier, mischief = self.desk.courier, self.desk.mischief
        copies = mischief.turn_copies
        if mischief.turns_at_once:
            return (await run_errand(lambda: deliver_side_by_side(courier, asked, copies)))[-1]
        for _ in range(copies - 1):
            await run_errand(lambda: courier.deliver(asked))
        return await run_errand(lambda: courier.deliver(asked))

    def _standard_fields(self) -> dict[str, str]:
        fields = self.call.fields(self.desk.profile)
        if self.first_status is not None:
            fields["CallStatus"], self.first_status = self.first_status, None
        return fields
