"""The demonstration: its settings, and the whole of it as processes from start to Ctrl-C."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from ivr.cli import processes
from ivr.processes.alone import AlreadyRunningError, alone
from ivr.processes.demo import RealCarrierError, as_settings, settings_for_demo
from ivr.processes.line import PortTakenError, answers_at, check_port
from ivr.settings import Settings
from tests.processes.endings import has_ended
from tests.processes.spoken import Spoken

ROOT = Path(__file__).parents[2]


def free_bind() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


def test_with_nothing_set_the_demonstration_invents_what_it_needs(tmp_path: Path) -> None:
    environment = settings_for_demo({"PEERLINE_DATA_DIR": str(tmp_path)})

    settings = Settings.load(**as_settings(environment))
    assert settings.carrier == "simulator"
    assert settings.carrier_api_url == "http://127.0.0.1:8081"
    assert settings.resolved_public_url == "http://127.0.0.1:8080"


def test_the_key_of_the_demonstration_is_drawn_once_and_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "master.key"

    settings_for_demo({"PEERLINE_DATA_DIR": str(tmp_path)})
    key = file.read_text()
    settings_for_demo({"PEERLINE_DATA_DIR": str(tmp_path)})

    assert file.read_text() == key
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_is_set_is_used(tmp_path: Path) -> None:
    given = {
        "PEERLINE_BIND": "127.0.0.1:9000",
        "PEERLINE_HOTLINE_NUMBER": "+12025550199",
        "PEERLINE_MASTER_KEY": "bm90IGEga2V5",
        "PEERLINE_DATA_DIR": str(tmp_path),
    }

    environment = settings_for_demo(given)

    assert environment["PEERLINE_PUBLIC_URL"] == "http://127.0.0.1:9000"
    assert environment["PEERLINE_HOTLINE_NUMBER"] == "+12025550199"
    assert not (tmp_path / "master.key").exists()


def test_with_another_port_the_console_and_the_terminal_find_the_practice_company(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {"PEERLINE_SIMULATOR_BIND": "127.0.0.1:9001", "PEERLINE_DATA_DIR": str(tmp_path)}
    environment = settings_for_demo(given)
    processes._tell_demo(Settings.load(**as_settings(environment)), "demo", "invented")
    said = capsys.readouterr().out

    assert environment["PEERLINE_SIMULATOR_URL"] == "http://127.0.0.1:9001"
    assert "http://127.0.0.1:9001/phone" in said
    assert "call --simulator http://127.0.0.1:9001\n" in said


def test_with_the_usual_port_the_line_is_called_without_an_address(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = settings_for_demo({"PEERLINE_DATA_DIR": str(tmp_path)})
    processes._tell_demo(Settings.load(**as_settings(environment)), "demo", "invented")
    said = capsys.readouterr().out

    assert " call\n" in said
    assert "--simulator" not in said


def test_the_demonstration_never_runs_with_a_real_telephone_company() -> None:
    with pytest.raises(RealCarrierError, match="PEERLINE_CARRIER is twilio"):
        settings_for_demo({"PEERLINE_CARRIER": "twilio"})


def test_a_data_folder_has_one_supervisor_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(AlreadyRunningError, match="runs already"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass


def test_a_taken_port_is_said_with_the_setting_to_change() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        bind = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(PortTakenError, match=f"another program uses {bind}.*PEERLINE_BIND"):
            check_port(bind, "PEERLINE_BIND")
        # It listens, but nobody answers there.
        assert not answers_at(bind)()


class RunningDemo:
    """`peerline demo` as a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], web: str, phone: str) -> None:
        self.process = process
        self.web = web
        self.says = Spoken(process.stdout)
        self.phone = phone

    def dial(self) -> list[str]:
        """Call the line; return what is heard until the first words."""
        body = json.dumps({"from": "+12025550150", "to": "+12025550123"}).encode()
        call = self._ask("/handsets/calls", body)["call"]
        seen = 0
        heard: list[str] = []
        while not heard:
            events = self._ask(f"/handsets/calls/{call}/events?after={seen}")["events"]
            seen = max([seen, *(int(event["n"]) for event in events)])
            heard = [event["text"] for event in events if event["kind"] == "playing"]
            assert all(event["kind"] != "ended" for event in events), events
        return heard

    def wait_until_it_answers(self, within_s: float = 15) -> None:
        deadline = time.monotonic() + within_s
        while not (answers_at(self.web)() and answers_at(self.phone)()):
            assert time.monotonic() < deadline, self.says.all
            time.sleep(0.05)

    def _ask(self, path: str, body: bytes | None = None) -> dict[str, list[dict[str, str]]]:
        request = urllib.request.Request(
            f"http://{self.phone}{path}", data=body, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=25) as answer:
            found: dict[str, list[dict[str, str]]] = json.load(answer)
        return found


@contextmanager
def running_demo(data_dir: Path) -> Iterator[RunningDemo]:
    web, phone = free_bind(), free_bind()
    given = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    ours = {
        "PEERLINE_DATA_DIR": str(data_dir),
        "PEERLINE_BIND": web,
        "PEERLINE_SIMULATOR_BIND": phone,
        "PYTHONUNBUFFERED": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-c", "from ivr.cli import main; main()", "demo"],
        env={**given, **ours},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=ROOT,
    )
    try:
        yield RunningDemo(process, web, phone)
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def children_of(pid: int) -> list[int]:
    found = []
    for stat_file in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat_file.read_text()
        except OSError:
            continue
        if int(text.rsplit(")", 1)[1].split()[1]) == pid:
            child = int(stat_file.parent.name)
            found += [child, *children_of(child)]
    return found


def is_running(pid: int, program: str, parent: int) -> bool:
    """Tell whether a process is this program itself, not a child of it."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    of_parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1]) == parent
    return of_parent and program in words


@pytest.mark.whole
@pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
def test_the_demonstration_answers_a_call_and_ctrl_c_ends_all_of_it(tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        demo.says.wait_for("Ctrl-C ends all of it.")
        assert demo.dial()[0].startswith("Hello")
        family = children_of(demo.process.pid)

        demo.process.send_signal(signal.SIGINT)

        assert demo.process.wait(10) == 0
        assert len(family) >= 8
        assert all(has_ended(pid) for pid in family)


@pytest.mark.whole
@pytest.mark.parametrize("program", ["ivr.processes.web_server", "valkey-server"])
def test_a_program_that_is_killed_comes_back_and_the_line_answers(tmp_path: Path, program: str) -> None:
    with running_demo(tmp_path) as demo:
        demo.says.wait_for("Ctrl-C ends all of it.")
        (victim,) = [
            pid for pid in children_of(demo.process.pid) if is_running(pid, program, demo.process.pid)
        ]

        os.kill(victim, signal.SIGKILL)

        demo.says.wait_for("ended by itself (killed by SIGKILL)")
        demo.wait_until_it_answers()
        assert demo.dial()[0].startswith("Hello")


@pytest.mark.whole
def test_a_second_demonstration_on_the_same_folder_says_why_not(tmp_path: Path) -> None:
    with running_demo(tmp_path) as first:
        first.says.wait_for("Ctrl-C ends all of it.")
        with running_demo(tmp_path) as second:
            second.says.wait_for("Peerline runs already on the data folder")
            assert second.process.wait(10) == 1


@pytest.mark.parametrize("command", ["up", "serve"])
def test_settings_that_are_wrong_are_said_in_plain_words(tmp_path: Path, command: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    answer = subprocess.run(
        [sys.executable, "-c", "from ivr.cli import main; main()", command],
        env={**bare, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )

    assert answer.returncode == 2
    assert "PEERLINE_CARRIER is not set" in answer.stderr
    assert "Traceback" not in answer.stderr
