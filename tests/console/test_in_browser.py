"""A reviewer's way through the console in a real browser, with scripts and without."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import in_browser
from tests.console.desk import SPOKEN, Desk, play_until
from tests.console.staff_room import PASSWORD, StaffRoom

pytestmark = in_browser


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
    page.on("request", lambda request: asked.append(request.url) if "/news" in request.url else None)
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
