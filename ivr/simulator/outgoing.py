"""A call that the app placed: it queues, rings at somebody's handset, and is answered or not."""

from collections.abc import Callable
from typing import Final, Literal

from ivr.simulator.call import Answering, Call, Status
from ivr.simulator.conversation import Conversation
from ivr.simulator.desk import Desk
from ivr.simulator.exchange import next_item, sleep_until
from ivr.simulator.progress import tell_progress
from ivr.simulator.talk import Talk
from ivr.simulator.turns import CallerHungUpError, EndedByAppError, first_step

SET_UP_S: Final = 0.5
OK, NOT_FOUND, BUSY_HERE, REQUEST_TERMINATED = 200, 404, 486, 487


class OutgoingCall:
    """Carries a placed call from the queue to its end."""

    def __init__(self, desk: Desk, call: Call, answering: Callable[[str], Answering]) -> None:
        self._desk = desk
        self._call = call
        self._answering = answering

    async def live(self, starts_s: float) -> None:
        """Wait for the account's turn, ring, talk, and tell the app of every step."""
        try:
            await sleep_until(starts_s)
        except (EndedByAppError, CallerHungUpError):
            self._end("canceled")  # Cancelled while queued: nobody is told (fact sheet, section 1.1).
            return
        outcome = await self._ring()
        if outcome is None:
            await self._talk()
        else:
            self._end(outcome)
        tell_progress(self._desk, self._call, "completed")

    async def _ring(self) -> Status | None:
        try:
            return await self._reach()
        except EndedByAppError:
            return self._failed("canceled", REQUEST_TERMINATED)
        except CallerHungUpError:
            return self._failed("busy", BUSY_HERE)

    async def _reach(self) -> Status | None:
        self._enter("initiated")
        await sleep_until(self._desk.exchange.now_s() + SET_UP_S)
        answering = self._answering(self._call.to)
        if answering.manner == "unreachable":
            return self._failed("failed", NOT_FOUND)
        self._enter("ringing")
        self._call.line.become("ringing", "ringing")
        return await self._wait_for_answer(answering)

    async def _wait_for_answer(self, answering: Answering) -> Status | None:
        now_s = self._desk.exchange.now_s()
        decides_s = now_s + (self._call.ring_s if answering.manner == "by_hand" else answering.after_s)
        verdict = await next_item(self._call.verdicts, min(decides_s, now_s + self._call.ring_s))
        if verdict is None and (answering.manner == "by_hand" or decides_s > now_s + self._call.ring_s):
            return self._failed("no-answer", REQUEST_TERMINATED)
        if verdict == "declined" or (verdict is None and answering.manner == "busy"):
            return self._failed("busy", BUSY_HERE)
        return None

    async def _talk(self) -> None:
        talk = Talk(self._desk, self._call)
        talk.answer()
        self._call.sip_code = OK
        tell_progress(self._desk, self._call, "answered")
        if self._desk.profile.outbound_document_status == "ringing":
            talk.first_status = "ringing"
        await Conversation(talk).live(first_step(self._call.instructions))

    def _enter(self, status: Literal["initiated", "ringing"]) -> None:
        self._call.status = status
        tell_progress(self._desk, self._call, status)

    def _failed(self, status: Status, sip_code: int) -> Status:
        self._call.sip_code = sip_code
        return status

    def _end(self, status: Status) -> None:
        by: Literal["hotline", "caller"] = "caller" if self._call.sip_code == BUSY_HERE else "hotline"
        self._call.end(status, by, self._desk.exchange.clock)
