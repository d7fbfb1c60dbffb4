"""Imports a file into a draft: streamed, in transactions of its own, and resumable (D4)."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine, or_, select

from referentials.canonical import JSON
from referentials.findings import LIMIT, Finding, Inspection, RuleCount
from referentials.kinds import kind as kind_of
from referentials.readers import BadMapping, Guess, Reading, ReadRow, open_reading
from referentials.readers import Mapping as Columns
from referentials.readers.attaching import SHAPE_ROLES, attached
from referentials.sheets.limits import TableError
from registry.accounts.actors import Actor, require
from registry.errors import BadValue, UnknownReferential
from registry.models import ChangeSet, Referential
from registry.publishing.bulk import CHUNK, chunks
from registry.publishing.change_sets import head
from registry.publishing.compilation import base_content
from registry.publishing.drafts.files import FileFacts, facts_of, kept_name, naming
from registry.publishing.drafts.imported_rows import ImportedRows
from registry.publishing.drafts.items import DraftRow
from registry.publishing.drafts.opening import read_change_set

_LOOKED_BACK = 20  # change sets

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What is told of a file: columns by role where the guess is wrong, format, sheet or layer, level.

    `level` is that of rows that name none. `shapes_only` takes nothing but codes and shapes: the items are
    those of the base, and of the level where one is told.
    """

    mapping: Columns | None = None
    format: str | None = None
    sheet: str | None = None
    level: str | None = None
    shapes_only: bool = False


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was read: rows of the file, items set, codes removed, rows refused, and why (`problems`).

    `problems` are at most LIMIT findings, `counts` all of them by rule. `resumed_after` is the row after
    which an interrupted import of the same file went on; 0 where it began with the first. `warnings` are of
    the file as a whole.
    """

    file: str
    sha256: str
    format: str
    guess: Guess
    rows: int
    items: int
    removed: int
    refused: int
    problems: tuple[Finding, ...]
    counts: Mapping[str, int]
    resumed_after: int = 0
    warnings: tuple[str, ...] = ()


def import_file(
    engine: Engine,
    root: Path,
    actor: Actor,
    change_set: uuid.UUID,
    path: Path,
    how: HowToRead | None = None,
    *,
    name: str | None = None,
    revision: int | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Read a file into a draft; a row that cannot be read is reported and left out.

    In a draft of the whole list the file's rows replace all that it listed; in one of changes, what it listed
    of the same codes. That happens at the end: until then what was there stays, and an error takes back what
    was stored. An import that was cut off goes on after the last stored row when the same file is handed in
    again, and gives way to any other. `name` is the file's name where `path` has another; `progress` is told
    how many rows are stored. Raises what `touch` raises, BadMapping, BadValue, TableError and TableTooLarge,
    and Conflict where somebody edits the draft meanwhile.
    """
    how = how or HowToRead()
    shown = kept_name(name or path.name)
    with naming(path, shown):
        with engine.connect() as connection:
            draft = read_change_set(connection, change_set)
            require(actor, "edit", referential=draft.referential)
            if how.shapes_only and draft.mode == "full":
                raise BadValue("shapes_only", draft.mode, "a draft of changes: shapes are no whole list")
            facts = facts_of(path, shown)
            source = draft.basis or shown
            base = draft.base_ordinal
            reading = _open(connection, root, draft.referential, base, path, how, source, change_set)
        stored = ImportedRows(engine, change_set, _described(reading, how, facts))
        stored.begin(actor, revision)
        resumed_after = stored.row
        tally = _Tally()
        try:
            for chunk in chunks(tally.counted(reading.rows), CHUNK):
                if chunk[-1].row > resumed_after:
                    stored.append(map(_draft_row, _storable(chunk, resumed_after)), chunk[-1].row)
                if progress is not None:
                    progress(tally.rows)
            tally.require_something(shown)
            stored.finish(facts.source(), tally.figures(), tally.inspection())
        except Exception:
            stored.take_back()
            raise
    return tally.report(facts, reading, resumed_after, draft.mode)


def preview_file(
    engine: Engine,
    root: Path,
    referential: str,
    path: Path,
    how: HowToRead | None = None,
    *,
    name: str | None = None,
    rows: int | None = None,
    mode: str = "full",
) -> ImportReport:
    """What importing a file into a new draft of a referential would report; nothing is written.

    `mode` is that of the draft: the whole list ("full"), or changes.
    `rows` looks no further than so many. Raises as `import_file` does for the file, and UnknownReferential.
    """
    how = how or HowToRead()
    shown = kept_name(name or path.name)
    tally = _Tally()
    with naming(path, shown):
        with engine.connect() as connection:
            base = head(connection, referential) or None
            reading = _open(connection, root, referential, base, path, how, shown)
        facts = facts_of(path, shown)
        for _ in tally.counted(islice(reading.rows, rows)):
            pass
    return tally.report(facts, reading, 0, mode)


@dataclass(slots=True)
class _Tally:
    """Counts what is read."""

    rows: int = 0
    items: int = 0
    removed: int = 0
    refused: int = 0
    problems: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def counted(self, rows: Iterable[ReadRow]) -> Iterator[ReadRow]:
        """The rows, counted as they pass."""
        for row in rows:
            self.rows += 1
            if row.problems:
                self.refused += 1
                self.counts.update(problem.rule for problem in row.problems)
                self.problems += row.problems[: max(0, LIMIT - len(self.problems))]
            elif row.item is None:
                self.removed += 1
            else:
                self.items += 1
            yield row

    def require_something(self, file: str) -> None:
        """Raises TableError where no row could be used."""
        if self.items or self.removed:
            return
        why = f": {self.problems[0]}" if self.problems else ""
        raise TableError(f"none of its {self.rows:,} rows can be used{why}", file=file)

    def figures(self) -> dict[str, JSON]:
        """The counts, as a change set keeps them."""
        return {
            "rows": self.rows,
            "items": self.items,
            "removed": self.removed,
            "refused": self.refused,
        }

    def inspection(self) -> Inspection:
        """What was wrong with rows, as a draft's report has it."""
        counts = (RuleCount(rule, "error", count) for rule, count in sorted(self.counts.items()))
        return Inspection(tuple(self.problems), tuple(counts))

    def report(self, facts: FileFacts, reading: Reading, resumed_after: int, mode: str) -> ImportReport:
        """What was counted, about the file."""
        return ImportReport(
            file=facts.name,
            sha256=facts.sha256,
            format=reading.format,
            guess=reading.guess,
            rows=self.rows,
            items=self.items,
            removed=self.removed,
            refused=self.refused,
            problems=tuple(self.problems),
            counts=dict(sorted(self.counts.items())),
            resumed_after=resumed_after,
            warnings=tuple(_warnings(reading, mode)),
        )


def _warnings(reading: Reading, mode: str) -> Iterator[str]:
    """What looks as if another file, or another draft, were meant."""
    column = reading.guess.mapping.columns.get("action")
    if mode == "full" and column is not None:
        yield (
            f"The column {column!r} says what is set and what is removed, as in a file of changes; but the"
            " draft is the whole list: every code that the file does not list goes."
        )


def _open(
    connection: Connection,
    root: Path,
    referential: str,
    base: int | None,
    path: Path,
    how: HowToRead,
    source: str,
    change_set: uuid.UUID | None = None,
) -> Reading:
    columns = (Referential.kind, Referential.levels, Referential.languages)
    described = connection.execute(select(*columns).where(Referential.id == referential)).one_or_none()
    if described is None:
        raise UnknownReferential(referential)
    levels = tuple(level["id"] for level in described.levels)
    if how.level is not None and how.level not in levels:
        raise BadValue("level", how.level, f"one of {', '.join(levels)}")
    reading = open_reading(
        path,
        format=how.format,
        mapping=how.mapping,
        sheet=how.sheet,
        kind=kind_of(described.kind),
        levels=levels,
        languages=tuple(described.languages),
        default_level=how.level,
        source=source,
        roles=SHAPE_ROLES if how.shapes_only else None,
        kept=None if how.shapes_only else _kept(connection, referential, change_set),
    )
    if not how.shapes_only:
        return reading
    content = base_content(root, referential, base or 0)
    if content is None:
        raise BadValue("shapes_only", referential, "a referential with a published version")
    return replace(reading, rows=attached(reading.rows, content, how.level))


def _kept(connection: Connection, referential: str, change_set: uuid.UUID | None) -> Guess | None:
    """How the file before was read, as its editors left it: the draft's own, else the last version's."""
    mappings = (
        select(ChangeSet.mapping)
        .where(
            ChangeSet.referential == referential,
            ChangeSet.mapping.is_not(None),
            or_(ChangeSet.id == change_set, ChangeSet.status == "published"),
        )
        .order_by((ChangeSet.id == change_set).desc(), ChangeSet.base_ordinal.desc())
        .limit(_LOOKED_BACK)
    )
    found = map(_guess_of, connection.execute(mappings).scalars())
    return next((guess for guess in found if guess is not None), None)


def _guess_of(mapping: JSON) -> Guess | None:
    """What a change set keeps of a reading; None where that is of shapes only, or was written by hand."""
    if not isinstance(mapping, dict) or mapping.get("shapes_only"):
        return None
    columns, unused, level = (mapping.get(name) for name in ("columns", "unused", "level"))
    if not isinstance(columns, dict) or not isinstance(unused, list):
        return None
    if not all(isinstance(title, str) for title in columns.values()):
        return None
    try:
        return Guess(Columns(columns), {}, tuple(map(str, unused)), level if isinstance(level, str) else None)
    except BadMapping:
        return None


def _described(reading: Reading, how: HowToRead, facts: FileFacts) -> dict[str, JSON]:
    """How the file is read, as the change set keeps it for the next file."""
    return {
        **reading.guess.document(),
        "file": facts.name,
        "sha256": facts.sha256,
        "format": reading.format,
        "sheet": how.sheet,
        "level": how.level or reading.guess.level,
        "shapes_only": how.shapes_only,
    }


def _storable(rows: Iterable[ReadRow], after: int) -> Iterator[ReadRow]:
    return (row for row in rows if row.row > after and not row.problems)


def _draft_row(row: ReadRow) -> DraftRow:
    return DraftRow(row.row, row.action, row.code, row.item)
