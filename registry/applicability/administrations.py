"""Administrations: the public bodies, in a tree, imported from a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, insert, select, update

from referentials.tables import Table
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.applicability.sheets import BadRows, Problem, SheetRow, rows_of
from registry.models import Administration
from registry.naming import BadName, referential_id

COLUMNS = ("id", "category", "name_fr")


@dataclass(frozen=True, slots=True)
class AdministrationView:
    """An administration as it stands."""

    id: str
    parent: str | None
    category: str
    names: Mapping[str, str]
    valid_from: date | None
    valid_to: date | None


def list_administrations(connection: Connection) -> list[AdministrationView]:
    """All administrations, by id."""
    rows = connection.execute(select(Administration.__table__).order_by(Administration.id))
    return [
        AdministrationView(row.id, row.parent, row.category, row.names, row.valid_from, row.valid_to)
        for row in rows
    ]


def import_administrations(connection: Connection, actor: Actor, table: Table) -> int:
    """Take in a sheet of administrations, new ones and known ones anew; how many.

    Its columns: id (lower-case letters, digits, hyphens), category, name_fr, and if wanted parent, name_ar,
    name_en, valid_from, valid_to. Raises BadRows, MissingColumn, NotSignedIn and NotAllowed.
    """
    require(actor, "administer")
    before = {each.id: each for each in list_administrations(connection)}
    problems: list[Problem] = []
    read = [_read(row, problems) for row in rows_of(table, COLUMNS)]
    found = {each.id: each for each in read}
    problems += _tree_problems(table, before | found)
    if problems:
        raise BadRows(table.file, problems)
    for each in _parents_first(found):
        values = {
            "parent": each.parent,
            "category": each.category,
            "names": dict(each.names),
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
        }
        if each.id not in before:
            connection.execute(insert(Administration).values(id=each.id, **values))
        elif each != before[each.id]:
            connection.execute(update(Administration).where(Administration.id == each.id).values(**values))
        else:
            continue
        audit.record(
            connection,
            actor,
            "changed" if each.id in before else "added",
            "administration",
            each.id,
            after={"parent": each.parent, "category": each.category, "names": dict(each.names)},
        )
    return len(found)


def _read(row: SheetRow, problems: list[Problem]) -> AdministrationView:
    identity = row.cells["id"]
    try:
        referential_id(identity)
    except BadName as error:
        problems.append(Problem(row.number, "id", identity, str(error)))
    for column in ("category", "name_fr"):
        if not row.cells[column]:
            problems.append(Problem(row.number, column, "", "it is empty"))
    start, end = (_day(row, column, problems) for column in ("valid_from", "valid_to"))
    if start is not None and end is not None and start >= end:
        problems.append(Problem(row.number, "valid_to", end.isoformat(), "it is not after valid_from"))
    return AdministrationView(
        identity, row.get("parent"), row.cells["category"], row.names("name"), start, end
    )


def _day(row: SheetRow, column: str, problems: list[Problem]) -> date | None:
    text = row.get(column)
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        problems.append(Problem(row.number, column, text or "", "expected a date as 2024-09-01"))
        return None


def _tree_problems(table: Table, known: Mapping[str, AdministrationView]) -> list[Problem]:
    """What is wrong with the tree that comes of a sheet; `known` are all administrations, as it has them."""
    problems = []
    seen: set[str] = set()
    for row in rows_of(table, COLUMNS):
        identity, parent = row.cells["id"], row.get("parent")
        if identity in seen:
            problems.append(Problem(row.number, "id", identity, "another row has it, too"))
        seen.add(identity)
        if parent is not None and parent not in known:
            problems.append(Problem(row.number, "parent", parent, "there is no such administration"))
        elif _is_own_ancestor(identity, known):
            problems.append(Problem(row.number, "parent", parent or "", "the parents go round in a circle"))
    return problems


def _is_own_ancestor(identity: str, known: Mapping[str, AdministrationView]) -> bool:
    trail = {identity}
    parent = known[identity].parent
    while parent is not None and parent in known and parent not in trail:
        trail.add(parent)
        parent = known[parent].parent
    return parent == identity


def _parents_first(found: Mapping[str, AdministrationView]) -> Sequence[AdministrationView]:
    def depth(each: AdministrationView) -> int:
        count = 0
        while each.parent is not None and each.parent in found:
            each, count = found[each.parent], count + 1
        return count

    return sorted(found.values(), key=depth)
