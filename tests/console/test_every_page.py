"""Every page, small and wide, light and dark: accessible, in its window, and with room for fingers."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.browser import SMALL, WIDE, axe_report, in_browser, scrolls_sideways
from tests.console.desk import Desk
from tests.console.staff_room import PASSWORD, SPEECH, Clock, Said

pytestmark = in_browser

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
    yield from _with_an_answer(page)
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
    page.goto("/directory")
    yield "directory"
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


def _with_an_answer(page: Page) -> Iterator[str]:
    page.locator(".upload summary").click()
    page.get_by_label("Recording, at most two minutes").set_input_files(SPEECH / "07-urgent.wav")
    page.get_by_role("button", name="Keep as draft").click()
    page.get_by_role("button", name="Let her hear it").wait_for()
    yield "draft of an answer"
    page.get_by_role("button", name="Let her hear it").click()
    page.get_by_text("One waits for her.").wait_for()
    yield "answer"


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

    assert seen == 15
    assert faults == {}
    assert sideways == []


def test_every_control_on_a_phone_is_44_px_high_or_more(desk: Desk, clock: Clock) -> None:
    page = desk.pages.open(base_url=desk.address, viewport=SMALL)
    small = set()
    for name in every_page(desk, page, clock):
        found = page.evaluate(LOWER_THAN_44_PX)
        small |= {(name, html) for html in found}

    assert small == set()


@pytest.mark.parametrize("zoom", [2, 4])
def test_pages_zoomed_in_still_fit_their_window(desk: Desk, zoom: int) -> None:
    desk.room.add_concern(*EVERYTHING, kind="health", suggests=("wages", "emergency"), wish="be_called")
    page = desk.sign_in(viewport={"width": 1280 // zoom, "height": 1024 // zoom}, device_scale_factor=zoom)
    inbox_scrolls = scrolls_sideways(page)
    page.get_by_role("heading", level=2).first.get_by_role("link").click()
    page.get_by_role("heading", name="Notes").wait_for()

    assert not inbox_scrolls
    assert not scrolls_sideways(page)
