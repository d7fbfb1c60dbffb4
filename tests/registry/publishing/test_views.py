"""The view that a GIS opens."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, inspect

from registry.database import begin_write
from registry.naming import BadName
from registry.publishing.views import create_view, view_name
from tests.store import RABAT, add_referential, publish_rows, records, state

PAST, FUTURE = date(2000, 1, 1), date(9000, 1, 1)


def publish(engine: Engine) -> None:
    facts = (
        state(1, "now", shape=RABAT, names={"fr": "Rabat", "ar": "الرباط"}),
        state(2, "ended", valid_to=PAST),
        state(3, "announced", valid_from=FUTURE),
        state(4, "ending", valid_from=PAST, valid_to=FUTURE),
    )
    with begin_write(engine) as connection:
        add_referential(connection, "administrative-units")
        publish_rows(connection, "administrative-units", 1, records(*facts))
        create_view(connection, "administrative-units")


def test_the_view_shows_the_states_of_today_with_their_names(postgis_engine: Engine):
    publish(postgis_engine)
    with postgis_engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT code, level, name_fr, name_ar, ST_X(shape) FROM view_administrative_units ORDER BY code"
        ).all()
    assert rows == [
        ("ending", "commune", "Nom ending", None, None),
        ("now", "commune", "Rabat", "الرباط", -6.8326),
    ]


def test_a_gis_finds_the_key_the_kind_and_the_reference_system(postgis_engine: Engine):
    publish(postgis_engine)
    with postgis_engine.connect() as connection:
        listed = connection.exec_driver_sql(
            "SELECT f_geometry_column, srid, type FROM geometry_columns"
            " WHERE f_table_name = 'view_administrative_units'"
        ).all()
        keys = connection.exec_driver_sql("SELECT id FROM view_administrative_units").scalars().all()
    assert listed == [("shape", 4326, "GEOMETRY")]
    assert len(set(keys)) == len(keys) == 2


def test_the_view_follows_the_next_version_and_is_made_again(postgis_engine: Engine):
    publish(postgis_engine)
    with begin_write(postgis_engine) as connection:
        gone = state(4, "ending", valid_from=PAST, valid_to=FUTURE).record().record_key
        publish_rows(connection, "administrative-units", 2, [], [gone])
        create_view(connection, "administrative-units")
        codes = connection.exec_driver_sql("SELECT code FROM view_administrative_units").scalars().all()
    assert codes == ["now"]


def test_shapes_have_an_index_that_a_box_is_looked_up_in(postgis_engine: Engine):
    indexes = {index["name"]: index for index in inspect(postgis_engine).get_indexes("item_state")}
    assert indexes["ix_item_state_shape"]["dialect_options"]["postgresql_using"] == "gist"


def test_sqlite_needs_no_view(sqlite_engine: Engine):
    publish(sqlite_engine)
    assert inspect(sqlite_engine).get_view_names() == []


@pytest.mark.parametrize("referential", ["", "Units", "a_b", "a;b", "a'b", "-a", "é"])
def test_an_id_that_could_not_name_a_view_is_refused(referential: str):
    with pytest.raises(BadName, match="cannot be the id"):
        view_name(referential)
