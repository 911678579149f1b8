"""The unit of work and the tables: all or nothing, and the same on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import exc, inspect, select

from ivr.persistence import calls
from ivr.persistence.database import open_engine
from ivr.persistence.migrating import is_current, migrate
from ivr.persistence.tables import calls as calls_table
from ivr.persistence.tables import metadata
from tests.persistence.conftest import Memory


def test_migrations_from_nothing_make_the_tables_of_the_code(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []


def test_migrating_twice_changes_nothing(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'peerline.sqlite3'}")
    before = is_current(engine)
    migrate(engine)
    tables = set(inspect(engine).get_table_names())
    migrate(engine)
    after = set(inspect(engine).get_table_names())
    current = is_current(engine)
    engine.dispose()

    assert (before, current) == (False, True)
    assert tables == after == {*metadata.tables, "alembic_version"}


def test_a_failure_leaves_nothing_of_the_work(memory: Memory) -> None:
    def agree_and_fail() -> None:
        with memory.database.write() as work:
            memory.agreed(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        agree_and_fail()
    with memory.database.read() as work:
        assert work.connection.execute(select(calls_table)).all() == []
    assert memory.sent == []


def test_an_error_of_the_database_leaves_nothing_of_the_work(memory: Memory) -> None:
    def keep_a_receipt_twice() -> None:
        with memory.database.write() as work:
            memory.spoken(work, *memory.agreed(work))
            for _ in range(2):
                calls.keep_receipt(work, memory.organisation_id, "CA1", 1, "send_message", "sent")

    with pytest.raises(exc.IntegrityError):
        keep_a_receipt_twice()
    with memory.database.read() as work:
        assert calls.receipt(work, "CA1", 1, "send_message") is None
    assert memory.sent == []


def test_receipts_are_found_by_call_turn_and_deed_and_forgotten_in_time(memory: Memory) -> None:
    with memory.database.write() as work:
        calls.keep_receipt(work, memory.organisation_id, "CA1", 7, "send_message", "sent")
    with memory.database.write() as work:
        assert calls.receipt(work, "CA1", 7, "send_message") == "sent"
        assert calls.receipt(work, "CA1", 8, "send_message") is None
        assert calls.receipt(work, "CA2", 7, "send_message") is None
        assert calls.receipt(work, "CA1", 7, "erase_message") is None
        assert calls.forget_receipts(work, timedelta(days=1)) == 0
    memory.wait(timedelta(days=2))
    with memory.database.write() as work:
        assert calls.forget_receipts(work, timedelta(days=1)) == 1


def test_times_come_back_with_their_zone_whatever_zone_they_had(memory: Memory) -> None:
    memory.times[0] = datetime(2026, 3, 1, 20, tzinfo=timezone(timedelta(hours=8)))
    with memory.database.write() as work:
        memory.agreed(work)
    with memory.database.read() as work:
        (began_at,) = work.connection.execute(select(calls_table.c.began_at)).one()

    assert began_at == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert began_at.utcoffset() == timedelta(0)


def test_a_time_without_a_zone_is_refused(memory: Memory) -> None:
    memory.times[0] = datetime(2026, 3, 1, 12)  # noqa: DTZ001 - that is what is refused
    with pytest.raises(exc.StatementError, match="zone"), memory.database.write() as work:
        memory.agreed(work)


def test_sqlite_is_set_up_to_lose_nothing_and_to_forget_what_is_erased(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
        values = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names}
    engine.dispose()

    assert values == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }
