"""The databases that are measured: SQLite as it is by default, and PostgreSQL where there is a server."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import psycopg

POSTGRES_URL = "PEERLINE_TEST_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class Measured:
    """One database to measure.

    Attributes:
        name: For the table, with how durable a commit is.
        settings: What makes a line use it.
    """

    name: str
    settings: dict[str, object]


@contextmanager
def sqlite() -> Iterator[Measured]:
    """Give the SQLite of the line's data folder."""
    yield Measured("SQLite, synchronous=FULL", {"sqlite_synchronous": "FULL"})


@contextmanager
def postgresql() -> Iterator[Measured | None]:
    """Give a PostgreSQL database of our own, or None where no server is named."""
    server = os.environ.get(POSTGRES_URL, "").replace("postgresql+psycopg://", "postgresql://")
    if not server:
        yield None
        return
    name = f"peerline_bench_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"create database {name}".encode())
        fsync, commit = (_setting(connection, what) for what in ("fsync", "synchronous_commit"))
        try:
            url = server.rpartition("/")[0] + f"/{name}"
            yield Measured(f"PostgreSQL, fsync={fsync}, synchronous_commit={commit}", {"database_url": url})
        finally:
            connection.execute(f"drop database {name} with (force)".encode())


def _setting(connection: psycopg.Connection, name: str) -> str:
    row = connection.execute(f"show {name}".encode()).fetchone()
    return "" if row is None else str(row[0])
