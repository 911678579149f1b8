"""A served staff room with a browser in front of it, and how to handle the player in it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from ivr.persistence.concerns import Concern
from tests.browser import Pages
from tests.console.staff_room import PASSWORD, Said, StaffRoom

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
