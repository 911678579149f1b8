"""What goes over the line: few bytes, kept for good where that is safe, and never where it is not."""

import gzip
import re

import pytest

from tests.console.staff_room import Browser, Said, StaffRoom

BUDGET = 40_000
"""Bytes of a first view with style sheet and scripts, as they go over the line."""

GZIP = {"Accept-Encoding": "gzip"}
LONG = " ".join(["they keep my passport and i have no day off"] * 30)


def weight(browser: Browser, address: str) -> int:
    page = browser.client.get(address, headers=GZIP)
    text = gzip.decompress(page.data).decode()
    statics = re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
    assert len(statics) >= 3
    return len(page.data) + sum(len(browser.client.get(each, headers=GZIP).data) for each in statics)


def test_every_first_view_is_light(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern(Said(words=LONG), Said(words=LONG))
    for _ in range(30):
        lite_room.add_concern(kind="health", suggests=("wages", "urgent"), wish="be_called")
    browser = lite_room.signed_in()
    message_id = lite_room.message_ids(concern)[0]
    browser.get(f"/concerns/{concern.id}")
    browser.send(f"/messages/{message_id}/listen", reason="other")

    weights = {address: weight(browser, address) for address in ("/sign-in", "/", f"/concerns/{concern.id}")}

    assert max(weights.values()) <= BUDGET / 2


def test_static_files_are_kept_for_good_in_their_version_only(lite_room: StaffRoom) -> None:
    browser = lite_room.browser()
    match = re.search(r'href="(/static/([^/]+)/app\.css)"', browser.get("/sign-in").text)
    assert match

    present = browser.get(match[1])
    outdated = browser.get("/static/0123456789abcdef/app.css")

    assert present.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert outdated.headers["Cache-Control"] == "no-store"
    assert present.data == outdated.data
    assert present.mimetype == "text/css"


@pytest.mark.parametrize("name", ["nothing.css", "..%2f__init__.py", ""])
def test_what_is_no_static_file_is_not_there(lite_room: StaffRoom, name: str) -> None:
    assert lite_room.browser().get(f"/static/x/{name}").status_code == 404


def test_pages_are_compressed_only_if_the_browser_can_and_say_so(lite_room: StaffRoom) -> None:
    browser = lite_room.browser()
    plain = browser.client.get("/sign-in", headers={"Accept-Encoding": "identity"})
    small = browser.client.get("/sign-in", headers=GZIP)

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in small.headers["Vary"]
    assert len(small.data) < len(plain.data) / 2
    assert int(small.headers["Content-Length"]) == len(small.data)


def test_no_page_holds_a_style_or_a_script_of_its_own(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    pages = [browser.get(address).text for address in ("/", f"/concerns/{concern.id}", "/nowhere", "/blank")]

    for page in pages:
        assert not re.search(r'\sstyle=|<style|\son\w+=|<script(?![^>]* src="/static/)', page)


def test_titles_tell_an_onlooker_nothing(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    titles = {
        re.findall(r"<title>([^<]*)</title>", browser.get(address).text)[0]
        for address in ("/sign-in", "/", f"/concerns/{concern.id}", "/nowhere", "/blank")
    }

    assert titles == {"Sign in", "Inbox", "Item", "Page", "Start page"}
