"""The crew: as many children as there are places, until it is told to stop."""

import os
import select
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def crew(work: str, *, names: str = "['one']", finish_within_s: float = 5) -> Iterator[subprocess.Popen[str]]:
    """Run a crew in a process of its own; its children do `work`."""
    body = textwrap.indent(textwrap.dedent(work), "    ")
    code = (
        "import os, signal, time\nfrom workers.crew import Crew\n"
        f"def work(name):\n{body}\n"
        f"Crew({names}, work, finish_within_s={finish_within_s}).run()\nprint('over', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], 10)[0], "nothing was said in 10 s"
    return process.stdout.readline().strip()


SAY_PID = "print(name, os.getpid(), flush=True); time.sleep(60)"


def test_there_is_a_child_for_every_place() -> None:
    with crew("os.write(1, name.encode() + b'\\n'); time.sleep(60)", names="['a', 'b', 'b']") as process:
        assert process.stdout is not None
        assert sorted(process.stdout.readline().strip() for _ in range(3)) == ["a", "b", "b"]


def test_a_child_that_is_killed_is_followed_by_another() -> None:
    with crew(SAY_PID) as process:
        first = int(line(process).split()[1])
        os.kill(first, signal.SIGKILL)
        assert "worker_ended" in line(process)
        assert int(line(process).split()[1]) != first


def test_a_child_may_finish_what_it_has_in_hand() -> None:
    work = """
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    print("busy", flush=True)
    while not asked:
        signal.pause()
    time.sleep(0.2); print("finished", flush=True)
    """
    with crew(work) as process:
        assert line(process) == "busy"
        process.terminate()
        assert [line(process), line(process)] == ["finished", "over"]
        assert process.wait(5) == 0


def test_a_child_that_never_finishes_is_killed() -> None:
    work = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    with crew(work, finish_within_s=0.2) as process:
        gone = os.pidfd_open(int(line(process)))
        process.terminate()
        assert process.wait(5) == 0
        assert select.select([gone], [], [], 5)[0]
        os.close(gone)


def test_children_end_when_their_parent_is_killed() -> None:
    with crew(SAY_PID) as process:
        gone = os.pidfd_open(int(line(process).split()[1]))
        process.kill()
        assert select.select([gone], [], [], 5)[0]
        os.close(gone)


def test_an_error_in_a_child_is_told_and_a_new_child_comes() -> None:
    with crew("print('here', flush=True); raise SystemExit(3)") as process:
        assert line(process) == "here"
        assert "worker_ended" in line(process)
        assert line(process) == "here"
