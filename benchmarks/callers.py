"""Many callers at once, a process of its own: each goes through whole calls and thinks before every key.

`python -m benchmarks.callers` reads a crowd and says how long its turns took.
"""

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks import webhooks
from benchmarks.programs import ROOT
from benchmarks.wire import Answer, Connection

CONNECTIONS = 64
GRACE_S = 60.0
CALLBACK_AFTER_S = (0.5, 2.0)
_ACTION = re.compile(rb'<(Gather|Record)[^>]* action="([^"]+)"')
_CALLBACK = re.compile(rb'recordingStatusCallback="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who calls, and for how long.

    Attributes:
        bind: HOST:PORT of the web service.
        callers: Calls in progress at any moment; who hangs up dials again.
        think_s: The least and the most that a caller thinks before a turn.
        warm_up_s: Within this time the first calls are dialled and brought to a step by chance.
        seconds: How long turns are measured after that.
        pin_every: Every so many callers choose a PIN, which costs the line a slow hash.
    """

    bind: str
    callers: int
    think_s: tuple[float, float]
    warm_up_s: float
    seconds: float
    pin_every: int = 4


@dataclass(slots=True)
class Saw:
    """What the crowd saw.

    Attributes:
        waits_ms: Of every turn in the measured time, from when it was sent or waited for a free connection.
        pin_waits_ms: Of those, the turns in which a PIN was hashed.
        wrong: Turns that were answered with another step than the caller expected, by that step.
        calls: Whole calls that came to their end.
    """

    waits_ms: list[float] = field(default_factory=list)
    pin_waits_ms: list[float] = field(default_factory=list)
    wrong: dict[str, int] = field(default_factory=dict)
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """One turn of a script: what she presses, and the step that the line must go to."""

    digits: str
    step: str


TO_THE_TONE = (Key("1", "main_menu"), Key("2", "consent"), Key("1", "record"))
WITH_PIN = (Key("1", "pin"), Key("2580", "pin_again"), Key("2580", "wish"))
"""A PIN is refused if it is one that everybody chooses; this one must be taken."""
HASHED = "wish"


def gather(crowd: Crowd) -> Saw:
    """Let a crowd call, in another process; returns what it saw."""
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.callers"],
        input=json.dumps(asdict(crowd)).encode(),
        stdout=subprocess.PIPE,
        timeout=crowd.warm_up_s + crowd.seconds + GRACE_S,
        check=True,
        cwd=ROOT,
    ).stdout
    return Saw(**json.loads(said))


class _Exchange:
    """The connections of the crowd, and the clock that says what counts."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.saw = Saw()
        self._free: asyncio.Queue[Connection] = asyncio.Queue()
        self._counts_from = time.perf_counter() + crowd.warm_up_s

    async def connect(self) -> None:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await Connection.to(self.crowd.bind))

    def is_warming_up(self) -> bool:
        return time.perf_counter() < self._counts_from

    def is_over(self) -> bool:
        return time.perf_counter() > self._counts_from + self.crowd.seconds

    async def post(self, path: str, form: dict[str, str], *, hashes: bool = False) -> Answer:
        """Send one webhook and note how long it took."""
        request = webhooks.request(self.crowd.bind, path, form)
        began = time.perf_counter()
        async with self._connection() as connection:
            answer = await connection.ask(request)
        if not self.is_warming_up() and not self.is_over():
            self.saw.waits_ms.append((time.perf_counter() - began) * 1000)
            if hashes:
                self.saw.pin_waits_ms.append(self.saw.waits_ms[-1])
        return answer

    def note_wrong(self, expected: str) -> None:
        self.saw.wrong[expected] = self.saw.wrong.get(expected, 0) + 1

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await self._free.get()
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)


class _WrongTurnError(Exception):
    """The line did something else than the caller expected."""


class _Caller:
    """One caller, who dials again and again."""

    def __init__(self, exchange: _Exchange, number: int) -> None:
        self._exchange = exchange
        self._chance = random.Random(number)
        self._chooses_pin = number % exchange.crowd.pin_every == 0
        self._hurried = self._chance.randrange(12)
        """So many turns of the first call are taken at once, so that not all calls stand at the same step."""
        self._call_sid = ""
        self._path = ""

    async def live(self) -> None:
        """Call until the time is over."""
        await asyncio.sleep(self._chance.uniform(0, self._exchange.crowd.warm_up_s * 0.7))
        while not self._exchange.is_over():
            try:
                await self._call()
            except _WrongTurnError as error:
                self._exchange.note_wrong(str(error))
            except ConnectionError:
                self._exchange.note_wrong("connection")

    async def _call(self) -> None:
        self._call_sid = f"CA{uuid4().hex}"
        await self._think()
        self._path = "/voice/incoming"
        await self._turn(webhooks.form(self._call_sid), "welcome")
        for key in TO_THE_TONE:
            document = await self._press(key)
        await self._speak(document)
        await self._press(Key("1", "kind"))
        await self._press(Key("1", "case_menu"))
        for key in (
            WITH_PIN if self._chooses_pin else (Key("1", "pin"), Key("*", "pin_skip"), Key("2", "pin_skip"))
        ):
            await self._press(key)
        await self._hang_up()

    async def _press(self, key: Key) -> bytes:
        await self._think()
        form = webhooks.pressed(self._call_sid, key.digits)
        return await self._turn(form, key.step, hashes=key.step == HASHED)

    async def _speak(self, document: bytes) -> None:
        """End the recording; word that it is ready comes on another way, a little later."""
        callback = _path_of(_CALLBACK.search(document), 1)
        await self._think()
        sid = f"RE{uuid4().hex}"
        await self._turn(webhooks.recorded(self._call_sid, sid), "review")
        await asyncio.sleep(0 if self._exchange.is_warming_up() else self._chance.uniform(*CALLBACK_AFTER_S))
        await self._tell(callback, webhooks.recorded(self._call_sid, sid))

    async def _hang_up(self) -> None:
        await self._think()
        await self._tell("/voice/status", webhooks.form(self._call_sid) | {"CallStatus": "completed"})
        self._exchange.saw.calls += 1

    async def _turn(self, form: dict[str, str], step: str, *, hashes: bool = False) -> bytes:
        answer = await self._exchange.post(self._path, form, hashes=hashes)
        self._path = _path_of(_ACTION.search(answer.body), 2)
        if answer.status != 200 or f"/{step}?" not in self._path:
            raise _WrongTurnError(step)
        return answer.body

    async def _tell(self, path: str, form: dict[str, str]) -> None:
        if (await self._exchange.post(path, form)).status != 204:
            raise _WrongTurnError(path.split("/")[2])

    async def _think(self) -> None:
        self._hurried -= 1
        if self._hurried < 0:
            await asyncio.sleep(self._chance.uniform(*self._exchange.crowd.think_s))


def _path_of(found: re.Match[bytes] | None, group: int) -> str:
    if found is None:
        return ""
    parts = urlsplit(unescape(found.group(group).decode()))
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


async def _call_all(crowd: Crowd) -> Saw:
    exchange = _Exchange(crowd)
    await exchange.connect()
    lives = [asyncio.create_task(_Caller(exchange, number).live()) for number in range(crowd.callers)]
    await asyncio.sleep(crowd.warm_up_s + crowd.seconds)
    for life in lives:
        life.cancel()
    ends = await asyncio.gather(*lives, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            exchange.note_wrong(type(end).__name__)
    return exchange.saw


def main() -> int:
    """Read a crowd, let it call, and write what it saw."""
    given = json.load(sys.stdin)
    given["think_s"] = tuple(given["think_s"])
    json.dump(asdict(asyncio.run(_call_all(Crowd(**given)))), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
