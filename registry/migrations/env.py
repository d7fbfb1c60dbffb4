"""Run by Alembic, with the connection that `registry.migrations.upgrade` opened."""

from __future__ import annotations

from alembic import context

from registry.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
)
context.run_migrations()
