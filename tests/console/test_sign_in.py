"""The door: who comes in, who waits, and when a session is over."""

import threading
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from ivr.services import accounts, sign_in
from ivr.services.accounts import HASHER
from tests.console.staff_room import PASSWORD, Browser, Clock, StaffRoom, open_staff_room

WRONG = "not the password"


def is_inside(browser: Browser) -> bool:
    return browser.get("/").status_code == 200


def miss(browser: Browser, times: int, login: str = "hana") -> None:
    for _ in range(times):
        assert browser.sign_in(login, WRONG).status_code == 401


@pytest.mark.parametrize("login", ["hana", " Hana ", "HANA"])
def test_the_right_password_opens_the_inbox(room: StaffRoom, login: str) -> None:
    room.add_person("hana")
    browser = room.browser()

    answer = browser.sign_in(login)

    assert (answer.status_code, answer.location) == (303, "/")
    assert is_inside(browser)


@pytest.mark.parametrize(("login", "password"), [("hana", WRONG), ("hana", ""), ("nobody", PASSWORD)])
def test_a_wrong_password_and_an_unknown_login_are_refused_alike(
    lite_room: StaffRoom, login: str, password: str
) -> None:
    lite_room.add_person("hana")
    browser = lite_room.browser()

    answer = browser.sign_in(login, password)

    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert not is_inside(browser)


def test_an_unknown_login_costs_one_comparison_of_the_same_kind(
    lite_room: StaffRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    lite_room.add_person("hana")
    compared: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the parent's name
            compared.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    monkeypatch.setattr(sign_in, "HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    for login in ("hana", "nobody"):
        lite_room.browser().sign_in(login, WRONG)

    assert len(compared) == 2
    assert len(set(compared)) == 1


def test_passwords_are_kept_as_argon2id_with_the_cost_that_is_recommended() -> None:
    """The fixture makes hashing cheap in all other tests; what was imported here is the real one."""
    assert HASHER.hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_after_five_misses_even_the_right_password_must_wait_a_quarter_of_an_hour(
    room: StaffRoom, clock: Clock
) -> None:
    room.add_person("hana")
    browser = room.browser()
    miss(browser, 5)

    waiting = browser.sign_in()
    clock.pass_by(minutes=14)
    still_waiting = browser.sign_in()
    clock.pass_by(minutes=1, seconds=1)

    assert waiting.status_code == still_waiting.status_code == 429
    assert "wait 15 minutes" in waiting.text
    assert "wait 1 minute," in still_waiting.text
    assert browser.sign_in().status_code == 303


def test_waiting_does_not_make_the_wait_longer(lite_room: StaffRoom, clock: Clock) -> None:
    lite_room.add_person("hana")
    browser = lite_room.browser()
    miss(browser, 5)
    clock.pass_by(minutes=14)
    for _ in range(10):
        browser.sign_in()
    clock.pass_by(minutes=1, seconds=1)

    assert browser.sign_in().status_code == 303


def test_an_unknown_login_must_wait_just_as_a_known_one(lite_room: StaffRoom) -> None:
    browser = lite_room.browser()
    miss(browser, 5, "nobody")

    assert browser.sign_in("nobody").status_code == 429


def test_four_misses_and_then_the_right_password_are_forgotten(lite_room: StaffRoom) -> None:
    lite_room.add_person("hana")
    browser = lite_room.browser()
    miss(browser, 4)
    assert browser.sign_in().status_code == 303

    miss(browser, 4)

    assert browser.sign_in().status_code == 303


def test_misses_of_one_login_keep_no_colleague_out_until_there_are_twenty_from_one_address(
    lite_room: StaffRoom,
) -> None:
    lite_room.add_person("rosa")
    browser = lite_room.browser()
    for number in range(4):
        miss(browser, 5, f"guess{number}")
        if number < 3:
            assert lite_room.browser().sign_in("rosa").status_code == 303

    assert lite_room.browser().sign_in("rosa").status_code == 429


def test_behind_a_proxy_it_is_the_address_that_the_proxy_saw_that_counts(lite_room: StaffRoom) -> None:
    lite_room.add_person("rosa")
    attacker = lite_room.browser()
    attacker.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.7"
    for number in range(4):
        miss(attacker, 5, f"guess{number}")
    attacker.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.10, 198.51.100.7"
    colleague = lite_room.browser()
    colleague.client.environ_base["HTTP_X_FORWARDED_FOR"] = "198.51.100.8"

    assert attacker.sign_in("rosa").status_code == 429
    assert colleague.sign_in("rosa").status_code == 303


def test_many_tries_at_once_count_as_many(room: StaffRoom) -> None:
    room.add_person("hana")
    browsers = [room.browser() for _ in range(12)]
    for browser in browsers:
        browser.get("/sign-in")
    tokens = [browser.token() for browser in browsers]
    statuses: list[int] = []

    def guess(browser: Browser, token: str) -> None:
        form = {"form_token": token, "login": "hana", "password": WRONG}
        statuses.append(browser.client.post("/sign-in", data=form).status_code)

    threads = [threading.Thread(target=guess, args=each) for each in zip(browsers, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [401] * 5 + [429] * 7


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


def test_nothing_that_leads_to_a_person_lies_readable_in_the_database(
    lite_room: StaffRoom, sqlite_url: str
) -> None:
    browser = lite_room.signed_in("hana-of-the-north")
    miss(lite_room.browser(), 1, "rosa-of-the-south")
    cookie = browser.client.get_cookie("session")
    assert cookie is not None
    lite_room.station.database.close()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    written = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    hidden = [
        "hana-of-the-north",
        "Hana-Of-The-North",
        "rosa-of-the-south",
        "127.0.0.1",
        PASSWORD,
        cookie.value,
    ]
    assert [text for text in hidden if text.encode() in written] == []
    assert b"sign_in_misses" in written


def test_old_misses_and_sessions_are_forgotten(room: StaffRoom, clock: Clock) -> None:
    room.signed_in()
    miss(room.browser(), 1)
    clock.pass_by(minutes=31)
    sign_in.forget_old(room.station)

    with room.station.database.read() as work:
        left = {
            table: work.connection.exec_driver_sql(f"select count(*) from {table}").scalar()
            for table in ("sign_in_misses", "staff_sessions")
        }
    assert left == {"sign_in_misses": 0, "staff_sessions": 0}


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [
        ("/concerns/1?view=done", "/concerns/1?view=done"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("elsewhere", "/"),
    ],
)
def test_sign_in_leads_to_the_page_that_was_wanted_and_never_elsewhere(
    lite_room: StaffRoom, wanted: str, leads_to: str
) -> None:
    lite_room.add_person("hana")
    browser = lite_room.browser()
    browser.get("/sign-in")

    answer = browser.send("/sign-in", login="hana", password=PASSWORD, next=wanted)

    assert answer.location == leads_to


def test_who_is_signed_out_while_writing_gets_her_words_back(lite_room: StaffRoom, clock: Clock) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    browser.get(f"/concerns/{concern.id}")
    clock.pass_by(minutes=31)

    answer = browser.send(f"/concerns/{concern.id}/notes", text="she <wants> a shelter")

    assert answer.status_code == 401
    assert "was not saved" in answer.text
    assert "she &lt;wants&gt; a shelter</textarea>" in answer.text


def test_a_password_that_is_too_short_or_endless_is_refused(lite_room: StaffRoom) -> None:
    for password in ("short", "x" * 201):
        with pytest.raises(accounts.PasswordLengthError):
            accounts.add(
                lite_room.station, "new", password, name="New", role="reviewer", organisation="north"
            )


def test_a_login_belongs_to_one_person_in_all_organisations(room: StaffRoom) -> None:
    room.add_person("hana", of="north")

    with pytest.raises(accounts.LoginTakenError):
        room.add_person("Hana", of="south")


def test_a_made_password_can_be_read_out_and_is_never_the_same() -> None:
    made = {accounts.new_password() for _ in range(200)}

    assert len(made) == 200
    assert all(len(password) == 19 and not set(password) & set("l1o0 ") for password in made)
