"""Associations from a table: a row for each source and target, with their relation and share."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from referentials.formulas import is_formula
from referentials.kinds import LONGEST_CODE
from referentials.tables import Table
from registry.catalogue import AssociationEntry, MemberEntry
from registry.correspondences.errors import Fault, UnfitCorrespondence
from registry.correspondences.pairs import RELATIONS

COLUMNS = ("source", "target", "relation")
OPTIONAL = ("share", "note")
"""`share` is the part of the source that the target holds, 0 to 1; empty where it is not known."""

LONGEST_NOTE = 1_000
_SHARE = re.compile(r"0(?:\.\d{1,9})?|1(?:\.0{1,9})?|\.\d{1,9}", re.ASCII)
_ROUNDING = 1e-4


def associations_of(
    table: Table, titles: Mapping[str, str] = MappingProxyType({}), relation: str | None = None
) -> tuple[AssociationEntry, ...]:
    """The associations of a table's rows, in order; rows that are wholly empty are skipped.

    `titles` are those of columns that are not called as in COLUMNS; `relation` is that of all rows, where the
    table has no column for it. Raises MissingColumn, and UnfitCorrespondence with every value that cannot be.
    """
    wanted = wanted_columns(titles, relation)
    at = {name: table.position(title) for name, title in wanted.items()}
    at |= {name: table.position(name) for name in OPTIONAL if name in table.columns}
    faults: list[Fault] = []
    found: list[AssociationEntry] = []
    first_seen: dict[tuple[str, str], int] = {}
    totals: defaultdict[str, float] = defaultdict(float)
    for index, row in enumerate(table.rows):
        number = table.row_number(index)
        cells = {name: row[place].strip() for name, place in at.items()}
        if not any(cells.values()):
            continue
        if relation is not None:
            cells["relation"] = relation
        faults += (Fault(number, column, cells[column], why) for column, why in _faults(cells))
        pair = cells["source"], cells["target"]
        if pair in first_seen:
            faults.append(
                Fault(number, "target", pair[1], f"comes with {pair[0]!r} in row {first_seen[pair]}")
            )
        first_seen.setdefault(pair, number)
        share = float(text) if (text := cells.get("share", "")) and _SHARE.fullmatch(text) else None
        totals[pair[0]] += share or 0.0
        if totals[pair[0]] > 1.0 + _ROUNDING and share:
            faults.append(Fault(number, "share", text, f"makes the shares of {pair[0]!r} more than 1"))
        found.append(
            AssociationEntry(
                (MemberEntry(pair[0], None),),
                (MemberEntry(pair[1], share),),
                cells["relation"],
                cells.get("note") or None,
            )
        )
    if not found:
        faults.append(Fault(table.header_row, "source", "", "has no row below it"))
    if faults:
        raise UnfitCorrespondence(table.file, faults)
    return tuple(found)


def wanted_columns(titles: Mapping[str, str], relation: str | None) -> Mapping[str, str]:
    """The columns that a table must have, with their titles."""
    return {name: titles.get(name, name) for name in COLUMNS if name != "relation" or relation is None}


def _faults(cells: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for side in ("source", "target"):
        why = _code_fault(cells[side])
        if why is not None:
            yield side, why
    relation, share, note = cells["relation"], cells.get("share", ""), cells.get("note", "")
    if relation not in RELATIONS:
        yield "relation", f"is none of {', '.join(RELATIONS)}"
    if share and not _SHARE.fullmatch(share):
        yield "share", "is no number from 0 to 1, as 0.25"
    elif share and relation in ("exact", "narrow") and float(share) != 1.0:
        yield "share", f"contradicts {relation}: all of the source lies in the target, so it is 1 or empty"
    if len(note) > LONGEST_NOTE:
        yield "note", f"is longer than {LONGEST_NOTE:,} characters"
    elif is_formula(note):
        yield "note", "begins as a spreadsheet's formula does"


def _code_fault(code: str) -> str | None:
    if not code:
        return "is empty, and a code is wanted"
    if len(code) > LONGEST_CODE:
        return f"is longer than a code may be ({LONGEST_CODE} characters)"
    if not code.isprintable():
        return "has characters that cannot be printed"
    return "begins as a spreadsheet's formula does" if is_formula(code) else None
