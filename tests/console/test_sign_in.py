"""The door: who comes in and who waits."""

import threading
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from ivr.services import accounts, sign_in
from ivr.services.accounts import HASHER
from tests.console.staff_room import PASSWORD, Browser, Clock, StaffRoom

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
    sign_in._nobodys_hash.cache_clear()
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
