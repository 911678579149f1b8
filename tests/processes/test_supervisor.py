"""The supervisor with real programs: started in order, watched, and ended together."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from ivr.processes import supervisor as supervising
from ivr.processes.program import Program
from ivr.processes.supervisor import Supervisor
from tests.processes.endings import has_ended

ROOT = Path(__file__).parents[2]


def python(name: str, code: str, **options: object) -> Program:
    return Program(name, (sys.executable, "-u", "-c", textwrap.dedent(code)), **options)  # type: ignore[arg-type]


class Heard:
    """Remembers lines, and asks the supervisor to stop at the line a test waits for."""

    def __init__(self, stop_at: tuple[str, str] | None = None) -> None:
        self.lines: list[tuple[str, str]] = []
        self._stop_at = stop_at

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))
        if self._stop_at and name == self._stop_at[0] and self._stop_at[1] in line:
            os.kill(os.getpid(), signal.SIGTERM)

    def of(self, name: str) -> list[str]:
        return [line for who, line in self.lines if who == name]


def stop() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_lines_carry_the_name_of_their_program_and_a_stop_is_a_success() -> None:
    heard = Heard(stop_at=("two", "hello"))
    programs = [
        python("one", "import time; print('one is here'); time.sleep(60)"),
        python("two", "import time; print('hello'); time.sleep(60)"),
    ]

    assert Supervisor(programs, heard).run() == 0
    assert "hello" in heard.of("two")


def test_a_program_starts_only_when_what_it_needs_is_ready_and_ends_before_it(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    base = python(
        "base",
        f"""
        import signal, sys, time, pathlib
        signal.signal(signal.SIGTERM, lambda *_: (print("base ends"), sys.exit(0)))
        time.sleep(0.2); pathlib.Path({str(ready)!r}).touch(); time.sleep(60)
        """,
        is_ready=ready.exists,
    )
    user = python(
        "user",
        f"""
        import signal, sys, time, pathlib
        signal.signal(signal.SIGTERM, lambda *_: (print("user ends"), sys.exit(0)))
        print(pathlib.Path({str(ready)!r}).exists()); time.sleep(60)
        """,
        after=("base",),
    )
    heard = Heard(stop_at=("user", "True"))

    assert Supervisor([base, user], heard).run() == 0
    assert [line for _, line in heard.lines] == ["True", "user ends", "base ends"]


def test_a_program_that_dies_is_started_again(tmp_path: Path) -> None:
    mark = tmp_path / "first"
    code = f"""
    import os, pathlib, signal, time
    if not pathlib.Path({str(mark)!r}).exists():
        pathlib.Path({str(mark)!r}).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    print("back again"); time.sleep(60)
    """
    heard = Heard(stop_at=("shaky", "back again"))

    assert Supervisor([python("shaky", code)], heard).run() == 0
    assert heard.of("shaky")[0] == "ended by itself (killed by SIGKILL); starting it again in 0.5 s"


def test_a_program_that_never_gets_ready_stops_everything_and_says_why() -> None:
    heard = Heard()
    programs = [
        python("web", "import sys; sys.exit('port 8080 is taken')", is_ready=lambda: False, quiet=True),
        python("worker", "import time; time.sleep(60)"),
    ]

    assert Supervisor(programs, heard).run() == 1
    assert "port 8080 is taken" in heard.of("web")
    assert heard.of("web")[-1] == "could not be started in 3 tries (exit status 1); stopping everything"


def test_a_program_that_will_not_end_is_killed_with_all_it_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(supervising, "END_WITHIN_S", 0.3)
    code = """
    import os, signal, subprocess, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    grandchild = subprocess.Popen([sys.executable, "-c",
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"])
    print(os.getpid(), grandchild.pid, flush=True); time.sleep(60)
    """
    heard = Heard(stop_at=("deaf", " "))

    Supervisor([python("deaf", code)], heard).run()

    pids = [int(pid) for pid in heard.of("deaf")[0].split()]
    assert "did not end within 0.3 s; killing it" in heard.of("deaf")
    assert all(has_ended(pid) for pid in pids)


def test_everything_ready_is_said_once() -> None:
    said: list[str] = []
    programs = [python("one", "import time; time.sleep(60)"), python("two", "import time; time.sleep(60)")]

    Supervisor(programs, Heard(), when_ready=lambda: (said.append("ready"), stop())[0]).run()  # type: ignore[func-returns-value]

    assert said == ["ready"]


def test_the_last_words_of_a_program_are_heard_even_without_a_line_end() -> None:
    code = "import sys; sys.stdout.write('a complaint'); sys.exit(3)"
    heard = Heard(stop_at=("short", "exit status 3"))

    Supervisor([python("short", code)], heard).run()

    assert heard.of("short")[0] == "a complaint"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_nothing_outlives_a_supervisor_that_is_killed() -> None:
    code = f"""
    import sys
    from ivr.processes.program import Program
    from ivr.processes.supervisor import Supervisor
    child = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    program = Program("one", ({sys.executable!r}, "-u", "-c", child))
    Supervisor([program], lambda _, line: print(line, flush=True)).run()
    """
    boss = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert boss.stdout is not None
    child = int(boss.stdout.readline())
    boss.kill()
    boss.wait()

    # The pipe closes with its last writer.
    assert boss.stdout.read() == ""
    boss.stdout.close()
    assert has_ended(child)
