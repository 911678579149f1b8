"""Databases of every kind, each test its own; one browser for all who need one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from sqlalchemy.engine import make_url

from ivr.persistence.database import open_engine
from ivr.persistence.migrating import migrate
from tests.browser import launch

POSTGRES_URL = os.environ.get("PEERLINE_TEST_POSTGRES_URL", "")
KINDS = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=[
            pytest.mark.postgres,
            pytest.mark.skipif(not POSTGRES_URL, reason="no PostgreSQL: set PEERLINE_TEST_POSTGRES_URL"),
        ],
    ),
]


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and no row."""
    path = tmp_path_factory.mktemp("template") / "empty.sqlite3"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def empty_postgres() -> Iterator[str]:
    """A PostgreSQL database with all tables and no row, to be copied."""
    name = f"peerline_template_{uuid4().hex}"
    _administer(f"create database {name}")
    engine = open_engine(_address_of(name))
    migrate(engine)
    engine.dispose()
    yield name
    _administer(f"drop database {name}")


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables, on each kind that there is."""
    if request.param == "sqlite":
        path = tmp_path / "peerline.sqlite3"
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    template, name = request.getfixturevalue("empty_postgres"), f"peerline_test_{uuid4().hex}"
    _administer(f"create database {name} template {template}")
    yield _address_of(name)
    _administer(f"drop database {name} with (force)")


@pytest.fixture
def sqlite_url(empty_sqlite: Path, tmp_path: Path) -> str:
    """The address of a SQLite database alone, for what has nothing to do with its kind."""
    path = tmp_path / "peerline.sqlite3"
    shutil.copyfile(empty_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives browsers; there can be one in a process."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """One browser; each test has contexts of its own in it."""
    browser = launch(playwright)
    yield browser
    browser.close()


def _address_of(name: str) -> str:
    url = make_url(POSTGRES_URL).set(drivername="postgresql+psycopg", database=name)
    return url.render_as_string(hide_password=False)


def _administer(statement: str) -> None:
    plain = POSTGRES_URL.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())
