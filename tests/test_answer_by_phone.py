"""From the browser of a reviewer to the telephone of a caller: exactly the answer that was spoken."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soxr
from playwright.sync_api import Browser, Page, Playwright, expect
from sqlalchemy import select

from ivr.persistence.tables import replies
from ivr.simulator.handset import HandsetCall
from prompts import levels, riff
from tests.browser import Pages, in_browser, launch
from tests.console.staff_room import PASSWORD
from tests.console.test_answers import as_wav
from tests.earlier_case import PIN, EarlierCase, leave_case, reviewer_of
from tests.practice_line import SPEECH, PracticeLine, practice_line
from transcription import audio

pytestmark = in_browser
SPOKEN = SPEECH / "02-not-paid.wav"
SPOKEN_S = 4
MICROPHONE_HZ = 48_000


@pytest.fixture
def speaking_browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """A browser into whose microphone somebody speaks, again and again."""
    recording = audio.read_recording(SPOKEN.read_bytes())
    said = soxr.resample(recording.samples, recording.sample_rate_hz, MICROPHONE_HZ)
    voice = tmp_path / "voice.wav"
    voice.write_bytes(as_wav(said, MICROPHONE_HZ))
    microphone = f"--use-file-for-fake-audio-capture={voice}"
    browser = launch(
        playwright, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", microphone
    )
    yield browser
    browser.close()


def open_page(line: PracticeLine, pages: Pages, case: EarlierCase) -> Page:
    """Sign the reviewer in and open the case."""
    reviewer_of(line)
    page = pages.open(base_url=line.settings.resolved_public_url)
    page.goto(f"/sign-in?next=/concerns/{case.concern.id}")
    page.get_by_label("Login").fill("hana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Answer").wait_for()
    return page


def call_in(line: PracticeLine, case: EarlierCase) -> HandsetCall:
    call = line.dial().listen().press("1").listen().press("4").listen()
    return call.press(case.number).listen().press(PIN).listen()


def samples(wav: bytes) -> npt.NDArray[np.int16]:
    form, content = riff.samples_of(wav)
    assert form == riff.Form(riff.PCM, 1, 8000, 16)
    return np.frombuffer(content, dtype="<i2")


def test_a_caller_hears_exactly_what_a_reviewer_spoke_into_her_browser(
    tmp_path: Path, sqlite_url: str, speaking_browser: Browser
) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        case, pages = leave_case(line), Pages(speaking_browser)
        page = open_page(line, pages, case)
        page.get_by_role("button", name="Record an answer").click()
        expect(page.locator("meter")).to_be_visible()
        page.wait_for_function("() => document.querySelector('meter').value > 0.2")
        page.wait_for_function(
            "least => Number(document.querySelector('.recorder .clock').textContent[3]) >= least",
            arg=SPOKEN_S,
        )
        page.get_by_role("button", name="Stop and keep as draft").click()
        page.get_by_text("Only you can hear this.").wait_for()
        before = call_in(line, case)
        before.hang_up()
        page.get_by_role("button", name="Let her hear it").click()
        page.get_by_text("One waits for her.").wait_for()
        page.locator(".answers audio").evaluate("audio => { audio.preload = 'metadata'; audio.load(); }")
        page.wait_for_function("() => document.querySelector('.answers audio').duration > 0")
        length_s = float(page.evaluate("() => document.querySelector('.answers audio').duration"))
        call = call_in(line, case)
        page.reload()
        is_heard = page.get_by_text("She heard it first on").is_visible()
        with line.station.database.read() as work:
            (row,) = work.connection.execute(select(replies)).all()
        answer = next(sound for sound in call.heard if "answer" in sound.prompts)
        wav = (
            line.app.test_client().get(page.locator(".answers audio").get_attribute("src") or "").status_code
        )
        wrong = pages.close()

    assert not any("answer" in sound.prompts for sound in before.heard)
    assert answer.complete
    assert answer.played_s == pytest.approx(row.length_ms / 1000, abs=0.01)
    assert answer.played_s == pytest.approx(length_s, abs=0.01)
    assert SPOKEN_S - 1 < length_s < SPOKEN_S + 4
    assert is_heard
    assert wav in {302, 303}, "nobody hears it without signing in"
    assert wrong == []


def test_the_sound_on_the_line_is_the_one_that_was_kept(tmp_path: Path, sqlite_url: str) -> None:
    with practice_line(tmp_path, sqlite_url) as line:
        case = leave_case(line, answers=["02-not-paid"])
        call = call_in(line, case)
        played = next(event.sound for event in call.log if "answer" in event.prompts and event.sound)
        media = line.company.desk.shelf.by_key(played)
    assert media is not None
    source = audio.tidy(audio.read_recording(SPOKEN.read_bytes()))
    sound = samples(media.content)
    another = audio.tidy(audio.read_recording((SPEECH / "07-urgent.wav").read_bytes()))
    offset, likeness = alignment(source.samples, sound)

    assert levels.measured(sound).level_dbfs == pytest.approx(-22, abs=0.5)
    assert abs(len(sound) - len(source.samples)) < 8000 * 0.6
    assert abs(offset) < 8000 * 0.5
    assert likeness > 0.5, "the band of a telephone takes some of it away"
    assert alignment(another.samples, sound)[1] < 0.2


def alignment(spoken: npt.NDArray[np.int16], heard: npt.NDArray[np.int16]) -> tuple[int, float]:
    """Return by how many samples the second is shifted, and how alike they are there (1: the same)."""
    size = len(spoken) + len(heard)
    a, b = (np.fft.rfft(each.astype(np.float64), size) for each in (spoken, heard))
    likeness = np.fft.irfft(a * np.conj(b), size)
    shift = int(np.argmax(likeness))
    norm = float(np.linalg.norm(spoken.astype(np.float64)) * np.linalg.norm(heard.astype(np.float64)))
    return (shift if shift < size // 2 else shift - size), float(likeness.max()) / norm


def test_without_scripts_a_file_is_the_way(tmp_path: Path, sqlite_url: str, playwright: Playwright) -> None:
    browser = launch(playwright)
    with practice_line(tmp_path, sqlite_url) as line:
        case, pages = leave_case(line), Pages(browser)
        reviewer_of(line)
        page = pages.open(base_url=line.settings.resolved_public_url, java_script_enabled=False)
        page.goto(f"/sign-in?next=/concerns/{case.concern.id}")
        page.get_by_label("Login").fill("hana")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Record an answer")).to_be_hidden()
        page.get_by_label("Recording, at most two minutes").set_input_files(SPOKEN)
        page.get_by_role("button", name="Keep as draft").click()
        page.get_by_role("button", name="Let her hear it").click()
        expect(page.get_by_text("One waits for her.")).to_be_visible()
        call = call_in(line, case)
        page.reload()
        expect(page.get_by_text(re.compile("She heard it first on"))).to_be_visible()
        wrong = pages.close()
    browser.close()

    assert any("answer" in sound.prompts for sound in call.heard)
    assert wrong == []


def test_a_microphone_that_is_refused_leaves_the_file_as_the_way(
    tmp_path: Path, sqlite_url: str, playwright: Playwright
) -> None:
    browser = launch(playwright, "--deny-permission-prompts")
    with practice_line(tmp_path, sqlite_url) as line:
        case, pages = leave_case(line), Pages(browser)
        page = open_page(line, pages, case)
        page.get_by_role("button", name="Record an answer").click()
        expect(page.get_by_role("alert")).to_contain_text("choose a WAV file instead")
        expect(page.get_by_label("Recording, at most two minutes")).to_be_visible()
        wrong = pages.close()
    browser.close()

    assert wrong == []
