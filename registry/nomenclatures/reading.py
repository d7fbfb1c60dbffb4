"""Items of a nomenclature from the rows of a file, as its description says.

Two layouts are known. A row for each item of the lowest level, with the codes and titles of the levels above
beside it; or a row for each item of whatever level, in the order of the tree, each below the last of the
level above it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from referentials.listing import ListedItem
from referentials.tables import Table, TableError
from registry.nomenclatures.description import Description, LevelColumns

_MOST_TOLD = 10


def items_of(table: Table, described: Description) -> list[ListedItem]:
    """The items, each above what lies in it.

    Raises MissingColumn, and TableError with the rows that cannot be used, or for a file that has not as many
    items of a level as the description says.
    """
    positions = {title: table.position(title) for title in described.columns}
    read = _by_level if described.levels[0].pattern is None else _in_order
    problems: list[str] = []
    items: dict[str, ListedItem] = {}
    for index, row in enumerate(table.rows):
        number = table.row_number(index)
        cells = {title: " ".join(row[place].split()) for title, place in positions.items()}
        if not any(cells.values()):
            continue
        for found in read(cells, described.levels, items):
            if isinstance(found, str):
                problems.append(f"row {number}: {found}")
            elif items.setdefault(found.code, found) != found:
                problems.append(f"row {number}: {found.code!r} is said otherwise in a row above")
    _refuse(table, problems)
    _refuse(table, _miscounted(items.values(), described.levels))
    return list(items.values())


def _refuse(table: Table, problems: list[str]) -> None:
    if problems:
        more = f"; and {len(problems) - _MOST_TOLD} more" if len(problems) > _MOST_TOLD else ""
        raise TableError("; ".join(problems[:_MOST_TOLD]) + more, file=table.file, sheet=table.sheet)


def _by_level(
    cells: dict[str, str], levels: tuple[LevelColumns, ...], _items: dict[str, ListedItem]
) -> Iterator[ListedItem | str]:
    """The items of all levels that a row names."""
    parent = None
    for level in levels:
        code = cells[level.code]
        if not code:
            yield f"column {level.code!r} is empty"
            return
        yield _item(cells, level, parent)
        parent = code


def _in_order(
    cells: dict[str, str], levels: tuple[LevelColumns, ...], items: dict[str, ListedItem]
) -> Iterator[ListedItem | str]:
    """The item of a row, below the last item of the level above."""
    code = cells[levels[0].code]
    place = next(
        (n for n, level in enumerate(levels) if level.pattern and level.pattern.fullmatch(code)), None
    )
    if place is None:
        yield f"{code!r} is a code of no level"
        return
    if code in items:
        yield f"{code!r} comes twice"
        return
    above = None if place == 0 else levels[place - 1].level
    parent = next((item.code for item in reversed(items.values()) if item.level == above), None)
    if above is not None and parent is None:
        yield f"{code!r} has no {above} above it"
        return
    if place > 1 and not code.startswith(parent or ""):
        yield f"{code!r} stands below {parent!r}, whose code it does not continue"
        return
    yield _item(cells, levels[place], parent)


def _item(cells: dict[str, str], level: LevelColumns, parent: str | None) -> ListedItem:
    names = {language: cells[title] for language, title in level.names.items() if cells[title]}
    return ListedItem(cells[level.code], level.level, parent, names)


def _miscounted(items: Iterable[ListedItem], levels: tuple[LevelColumns, ...]) -> list[str]:
    counts = Counter(item.level for item in items)
    return [
        f"has {counts[level.level]} items of the level {level.level!r}, where {level.count} are expected: "
        "is it the whole file, and of this nomenclature?"
        for level in levels
        if level.count is not None and counts[level.level] != level.count
    ]
