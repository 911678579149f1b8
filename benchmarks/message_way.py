"""From hanging up to a transcript that can be read, beyond the decoding itself, when many hang up at once."""

import asyncio
import contextlib
import os
import statistics
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rq import Worker
from sqlalchemy import select

from benchmarks import programs, webhooks
from benchmarks.practice import Practice, free_bind, opened, practice
from benchmarks.recordings_server import SAMPLES, recording_sid
from benchmarks.rows import Row, at_most, percentile
from benchmarks.wire import Connection
from ivr.addresses import redis_url
from ivr.persistence.tables import messages
from ivr.processes.line import CLOCK, WORKER, answers_at
from ivr.queue import connect
from ivr.settings import Settings
from transcription.audio import Recording, read_recording, tidy
from transcription.models import BUNDLED_MODELS, BUNDLED_NAME
from transcription.recognizer import Recognizer

RUNS, AT_ONCE = 5, 20
LONGEST_S = 60.0
LOOK_EVERY_S = 0.01
STEP, TURN = "record", 6


@dataclass(frozen=True, slots=True)
class Round:
    """Messages that came in at once, each list in the order of their ends.

    Attributes:
        waited_s: From hanging up until the row of a message says that its transcript is ready.
        decoding_s: When the recogniser alone has its words, with the same sounds at hand and all cores.
    """

    waited_s: tuple[float, ...]
    decoding_s: tuple[float, ...]

    @property
    def beyond_s(self) -> list[float]:
        """How much later than by decoding alone the first, the second, ... transcript can be read."""
        return [waited - decoded for waited, decoded in zip(self.waited_s, self.decoding_s, strict=True)]


class NotTranscribedError(RuntimeError):
    """A message had no transcript in time."""


def rows(*, runs: int = RUNS, at_once: int = AT_ONCE) -> list[Row]:
    """Measure with everything real but the telephone company's shelf; takes about a minute."""
    recognizer, shelf = Recognizer.load(BUNDLED_MODELS / BUNDLED_NAME), free_bind()
    with practice(carrier_api_url=f"http://{shelf}") as line, _everything(line, shelf):
        _hang_up_together(line, 2)
        seen = [
            Round(tuple(sorted(_hang_up_together(line, at_once))), decoded_alone(recognizer, at_once))
            for _ in range(runs)
        ]
    return _rows(f"hang-up to transcript beyond decoding, {at_once} at once", seen)


def decoded_alone(recognizer: Recognizer, count: int) -> tuple[float, ...]:
    """Decode as many sounds with a process on each core; returns after how many seconds each was done."""
    recordings = [tidy(read_recording(SAMPLES[at % len(SAMPLES)].read_bytes())) for at in range(count)]
    orders, order = os.pipe()
    words, word = os.pipe()
    os.write(order, bytes(range(count)))
    os.close(order)
    began = time.perf_counter()
    children = [_decoder(recognizer, recordings, orders, word) for _ in range(os.cpu_count() or 1)]
    for handle in (orders, word):
        os.close(handle)
    with os.fdopen(words, "rb") as answers:
        said = answers.read()
    for child in children:
        os.waitpid(child, 0)
    return tuple(sorted(moment - began for (moment,) in struct.iter_unpack("d", said)))


def _decoder(recognizer: Recognizer, recordings: list[Recording], orders: int, word: int) -> int:
    """Fork a process that takes one order after the other and says when each was done; returns its id."""
    child = os.fork()
    if child == 0:
        try:
            while order := os.read(orders, 1):
                recognizer.transcribe(recordings[order[0]], longest_s=LONGEST_S)
                os.write(word, struct.pack("d", time.perf_counter()))
        finally:
            os._exit(0)
    return child


@contextlib.contextmanager
def _everything(line: Practice, shelf: str) -> Iterator[None]:
    """Run Redis, web, worker and clock as `peerline up` does, and the shelf."""
    settings, environment = line.settings, programs.environment_of(line.settings)
    carrier = (sys.executable, "-m", "benchmarks.recordings_server", shelf)
    with (
        programs.running(carrier, environment, answers_at(shelf)),
        programs.redis(settings),
        programs.web(settings),
        programs.running(WORKER, environment, lambda: _has_workers(settings)),
        programs.running(CLOCK, environment, lambda: True),
    ):
        yield


def _has_workers(settings: Settings) -> bool:
    with contextlib.closing(connect(redis_url(settings))) as connection:
        return int(Worker.count(connection=connection)) >= 1 + (os.cpu_count() or 1)


def _hang_up_together(line: Practice, count: int) -> list[float]:
    """Let so many callers hang up at once; returns how long each transcript was waited for."""
    calls = line.agreed_calls(count)
    sids = [recording_sid(at % len(SAMPLES)) for at in range(count)]
    hung_up = asyncio.run(_hang_up_all(line, dict(zip(sids, calls, strict=True))))
    readable = _await_transcripts(line, set(sids))
    return [readable[sid] - hung_up[sid] for sid in sids]


async def _hang_up_all(line: Practice, calls: dict[str, str]) -> dict[str, float]:
    """Return when each caller hung up."""
    moments = await asyncio.gather(*(_hang_up(line, call, sid) for sid, call in calls.items()))
    return dict(zip(calls, moments, strict=True))


async def _hang_up(line: Practice, call: str, sid: str) -> float:
    """Post what a carrier posts when a caller hangs up while she speaks."""
    connection = await Connection.to(line.settings.bind)
    form = webhooks.recorded(call, sid, ended_by="hangup")
    moment = time.perf_counter()
    for path in (line.turn_path(STEP, TURN), f"/voice/recordings/{line.hotline.id}"):
        answer = await connection.ask(webhooks.request(line.settings.bind, path, form))
        if answer.status not in {200, 204}:
            raise NotTranscribedError(f"a webhook was answered {answer.status}")
    connection.close()
    return moment


def _await_transcripts(line: Practice, sids: set[str]) -> dict[str, float]:
    """Return when each message was seen to be readable.

    Raises:
        NotTranscribedError: one was not within a minute, or will never be.
    """
    readable: dict[str, float] = {}
    deadline = time.perf_counter() + LONGEST_S
    with opened(line.settings) as station:
        while sids - readable.keys():
            with station.database.read() as work:
                found = work.connection.execute(
                    select(messages.c.recording_sid, messages.c.transcript_state).where(
                        messages.c.recording_sid.in_(sids - readable.keys()),
                        messages.c.transcript_state != "waiting",
                    )
                ).all()
            now = time.perf_counter()
            if now > deadline or any(row.transcript_state != "ready" for row in found):
                raise NotTranscribedError(f"{len(readable)} of {len(sids)} messages can be read")
            readable |= dict.fromkeys([row.recording_sid for row in found], now)
            time.sleep(LOOK_EVERY_S)
    return readable


def _rows(what: str, seen: list[Round]) -> list[Row]:
    cores = os.cpu_count()
    remark = f"each rank against the same rank of bare decoding on {cores} cores, measured right after it"
    waited = tuple(statistics.median(each.waited_s) for each in seen)
    decoded = tuple(statistics.median(each.decoding_s) for each in seen)
    beyond = [each.beyond_s for each in seen]
    return [
        Row(f"{what}: median", "s", tuple(map(statistics.median, beyond)), at_most(1), remark),
        Row(f"{what}: p95", "s", tuple(percentile(each, 0.95) for each in beyond), at_most(3)),
        Row("  hang-up to transcript, decoding and all: median", "s", waited),
        Row("  bare decoding of the same sounds: median", "s", decoded),
    ]
