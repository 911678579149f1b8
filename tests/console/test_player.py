"""The player in a real browser: sound, waveform and words in step."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import in_browser
from tests.console.desk import SPOKEN, Desk, place, play_until, watch_landing

pytestmark = in_browser


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
