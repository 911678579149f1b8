"""The database, SQLite or PostgreSQL, and the unit of work that is the only way to change it."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 5000
"""How long a writer waits for another one on SQLite before it gives up."""

LOG_TIMEOUT_MS = 200
"""How long shortening the log waits for readers: a caller may be on the line."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Errand:
    """A job that was ordered in a transaction and is to be sent after it."""

    job: str
    task_id: str
    attempt: int


SendErrand = Callable[[Errand], object]


@dataclass(slots=True)
class Work:
    """One transaction: its connection, its time, and the errands that go out if it succeeds."""

    connection: Connection
    now: datetime
    errands: list[Errand] = field(default_factory=list)


def utc_now() -> datetime:
    """Return the time of the computer's clock."""
    return datetime.now(UTC)


def send_nothing(errand: Errand) -> None:
    """Send nothing: the sweep finds the task by itself."""
    del errand


class Database:
    """Opens units of work on one engine; readers and writers differ only in how they begin."""

    def __init__(self, engine: Engine, *, now: Clock = utc_now, send: SendErrand = send_nothing) -> None:
        self.engine = engine
        self.now = now
        self._send = send
        self._readers = engine.execution_options(peerline_reads=True)

    @contextmanager
    def write(self) -> Iterator[Work]:
        """Commit all of it durably or nothing of it; then send what was ordered."""
        with self.engine.begin() as connection:
            work = Work(connection, self.now())
            yield work
        for errand in work.errands:
            self._send(errand)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """Read one consistent state, without stopping any writer."""
        with self._readers.begin() as connection:
            yield Work(connection, self.now())

    def shorten_log(self) -> None:
        """Take out of SQLite's write-ahead log what is erased; a busy reader leaves it to the next time.

        Pages that were changed lie there as they were before, until the log begins anew.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute(f"PRAGMA busy_timeout={LOG_TIMEOUT_MS}")
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.cursor().execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_engine(url: str, *, synchronous: str = "FULL") -> Engine:
    """Make the engine for a database address.

    Args:
        url: `sqlite:///file` or `postgresql+psycopg://...`.
        synchronous: SQLite only: `FULL` survives a power cut, `NORMAL` a crash of the program.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    file = make_url(url).database
    if file:
        Path(file).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(url, hide_parameters=True)  # an error's text never quotes a value
    _tune_sqlite(engine, synchronous)
    return engine


def _tune_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _set_pragmas(connection: Any, record: object) -> None:  # noqa: ARG001 - SQLAlchemy's signature
        connection.isolation_level = None  # the driver begins nothing by itself
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            f"synchronous={synchronous}",
            "secure_delete=ON",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("peerline_reads")
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
