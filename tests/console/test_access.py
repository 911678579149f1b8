"""Deny by default: every route says who may use it, and nobody else gets anything."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.routing import Rule

from ivr import app as web
from ivr.console.access import is_open_to_anybody, roles_of
from ivr.console.dress import HEADERS
from ivr.persistence.database import Errand
from ivr.services.accounts import ROLES, Role
from tests.console.staff_room import Browser, Clock, StaffRoom, open_staff_room, some_settings

ANSWERS_WITHOUT_SIGN_IN = {"audio", "health", "voice"}
"""Blueprints for the carrier and for machines; each has its own guard and its own tests."""

OPEN_TO_ANYBODY = {
    "console.ask_sign_in",
    "console.take_sign_in",
    "console.leave_now",
    "console.blank",
    "console.practice_phone",
    "console.static_file",
}


@pytest.fixture(scope="module")
def whole_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The web service as it runs, with every blueprint."""
    folder = tmp_path_factory.mktemp("whole")
    sent: list[Errand] = []
    return web.create_app(some_settings(folder), send=sent.append)


def rules(app: Flask) -> Iterator[Rule]:
    return (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("console."))


def ask(browser: Browser, rule: Rule) -> int:
    address = rule.rule
    for name in rule.arguments:
        address = address.replace(f"<{name}>", "0" * 32)
    if "POST" in (rule.methods or set()):
        browser.get("/sign-in")
        return browser.send(address).status_code
    return browser.get(address).status_code


def test_every_route_says_who_may_use_it(whole_app: Flask) -> None:
    with whole_app.app_context():
        silent = [rule.endpoint for rule in rules(whole_app) if not roles_of(rule.endpoint)]

    assert silent == []
    assert len(list(rules(whole_app))) >= 14


def test_what_is_no_page_of_the_console_has_a_guard_of_its_own(whole_app: Flask) -> None:
    others = {rule.endpoint.partition(".")[0] for rule in whole_app.url_map.iter_rules()} - {"console"}

    assert others <= ANSWERS_WITHOUT_SIGN_IN


def test_only_these_routes_are_open_to_anybody(whole_app: Flask) -> None:
    with whole_app.app_context():
        found = {rule.endpoint for rule in rules(whole_app) if is_open_to_anybody(rule.endpoint)}

    assert found == OPEN_TO_ANYBODY


def test_nobody_gets_past_the_door(lite_room: StaffRoom) -> None:
    for rule in rules(lite_room.app):
        if rule.endpoint in OPEN_TO_ANYBODY:
            continue
        browser = lite_room.browser()
        status = ask(browser, rule)

        assert status in {303, 401}, rule
        assert status == 401 or browser.page.location.startswith("/sign-in")  # type: ignore[union-attr]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_gets_what_it_may_use_and_a_plain_no_for_the_rest(lite_room: StaffRoom, role: Role) -> None:
    lite_room.add_person("hana", role)
    for rule in rules(lite_room.app):
        if rule.endpoint in OPEN_TO_ANYBODY:
            continue
        browser = lite_room.browser()
        browser.sign_in()
        status = ask(browser, rule)
        with lite_room.app.app_context():
            may = role in roles_of(rule.endpoint)

        assert (status != 403) == may, rule
        assert status < 500, rule


def test_a_route_that_says_nothing_is_not_there_for_anybody(sqlite_url: str, tmp_path: Path) -> None:
    room = open_staff_room(sqlite_url, tmp_path, Clock())
    browser = room.signed_in()
    room.app.view_functions["console.blank"] = lambda: "forgotten"

    status = browser.get("/blank").status_code
    room.station.database.close()

    assert status == 404


def test_another_organisations_concern_is_not_there_by_link(room: StaffRoom) -> None:
    concern = room.add_concern(of="south")
    message_id = room.message_ids(concern)[0]
    browser = room.signed_in(of="north")

    statuses = {
        browser.get(f"/concerns/{concern.id}").status_code,
        browser.get(f"/messages/{message_id}/sound").status_code,
        browser.send(f"/messages/{message_id}/listen", reason="other").status_code,
        browser.send(f"/messages/{message_id}/fetch-again").status_code,
        browser.send(f"/concerns/{concern.id}/notes", text="x").status_code,
        browser.send(f"/concerns/{concern.id}/done").status_code,
        browser.send(f"/concerns/{concern.id}/reopen").status_code,
    }

    assert statuses == {404}
    assert room.name_of(concern) not in browser.get(f"/?done={concern.id}").text
    with room.station.database.read() as work:
        assert work.connection.exec_driver_sql("select count(*) from listenings").scalar() == 0


def test_a_draft_of_a_concern_is_not_there_yet(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    with lite_room.station.database.write() as work:
        work.connection.exec_driver_sql("update concerns set state = 'draft', released_at = null")

    assert lite_room.signed_in().get(f"/concerns/{concern.id}").status_code == 404


@pytest.mark.parametrize("token", ["", "x", "AAAA", "é", "A" * 44])
def test_a_form_that_is_not_ours_changes_nothing(lite_room: StaffRoom, token: str) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()

    answer = browser.client.post(f"/concerns/{concern.id}/done", data={"form_token": token})

    assert answer.status_code == 400
    assert "This form is too old" in answer.text
    assert "Nothing is done yet" in browser.get("/?view=done").text


def test_a_form_token_of_another_browser_is_worth_nothing(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser, other = lite_room.signed_in("hana"), lite_room.signed_in("rosa")
    other.get(f"/concerns/{concern.id}")
    form = {"form_token": other.token()}

    assert browser.client.post(f"/concerns/{concern.id}/done", data=form).status_code == 400
    assert other.client.post(f"/concerns/{concern.id}/done", data=form).status_code == 303


def test_form_tokens_look_different_in_every_form_and_all_are_good(lite_room: StaffRoom) -> None:
    browser = lite_room.browser()
    tokens = set()
    for _ in range(5):
        browser.get("/sign-in")
        tokens.add(browser.token())

    assert len(tokens) == 5
    for token in tokens:
        form = {"form_token": token, "login": "nobody", "password": "x"}
        assert browser.client.post("/sign-in", data=form).status_code == 401


@pytest.mark.parametrize(
    "address", ["/sign-in", "/", "/nowhere", "/blank", "/?view=nonsense", "/voice/nowhere"]
)
def test_every_page_carries_the_headers(lite_room: StaffRoom, address: str) -> None:
    answer = lite_room.signed_in().get(address)

    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_administrator_reads_no_concern_and_is_told_what_to_do(lite_room: StaffRoom) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in(role="administrator")

    assert "peerline user add" in browser.get("/").text
    assert browser.get(f"/concerns/{concern.id}").status_code == 403
    assert "This is not open to you" in browser.page.text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("carrier", "leads_to"),
    [("simulator", (302, "http://127.0.0.1:9999/phone")), ("twilio", (404, None))],
)
def test_the_practice_phone_is_there_with_the_simulator_only(
    sqlite_url: str, tmp_path: Path, clock: Clock, carrier: str, leads_to: tuple[int, str | None]
) -> None:
    room = open_staff_room(
        sqlite_url, tmp_path, clock, carrier=carrier, simulator_url="http://127.0.0.1:9999"
    )

    answer = room.browser().get("/phone")
    room.station.database.close()

    assert (answer.status_code, answer.location) == leads_to


def test_a_fault_says_a_code_and_nothing_of_what_happened(
    lite_room: StaffRoom, capsys: pytest.CaptureFixture[str]
) -> None:
    concern = lite_room.add_concern()
    browser = lite_room.signed_in()
    with lite_room.station.database.write() as work:
        work.connection.exec_driver_sql("update concerns set wrapped_key = x'00'")

    answer = browser.get(f"/concerns/{concern.id}")

    assert answer.status_code == 500
    assert "this code:" in answer.text
    assert "Traceback" not in answer.text
    assert "SealBroken" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert capsys.readouterr().out.count("page_failed") == 1
