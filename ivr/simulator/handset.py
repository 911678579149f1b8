"""A telephone in somebody's hand, for tests: dial, listen, press, speak, stay silent, hang up."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, Self

from ivr.simulator.call import Answering, Call, Trouble
from ivr.simulator.company import Company
from ivr.simulator.line import BETWEEN_KEYS_S, Event, Heard, State
from ivr.simulator.sounds import read_voice

PATIENCE_S: Final = 3600.0


class WrongMomentError(AssertionError):
    """The line is in no state for what the script does."""

    def __init__(self, wanted: str, state: State) -> None:
        super().__init__(f"Cannot {wanted} now: the line is {state}.")


class HandsetCall:
    """One call, from the side of the person who holds the telephone."""

    def __init__(self, company: Company, call: Call) -> None:
        self._company = company
        self._exchange = company.exchange
        self.call = call
        self.line = call.line

    @property
    def heard(self) -> tuple[Heard, ...]:
        """Return what the hotline has said so far."""
        return self.line.heard

    @property
    def log(self) -> tuple[Event, ...]:
        """Return everything that happened, in order."""
        return tuple(self.line.events)

    @property
    def errors(self) -> tuple[Trouble, ...]:
        """Return what the carrier would show in its debugger: errors and warnings with their codes."""
        return tuple(self.call.errors)

    @property
    def state(self) -> State:
        """Return what the line does."""
        return self.line.state

    @property
    def now_s(self) -> float:
        """Return the seconds since dialling."""
        return self.line.now_s

    @property
    def answered(self) -> bool:
        """Tell whether the hotline picked up."""
        return self.call.answered_s is not None

    @property
    def has_ended(self) -> bool:
        """Tell whether the call is over."""
        return self.line.state == "ended"

    @property
    def ended_by(self) -> Literal["hotline", "caller"] | None:
        """Return who ended it; None while it goes on."""
        return self.call.ended_by

    @property
    def waits(self) -> bool:
        """Tell whether the line waits for her: for keys, for her voice, or for nothing any more."""
        return self.state in {"waiting_for_keys", "recording", "ended"}

    def listen(self) -> Self:
        """Let the hotline speak until it waits for her, beeps, or has ended."""
        return self.wait_until(lambda: self.waits)

    def press(self, digits: str) -> Self:
        """Press keys, now; they barge in where the hotline takes keys."""
        for place, digit in enumerate(digits):
            if self.has_ended:
                raise WrongMomentError("press a key", self.state)
            if place:
                self._company.let_pass(BETWEEN_KEYS_S)
            self.line.press(digit)
            self._exchange.calm_down()
        return self

    def stay_silent(self, seconds: float | None = None) -> Self:
        """Say and press nothing, for some seconds or until the hotline says something new or ends."""
        if seconds is not None:
            self._company.let_pass(seconds)
            return self
        said = len(self.heard)
        return self.wait_until(lambda: len(self.heard) > said or self.has_ended)

    def speak(
        self, wav: bytes | Path, then: Literal["silence", "key", "hang_up"] = "silence", key: str = "#"
    ) -> Self:
        """Speak into the running recording, then be silent, press a key or hang up.

        Raises:
            WrongMomentError: Nothing is being recorded.
        """
        if self.state != "recording":
            raise WrongMomentError("speak", self.state)
        sound = read_voice(wav if isinstance(wav, bytes) else wav.read_bytes())
        said_s = self.line.speak(sound)
        self._exchange.run_until(lambda: self.state != "recording", said_s)
        if then == "hang_up":
            return self.hang_up()
        if then == "key" and self.state == "recording":
            return self.press(key)
        return self.wait_until(lambda: self.state != "recording")

    def hang_up(self) -> Self:
        """End the call."""
        self._company.hang_up(self.call)
        return self.wait_until(lambda: self.has_ended)

    def wait_until(self, reached: Callable[[], bool]) -> Self:
        """Let time pass until something holds, an hour at most.

        Raises:
            AssertionError: It never came to hold.
        """
        if not self._exchange.run_until(reached, self._exchange.now_s() + PATIENCE_S):
            raise WrongMomentError("go on for an hour", self.state)
        return self


class Handset:
    """The telephone of one person."""

    def __init__(self, company: Company, number: str) -> None:
        self._company = company
        self._number = number

    def dial(self, to: str) -> HandsetCall:
        """Call a number; returns when it is answered or refused."""
        held = HandsetCall(self._company, self._company.dial(self._number, to))
        held.wait_until(lambda: held.answered or held.has_ended)
        return held

    def answers(self, after_s: float = 2.0) -> None:
        """Answer every call by itself after some ringing."""
        self._company.answers(self._number, Answering("answers", after_s))

    def is_busy(self) -> None:
        """Be busy for every call."""
        self._company.answers(self._number, Answering("busy", 1.0))

    def is_unreachable(self) -> None:
        """Be out of reach."""
        self._company.answers(self._number, Answering("unreachable"))

    def rings(self) -> bool:
        """Let time pass until it rings here; tell whether it does."""
        return self._company.exchange.run_until(self._is_ringing, self._company.exchange.now_s() + PATIENCE_S)

    def pick_up(self) -> HandsetCall:
        """Wait for it to ring and take the call in the hand."""
        call = self._company.ringing_at(self._number) if self.rings() else None
        if call is None or call.process is None:
            raise WrongMomentError("pick up", "ended")
        call.process.matters = False
        self._company.exchange.post(call.verdicts, "picked_up")
        held = HandsetCall(self._company, call)
        held.wait_until(lambda: held.answered or held.has_ended)
        return held

    def decline(self) -> None:
        """Wait for it to ring and refuse."""
        call = self._company.ringing_at(self._number) if self.rings() else None
        if call is None:
            raise WrongMomentError("decline", "ended")
        self._company.exchange.post(call.verdicts, "declined")
        self._company.exchange.run_until(lambda: call.is_over)

    def _is_ringing(self) -> bool:
        return self._company.ringing_at(self._number) is not None
