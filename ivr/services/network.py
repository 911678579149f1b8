"""Founding organisations and opening their hotlines."""

from uuid import uuid4

from sqlalchemy import insert, select

from ivr.persistence.content import seed
from ivr.persistence.database import Work
from ivr.persistence.hotlines import open_hotline
from ivr.persistence.sealing import Keys, new_key
from ivr.persistence.tables import organisations

__all__ = ["found_organisation", "open_hotline"]


def found_organisation(work: Work, keys: Keys, *, slug: str, name: str) -> str:
    """Add an organisation with a key of its own and the starter content; known already, nothing changes.

    Returns:
        Its id.
    """
    known = work.connection.execute(select(organisations.c.id).where(organisations.c.slug == slug)).scalar()
    if known is not None:
        return str(known)
    organisation_id = uuid4().hex
    work.connection.execute(
        insert(organisations).values(
            id=organisation_id,
            slug=slug,
            name=name,
            wrapped_key=keys.wrap(new_key(), f"organisation:{organisation_id}"),
            created_at=work.now,
        )
    )
    seed(work, organisation_id)
    return organisation_id
