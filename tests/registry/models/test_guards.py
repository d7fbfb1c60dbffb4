"""Raw SQL tries to alter what is published; the database itself refuses, on both."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from registry import models
from registry.database import begin_write
from registry.publishing.rows import write_records
from tests.postgis import Server
from tests.store import (
    RABAT,
    add_referential,
    add_version,
    designation,
    empty_postgis,
    empty_sqlite,
    population,
    publish_rows,
    recode,
    records,
    some_id,
    state,
)

TABLES = [
    "item",
    "item_state",
    "designation",
    "observation",
    "change_event",
    "change_link",
    "version",
    "correspondence",
    "association",
    "association_member",
    "log_leaf",
]
_ATTACKS = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text())
ATTACKS: dict[str, str] = _ATTACKS["both"]
ONLY_SQLITE: dict[str, str] = _ATTACKS["sqlite"]
ONLY_POSTGRESQL: dict[str, str] = _ATTACKS["postgresql"]


def publish_some_of_everything(engine: Engine) -> Engine:
    """Version 1 of one referential, an empty one beside it, a correspondence and a leaf of the log."""
    facts = (
        state(1, "A", level="province", shape=RABAT),
        state(2, "B", parent=some_id(1)),
        designation(2, "Autre nom"),
        population(2, 1200),
        recode(50, 2, "b", "B"),
    )
    with begin_write(engine) as connection:
        add_referential(connection)
        add_referential(connection, "others")
        publish_rows(connection, "units", 1, records(*facts))
        association = {"correspondence": "map", "ordinal": 1, "position": 1}
        member = association | {"names": {}}
        connection.execute(insert(models.Association).values(**association, relation="exact"))
        connection.execute(insert(models.AssociationMember).values(**member, side="source", code="A"))
        connection.execute(insert(models.AssociationMember).values(**member, side="target", code="MA-A"))
        described = {"basis": "x", "licence": "x", "attribution": "x", "notes": {}, "published_at": "x"}
        connection.execute(
            insert(models.Correspondence).values(
                id="map", ordinal=1, names={"fr": "x"}, source="units", target="iso-3166-2", **described
            )
        )
        connection.execute(insert(models.LogLeaf).values(position=0, leaf=b"{}", leaf_hash=b"\0" * 32))
    return engine


@pytest.fixture
def published(engine: Engine) -> Engine:
    """A database of the test's own, with something published."""
    return publish_some_of_everything(engine)


@pytest.fixture(scope="module")
def attacked_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """One SQLite database for all attacks: a refused one leaves no trace."""
    with empty_sqlite(migrated_sqlite, tmp_path_factory.mktemp("attacked")) as engine:
        yield publish_some_of_everything(engine)


@pytest.fixture(scope="module")
def attacked_postgis(postgis_server: Server) -> Iterator[Engine]:
    """One PostGIS database for all attacks."""
    with empty_postgis(postgis_server) as engine:
        yield publish_some_of_everything(engine)


@pytest.fixture(params=["sqlite", "postgis"])
def attacked(request: pytest.FixtureRequest) -> Engine:
    """Either of the two."""
    engine: Engine = request.getfixturevalue(f"attacked_{request.param}")
    return engine


def everything(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        return {
            table: sorted(map(repr, connection.execute(text(f"SELECT * FROM {table}")).all()))
            for table in TABLES
        }


def run(engine: Engine, statement: str) -> None:
    with begin_write(engine) as connection:
        connection.exec_driver_sql(statement)


def refused(engine: Engine, statement: str) -> None:
    before = everything(engine)
    with pytest.raises(IntegrityError):
        run(engine, statement)
    assert everything(engine) == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_refused_that(attacked: Engine, attack: str):
    refused(attacked, ATTACKS[attack])


@pytest.mark.parametrize("table", TABLES)
def test_no_published_row_is_ever_deleted(attacked: Engine, table: str):
    refused(attacked, f"DELETE FROM {table}")


def test_the_tables_that_are_attacked_hold_something(attacked: Engine):
    assert all(everything(attacked).values())


@pytest.mark.parametrize("attack", ONLY_SQLITE)
def test_sqlite_refuses_in_its_own_dialect_that(attacked_sqlite: Engine, attack: str):
    refused(attacked_sqlite, ONLY_SQLITE[attack])


@pytest.mark.parametrize("attack", ONLY_POSTGRESQL)
def test_postgresql_refuses_in_its_own_dialect_that(attacked_postgis: Engine, attack: str):
    refused(attacked_postgis, ONLY_POSTGRESQL[attack])


def test_postgis_takes_two_dimensions_only(attacked_postgis: Engine):
    statement = """
        INSERT INTO item_state (item, referential, code, level, names, attributes, introduced_in, shape)
        SELECT id, referential, 'C', 'commune', '{}', '{}', 2, 'POINT Z (1 2 3)' FROM item
    """
    with pytest.raises(DBAPIError, match="Z dimension"):
        run(attacked_postgis, statement)


@pytest.mark.parametrize("table", ["item_state", "designation", "observation", "change_event"])
def test_a_row_gains_its_withdrawal_once_and_never_loses_it(published: Engine, table: str):
    with begin_write(published) as connection:
        connection.exec_driver_sql(f"UPDATE {table} SET withdrawn_in = 2")
        add_version(connection, "units", 2)
    refused(published, f"UPDATE {table} SET withdrawn_in = 2")
    refused(published, f"UPDATE {table} SET withdrawn_in = 3")
    refused(published, f"UPDATE {table} SET withdrawn_in = NULL")


def test_a_version_goes_from_published_to_superseded_to_withdrawn_only(published: Engine):
    for status in ("superseded", "withdrawn"):
        with begin_write(published) as connection:
            connection.exec_driver_sql(f"UPDATE version SET status = '{status}'")
    refused(published, "UPDATE version SET status = 'published'")


@pytest.mark.parametrize(
    "odd", [{"ordinal": 3}, {"ordinal": 2, "base_ordinal": None}, {"ordinal": 2, "label": "1"}]
)
def test_versions_form_one_line(published: Engine, odd: dict):
    with begin_write(published) as connection, pytest.raises(IntegrityError):
        add_version(connection, "units", **odd)


def test_a_version_whose_states_have_an_unknown_parent_is_refused(published: Engine):
    orphan = records(state(3, "C", parent=some_id(99)))
    with begin_write(published) as connection, pytest.raises(IntegrityError, match="parent"):
        publish_rows(connection, "units", 2, orphan)


def test_a_child_may_come_before_its_parent_in_one_version(published: Engine):
    with begin_write(published) as connection:
        publish_rows(
            connection, "units", 2, records(state(3, "C", parent=some_id(4)), state(4, "D", level="province"))
        )


def test_the_next_version_may_bring_rows_and_the_one_after_it_not_yet(published: Engine):
    with begin_write(published) as connection:
        publish_rows(connection, "units", 2, records(state(3, "C", valid_from=date(2024, 9, 1))))
    late = records(state(4, "D"))
    with begin_write(published) as connection, pytest.raises(IntegrityError):
        write_records(connection, "units", 2, late)


def test_no_row_slips_in_while_another_transaction_publishes(published: Engine):
    postgresql = published.dialect.name == "postgresql"
    slip = f"INSERT INTO item (id, referential, introduced_in) VALUES ('{some_id(7).hex}', 'units', 2)"
    with begin_write(published) as publishing, published.connect() as other:
        publishing.execute(select(models.Referential.id).with_for_update())
        other.exec_driver_sql("SET lock_timeout = '20ms'" if postgresql else "PRAGMA busy_timeout = 20")
        with pytest.raises(OperationalError, match="lock"):
            other.exec_driver_sql(slip)
