"""`peerline migrate`: bringing the tables of the database to the newest form."""

import typer

from ivr.domain.errors import PeerlineError
from ivr.persistence.database import open_engine
from ivr.persistence.migrating import is_current, migrate
from ivr.settings import Settings


def migrate_database() -> None:
    """Bring the database up to date; safe to repeat. `up` and `demo` do it by themselves."""
    try:
        settings = Settings.load()
    except PeerlineError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    engine = open_engine(settings.resolved_database_url, synchronous=settings.sqlite_synchronous)
    try:
        was_current = is_current(engine)
        migrate(engine)
    finally:
        engine.dispose()
    typer.echo("The database was up to date." if was_current else "The database is up to date now.")
