"""The practice phone in a real browser, under its own content policy."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from ivr.simulator.call import Instructions
from ivr.simulator.company import CompanySettings
from ivr.simulator.open_company import OpenCompany
from ivr.simulator.sounds import LINE_RATE_HZ, Sound
from tests.simulator.any_app import HOTLINE, TONE_HZ, App, tone

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP hotline.test 127.0.0.1",
    "--use-fake-device-for-media-stream",
]
COLLECT_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', e =>
  violations.push(`${e.violatedDirective} ${e.blockedURI}`));
"""
SOUND_WAS_FETCHED = (
    "() => performance.getEntriesByType('resource').some(each => each.name.includes('/handsets/sounds/'))"
)
expect.set_options(timeout=15_000)
SMALL, WIDE = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on this computer"),
]


def launch(playwright: Playwright, *more: str) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=[*FLAGS, *more])


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def speaking_browser(playwright: Playwright, tmp_path: Path) -> Iterator[Browser]:
    """Return a browser into whose microphone somebody speaks for twenty seconds."""
    voice = tmp_path / "voice.wav"
    voice.write_bytes(tone(20.0, rate_hz=48000))
    browser = launch(
        playwright,
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={voice}%noloop",
    )
    yield browser
    browser.close()


@pytest.fixture
def company(settings: CompanySettings, app: App) -> Iterator[OpenCompany]:
    app.says(
        "/voice/incoming", '<Gather numDigits="1" action="/menu" timeout="60"><Play>/tone.wav</Play></Gather>'
    )
    app.says("/menu", '<Say>Speak after the tone</Say><Record action="/kept"/>')
    app.says("/kept", '<Say>Thank you</Say><Gather timeout="60"/>')
    company = OpenCompany(settings)
    with company.serving():
        yield company


@pytest.fixture
def open_phone(company: OpenCompany) -> Iterator[Callable[..., Page]]:
    """Return what opens the phone in a browser; at the end nothing may have gone wrong on any page."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_phone(browser: Browser, *, host: str = "127.0.0.1", **options: Any) -> Page:
        context = browser.new_context(**{"viewport": WIDE, **options})
        context.set_default_timeout(15_000)
        context.add_init_script(COLLECT_VIOLATIONS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
        port = company.desk.base_url.rpartition(":")[2]
        page.goto(f"http://{host}:{port}/phone")
        return page

    yield open_phone
    for context in contexts:
        for page in context.pages:
            wrong += page.evaluate("() => window.violations ?? []")
        context.close()
    assert wrong == []


def call(page: Page) -> None:
    """Press Call and wait until the hotline takes keys."""
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#state")).to_have_text("The hotline speaks")


def key(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def loudest_frequency_hz(sound: Sound) -> float:
    middle = sound.samples[LINE_RATE_HZ // 2 : -LINE_RATE_HZ // 2]
    return float(np.argmax(abs(np.fft.rfft(middle))) * LINE_RATE_HZ / len(middle))


def log_of(page: Page, kind: str) -> list[str]:
    return page.locator(f"#log [data-kind={kind}] span").all_text_contents()


def test_26_a_call_is_heard_answered_by_key_and_by_voice(
    open_phone: Callable[..., Page], speaking_browser: Browser, company: OpenCompany
) -> None:
    page = open_phone(speaking_browser)

    call(page)
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(e => e.name.includes('/handsets/sounds/'))"
    )
    key(page, "one")
    expect(page.locator("#words")).to_have_text("Speak after the tone")
    expect(page.locator("#state")).to_have_text("Recording: speak now")
    page.wait_for_function("() => document.getElementById('level').width.baseVal.value > 5")
    expect(page.locator("#clock")).to_have_text("0:02")
    key(page, "hash")
    expect(page.locator("#words")).to_have_text("Thank you")
    key(page, "Hang up")
    expect(page.locator("#state")).to_have_text("You hung up")
    (recording,) = company.recordings

    assert recording.sound is not None
    assert abs(recording.kept_s - recording.whole_s) < 0.5
    assert 1.9 < recording.kept_s < 3.5
    assert int(abs(recording.sound.samples).max()) > 1000
    assert loudest_frequency_hz(recording.sound) == pytest.approx(TONE_HZ, abs=5)


def test_27_a_refused_microphone_is_said_and_a_file_speaks_instead(
    open_phone: Callable[..., Page], browser: Browser, company: OpenCompany
) -> None:
    page = open_phone(browser)

    call(page)
    expect(page.locator("#voice-note")).to_contain_text("The microphone was refused.")
    page.locator("#file").set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": tone(1.0)})
    key(page, "one")
    expect(page.locator("#voice-note")).to_contain_text("a.wav speaks for 0:01")
    expect(page.locator("#words")).to_have_text("Thank you")
    key(page, "Hang up")
    expect(page.locator("#state")).to_have_text("You hung up")
    (recording,) = company.recordings

    assert abs(recording.kept_s - 1.0) < 0.3


def test_27_plain_http_is_named_as_the_reason(open_phone: Callable[..., Page], browser: Browser) -> None:
    page = open_phone(browser, host="hotline.test")

    page.get_by_role("button", name="Call", exact=True).click()

    expect(page.locator("#voice-note")).to_contain_text("not opened over https")
    expect(page.locator("#file")).to_be_visible()


def test_without_javascript_it_points_to_the_terminal_phone(
    open_phone: Callable[..., Page], browser: Browser
) -> None:
    page = open_phone(browser, java_script_enabled=False)

    expect(page.get_by_role("heading", name="This phone needs JavaScript")).to_be_visible()
    expect(page.get_by_text("peerline call", exact=True)).to_be_visible()
    expect(page.locator("#desk")).to_be_hidden()


def test_keys_of_the_keyboard_are_keys_of_the_telephone(
    open_phone: Callable[..., Page], browser: Browser, app: App
) -> None:
    page = open_phone(browser)

    page.get_by_role("radio", name="Nobody speaks").check()
    page.get_by_role("button", name="Call", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#state")).to_have_text("The hotline speaks")
    page.keyboard.press("1")
    expect(page.locator("#state")).to_have_text("Recording: speak now")
    page.keyboard.press("*")
    expect(page.locator("#words")).to_have_text("Thank you")

    assert log_of(page, "key") == ["Key 1", "Key *"]
    assert app.asked("/menu")[0].form["Digits"] == "1"


def test_it_says_who_ended_the_call_and_can_call_again(
    open_phone: Callable[..., Page], browser: Browser, app: App
) -> None:
    app.says("/voice/incoming", "<Say>Goodbye</Say>")
    page = open_phone(browser)

    page.get_by_role("radio", name="Nobody speaks").check()
    for _ in range(2):
        page.get_by_role("button", name="Call").click()
        expect(page.locator("#state")).to_have_text("The hotline ended the call")

    assert log_of(page, "playing") == ["“Goodbye”"]
    assert len(app.asked("/voice/incoming")) == 2


def test_the_chosen_caller_is_who_calls(open_phone: Callable[..., Page], browser: Browser, app: App) -> None:
    page = open_phone(browser)

    page.get_by_role("radio", name="Nobody speaks").check()
    page.get_by_label("Caller's number").select_option("anonymous")
    call(page)

    assert app.asked("/voice/incoming")[0].form["From"] == "anonymous"


def test_28_it_rings_when_the_hotline_calls(
    open_phone: Callable[..., Page], browser: Browser, company: OpenCompany
) -> None:
    page = open_phone(browser)
    page.get_by_role("radio", name="Nobody speaks").check()
    number = page.get_by_label("Caller's number").input_value()

    company.place(HOTLINE, number, Instructions(twiml="<Response><Say>It is us</Say></Response>"))
    page.get_by_role("button", name="Answer").click()

    expect(page.locator("#words")).to_have_text("It is us")
    expect(page.locator("#state")).to_have_text("The hotline ended the call")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [SMALL, WIDE], ids=["360", "1280"])
def test_axe_finds_nothing_in_any_state(
    open_phone: Callable[..., Page], browser: Browser, scheme: str, viewport: dict[str, int]
) -> None:
    page = open_phone(browser, color_scheme=scheme, viewport=viewport)
    axe = Axe()

    idle = axe.run(page)
    page.locator("#settings").evaluate("each => { each.open = true; }")
    call(page)
    key(page, "one")
    expect(page.locator("#state")).to_have_text("Recording: speak now")
    recording = axe.run(page)

    assert idle.violations_count == 0, idle.generate_report()
    assert recording.violations_count == 0, recording.generate_report()


def test_on_a_small_screen_nothing_scrolls_sideways_and_keys_are_big(
    open_phone: Callable[..., Page], browser: Browser
) -> None:
    page = open_phone(browser, viewport=SMALL)
    page.locator("#settings").evaluate("each => { each.open = true; }")

    heights = page.locator("button:visible, select, summary, fieldset label").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )

    assert page.evaluate("() => document.documentElement.scrollWidth") == SMALL["width"]
    assert min(heights) >= 44


def test_the_page_is_small_and_strictly_guarded(company: OpenCompany) -> None:
    with httpx.Client(base_url=company.desk.base_url, follow_redirects=True) as client:
        page = client.get("/")
        names = ("phone.css", "phone.js", "microphone.js", "sounds.js", "tap-worklet.js")
        parts = [client.get(f"/phone/static/{name}") for name in names]

    assert page.url.path == "/phone"
    assert page.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'; style-src"
    )
    assert page.headers["Permissions-Policy"] == "microphone=(self), camera=(), geolocation=()"
    assert {part.headers["X-Content-Type-Options"] for part in parts} == {"nosniff"}
    assert sum(len(part.content) for part in (page, *parts)) < 40_000
