"""The inventory of public data: data sets and the columns of them that hold codes."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, insert, select, update

from referentials.tables import Table
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.applicability.sheets import BadRows, Problem, SheetRow, rows_of
from registry.clock import now
from registry.library import Library
from registry.models import Administration, ColumnBinding, DataSet, Referential, Version
from registry.publishing.impact import Affected, Departure

COLUMNS = ("administration", "name", "title_fr")


@dataclass(frozen=True, slots=True)
class Binding:
    """A column whose values are codes of a referential; level and version where they are known."""

    column: str
    referential: str
    level: str | None
    version: str | None


@dataclass(frozen=True, slots=True)
class DataSetView:
    """A data set of an administration, with its bound columns."""

    administration: str
    name: str
    titles: Mapping[str, str]
    source: str | None
    periodicity: str | None
    collection: str | None
    bindings: tuple[Binding, ...] = ()


@dataclass(slots=True)
class _Read:
    """A data set as the rows so far state it."""

    first_row: int
    view: DataSetView
    bindings: dict[str, Binding] = field(default_factory=dict)


def list_data_sets(connection: Connection, *, administration: str | None = None) -> list[DataSetView]:
    """The data sets, by administration and name; of one administration where it is named."""
    bindings: dict[uuid.UUID, list[Binding]] = {}
    for row in connection.execute(select(ColumnBinding.__table__).order_by(ColumnBinding.column)):
        binding = Binding(row.column, row.referential, row.level, row.version)
        bindings.setdefault(row.data_set, []).append(binding)
    chosen = select(DataSet.__table__).order_by(DataSet.administration, DataSet.name)
    if administration is not None:
        chosen = chosen.where(DataSet.administration == administration)
    return [
        DataSetView(
            row.administration,
            row.name,
            row.titles,
            row.source,
            row.periodicity,
            row.collection,
            tuple(bindings.get(row.id, ())),
        )
        for row in connection.execute(chosen)
    ]


def import_data_sets(connection: Connection, actor: Actor, table: Table) -> int:
    """Take in a sheet with a row for each bound column of a data set; how many data sets.

    Its columns: administration, name, title_fr, and if wanted title_ar, title_en, source, periodicity,
    collection, column, referential, level, version. A data set without bound columns has one row. A known one
    is stated anew, its bindings too; others stay. Raises BadRows, MissingColumn, NotSignedIn and NotAllowed.
    """
    problems: list[Problem] = []
    read = _read_all(connection, table, problems)
    for administration in sorted({of for of, _ in read}):
        require(actor, "keep-data-sets", administration=administration)
    if problems:
        raise BadRows(table.file, problems)
    for each in read.values():
        _store(connection, actor, each.view, each.bindings.values())
    return len(read)


def affected_data_sets(connection: Connection, _library: Library, departure: Departure) -> Iterator[Affected]:
    """The bound columns that may hold codes which go: of their level, or of any (an impact provider)."""
    levels = set(departure.levels.values())
    chosen = (
        select(
            DataSet.administration, DataSet.name, DataSet.titles, ColumnBinding.column, ColumnBinding.level
        )
        .join(ColumnBinding, ColumnBinding.data_set == DataSet.id)
        .where(ColumnBinding.referential == departure.referential)
    )
    for row in connection.execute(chosen):
        if row.level is None or row.level in levels:
            yield Affected("data-set", row.name, row.titles, row.administration, row.column, ())


def _read_all(connection: Connection, table: Table, problems: list[Problem]) -> dict[tuple[str, str], _Read]:
    administrations = set(connection.execute(select(Administration.id)).scalars())
    levels = {
        row.id: {level["id"] for level in row.levels}
        for row in connection.execute(select(Referential.id, Referential.levels))
    }
    versions = {tuple(row) for row in connection.execute(select(Version.referential, Version.label))}
    read: dict[tuple[str, str], _Read] = {}
    for row in rows_of(table, COLUMNS):
        administration, name = row.cells["administration"], row.cells["name"]
        if administration not in administrations:
            problems.append(
                Problem(row.number, "administration", administration, "there is no such administration")
            )
        problems += [
            Problem(row.number, column, "", "it is empty")
            for column in ("name", "title_fr")
            if not row.cells[column]
        ]
        view = DataSetView(
            administration,
            name,
            row.names("title"),
            source=row.get("source"),
            periodicity=row.get("periodicity"),
            collection=row.get("collection"),
        )
        known = read.setdefault((administration, name), _Read(row.number, view))
        if known.view != view:
            problem = f"row {known.first_row} describes this data set otherwise"
            problems.append(Problem(row.number, "name", name, problem))
        binding = _binding(row, levels, versions, problems)
        if binding is not None and known.bindings.setdefault(binding.column, binding) != binding:
            problem = "another row binds this column otherwise"
            problems.append(Problem(row.number, "column", binding.column, problem))
    return read


def _binding(
    row: SheetRow,
    levels: Mapping[str, set[str]],
    versions: set[tuple[str, ...]],
    problems: list[Problem],
) -> Binding | None:
    column, referential = row.get("column"), row.get("referential")
    if column is None and referential is None:
        return None
    level, version = row.get("level"), row.get("version")
    if column is None:
        problems.append(Problem(row.number, "column", "", "it is empty, but a referential is named"))
    elif referential is None:
        problems.append(Problem(row.number, "referential", "", "it is empty, but a column is named"))
    elif referential not in levels:
        problems.append(Problem(row.number, "referential", referential, "there is no such referential"))
    elif level is not None and level not in levels[referential]:
        problems.append(Problem(row.number, "level", level, f"{referential} has no such level"))
    elif version is not None and (referential, version) not in versions:
        problems.append(Problem(row.number, "version", version, f"{referential} has no such version"))
    return Binding(column or "", referential or "", level, version)


def _store(connection: Connection, actor: Actor, view: DataSetView, bindings: Iterable[Binding]) -> None:
    values = {
        "titles": dict(view.titles),
        "source": view.source,
        "periodicity": view.periodicity,
        "collection": view.collection,
        "changed_at": now(),
    }
    key = (DataSet.administration == view.administration, DataSet.name == view.name)
    identity = connection.execute(select(DataSet.id).where(*key)).scalar_one_or_none()
    known = identity is not None
    if identity is None:
        identity = uuid.uuid4()
        connection.execute(
            insert(DataSet).values(id=identity, administration=view.administration, name=view.name, **values)
        )
    else:
        connection.execute(update(DataSet).where(DataSet.id == identity).values(**values))
    connection.execute(delete(ColumnBinding).where(ColumnBinding.data_set == identity))
    rows = [
        {
            "data_set": identity,
            "column": binding.column,
            "referential": binding.referential,
            "level": binding.level,
            "version": binding.version,
        }
        for binding in bindings
    ]
    if rows:
        connection.execute(insert(ColumnBinding), rows)
    audit.record(
        connection,
        actor,
        "changed" if known else "added",
        "data_set",
        identity,
        after={"administration": view.administration, "name": view.name, "columns": len(rows)},
    )
