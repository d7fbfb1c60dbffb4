"""A view per referential that a GIS opens straight from PostGIS."""

from __future__ import annotations

from sqlalchemy import Connection

from registry.naming import referential_id


def view_name(referential: str) -> str:
    """The name of a referential's view; raises BadName for an id that is not lower case with hyphens."""
    return f"view_{referential_id(referential).replace('-', '_')}"


def create_view(connection: Connection, referential: str) -> None:
    """Make, or make again, the view of a referential's states as they hold today; on PostgreSQL only.

    Its columns: `id` (a stable whole number, as QGIS wants for a key), `code`, `level`, `name_fr`, `name_ar`,
    `valid_from`, `valid_to`, and `shape`, which keeps its type and SRID.
    """
    if connection.dialect.name != "postgresql":
        return
    name = view_name(referential)
    # The id is checked above: a view's text takes no parameters. Replaced, not dropped: grants on it stay.
    connection.exec_driver_sql(
        f"""
        CREATE OR REPLACE VIEW {name} AS
        SELECT id, code, level, names ->> 'fr' AS name_fr, names ->> 'ar' AS name_ar,
               valid_from, valid_to, shape
        FROM item_state
        WHERE referential = '{referential}' AND withdrawn_in IS NULL
          AND (valid_from IS NULL OR valid_from <= CURRENT_DATE)
          AND (valid_to IS NULL OR valid_to > CURRENT_DATE)
        """  # noqa: S608  # the id was checked
    )
