"""How soon the demonstration answers a call when it is started again."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import webhooks
from benchmarks.practice import ACCOUNT, HOTLINE, TOKEN, free_bind
from benchmarks.programs import ROOT
from benchmarks.rows import Row, at_most
from benchmarks.wire import Connection

RUNS = 5
ANSWER_WITHIN_S, END_WITHIN_S = 60.0, 30.0
LOOK_EVERY_S = 0.01
DEMO = (sys.executable, "-c", "from ivr.cli import main; main()", "demo")
CALL = "CA" + "2" * 32


class NotAnsweredError(RuntimeError):
    """The demonstration ended, or no call was answered in time."""


def rows(*, runs: int = RUNS) -> list[Row]:
    """Measure the first start and so many others; takes half a minute."""
    folder = Path(tempfile.mkdtemp(prefix="peerline-"))
    try:
        first_s = start_s(folder)
        again_s = tuple(start_s(folder) for _ in range(runs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Row("demonstration started again, until it answers a call", "s", again_s, at_most(5)),
        Row("  started for the first time, everything installed", "s", (first_s,)),
    ]


def start_s(data_dir: Path) -> float:
    """Start the demonstration, call it, end it; return the seconds from its start to its answer."""
    web, phone = free_bind(), free_bind()
    began = time.perf_counter()
    with _demonstration(data_dir, web, phone) as process:
        while not asyncio.run(_is_answered(web)):
            if process.poll() is not None or time.perf_counter() - began > ANSWER_WITHIN_S:
                raise NotAnsweredError
            time.sleep(LOOK_EVERY_S)
        return time.perf_counter() - began


@contextlib.contextmanager
def _demonstration(data_dir: Path, web: str, phone: str) -> Iterator[subprocess.Popen[bytes]]:
    given = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    ours = {
        "PEERLINE_DATA_DIR": str(data_dir),
        "PEERLINE_BIND": web,
        "PEERLINE_SIMULATOR_BIND": phone,
        "PEERLINE_CARRIER_ACCOUNT": ACCOUNT,
        "PEERLINE_CARRIER_TOKEN": TOKEN,
        "PEERLINE_HOTLINE_NUMBER": HOTLINE,
    }
    process = subprocess.Popen(
        DEMO, env={**given, **ours}, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_WITHIN_S)
        process.kill()
        process.wait()


async def _is_answered(web: str) -> bool:
    """Call as the telephone company does; only the words of a first menu count as an answer."""
    try:
        connection = await Connection.to(web)
        answer = await connection.ask(webhooks.request(web, "/voice/incoming", webhooks.form(CALL)))
    except OSError:
        return False
    connection.close()
    return answer.status == 200 and b"<Play>" in answer.body and b"<Gather" in answer.body
