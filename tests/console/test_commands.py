"""`peerline user` and `peerline audit`, as they are typed."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.cli import audit, users
from ivr.persistence.database import Database, open_engine
from tests.console.staff_room import MASTER_KEY, PASSWORD, StaffRoom

ADD = ["add", "hana", "--name", "Hana", "--role", "reviewer", "--organisation", "north"]
Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path) -> Iterator[Run]:
    """Runs a command on the database of the staff room."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": sqlite_url,
        "MASTER_KEY": base64.b64encode(MASTER_KEY).decode(),
        "CARRIER": "simulator",
        "CARRIER_ACCOUNT": "AC" + "0" * 32,
        "CARRIER_TOKEN": "an invented token",
        "HOTLINE_NUMBER": "+12025550123",
    }.items():
        monkeypatch.setenv(f"PEERLINE_{name}", value)

    def run(*arguments: str, typed: str | None = None, trail: bool = False) -> Result:
        return CliRunner().invoke(audit.app if trail else users.app, arguments, input=typed)

    yield run
    Database(open_engine(sqlite_url)).close()


def test_a_typed_password_opens_the_console(lite_room: StaffRoom, run: Run) -> None:
    result = run(*ADD, typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert (result.exit_code, PASSWORD in result.output) == (0, False)
    assert lite_room.browser().sign_in().status_code == 303


@pytest.mark.parametrize(("more", "typed"), [(["--make-password"], None), ([], "\n\n")])
def test_a_made_password_is_shown_once_and_opens_the_console(
    lite_room: StaffRoom, run: Run, more: list[str], typed: str | None
) -> None:
    result = run(*ADD, *more, typed=typed)
    password = result.output.rpartition("shown this once: ")[2].strip()

    assert result.exit_code == 0
    assert lite_room.browser().sign_in(password=password).status_code == 303


@pytest.mark.parametrize(
    ("arguments", "typed", "said"),
    [
        (["add", "x", "--name", "X", "--role", "king", "--organisation", "north"], None, "must be one of"),
        (
            ["add", "x", "--name", "X", "--role", "reviewer", "--organisation", "west"],
            None,
            "no organisation 'west'",
        ),
        (["add", "x", "--name", "X", "--role", "reviewer", "--organisation", "north"], "short", "12 to 200"),
        (["password", "nobody"], None, "nobody has this login"),
        (["remove", "nobody", "--yes"], None, "nobody has this login"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(
    lite_room: StaffRoom, run: Run, arguments: list[str], typed: str | None, said: str
) -> None:
    assert lite_room.organisations
    answer = f"{typed or PASSWORD}\n" * 2

    result = run(*arguments, typed=answer)

    assert result.exit_code != 0
    assert said in " ".join(result.output.replace("│", " ").split())
    assert "Traceback" not in result.output


def test_a_person_is_listed_given_a_password_and_removed(lite_room: StaffRoom, run: Run) -> None:
    lite_room.add_person("hana")
    lite_room.add_person("rosa", "coordinator", of="south")
    listed = run("list").output
    changed = run("password", "hana", "--make-password").output.rpartition(": ")[2].strip()
    signed_in = lite_room.browser().sign_in(password=changed).status_code
    kept = run("remove", "hana", typed="n\n").exit_code
    removed = run("remove", "hana", typed="y\n").exit_code

    assert listed.split("\n")[:4] == [
        "north",
        "    Hana, reviewer, since 2026-11-21",
        "south",
        "    Rosa, coordinator, since 2026-11-21",
    ]
    assert (signed_in, kept, removed) == (303, 1, 0)
    assert "Hana, removed" in run("list").output
    assert lite_room.browser().sign_in(password=changed).status_code == 401


def test_the_trail_is_verified_and_a_change_ends_with_1(lite_room: StaffRoom, run: Run) -> None:
    lite_room.add_person("hana")
    whole = run("verify", trail=True)
    with lite_room.station.database.write() as work:
        work.connection.exec_driver_sql("update audit_entries set detail = 'king'")
    spoiled = run("verify", trail=True)

    assert (whole.exit_code, whole.output) == (0, "north: 1 entries, whole\nsouth: 0 entries, whole\n")
    assert spoiled.exit_code == 1
    assert "north: 1 entries, NOT WHOLE: entry 1 was changed" in spoiled.output
