"""Engines, transactions and the column type of shapes, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.exc import OperationalError

from registry import models
from registry.database import begin_write, open_engine, sessions
from tests.store import add_referential, some_id


def item_state(**fields) -> models.ItemState:
    given = {"level": "commune", "names": {"fr": "Salé"}, "attributes": {}, "introduced_in": 1} | fields
    return models.ItemState(item=some_id(1), referential="units", code="A", **given)


@pytest.mark.parametrize(
    "wkt",
    [
        "POINT (-6.8326 34.0132)",
        "POINT EMPTY",
        "POLYGON ((0 0, 0 1, 1 1, 1 0, 0 0))",
        "MULTIPOLYGON (((0 0, 0 1, 1 1, 1 0, 0 0)), ((5 5, 5 6, 6 6, 5 5)))",
        "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
    ],
)
def test_a_shape_comes_back_as_it_was_stored(engine: Engine, wkt: str):
    shape = shapely.from_wkt(wkt)
    with sessions(engine)() as session:
        add_referential(session.connection())
        session.add(models.Item(id=some_id(1), referential="units", introduced_in=1))
        session.flush()
        session.add(item_state(shape=shape))
        session.flush()
        session.expire_all()
        stored = session.scalars(select(models.ItemState)).one()
        assert stored.shape.equals_exact(shape, 0)
        assert stored.names == {"fr": "Salé"}


def test_a_state_without_a_shape_has_none(engine: Engine):
    with sessions(engine)() as session:
        add_referential(session.connection())
        session.add(models.Item(id=some_id(1), referential="units", introduced_in=1))
        session.flush()
        session.add(item_state())
        session.flush()
        session.expire_all()
        assert session.scalars(select(models.ItemState)).one().shape is None


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(models.Referential)).scalar_one()


def test_a_failed_unit_of_work_leaves_nothing(engine: Engine):
    def fail() -> None:
        with begin_write(engine) as connection:
            add_referential(connection)
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        fail()
    assert count(engine) == 0


def test_a_savepoint_is_rolled_back_alone(engine: Engine):
    with begin_write(engine) as connection:
        add_referential(connection, "kept")
        savepoint = connection.begin_nested()
        add_referential(connection, "dropped")
        savepoint.rollback()
    assert count(engine) == 1


def test_text_is_sorted_by_code_point_on_either_database(engine: Engine):
    ids = ["zz", "a-b", "ab", "Z", "é", "\U0001f600", "\uffee", "ا"]
    with begin_write(engine) as connection:
        for one in ids:
            connection.execute(insert(models.Administration).values(id=one, category="commune", names={}))
        names = select(models.Administration.id).order_by(models.Administration.id)
        assert list(connection.execute(names).scalars()) == sorted(ids)


def test_a_writer_on_sqlite_holds_the_lock_from_its_first_moment(sqlite_engine: Engine):
    with begin_write(sqlite_engine), sqlite_engine.connect() as other:
        other.exec_driver_sql("PRAGMA busy_timeout = 10")
        with pytest.raises(OperationalError, match="locked"):
            other.execute(insert(models.OutboxEntry).values(kind="x", payload={}, created_at=""))


def test_a_reader_on_sqlite_goes_on_while_another_writes(sqlite_engine: Engine):
    with begin_write(sqlite_engine) as connection:
        add_referential(connection)
        assert count(sqlite_engine) == 0
    assert count(sqlite_engine) == 1


def test_the_folder_of_a_sqlite_file_is_made(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path}/new/folder/marjaa.sqlite")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
    assert (tmp_path / "new" / "folder").is_dir()


def test_an_address_of_postgresql_is_read_with_psycopg():
    engine = open_engine("postgresql://marjaa@db.example/marjaa")
    assert engine.dialect.driver == "psycopg"
    engine.dispose()
