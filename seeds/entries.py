"""Reads `entries.csv` of a seed folder: texts that lead to a code, and texts that it is not for.

`python -m seeds.entries isic-4` says how many there are, and which texts lead to several codes.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from referentials.listing import OtherName
from seeds.csv_rows import CsvRow, read_rows
from seeds.model import SeedError
from seeds.scripts import script_of

COLUMNS = ("code", "language", "text", "use", "source")
LANGUAGES = ("fr", "ar", "ary", "en")
"""ISO 639; `ary` is Moroccan Arabic, in Arabic or Latin letters."""
USES = ("entry", "exclusion")
LONGEST = 200  # characters
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the file, and the line it is on."""

    line: int
    code: str
    language: str
    text: str
    use: str
    source: str

    @property
    def said(self) -> str:
        """The text as it is compared: in NFC, without case, single blanks."""
        return " ".join(unicodedata.normalize("NFC", self.text).casefold().split())


def read_entries(path: Path, codes: Collection[str]) -> list[Entry]:
    """The entries, for these codes.

    Raises SeedError with all that is wrong, line by line: an unknown code, language or use, an empty or very
    long text, a text that comes twice for one code, or is an entry and an exclusion of it.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    seen: dict[tuple[str, str, str], Entry] = {}
    opposed: dict[tuple[str, str], Entry] = {}
    for row in read_rows(path, COLUMNS):
        entry = Entry(row.line, *(row.cells[column] for column in COLUMNS))
        problem = _problem(entry, row, codes)
        if problem is None:
            same = seen.setdefault((entry.code, entry.language, entry.said), entry)
            other = opposed.setdefault((entry.code, entry.said), entry)
            if same is not entry:
                problem = f"{entry.text!r} is there for code {entry.code} on line {same.line} already"
            elif other.use != entry.use:
                problem = f"{entry.text!r} is an {other.use} of code {entry.code} on line {other.line}"
        if problem is not None:
            problems.append(f"line {entry.line}: {problem}")
        entries.append(entry)
    if problems:
        more = f"; and {len(problems) - _MOST_TOLD} more" if len(problems) > _MOST_TOLD else ""
        raise SeedError(str(path), "; ".join(problems[:_MOST_TOLD]) + more)
    return entries


def _problem(entry: Entry, row: CsvRow, codes: Collection[str]) -> str | None:
    empty = next((column for column in COLUMNS if not row.cells[column]), None)
    if empty is not None:
        return f"column {empty!r} is empty"
    if entry.code not in codes:
        return f"code {entry.code!r} is not in items.csv"
    if entry.language not in LANGUAGES:
        return f"column 'language' must be one of {', '.join(LANGUAGES)}, not {entry.language!r}"
    if entry.use not in USES:
        return f"column 'use' must be one of {', '.join(USES)}, not {entry.use!r}"
    if len(entry.text) > LONGEST:
        return f"column 'text' has {len(entry.text)} characters; {LONGEST} are the most"
    return None


def designations_of(entries: Iterable[Entry]) -> Mapping[str, tuple[OtherName, ...]]:
    """By code, the entries as designations."""
    found: defaultdict[str, list[OtherName]] = defaultdict(list)
    for entry in entries:
        script = script_of(entry.text)
        found[entry.code].append(OtherName(entry.text, entry.language, script, entry.use, entry.source))
    return {code: tuple(names) for code, names in found.items()}


def shared(entries: Iterable[Entry]) -> Mapping[str, tuple[str, ...]]:
    """The texts that lead to several codes, with the codes: allowed, and answered as ambiguous."""
    codes: defaultdict[str, set[str]] = defaultdict(set)
    for entry in entries:
        if entry.use == "entry":
            codes[entry.said].add(entry.code)
    return {text: tuple(sorted(found)) for text, found in sorted(codes.items()) if len(found) > 1}


def _report(folder: Path) -> str:
    codes = {row.cells["code"] for row in read_rows(folder / "items.csv", ("code",))}
    entries = read_entries(folder / "entries.csv", codes)
    counts = Counter((entry.use, entry.language) for entry in entries)
    lines = [f"{use} {language}: {count}" for (use, language), count in sorted(counts.items())]
    lines.append(f"codes with an entry: {len({entry.code for entry in entries})}")
    lines += [f"{text}: {', '.join(found)}" for text, found in shared(entries).items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        sys.stdout.write(_report(Path(__file__).parent / sys.argv[1]))
    except SeedError as error:
        sys.exit(str(error))
