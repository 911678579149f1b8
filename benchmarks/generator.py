"""The load generator, a process of its own: reads a plan and says what it saw."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.programs import ROOT
from benchmarks.wire import Connection

GRACE_S = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to send, to whom, and how.

    Attributes:
        bind: HOST:PORT, of this computer.
        requests: Sent in this order; over and over if there is no pace.
        connections: Kept open from the first request to the last.
        seconds: How long to send as fast as answers come; without meaning where there is a pace.
        a_second: Requests a second, even if earlier ones are not answered yet; 0 for no pace.
    """

    bind: str
    requests: tuple[str, ...]
    connections: int
    seconds: float = 0.0
    a_second: float = 0.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a plan.

    Attributes:
        took_s: From the first request to the last answer.
        waits_ms: For every request; with a pace, from the moment when it was due.
        failed: Requests without an answer of status 200 and with something in it.
    """

    took_s: float
    waits_ms: tuple[float, ...]
    failed: int


def generate(plan: Plan) -> Seen:
    """Carry out a plan in another process."""
    longest_s = plan.seconds + (len(plan.requests) / plan.a_second if plan.a_second else 0) + GRACE_S
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.generator"],
        input=json.dumps(asdict(plan)).encode(),
        stdout=subprocess.PIPE,
        timeout=longest_s,
        check=True,
        cwd=ROOT,
    ).stdout
    seen = json.loads(said)
    return Seen(seen["took_s"], tuple(seen["waits_ms"]), seen["failed"])


async def _carry_out(plan: Plan) -> Seen:
    connections = [await Connection.to(plan.bind) for _ in range(plan.connections)]
    requests = [text.encode() for text in plan.requests]
    began = time.perf_counter()
    waits, failed = await (_pace if plan.a_second else _saturate)(plan, connections, requests)
    took_s = time.perf_counter() - began
    for connection in connections:
        connection.close()
    return Seen(took_s, tuple(waits), failed)


Waits = tuple[list[float], int]


async def _saturate(plan: Plan, connections: Sequence[Connection], requests: Sequence[bytes]) -> Waits:
    until = time.perf_counter() + plan.seconds
    many = [_ask_until(until, connection, requests, at) for at, connection in enumerate(connections)]
    parts = await asyncio.gather(*many)
    return [wait for waits, _ in parts for wait in waits], sum(failed for _, failed in parts)


async def _ask_until(until: float, connection: Connection, requests: Sequence[bytes], at: int) -> Waits:
    waits: list[float] = []
    failed = 0
    while (began := time.perf_counter()) < until:
        answer = await connection.ask(requests[at % len(requests)])
        waits.append((time.perf_counter() - began) * 1000)
        failed += answer.status != 200 or not answer.body
        at += 1
    return waits, failed


async def _pace(plan: Plan, connections: Sequence[Connection], requests: Sequence[bytes]) -> Waits:
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in connections:
        free.put_nowait(connection)
    began = time.perf_counter()
    many = [
        asyncio.create_task(_ask_when_due(began + at / plan.a_second, request, free))
        for at, request in enumerate(requests)
    ]
    answered = await asyncio.gather(*many)
    return [wait_ms for wait_ms, _ in answered], sum(not fine for _, fine in answered)


async def _ask_when_due(due: float, request: bytes, free: asyncio.Queue[Connection]) -> tuple[float, bool]:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    connection = await free.get()
    answer = await connection.ask(request)
    free.put_nowait(connection)
    return (time.perf_counter() - due) * 1000, answer.status == 200 and b"<Gather" in answer.body


def main() -> int:
    """Read a plan, carry it out, and write what was seen."""
    plan = Plan(**json.load(sys.stdin))
    json.dump(asdict(asyncio.run(_carry_out(plan))), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
