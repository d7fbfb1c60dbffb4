"""The migrations and the models describe one schema."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from registry.migrations import current_revision, head_revision, upgrade
from registry.models import Base


def test_the_migrations_lead_to_the_models(engine: Engine):
    ours = set(Base.metadata.tables) | {"alembic_version"}

    def include_name(name, kind, parents):
        return kind != "table" or name in ours

    def include_object(thing, name, kind, reflected, compare_to):
        # The index over shapes is for PostGIS only.
        return kind != "index" or name != "ix_item_state_shape" or engine.dialect.name == "postgresql"

    options = {"include_name": include_name, "include_object": include_object, "compare_type": True}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_a_migrated_database_is_at_the_newest_revision(engine: Engine):
    assert current_revision(engine) == head_revision()


def test_migrating_again_changes_nothing(engine: Engine):
    before = inspect(engine).get_table_names()
    upgrade(engine)
    assert inspect(engine).get_table_names() == before
