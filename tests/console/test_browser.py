"""The console in a real browser: with scripts and without, small and wide, light and dark."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ivr.persistence.concerns import Concern
from tests.browser import (
    SMALL,
    WIDE,
    Pages,
    axe_report,
    in_browser,
    scrolls_sideways,
    served,
)
from tests.console.staff_room import PASSWORD, Clock, Said, StaffRoom

pytestmark = in_browser

SPOKEN = Said("10-debt-long", " ".join(f"word{number}" for number in range(40)))


@dataclass(slots=True)
class Desk:
    """A staff room that is served, and a browser in front of it."""

    room: StaffRoom
    address: str
    pages: Pages

    def sign_in(self, **options: Any) -> Page:
        """Open a page and sign Hana in."""
        page = self.pages.open(base_url=self.address, **options)
        page.goto("/")
        page.get_by_label("Login").fill("hana")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("navigation", name="Views").wait_for()
        return page

    def open(self, page: Page, concern: Concern) -> None:
        """Open a concern from the inbox, as a person does."""
        page.get_by_role("link", name=self.room.name_of(concern)).click()
        page.get_by_role("heading", name=self.room.name_of(concern), level=1).wait_for()

    def give_reason(self, page: Page) -> None:
        """Say why one listens to the first message."""
        page.get_by_text("Check the words").first.click()
        page.get_by_role("button", name="Listen").first.click()
        page.locator("audio").wait_for(state="attached")


@pytest.fixture
def desk(lite_room: StaffRoom, chromium: Browser) -> Iterator[Desk]:
    """A desk at which, by the end of the test, nothing may have gone wrong on any page."""
    lite_room.add_person("hana")
    with served(lite_room.app) as address:
        desk = Desk(lite_room, address, Pages(chromium))
        yield desk
        wrong = desk.pages.close()
    assert wrong == []


def place(page: Page) -> float:
    """Where the first player is, in seconds."""
    at: float = page.evaluate("document.querySelector('audio').currentTime")
    return at


def watch_landing(page: Page) -> None:
    """Let the page write down where the next jump of the player lands."""
    page.evaluate(
        """document.querySelector('audio').addEventListener(
            'seeked', event => { window.landed = event.target.currentTime; }, {once: true}
        )"""
    )


def play_until(page: Page, seconds: float) -> None:
    page.wait_for_function("at => document.querySelector('audio').currentTime >= at", arg=seconds)


def test_a_message_is_read_heard_noted_done_and_undone(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN, kind="pay_or_papers")
    page = desk.sign_in()
    expect(page.locator(".row.unread")).to_have_count(1)
    desk.open(page, concern)
    expect(page.locator("audio")).to_have_count(0)
    desk.give_reason(page)
    page.get_by_role("button", name="Play").click()
    play_until(page, 0.3)
    page.get_by_role("button", name="Pause").click()
    page.get_by_label("Write a note").fill("She wants to go home.\nAsk about Sunday.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note")).to_have_text("She wants to go home.\nAsk about Sunday.")
    page.get_by_role("button", name="Mark done").click()
    expect(page.get_by_text(f"{desk.room.name_of(concern)} is done.")).to_be_visible()
    expect(page.get_by_text("Nothing is waiting.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_role("link", name=desk.room.name_of(concern))).to_be_visible()
    expect(page.locator(".row.unread")).to_have_count(0)


def test_the_same_without_scripts(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN, kind="pay_or_papers")
    page = desk.sign_in(java_script_enabled=False)
    desk.open(page, concern)
    desk.give_reason(page)
    expect(page.locator("audio[controls]")).to_be_visible()
    expect(page.locator(".controls")).to_be_hidden()
    page.get_by_label("Write a note").fill("She wants to go home.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".note")).to_have_text("She wants to go home.")
    page.get_by_role("button", name="Mark done").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name=desk.room.name_of(concern))).to_be_visible()
    page.get_by_role("button", name="Leave now").click()

    assert page.url == f"{desk.address}/blank"
    page.goto("/")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_browsers_own_player_plays_without_scripts_of_ours(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    page.route(
        re.compile(r"/player\.js$"), lambda route: route.fulfill(body="", content_type="text/javascript")
    )
    desk.open(page, concern)
    desk.give_reason(page)
    page.locator("audio").focus()
    page.keyboard.press("Space")

    play_until(page, 0.2)


def test_the_marked_word_is_the_one_that_is_spoken(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    desk.give_reason(page)
    page.get_by_role("button", name="Play").click()
    seen = page.evaluate(
        """async () => {
            const audio = document.querySelector('audio'), seen = [];
            while (audio.currentTime < 3.2) {
                await new Promise(requestAnimationFrame);
                const marked = document.querySelectorAll('.words .now');
                seen.push([audio.currentTime * 1000, marked.length, Number(marked[0]?.dataset.from ?? -1)]);
            }
            return seen;
        }"""
    )
    starts = page.evaluate(
        "[...document.querySelectorAll('[data-from]')].map(word => Number(word.dataset.from))"
    )

    late = [
        at - max(start for start in starts if start <= at)
        for at, _, marked in seen
        if at > 50 and marked != max(start for start in starts if start <= at)
    ]
    assert {count for at, count, _ in seen if at > 50} == {1}
    assert len({marked for _, _, marked in seen}) >= 3
    assert max(late, default=0) <= 100, "the mark is more than a tenth of a second late"


def test_a_click_on_a_word_plays_from_there(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    desk.give_reason(page)
    word = page.locator("[data-from]").nth(12)
    wanted_s = int(word.get_attribute("data-from") or 0) / 1000
    watch_landing(page)
    word.click()
    page.wait_for_function("() => window.landed !== undefined")

    assert page.evaluate("window.landed") == pytest.approx(wanted_s, abs=0.1)
    play_until(page, wanted_s + 0.2)
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_words_can_be_walked_and_chosen_by_keyboard(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    desk.give_reason(page)
    page.locator(".words").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    expect(page.locator("[data-from]").nth(2)).to_be_focused()
    page.keyboard.press("Enter")

    wanted_s = int(page.locator("[data-from]").nth(2).get_attribute("data-from") or 0) / 1000
    play_until(page, wanted_s + 0.1)
    assert place(page) < wanted_s + 3


def test_the_keys_of_the_player_go_back_and_on_and_change_the_speed(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    desk.give_reason(page)
    page.get_by_role("button", name="On 3 seconds").click()
    page.get_by_role("button", name="On 3 seconds").click()
    on = place(page)
    page.get_by_role("button", name="Back 3 seconds").click()
    back = place(page)
    page.get_by_label("Place in the message").press("Home")
    home = place(page)
    page.get_by_label("Speed").select_option("1.5")
    rate = page.evaluate("document.querySelector('audio').playbackRate")
    page.reload()

    assert [on, back, home, rate] == pytest.approx([6, 3, 0, 1.5])
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.5
    assert page.get_by_label("Place in the message").get_attribute("aria-valuetext") == "0:00 of 0:38"


def test_going_on_after_a_pause_repeats_the_last_second(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    desk.give_reason(page)
    page.get_by_role("button", name="Play").click()
    play_until(page, 1.6)
    page.get_by_role("button", name="Pause").click()
    paused = place(page)
    watch_landing(page)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("() => window.landed !== undefined")

    assert page.evaluate("window.landed") == pytest.approx(paused - 1, abs=0.15)


def test_no_sound_begins_by_itself_and_none_is_asked_for_before_a_reason(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    desk.open(page, concern)
    before = [url for url in asked if url.endswith("/sound")]
    desk.give_reason(page)
    page.wait_for_function("() => document.querySelector('audio').readyState >= 1")

    assert before == []
    assert page.evaluate("document.querySelector('audio').paused")


def test_two_clicks_keep_a_note_once(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    page.get_by_label("Write a note").fill("Once.")
    page.get_by_role("button", name="Save note").dblclick()

    expect(page.locator(".note")).to_have_count(1)
    page.reload()
    expect(page.locator(".note")).to_have_count(1)


def test_news_appear_in_a_bar_and_move_no_row(desk: Desk, lite_room: StaffRoom) -> None:
    clock = lite_room.clock
    first = desk.room.add_concern(SPOKEN)
    page = desk.pages.open(base_url=desk.address)
    page.clock.install()
    page.goto("/")
    page.get_by_label("Login").fill("hana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator("#news")).to_be_hidden()
    clock.pass_by(minutes=1)
    second = desk.room.add_concern(SPOKEN)
    page.clock.fast_forward(20_000)
    expect(page.locator("#news")).to_contain_text("1 new since you looked")
    expect(page.locator(".row")).to_have_count(1)
    page.get_by_role("link", name="Show").click()

    expect(page.locator(".row h2 a")).to_have_text([desk.room.name_of(first), desk.room.name_of(second)])


def test_a_hidden_tab_asks_for_no_news(desk: Desk) -> None:
    desk.room.add_concern(SPOKEN)
    page = desk.pages.open(base_url=desk.address)
    page.clock.install()
    page.add_init_script(
        "Object.defineProperty(document, 'visibilityState', {get: () => window.hides ? 'hidden' : 'visible'})"
    )
    page.goto("/")
    page.get_by_label("Login").fill("hana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".row")).to_have_count(1)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("window.hides = true; document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.fast_forward(120_000)
    while_hidden = len(asked)
    with page.expect_response(re.compile("/inbox/news")):
        page.evaluate("window.hides = false; document.dispatchEvent(new Event('visibilitychange'))")

    assert while_hidden == 0
    assert len(asked) == 1


@pytest.mark.parametrize("how", ["button", "shift"])
def test_leaving_now_blanks_the_page_and_back_shows_the_door(desk: Desk, how: str) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    desk.open(page, concern)
    if how == "button":
        page.get_by_role("button", name="Leave now").click()
    else:
        for _ in range(3):
            page.keyboard.press("Shift")
    page.wait_for_url("**/blank")
    blank = (page.title(), page.locator("body").inner_text().strip())
    page.go_back()

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text(desk.room.name_of(concern))).to_have_count(0)
    assert blank == ("Start page", "Start page")


def test_escape_leaves_nothing_and_two_shifts_neither(desk: Desk) -> None:
    page = desk.sign_in()
    for key in ("Escape", "Shift", "Shift", "a", "Shift"):
        page.keyboard.press(key)

    expect(page.get_by_role("navigation", name="Views")).to_be_visible()
    assert page.url == f"{desk.address}/"


def test_the_whole_way_can_be_gone_by_keyboard(desk: Desk) -> None:
    concern = desk.room.add_concern(SPOKEN)
    page = desk.sign_in()
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to the content")).to_be_focused()
    page.get_by_role("link", name=desk.room.name_of(concern)).focus()
    page.keyboard.press("Enter")
    page.get_by_label("First review").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Listen")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Play").focus()
    page.keyboard.press("Space")

    play_until(page, 0.2)


LOWER_THAN_44_PX = """
[...document.querySelectorAll(
    'button, select, textarea, input:not([type=hidden], [type=radio]), '
    + '.choice, .views a, .back a, .brand, a.button'
)]
    .filter(control => control.checkVisibility() && control.getBoundingClientRect().height < 44)
    .map(control => control.outerHTML.slice(0, 80))
"""
EVERYTHING = (
    Said("10-debt-long", "they keep my [unk] and i am afraid"),
    Said(words=None, words_state="no_model"),
    Said(words=None, sound="given_up"),
    Said("04-silent", words="", set_aside="silent"),
)


def every_page(desk: Desk, page: Page, clock: Clock) -> Iterator[str]:
    """Go through every page; yields its name when it is open."""
    concern = desk.room.add_concern(
        *EVERYTHING, kind="health", suggests=("wages", "emergency"), wish="be_called"
    )
    desk.room.add_concern(Said(words=""), language="id")
    page.goto("/")
    yield "sign-in"
    page.get_by_label("Login").fill("hana")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    yield "refused"
    page.get_by_label("Login").fill("hana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.locator(".row").first.wait_for()
    yield "inbox"
    desk.open(page, concern)
    yield "concern"
    message_id = page.locator(".reason").first.get_attribute("action") or ""
    page.locator(f"form[action='{message_id}']").get_by_text("First review").click()
    page.locator(f"form[action='{message_id}']").get_by_role("button").click()
    page.get_by_role("button", name="Play").wait_for()
    page.get_by_label("Write a note").fill(
        "A note with averyveryverylongwordwithoutanyblankinitthatmustbebroken."
    )
    page.get_by_role("button", name="Save note").click()
    page.locator(".note").wait_for()
    yield "player and note"
    page.get_by_role("button", name="Mark done").click()
    page.locator(".toast").wait_for()
    yield "done"
    page.goto("/?view=done")
    yield "done view"
    page.get_by_role("link", name=desk.room.name_of(concern)).click()
    page.get_by_role("button", name="Reopen").wait_for()
    yield "done concern"
    page.goto("/?view=set_aside")
    yield "empty"
    page.goto("/nowhere")
    yield "not found"
    page.goto(f"/concerns/{concern.id}")
    page.get_by_label("Write a note").fill("kept")
    clock.pass_by(minutes=31)
    page.get_by_role("button", name="Save note").click()
    page.get_by_text("You were signed out").wait_for()
    yield "signed out"
    page.goto("/blank")
    yield "blank"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [SMALL, WIDE], ids=["360", "1280"])
def test_every_page_is_accessible_and_none_scrolls_sideways(
    desk: Desk, size: dict[str, int], scheme: str, clock: Clock
) -> None:
    page = desk.pages.open(base_url=desk.address, viewport=size, color_scheme=scheme)
    faults, sideways, seen = {}, [], 0
    for name in every_page(desk, page, clock):
        seen += 1
        if report := axe_report(page):
            faults[name] = report
        if scrolls_sideways(page):
            sideways.append(name)

    assert seen == 12
    assert faults == {}
    assert sideways == []


def test_every_control_on_a_phone_is_44_px_high_or_more(desk: Desk, clock: Clock) -> None:
    page = desk.pages.open(base_url=desk.address, viewport=SMALL)
    small = set()
    for name in every_page(desk, page, clock):
        found = page.evaluate(LOWER_THAN_44_PX)
        small |= {(name, html) for html in found}

    assert small == set()


def test_pages_are_usable_at_twice_the_text_size(desk: Desk, tmp_path: Path) -> None:
    desk.room.add_concern(*EVERYTHING, kind="health", suggests=("wages", "emergency"), wish="be_called")
    page = desk.sign_in(viewport={"width": 640, "height": 700}, device_scale_factor=2)
    page.screenshot(path=tmp_path / "inbox.png")
    page.get_by_role("heading", level=2).first.get_by_role("link").click()
    page.set_viewport_size({"width": 320, "height": 600})

    assert not scrolls_sideways(page)
