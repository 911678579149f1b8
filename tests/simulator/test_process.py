"""The telephone company as a process of its own."""

import os
import signal
import subprocess
import sys

import httpx
import pytest

from tests.simulator.any_app import ACCOUNT, CALLER, HOTLINE, TOKEN, App

COMMAND = [sys.executable, "-m", "ivr.simulator"]


def environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PEERLINE_")}
    return kept | {f"PEERLINE_{name}": value for name, value in settings.items()}


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_it_calls_the_app_and_ends_when_told_without_naming_anybody(app: App, end: signal.Signals) -> None:
    app.says("/voice/incoming", '<Gather timeout="60"/>')
    settings = environment(
        SIMULATOR_BIND="127.0.0.1:0", CARRIER_ACCOUNT=ACCOUNT, CARRIER_TOKEN=TOKEN, PUBLIC_URL=app.url
    )

    with subprocess.Popen(
        COMMAND, env=settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        address = first.split()[-1].removesuffix("/phone") + "/handsets"
        call = httpx.post(address + "/calls", json={"from": CALLER, "to": HOTLINE}).json()["call"]
        while not app.asked("/voice/incoming"):
            httpx.get(f"{address}/calls/{call}/events", params={"after": 2}, timeout=30.0)
        process.send_signal(end)
        rest = process.stdout.read()

    assert process.returncode == 0
    assert first.startswith("The practice phone is at http://127.0.0.1:")
    assert rest == ""


def test_all_that_is_missing_is_said_at_once() -> None:
    settings = environment(SIMULATOR_BIND="nowhere")
    done = subprocess.run(COMMAND, env=settings, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    for name in ("SIMULATOR_BIND", "CARRIER_ACCOUNT", "CARRIER_TOKEN"):
        assert f"PEERLINE_{name}:" in done.stderr
