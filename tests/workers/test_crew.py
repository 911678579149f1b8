"""The crew: as many children as there are places, until it is told to stop."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.processes.endings import has_ended
from tests.processes.spoken import Spoken

ROOT = Path(__file__).parents[2]


class RunningCrew:
    """A crew in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.says = Spoken(process.stdout)


@contextmanager
def crew(work: str, *, names: str = "['one']", finish_within_s: float = 5) -> Iterator[RunningCrew]:
    """Run a crew whose children do `work`."""
    body = textwrap.indent(textwrap.dedent(work), "    ")
    code = (
        "import os, signal, time\nfrom workers.crew import Crew\n"
        f"def work(name):\n{body}\n"
        f"Crew({names}, work, finish_within_s={finish_within_s}).run()\nprint('over', flush=True)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        yield RunningCrew(process)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


SAY_PID = "print(name, os.getpid(), flush=True); time.sleep(60)"


def test_there_is_a_child_for_every_place() -> None:
    with crew("os.write(1, name.encode() + b'\\n'); time.sleep(60)", names="['a', 'b', 'b']") as running:
        assert sorted(running.says.line() for _ in range(3)) == ["a", "b", "b"]


def test_a_child_that_is_killed_is_followed_by_another() -> None:
    with crew(SAY_PID) as running:
        first = int(running.says.line().split()[1])
        os.kill(first, signal.SIGKILL)
        assert "worker_ended" in running.says.line()
        assert int(running.says.line().split()[1]) != first


def test_a_child_may_finish_what_it_has_in_hand() -> None:
    work = """
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    print("busy", flush=True)
    while not asked:
        signal.pause()
    time.sleep(0.2); print("finished", flush=True)
    """
    with crew(work) as running:
        assert running.says.line() == "busy"
        running.process.terminate()
        assert [running.says.line(), running.says.line()] == ["finished", "over"]
        assert running.process.wait(5) == 0


def test_a_child_that_never_finishes_is_killed() -> None:
    work = "signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    with crew(work, finish_within_s=0.2) as running:
        child = int(running.says.line())
        running.process.terminate()
        assert running.process.wait(5) == 0
        assert has_ended(child)


def test_children_end_when_their_parent_is_killed() -> None:
    with crew(SAY_PID) as running:
        child = int(running.says.line().split()[1])
        running.process.kill()
        assert has_ended(child)


def test_an_error_in_a_child_is_told_and_a_new_child_comes() -> None:
    with crew("print('here', flush=True); raise SystemExit(3)") as running:
        assert running.says.line() == "here"
        assert "worker_ended" in running.says.line()
        assert running.says.line() == "here"
