"""Ways to break a part of a line for a while: its database, its Redis, its web service, its disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

from tests.practice_line import PracticeLine


@contextmanager
def broken(line: PracticeLine, part: str) -> Iterator[None]:
    """Break a part until the end of the block; `tests.scenario` says which there are."""
    if part == "database":
        with database_away(line.settings.resolved_database_url):
            yield
        return
    where, name, value = {
        "redis": (line, "is_redis_away", True),
        "service": (line, "is_service_away", True),
        "deletion": (line.company.mischief, "keeps_deleted", True),
        "sound": (line.company.mischief, "media_fault", "not_audio"),
    }[part]
    whole = getattr(where, name)
    setattr(where, name, value)
    try:
        yield
    finally:
        setattr(where, name, whole)


@contextmanager
def database_away(url: str) -> Iterator[None]:
    """Let nobody write: SQLite is held by another writer, PostgreSQL lets nobody in."""
    parts = make_url(url)
    with _held_by_another(parts) if parts.drivername == "sqlite" else _shut(parts):
        yield


@contextmanager
def _held_by_another(url: URL) -> Iterator[None]:
    with closing(sqlite3.connect(str(url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def _shut(url: URL) -> Iterator[None]:
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    name = Identifier(str(url.database))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("alter database {} allow_connections false").format(name))
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [url.database]
        )
        try:
            yield
        finally:
            connection.execute(SQL("alter database {} allow_connections true").format(name))
