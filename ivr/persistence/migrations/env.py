"""Runs migrations on the connection that `ivr.persistence.migrating` hands over."""

from alembic import context

from ivr.persistence.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
