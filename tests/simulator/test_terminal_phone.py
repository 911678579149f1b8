"""The terminal phone against a company in true time, over HTTP."""

import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ivr.cli.call import call
from ivr.simulator.company import CompanySettings
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.scripts import HangUp, Linger, Listen, Press, ScriptError, Speak, StaySilent, read_script
from tests.simulator.any_app import CALLER, App, tone

phone = typer.Typer()
phone.command()(call)


@pytest.fixture
def url(settings: CompanySettings, app: App) -> Iterator[str]:
    app.says("/voice/incoming", '<Gather numDigits="1" action="/menu" timeout="1"><Say>One</Say></Gather>')
    app.says("/menu", '<Say>Speak</Say><Record timeout="1" action="/kept"/>')
    app.says("/kept", '<Say>Thank you</Say><Gather timeout="30"/>')
    company = OpenCompany(settings)
    with company.serving() as url:
        yield url


@pytest.fixture
def voice(tmp_path: Path) -> Path:
    file = tmp_path / "voice.wav"
    file.write_bytes(tone(0.3))
    return file


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(phone, arguments)
    return result.exit_code, result.output


def test_a_script_is_followed_to_its_end(app: App, url: str, voice: Path) -> None:
    status, log = run("--simulator", url, "--script", f"1 record:{voice} wait", "--expect", "thank you")
    said = [line.strip().split("  ", 1)[1] for line in log.splitlines()]

    assert (status, said) == (
        0,
        [
            "dialling",
            "ringing",
            "answered",
            "hotline: One",
            "you press 1",
            "hotline: Speak",
            "beep: the hotline records, speak now",
            said[7],
            "hotline: Thank you",
            "the hotline waits for a key",
            "the call ends, by the caller",
        ],
    )
    assert said[7].startswith("the recording ends after 1.")
    assert app.asked("/voice/incoming")[0].form["From"] == CALLER


def test_by_hand_keys_count_at_once_and_ctrl_c_hangs_up(url: str, voice: Path) -> None:
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-c", "import typer, ivr.cli.call as c; typer.run(c.call)", "--simulator", url]
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        screen = iter(process.stdout.readline, "")

        def read_until(words: str) -> None:
            assert any(words in line for line in screen), words

        read_until("hotline: One")
        os.write(keyboard, b"1")
        read_until("beep")
        os.write(keyboard, f"/speak {voice}\n".encode())
        read_until("Thank you")
        process.send_signal(signal.SIGINT)
        read_until("the call ends, by the caller")
    os.close(keyboard)
    os.close(terminal)

    assert process.returncode == 0


def test_words_that_were_not_heard_are_a_failure(url: str) -> None:
    status, log = run("--simulator", url, "--script", "wait hangup", "--expect", "goodbye")

    assert status == 1
    assert "Not heard: goodbye" in log


def test_a_call_that_ends_before_the_script_is_a_failure(app: App, url: str) -> None:
    app.says("/menu", "<Hangup/>")

    status, log = run("--simulator", url, "--script", "1 2", "--turns")

    assert status == 1
    assert "The call ended before a key could be pressed." in log
    assert "turn /menu  200" in log


def test_silence_waits_for_something_new(app: App, url: str) -> None:
    app.says("/voice/incoming", '<Gather timeout="1"><Say>One</Say></Gather><Say>Still there?</Say>')

    status, log = run("--simulator", url, "--script", "wait silent", "--expect", "still there")

    assert (status, "Still there?" in log) == (0, True)


def test_without_a_company_it_says_how_to_start_one() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        status, log = run("--simulator", f"http://127.0.0.1:{free.getsockname()[1]}", "--script", "1")

    assert status == 2
    assert "peerline demo" in log


def test_a_number_that_is_not_there_is_said(url: str) -> None:
    status, log = run("--simulator", url, "--script", "1", "--to", "+12025550199")

    assert (status, log) == (1, "No such number here.\n")


def test_every_word_of_a_script_is_a_move(voice: Path) -> None:
    moves = read_script(f"12 # wait wait:2.5 silent record:{voice} hangup")

    assert moves == (
        Press("1"),
        Press("2"),
        Press("#"),
        Listen(),
        Linger(2.5),
        StaySilent(),
        Speak(voice),
        HangUp(),
    )


@pytest.mark.parametrize("text", ["jump", "record:/nowhere.wav", "wait:x"])
def test_a_word_without_meaning_is_refused(text: str) -> None:
    with pytest.raises(ScriptError):
        read_script(text)
