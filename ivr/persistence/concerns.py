"""Concerns: what a caller brings, sealed with a key of its own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import and_, exists, insert, or_, select, update

from ivr.domain.case_number import new_case_number
from ivr.domain.names import draw_name
from ivr.persistence.calls import Call
from ivr.persistence.database import Work
from ivr.persistence.sealing import Keys, new_key, seal, unseal
from ivr.persistence.tables import concerns, messages

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
    """Return the concern that this call opened."""
    row = work.connection.execute(select(*_COLUMNS).where(concerns.c.call_id == call.id)).first()
    return None if row is None else Concern(*row)


def by_id(work: Work, concern_id: str) -> Concern | None:
    """Return a concern by its id, for work that no person asked for."""
    row = work.connection.execute(select(*_COLUMNS).where(concerns.c.id == concern_id)).first()
    return None if row is None else Concern(*row)


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
            case_number_hash=_case_hash(keys, call.organisation_id, number),
            state="draft",
            created_at=work.now,
        )
    )
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


def keep_wish(work: Work, concern: Concern, wish: str) -> None:
    """Keep whether and how she wants an answer."""
    _set(work, concern, answer_wish=wish)


def keep_caller_kind(work: Work, concern: Concern, kind: str) -> None:
    """Keep what she said by key that it is about."""
    _set(work, concern, caller_kind=kind)


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


def _set(work: Work, concern: Concern, **values: object) -> None:
    work.connection.execute(update(concerns).where(concerns.c.id == concern.id).values(**values))


def _free_case_number(work: Work, keys: Keys, organisation_id: str) -> str:
    for _ in range(DRAWS):
        number = new_case_number()
        taken = exists().where(concerns.c.case_number_hash == _case_hash(keys, organisation_id, number))
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
        taken = exists().where(
            concerns.c.organisation_id == organisation_id, concerns.c.name == name, concerns.c.state != "done"
        )
        if not work.connection.execute(select(taken)).scalar():
            return name
    raise NoFreeNumberError


def _case_hash(keys: Keys, organisation_id: str, number: str) -> bytes:
    return keys.keyed_hash(number, f"case number of {organisation_id}")
