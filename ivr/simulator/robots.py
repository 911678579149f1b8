"""Callers without a person or a thread: they follow a script inside the exchange, a thousand at a time."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ivr.simulator.call import Call
from ivr.simulator.exchange import Mailbox, next_item, sleep_until
from ivr.simulator.scripts import HangUp, Linger, Listen, Move, Press, Speak, StaySilent
from ivr.simulator.sounds import Sound, read_voice

if TYPE_CHECKING:
    from ivr.simulator.company import Company

WAITING = frozenset({"waiting_for_keys", "recording"})


class Robot:
    """One scripted caller.

    Args:
        company: Where she calls.
        think_s: How long she thinks before each key.
    """

    def __init__(self, company: "Company", *, think_s: float = 0.0) -> None:
        self._company = company
        self._think_s = think_s

    def call(self, from_: str, to: str, moves: Sequence[Move]) -> Call:
        """Dial and follow a script; hangs up at its end."""
        voices = {move.file: read_voice(move.file.read_bytes()) for move in moves if isinstance(move, Speak)}
        call = self._company.dial(from_, to)
        self._company.exchange.spawn(self._follow(call, moves, voices))
        return call

    async def _follow(self, call: Call, moves: Sequence[Move], voices: dict[Path, Sound]) -> None:
        call.line.watcher = Mailbox()
        for move in moves:
            if call.is_over:
                break
            await self._make(call, move, voices)
        call.line.watcher = None
        self._company.hang_up(call)

    async def _make(self, call: Call, move: Move, voices: dict[Path, Sound]) -> None:
        line, exchange = call.line, self._company.exchange
        match move:
            case Press(digit):
                await self._until(call, lambda: line.takes_keys)
                await sleep_until(exchange.now_s() + self._think_s)
                line.press(digit)
                await sleep_until(exchange.now_s())
            case Speak(file):
                await self._until(call, lambda: line.state == "recording")
                await sleep_until(line.speak(voices[file]))
            case Listen():
                await self._until(call, lambda: line.state in WAITING)
            case Linger(seconds):
                await sleep_until(exchange.now_s() + seconds)
            case StaySilent():
                said = len(line.heard)
                await self._until(call, lambda: len(line.heard) > said)
            case HangUp():
                self._company.hang_up(call)
                await self._until(call, lambda: False)

    @staticmethod
    async def _until(call: Call, reached: Callable[[], bool]) -> None:
        watcher = call.line.watcher
        while watcher is not None and not reached() and call.line.state != "ended":
            await next_item(watcher)
