"""What a store test puts into a database: a referential, records, and the rows of versions."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import shapely
from sqlalchemy import Connection, Engine, insert

from referentials.records import ChangeEvent, ChangeLink, Designation, Observation, Record, RecordKey, State
from referentials.shapes import to_wkb
from registry import models
from registry.database import open_engine
from registry.publishing.rows import withdraw_records, write_records
from tests.postgis import Server

RABAT = to_wkb(shapely.Point(-6.8326, 34.0132))


@contextmanager
def empty_sqlite(template: Path, folder: Path) -> Iterator[Engine]:
    """A copy of a migrated SQLite file."""
    path = folder / "marjaa.sqlite"
    shutil.copyfile(template, path)
    engine = open_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@contextmanager
def empty_postgis(server: Server) -> Iterator[Engine]:
    """A migrated database of a server."""
    with server.database() as url:
        engine = open_engine(url)
        yield engine
        engine.dispose()


def some_id(number: int) -> uuid.UUID:
    """An id that sorts by its number."""
    return uuid.UUID(int=number)


def state(number: int, code: str, **fields) -> State:
    """A state of item `number`, with a French name."""
    given = {"level": "commune", "parent": None, "names": {"fr": f"Nom {code}"}, "attributes": {}} | fields
    return State(item=some_id(number), code=code, **given)


def designation(number: int, text: str, **fields) -> Designation:
    """Another name of item `number`."""
    given = {"language": "fr", "script": "Latn", "use": "alternative", "source": "test"} | fields
    return Designation(item=some_id(number), text=text, **given)


def population(number: int, value: float, year: int = 2024) -> Observation:
    """The population of item `number` in a census."""
    return Observation(some_id(number), "population", date(year, 9, 1), value, "person", "census")


def recode(number: int, item: int, old: str, new: str) -> ChangeEvent:
    """Event `number`: item `item` got another code."""
    links = tuple(
        ChangeLink(role, some_id(item), code, "commune") for role, code in (("source", old), ("target", new))
    )
    return ChangeEvent(some_id(number), "recode", date(2024, 9, 1), "a decree", links)


def records(*facts) -> list[Record]:
    """The facts as records, in content order."""
    return sorted((fact.record() for fact in facts), key=lambda record: record.order)


def add_referential(connection: Connection, referential: str = "units") -> str:
    """The row of a referential."""
    described = {"kind": "administrative-units", "owner": "HCP", "licence": "open", "attribution": "HCP"}
    connection.execute(
        insert(models.Referential).values(
            id=referential,
            names={"fr": "Unités"},
            description={},
            periodicity="yearly",
            levels=[],
            languages=["fr", "ar"],
            stage="published",
            **described,
        )
    )
    return referential


def add_version(connection: Connection, referential: str, ordinal: int, **fields) -> None:
    """The row of a version, which closes it."""
    given = {
        "label": str(ordinal),
        "effective_on": date(2024, 1, 1),
        "status": "published",
        "content_root": "00" * 32,
        "base_ordinal": ordinal - 1 or None,
        "published_at": "2024-01-01T00:00:00Z",
        "basis": "test",
        "notes": {},
        "provenance": [],
        "counts": {},
    }
    values = given | {"referential": referential, "ordinal": ordinal} | fields
    connection.execute(insert(models.Version).values(**values))


def add_change_set(connection: Connection, referential: str = "units") -> uuid.UUID:
    """The row of an empty draft of the first version."""
    identity = uuid.uuid4()
    connection.execute(
        insert(models.ChangeSet).values(
            id=identity,
            referential=referential,
            label="1",
            effective_on=date(2024, 1, 1),
            basis="test",
            notes={},
            provenance=[],
            status="draft",
            created_at="2024-01-01T00:00:00Z",
            changed_at="2024-01-01T00:00:00Z",
        )
    )
    return identity


def publish_rows(
    connection: Connection,
    referential: str,
    ordinal: int,
    added: Iterable[Record],
    withdrawn: Iterable[RecordKey] = (),
) -> None:
    """The rows of a version, as the publish function writes them."""
    withdraw_records(connection, referential, ordinal, withdrawn)
    write_records(connection, referential, ordinal, added)
    add_version(connection, referential, ordinal)
