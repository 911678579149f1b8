"""Concerns: what a caller brings, sealed with a key of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update

from ivr.domain.case_number import new_case_number
from ivr.domain.names import draw_name
from ivr.persistence.calls import Call
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys, new_key, seal, unseal
from ivr.persistence.tables import calls, concerns, messages

UNREADABLE = "unreadable"
"""Bytes that are no sound we know: unlike silence they may hold a voice, so they wait with the others."""

DRAWS = 50
"""How often a name or number is drawn again before the space is called full."""


class NoFreeNumberError(Exception):
    """Every case number or name that was drawn is taken."""

    def __init__(self) -> None:
        super().__init__("no free case number or name was found")


@dataclass(frozen=True, slots=True)
class Concern:
    """One concern and the key that opens what is sealed in it."""

    id: str
    organisation_id: str
    language: str
    wrapped_key: bytes | None

    def key(self, keys: Keys) -> bytes | None:
        """Return the key, or None after the concern was erased."""
        return None if self.wrapped_key is None else keys.unwrap(self.wrapped_key, f"concern:{self.id}")


_COLUMNS = concerns.c.id, concerns.c.organisation_id, concerns.c.language, concerns.c.wrapped_key


def of_call(work: Work, call: Call) -> Concern | None:
    """Return the concern to which belongs what is said in this call now."""
    current = select(calls.c.concern_id).where(calls.c.id == call.id).scalar_subquery()
    return _one(work, concerns.c.id == current)


def begun_in(work: Work, call: Call) -> Concern | None:
    """Return the concern that began in this call and is not erased, whichever is spoken of now."""
    return _one(work, and_(concerns.c.call_id == call.id, concerns.c.erased_at.is_(None)))


def turn_to(work: Work, call: Call, concern_id: str) -> None:
    """Let what is said in this call from now on belong to a concern."""
    work.connection.execute(update(calls).where(calls.c.id == call.id).values(concern_id=concern_id))


def by_id(work: Work, concern_id: str) -> Concern | None:
    """Return a concern by its id, for work that no person asked for."""
    return _one(work, concerns.c.id == concern_id)


def begin(work: Work, keys: Keys, call: Call) -> Concern:
    """Open a concern that staff do not see before something is in it.

    Raises:
        NoFreeNumberError: names and numbers are used up.
    """
    concern_id, key = uuid4().hex, new_key()
    wrapped = keys.wrap(key, f"concern:{concern_id}")
    number = _free_case_number(work, keys, call.organisation_id)
    work.connection.execute(
        insert(concerns).values(
            id=concern_id,
            organisation_id=call.organisation_id,
            hotline_id=call.hotline_id,
            call_id=call.id,
            name=free_name(work, call.organisation_id),
            language=call.language,
            wrapped_key=wrapped,
            sealed_case_number=seal(key, number.encode(), f"concerns.case_number:{concern_id}"),
            case_number_hash=case_hash(keys, call.organisation_id, number),
            state="draft",
            created_at=work.now,
        )
    )
    turn_to(work, call, concern_id)
    return Concern(concern_id, call.organisation_id, call.language, wrapped)


def case_number(work: Work, keys: Keys, concern: Concern) -> str | None:
    """Return the case number for the one call that is told it."""
    sealed = work.connection.execute(
        select(concerns.c.sealed_case_number).where(concerns.c.id == concern.id)
    ).scalar()
    key = concern.key(keys)
    if sealed is None or key is None:
        return None
    return unseal(key, sealed, f"concerns.case_number:{concern.id}").decode()


def keep_pending_pin(work: Work, keys: Keys, concern: Concern, pin: str) -> None:
    """Seal the PIN that she chose until she has keyed it again."""
    key = concern.key(keys)
    sealed = None if key is None else seal(key, pin.encode(), f"concerns.pin:{concern.id}")
    _set(work, concern, sealed_pending_pin=sealed)


def pending_pin(work: Work, keys: Keys, concern: Concern) -> str | None:
    """Return the PIN that waits to be keyed again."""
    sealed = work.connection.execute(
        select(concerns.c.sealed_pending_pin).where(concerns.c.id == concern.id)
    ).scalar()
    key = concern.key(keys)
    return (
        None if sealed is None or key is None else unseal(key, sealed, f"concerns.pin:{concern.id}").decode()
    )


def forget_pending_pin(work: Work, call: Call) -> None:
    """Forget a PIN that was not keyed again before the call ended."""
    work.connection.execute(
        update(concerns)
        .where(concerns.c.call_id == call.id, concerns.c.sealed_pending_pin.is_not(None))
        .values(sealed_pending_pin=None)
    )


def keep_pin(work: Work, concern: Concern, pin_hash: str | None) -> None:
    """Keep the hash of the PIN, or none, and forget the one that waited."""
    values: dict[str, object] = {"sealed_pending_pin": None}
    if pin_hash is not None:
        values["pin_hash"] = pin_hash
    _set(work, concern, **values)


def has_pin(work: Work, concern: Concern) -> bool:
    """Say whether she has chosen four numbers, without which nobody opens her case."""
    statement = select(concerns.c.pin_hash).where(concerns.c.id == concern.id)
    return work.connection.execute(statement).scalar() is not None


def keep_wish(work: Work, concern: Concern, wish: str) -> None:
    """Keep whether and how she wants an answer."""
    _set(work, concern, answer_wish=wish)


def keep_caller_kind(work: Work, concern: Concern, kind: str) -> None:
    """Keep what she said by key that it is about."""
    _set(work, concern, caller_kind=kind)


def keep_topic(work: Work, concern: Concern, topic: str) -> None:
    """Keep the recorded topic that she wanted to speak about."""
    _set(work, concern, topic=topic)


def keep_suggestion(work: Work, concern_id: str, kind: str | None, urgency: str | None) -> None:
    """Keep what the words suggest; staff decide."""
    work.connection.execute(
        update(concerns)
        .where(concerns.c.id == concern_id)
        .values(suggested_kind=kind, suggested_urgency=urgency)
    )


def release(work: Work, concern_id: str) -> None:
    """Let staff see the concern; a second time nothing changes."""
    work.connection.execute(
        update(concerns)
        .where(concerns.c.id == concern_id, concerns.c.released_at.is_(None))
        .values(released_at=work.now)
    )
    work.connection.execute(
        update(concerns).where(concerns.c.id == concern_id, concerns.c.state == "draft").values(state="open")
    )


def tell_of_addition(work: Work, concern_id: str, call_id: str) -> None:
    """Show staff that a message of a later call than the first one came to a concern."""
    statement = update(concerns).where(concerns.c.id == concern_id, concerns.c.call_id != call_id)
    if work.connection.execute(statement.values(added_at=work.now, has_news=True)).rowcount:
        open_again(work, concern_id)


def tell_of_trouble(work: Work, concern: Concern) -> None:
    """Show staff that calling us caused her trouble."""
    _set(work, concern, trouble_at=work.now, has_news=True)
    open_again(work, concern.id)


def open_again(work: Work, concern_id: str, *, arrives: bool = True) -> bool:
    """Open a concern that was done; False if it was not.

    Args:
        work: The transaction.
        concern_id: Which one; if its name was given to another meanwhile, it gets a new one.
        arrives: It waits from now on; else it stands where it stood before it was done.
    """
    row = work.connection.execute(
        select(concerns.c.organisation_id, concerns.c.name).where(
            concerns.c.id == concern_id, concerns.c.state == "done"
        )
    ).first()
    if row is None:
        return False
    values: dict[str, object] = {"state": "open", "done_at": None}
    if arrives:
        values["released_at"] = work.now
    if _is_name_taken(work, row.organisation_id, row.name):
        values["name"] = free_name(work, row.organisation_id)
    statement = update(concerns).where(concerns.c.id == concern_id, concerns.c.state == "done")
    return work.connection.execute(statement.values(values)).rowcount == 1


def sort(work: Work, concern_id: str) -> None:
    """Put the concern aside if all that staff see of it is, and back if not; call when a message changes."""
    seen = (
        messages.c.concern_id == concern_id,
        messages.c.released_at.is_not(None),
        messages.c.erased_at.is_(None),
    )
    needs_people = or_(messages.c.set_aside.is_(None), messages.c.set_aside == UNREADABLE)
    is_set_aside = and_(exists().where(*seen), ~exists().where(*seen, needs_people))
    work.connection.execute(
        update(concerns).where(concerns.c.id == concern_id).values(is_set_aside=is_set_aside)
    )


def withdraw_if_empty(work: Work, concern: Concern) -> None:
    """Take a concern out of sight again when its last message was erased."""
    holds = exists().where(messages.c.concern_id == concern.id, messages.c.erased_at.is_(None))
    if not work.connection.execute(select(holds)).scalar():
        _set(work, concern, state="draft", released_at=None, suggested_kind=None, suggested_urgency=None)


def stale_drafts(work: Work, before: datetime, most: int = 100) -> list[Concern]:
    """Return drafts that nobody ever spoke into."""
    holds = exists().where(messages.c.concern_id == concerns.c.id, messages.c.erased_at.is_(None))
    rows = work.connection.execute(
        select(*_COLUMNS)
        .where(
            concerns.c.state == "draft",
            concerns.c.created_at < before,
            concerns.c.erased_at.is_(None),
            ~holds,
        )
        .limit(most)
    )
    return [Concern(*row) for row in rows]


def erase(work: Work, concern: Concern) -> None:
    """Erase the key, and with it everything that it sealed."""
    _set(
        work,
        concern,
        wrapped_key=None,
        sealed_case_number=None,
        case_number_hash=None,
        sealed_pending_pin=None,
        pin_hash=None,
        erased_at=work.now,
    )


def is_opened(work: Work, concern: Concern) -> bool:
    """Say whether any of the staff ever opened a concern."""
    statement = select(concerns.c.first_opened_at).where(concerns.c.id == concern.id)
    return work.connection.execute(statement).scalar() is not None


def erase_facts(work: Work, concern: Concern) -> None:
    """Empty what else is known of a concern, and free its name; when it began and ended stays."""
    _set(
        work,
        concern,
        name=concern.id,
        language="und",
        answer_wish=None,
        topic=None,
        caller_kind=None,
        suggested_kind=None,
        suggested_urgency=None,
        state="erased",
        is_set_aside=False,
        has_news=False,
        added_at=None,
        trouble_at=None,
    )


def _one(work: Work, condition: ColumnElement[bool]) -> Concern | None:
    row = work.connection.execute(select(*_COLUMNS).where(condition)).first()
    return None if row is None else Concern(*row)


def _set(work: Work, concern: Concern, **values: object) -> None:
    work.connection.execute(update(concerns).where(concerns.c.id == concern.id).values(**values))


def _free_case_number(work: Work, keys: Keys, organisation_id: str) -> str:
    for _ in range(DRAWS):
        number = new_case_number()
        taken = exists().where(concerns.c.case_number_hash == case_hash(keys, organisation_id, number))
        if not work.connection.execute(select(taken)).scalar():
            return number
    raise NoFreeNumberError


def free_name(work: Work, organisation_id: str) -> str:
    """Draw a name that no concern has that is not done.

    Raises:
        NoFreeNumberError: names are used up.
    """
    for _ in range(DRAWS):
        name = draw_name()
        if not _is_name_taken(work, organisation_id, name):
            return name
    raise NoFreeNumberError


def _is_name_taken(work: Work, organisation_id: str, name: str) -> bool:
    taken = exists().where(
        concerns.c.organisation_id == organisation_id, concerns.c.name == name, concerns.c.state != "done"
    )
    return bool(work.connection.execute(select(taken)).scalar())


def case_hash(keys: Keys, organisation_id: str, number: str) -> bytes:
    """Return by what a case is found: its number cannot be read from it."""
    return keys.keyed_hash(number, f"case number of {organisation_id}")
