"""Sessions: how long they last, what ends them, and the cookie they hang on."""

from pathlib import Path

import pytest

from ivr.services import accounts, sign_in
from tests.console.staff_room import PASSWORD, Browser, Clock, StaffRoom, open_staff_room

WRONG = "not the password"


def is_inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def test_a_session_ends_after_half_an_hour_in_which_nobody_came(room: StaffRoom, clock: Clock) -> None:
    browser = room.signed_in()
    clock.pass_by(minutes=29)
    assert is_inside(browser)
    clock.pass_by(minutes=29)
    assert is_inside(browser)
    clock.pass_by(minutes=31)

    assert not is_inside(browser)


def test_a_session_ends_after_eight_hours_however_busy(lite_room: StaffRoom, clock: Clock) -> None:
    browser = lite_room.signed_in()
    for _ in range(32):
        clock.pass_by(minutes=15)
        assert is_inside(browser)
    clock.pass_by(minutes=1)

    assert not is_inside(browser)


def test_a_page_that_asks_for_news_by_itself_keeps_no_session_alive(
    lite_room: StaffRoom, clock: Clock
) -> None:
    browser = lite_room.signed_in()
    for _ in range(3):
        clock.pass_by(minutes=9)
        assert browser.get("/inbox/news?since=0").status_code == 200
    clock.pass_by(minutes=4)

    assert browser.get("/inbox/news?since=0").status_code == 401


def test_signing_out_ends_the_session_for_who_kept_the_cookie_too(room: StaffRoom) -> None:
    browser = room.signed_in()
    copied = browser.client.get_cookie("session")
    assert copied is not None
    browser.get("/")
    answer = browser.send("/sign-out")
    thief = room.browser()
    thief.client.set_cookie("session", copied.value)

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_inside(browser)
    assert not is_inside(thief)


@pytest.mark.parametrize("fields", [{}, {"form_token": "old"}])
def test_leaving_at_once_works_even_with_an_old_form_and_shows_a_blank_page(
    lite_room: StaffRoom, fields: dict[str, str]
) -> None:
    browser = lite_room.signed_in()

    answer = browser.client.post("/leave", data=fields)

    assert (answer.status_code, answer.location) == (303, "/blank")
    assert not is_inside(browser)
    assert "Peerline" not in browser.get("/blank").text


def test_leaving_twice_is_as_good_as_once(lite_room: StaffRoom) -> None:
    browser = lite_room.browser()

    assert [browser.client.post("/leave").location for _ in range(2)] == ["/blank", "/blank"]


def test_a_token_from_before_sign_in_is_worth_nothing_after_it(lite_room: StaffRoom) -> None:
    lite_room.add_person("hana")
    browser = lite_room.browser()
    browser.client.set_cookie("session", "planted-by-somebody-else")
    browser.get("/sign-in")
    browser.send("/sign-in", login="hana", password=PASSWORD)
    planter = lite_room.browser()
    planter.client.set_cookie("session", "planted-by-somebody-else")

    assert is_inside(browser)
    assert not is_inside(planter)


@pytest.mark.parametrize(
    ("public_url", "name", "is_secure"),
    [("http://127.0.0.1:8080", "session", False), ("https://line.example.org", "__Host-session", True)],
)
def test_the_cookie_is_for_our_pages_only(
    sqlite_url: str, tmp_path: Path, clock: Clock, public_url: str, name: str, *, is_secure: bool
) -> None:
    room = open_staff_room(sqlite_url, tmp_path, clock, public_url=public_url)

    cookie = room.browser().get("/sign-in").headers["Set-Cookie"]
    room.station.database.close()

    assert cookie.startswith(f"{name}=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert ("Secure" in cookie.split("; ")) == is_secure
    assert "Expires" not in cookie


def test_a_new_password_ends_every_session(room: StaffRoom) -> None:
    browser = room.signed_in()
    accounts.set_password(room.station, "hana", "another invented password")

    assert not is_inside(browser)
    assert browser.sign_in().status_code == 401
    assert browser.sign_in(password="another invented password").status_code == 303


def test_who_is_removed_is_out_at_once_and_her_login_is_free(room: StaffRoom) -> None:
    browser = room.signed_in()
    accounts.remove(room.station, "hana")

    assert not is_inside(browser)
    assert browser.sign_in().status_code == 401
    room.add_person("hana")
    assert browser.sign_in().status_code == 303


def test_old_misses_and_sessions_are_forgotten(room: StaffRoom, clock: Clock) -> None:
    room.signed_in()
    room.browser().sign_in("hana", WRONG)
    clock.pass_by(minutes=31)
    sign_in.forget_old(room.station)

    with room.station.database.read() as work:
        left = {
            table: work.connection.exec_driver_sql(f"select count(*) from {table}").scalar()
            for table in ("sign_in_misses", "staff_sessions")
        }
    assert left == {"sign_in_misses": 0, "staff_sessions": 0}


def test_who_is_signed_out_while_writing_gets_her_words_back(lite_room: StaffRoom, clock: Clock) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    browser.get(f"/concerns/{concern.id}")
    clock.pass_by(minutes=31)

    answer = browser.send(f"/concerns/{concern.id}/notes", text="she <wants> a shelter")

    assert answer.status_code == 401
    assert "was not saved" in answer.text
    assert "she &lt;wants&gt; a shelter</textarea>" in answer.text
