"""The audit trail: whatever is changed, taken out or cut off is found."""

import pytest
from sqlalchemy import select

from ivr.persistence.tables import audit_entries, audit_heads
from ivr.services import audit
from ivr.services.audit import Finding
from tests.console.staff_room import StaffRoom


def fill(room: StaffRoom, entries: int = 8, word: str = "") -> None:
    with room.station.database.write() as work:
        for number in range(entries):
            audit.write(
                work,
                room.station.keys,
                room.organisations["north"],
                "note",
                staff_id="1" * 32,
                subject_id="2" * 32,
                detail=f"{word}{number}",
            )


def spoil(room: StaffRoom, *statements: str) -> tuple[Finding, ...]:
    """Change the trail behind its back. Returns what a check finds."""
    with room.station.database.write() as work:
        for statement in statements:
            work.connection.exec_driver_sql(statement)
    return audit.verify(room.station).findings


def test_an_untouched_trail_is_whole(room: StaffRoom) -> None:
    fill(room)

    verified = audit.verify(room.station)

    assert verified.findings == ()
    assert verified.lengths == {"north": 8, "south": 0}


@pytest.mark.parametrize(
    "change",
    [
        "action = 'listen'",
        "detail = 'x'",
        "staff_id = null",
        "subject_id = '3'",
        "at = '2026-11-21 09:00:00.000001'",
        "chain = '0'",
    ],
)
def test_a_changed_entry_is_found(room: StaffRoom, change: str) -> None:
    fill(room)

    found = spoil(room, f"update audit_entries set {change} where number = 3")

    assert Finding("north", 3, "changed") in found


def test_a_missing_entry_is_found(room: StaffRoom) -> None:
    fill(room)

    found = spoil(room, "delete from audit_entries where number in (3, 4)")

    assert Finding("north", 3, "missing") in found
    assert Finding("north", 4, "missing") in found


def test_a_gap_that_was_closed_by_renumbering_is_found(room: StaffRoom) -> None:
    fill(room)

    found = spoil(
        room,
        "delete from audit_entries where number = 3",
        "update audit_entries set number = 3 where number = 4",
    )

    assert Finding("north", 3, "changed") in found


def test_an_end_that_was_cut_off_is_found_even_if_the_head_is_set_back(room: StaffRoom) -> None:
    fill(room)

    found = spoil(
        room,
        "delete from audit_entries where number > 5",
        "update audit_heads set number = 5, chain = (select chain from audit_entries where number = 5)",
    )

    assert found == (Finding("north", 6, "cut_off"),)


def test_a_trail_that_was_wiped_out_is_found(room: StaffRoom) -> None:
    room.add_person("hana")

    found = spoil(room, "delete from audit_entries", "delete from audit_heads")

    assert found == (Finding("north", 1, "cut_off"),)


def test_an_entry_that_was_copied_to_the_end_is_found(room: StaffRoom) -> None:
    fill(room)

    found = spoil(
        room,
        "insert into audit_entries select organisation_id, 9, at, staff_id, action, subject_id, detail, chain"
        " from audit_entries where number = 8",
    )

    assert Finding("north", 9, "changed") in found


def test_an_entry_of_an_older_history_that_is_slipped_in_is_found(room: StaffRoom) -> None:
    """Somebody kept rows, set the trail back, let it grow anew, and puts an old entry in its place."""
    fill(room, 5)
    sixth = audit_entries.c.number == 6
    with room.station.database.read() as work:
        head = dict(work.connection.execute(select(audit_heads)).mappings().one())
    fill(room, 1, "old")
    with room.station.database.write() as work:
        old = dict(work.connection.execute(select(audit_entries).where(sixth)).mappings().one())
        work.connection.execute(audit_entries.delete().where(sixth))
        work.connection.execute(audit_heads.update().values(**head))
    fill(room, 3, "new")
    before = audit.verify(room.station).findings
    with room.station.database.write() as work:
        work.connection.execute(audit_entries.update().where(sixth).values(**old))

    assert before == ()
    assert audit.verify(room.station).findings == (Finding("north", 7, "changed"),)


def test_what_a_person_does_is_in_the_trail_and_the_trail_is_whole(room: StaffRoom) -> None:
    concern = room.add_concern()
    browser = room.signed_in()
    browser.get(f"/concerns/{concern.id}")
    browser.send(f"/concerns/{concern.id}/notes", text="a note")
    browser.send("/sign-out")

    verified = audit.verify(room.station)
    assert verified.findings == ()
    assert verified.lengths["north"] == len(["user_added", "sign_in", "open_concern", "note", "sign_out"])


def test_a_deed_that_fails_leaves_no_entry(room: StaffRoom) -> None:
    def fail() -> None:
        with room.station.database.write() as work:
            audit.write(work, room.station.keys, room.organisations["north"], "note")
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - it is the one raised above
        fail()

    assert audit.verify(room.station).lengths["north"] == 0
