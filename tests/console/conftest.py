"""Consoles on a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from ivr.services import accounts, sign_in
from tests.browser import Pages, served
from tests.console.desk import Desk
from tests.console.staff_room import Clock, StaffRoom, open_staff_room


@pytest.fixture(scope="session", autouse=True)
def quick_hasher() -> Iterator[None]:
    """Argon2id as it is, but with the smallest cost: what is tested is not its slowness."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch = pytest.MonkeyPatch()
    patch.setattr(accounts, "HASHER", quick)
    patch.setattr(sign_in, "HASHER", quick)
    yield
    patch.undo()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(database_url: str, tmp_path: Path, clock: Clock) -> Iterator[StaffRoom]:
    """A staff room on each kind of database."""
    staff_room = open_staff_room(database_url, tmp_path, clock)
    yield staff_room
    staff_room.station.database.close()


@pytest.fixture
def lite_room(sqlite_url: str, tmp_path: Path, clock: Clock) -> Iterator[StaffRoom]:
    """A staff room on SQLite, for what has nothing to do with the kind of database."""
    staff_room = open_staff_room(sqlite_url, tmp_path, clock)
    yield staff_room
    staff_room.station.database.close()


@pytest.fixture
def desk(lite_room: StaffRoom, chromium: Browser) -> Iterator[Desk]:
    """A desk at which, by the end of the test, nothing may have gone wrong on any page."""
    lite_room.add_person("hana")
    with served(lite_room.app) as address:
        desk = Desk(lite_room, address, Pages(chromium))
        yield desk
        wrong = desk.pages.close()
    assert wrong == []
