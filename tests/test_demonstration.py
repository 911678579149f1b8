"""What a newcomer does: the demonstration, a call from a terminal, a call from the web phone, the console."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser import Pages, in_browser, launch
from tests.kept import WORST_WORD_ERROR, word_error
from tests.practice_line import SPEECH
from tests.processes.test_demo import RunningDemo, running_demo

pytestmark = [*in_browser, pytest.mark.whole, pytest.mark.timeout(240)]

SPOKEN = "07-urgent"
SCRIPT = f"1 2 1 record:{SPEECH / SPOKEN}.wav # 1 2 wait hangup"
TYPED = "11-touched-me"
A_CALL_MS = 120_000
SOON_MS = 15_000
PASSWORD = re.compile(r"Sign in\s+(\S+)\s+password\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody in front of a running demonstration."""

    demo: RunningDemo
    web: str
    phone: str
    pages: Pages

    def sign_in(self) -> Page:
        """Open the console with the sign-in that the demonstration printed."""
        found = PASSWORD.search(self.demo.says.all)
        assert found is not None
        page = self.pages.open(base_url=self.web)
        page.goto("/")
        page.get_by_label("Login").fill(found[1])
        page.get_by_label("Password").fill(found[2])
        page.get_by_role("button", name="Sign in").click()
        return page


@pytest.fixture(scope="module")
def speaking_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser into whose microphone the sample is spoken again and again."""
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={SPEECH / TYPED}.wav",
        "--autoplay-policy=no-user-gesture-required",
    )
    yield browser
    browser.close()


@pytest.fixture
def newcomer(tmp_path: Path, speaking_browser: Browser) -> Iterator[Newcomer]:
    with running_demo(tmp_path) as demo:
        demo.says.wait_for("Ctrl-C ends all of it.")
        pages = Pages(speaking_browser)
        yield Newcomer(demo, f"http://{demo.web}", f"http://{demo.phone}", pages)
        wrong = pages.close()
    assert wrong == []


def test_what_is_said_into_either_phone_stands_in_the_console_with_its_sound(newcomer: Newcomer) -> None:
    terminal = subprocess.Popen(
        [sys.executable, "-c", "from ivr.cli import main; main()", "call", "--script", SCRIPT],
        env={"PEERLINE_SIMULATOR_URL": newcomer.phone, "PATH": ""},
        stdout=subprocess.PIPE,
        text=True,
    )
    said_in_browser(newcomer)
    log, _ = terminal.communicate(timeout=A_CALL_MS / 1000)
    page = newcomer.sign_in()
    expect(page.get_by_text("text ready")).to_have_count(2, timeout=SOON_MS)

    assert terminal.returncode == 0, log
    open_concern(page, "She pressed: hurt or afraid")
    words = heard_words(page)
    assert word_error((SPEECH / f"{SPOKEN}.txt").read_text(), words) <= WORST_WORD_ERROR
    plays_with_its_words(page)
    page.get_by_role("link", name="Inbox").click()
    open_concern(page, "She pressed: health")
    sample = set((SPEECH / f"{TYPED}.txt").read_text().split())
    heard = heard_words(page).split()
    assert len(heard) >= 8
    assert sum(word in sample for word in heard) / len(heard) >= 0.8
    plays_with_its_words(page)


def said_in_browser(newcomer: Newcomer) -> None:
    """Call from the web phone, as a person does: Call, keys, speak, hash, send, hang up."""
    page = newcomer.pages.open(base_url=newcomer.phone, permissions=["microphone"])
    page.goto("/phone")
    page.get_by_role("button", name="Call", exact=True).click()
    state = page.locator("#state")
    expect(state).to_have_text("The hotline speaks", timeout=SOON_MS)
    for key, next_words in (("one", "To leave a message"), ("two", "We record your voice")):
        page.get_by_role("button", name=key, exact=True).click()
        expect(page.locator("#words")).to_contain_text(next_words, timeout=SOON_MS)
    expect(state).to_have_text("Your turn: press a key", timeout=A_CALL_MS)
    page.get_by_role("button", name="one", exact=True).click()
    expect(state).to_have_text("Recording: speak now", timeout=A_CALL_MS)
    page.wait_for_function("() => document.getElementById('level').width.baseVal.value > 5")
    page.wait_for_timeout(9_000)
    page.get_by_role("button", name="hash", exact=True).click()
    expect(page.locator("#words")).to_contain_text("To send it", timeout=SOON_MS)
    page.get_by_role("button", name="one", exact=True).click()
    expect(page.locator("#words")).to_contain_text("Pay or papers", timeout=SOON_MS)
    page.get_by_role("button", name="three", exact=True).click()
    expect(page.locator("#words")).to_contain_text("Your case number is", timeout=SOON_MS)
    page.get_by_role("button", name="Hang up", exact=True).click()


def open_concern(page: Page, said: str) -> None:
    """Open the concern of which the inbox says this."""
    page.get_by_role("listitem").filter(has_text=said).get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def heard_words(page: Page) -> str:
    """Return the words of the first message as they stand on its page."""
    words = page.locator(".words span")
    words.first.wait_for()
    return " ".join(text.strip() for text in words.all_text_contents())


def plays_with_its_words(page: Page) -> None:
    """Give a reason, play, and see that the sound moves and a word is marked."""
    page.get_by_text("First review").first.click()
    page.get_by_role("button", name="Listen").first.click()
    page.locator("audio").wait_for(state="attached")
    page.get_by_role("button", name="Play").first.click()
    page.wait_for_function("() => document.querySelector('audio').currentTime > 1")
    expect(page.locator(".words span.now")).to_be_visible()
