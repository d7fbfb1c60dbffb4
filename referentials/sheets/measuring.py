"""Measures a zipped workbook before it is opened.

A reader allocates the whole rectangle that the cells span and a copy of every shared string that is used, so
a file of a few kilobytes could ask for hundreds of gigabytes. Every part is therefore unpacked once as a
stream, which also shows whether the sizes that the zip directory states are true.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.parsers import expat

from referentials.sheets.limits import Limits, TableError, TableTooLarge
from referentials.sheets.scanning import CHUNK, column_number, longest_shared_string, surely_within

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_MAX_PARTS = 10_000
_SHARED_STRINGS = "xl/sharedstrings.xml"
_ODS_CELLS = frozenset({"table-cell", "covered-table-cell"})


def measure(data: bytes, *, file: str, limits: Limits) -> None:
    """Raises TableTooLarge where a workbook would pass the limits if opened, TableError if it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_directory(parts, file, limits)
            _Measurer(archive, file, limits).run(parts)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise TableError(f"a damaged or protected workbook ({error})", file=file) from None


def _check_directory(parts: list[zipfile.ZipInfo], file: str, limits: Limits) -> None:
    names = {part.filename.lower() for part in parts}
    if "xl/workbook.bin" in names:
        raise TableError("XLSB workbooks are not read; save the file as XLSX", file=file)
    if "xl/workbook.xml" not in names and "content.xml" not in names:
        raise TableError("a zip file, but neither an XLSX nor an ODS workbook", file=file)
    if len(parts) > _MAX_PARTS or len(names) < len(parts):
        raise TableError("a damaged workbook: too many parts, or two of one name", file=file)
    unpacked = sum(part.file_size for part in parts)
    if unpacked > limits.max_unpacked_bytes:
        problem = f"unpacks to {unpacked:,} bytes; at most {limits.max_unpacked_bytes:,} are read"
        raise TableTooLarge(problem, file=file)


class _Measurer:
    """Goes through the parts of one workbook, the shared strings first: cells refer to them by number."""

    def __init__(self, archive: zipfile.ZipFile, file: str, limits: Limits) -> None:
        self.archive = archive
        self.file = file
        self.limits = limits
        self.shared: zipfile.ZipInfo | None = None
        self.longest = 0
        self.lengths: list[int] | None = None

    def run(self, parts: list[zipfile.ZipInfo]) -> None:
        for part in parts:
            if part.filename.lower() == _SHARED_STRINGS:
                self.shared = part
                with self.archive.open(part) as stream:
                    self.longest = longest_shared_string(stream)
        for part in parts:
            if part is not self.shared:
                self._part(part)

    def _part(self, part: zipfile.ZipInfo) -> None:
        with self.archive.open(part) as stream:
            markup = stream.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")
        if part.filename == "content.xml":
            self._follow(part, _OdsCells(self._tally()))
            return
        with self.archive.open(part) as stream:
            if not markup or part.filename.endswith(".vml"):
                while stream.read(CHUNK):  # zipfile compares sizes and checksums as it reads
                    pass
                return
            within = surely_within(stream, self.longest, self.limits)
        if not within:
            self._follow(part, _XlsxCells(self._tally(), self._strings()))

    def _strings(self) -> list[int]:
        if self.lengths is None:
            reader = _SharedStrings(self._tally())
            if self.shared is not None:
                self._follow(self.shared, reader)
            self.lengths = reader.lengths
        return self.lengths

    def _tally(self) -> _Tally:
        return _Tally(self.file, self.limits)

    def _follow(self, part: zipfile.ZipInfo, reader: _PartReader) -> None:
        try:
            with self.archive.open(part) as stream:
                while chunk := stream.read(CHUNK):
                    reader.parser.Parse(chunk, False)
                reader.parser.Parse(b"", True)
        except expat.ExpatError as error:
            problem = f"a damaged workbook: {part.filename} is not well-formed ({error})"
            raise TableError(problem, file=self.file) from None


@dataclass(slots=True)
class _Tally:
    """What the cells of a part take, held against the limits as it grows."""

    file: str
    limits: Limits
    rows: int = 0
    columns: int = 0
    characters: int = 0

    def reach(self, row: int, column: int) -> None:
        """Notes a filled cell."""
        if row <= self.rows and column <= self.columns:
            return
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)
        self._hold("rows", self.rows, self.limits.max_rows)
        self._hold("columns", self.columns, self.limits.max_columns)
        self._hold("cells", self.rows * self.columns, self.limits.max_cells)

    def add(self, characters: int) -> None:
        """Notes text."""
        self.characters += characters
        self._hold("characters", self.characters, self.limits.max_characters)

    def _hold(self, what: str, size: int, limit: int) -> None:
        if size > limit:
            raise TableTooLarge(f"has {size:,} {what} or more; at most {limit:,} are read", file=self.file)


class _PartReader:
    """Follows one XML part; `text` collects what stands inside the elements named in `text_tags`."""

    text_tags: frozenset[str] = frozenset()

    def __init__(self, tally: _Tally) -> None:
        self.tally = tally
        self.text: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str, text: str) -> None:
        """An element ends; `text` is empty but for those in `text_tags`."""

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(" ")[2]
        if tag in self.text_tags:
            self.text = []
            self.parser.CharacterDataHandler = self.text.append
        self.start(tag, attributes)

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(" ")[2]
        text = ""
        if tag in self.text_tags:
            text = "".join(self.text)
            self.parser.CharacterDataHandler = None
        self.end(tag, text)

    def _refuse_doctype(self, *_: object) -> None:
        raise TableError("a workbook must not declare a document type", file=self.tally.file)


class _SharedStrings(_PartReader):
    """The length of each shared string."""

    text_tags = frozenset({"t"})

    def __init__(self, tally: _Tally) -> None:
        super().__init__(tally)
        self.lengths: list[int] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self.lengths.append(0)

    def end(self, tag: str, text: str) -> None:
        if tag == "t" and self.lengths:
            self.lengths[-1] += len(text)


class _XlsxCells(_PartReader):
    """Cells `<c r="B7" t="s"><v>12</v></c>`; a cell without a value takes nothing."""

    text_tags = frozenset({"v", "t"})

    def __init__(self, tally: _Tally, strings: list[int]) -> None:
        super().__init__(tally)
        self.strings = strings
        self.row = self.column = 0
        self.shared = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "c":
            self.shared = attributes.get("t") == "s"
            found = _REFERENCE.fullmatch(attributes.get("r", ""))
            if found:
                self.row, self.column = int(found[2]), column_number(found[1])
            else:
                self.column += 1
        elif tag == "row":
            number = attributes.get("r", "")
            self.row = int(number) if number.isdecimal() else self.row + 1
            self.column = 0

    def end(self, tag: str, text: str) -> None:
        if tag in self.text_tags:
            self.tally.reach(self.row, self.column)
            number = int(text) if self.shared and text.isdecimal() else -1
            self.tally.add(self.strings[number] if 0 <= number < len(self.strings) else len(text))


class _OdsCells(_PartReader):
    """Cells and rows that may stand for many equal ones; trailing empty ones take nothing."""

    text_tags = frozenset({"p"})

    def __init__(self, tally: _Tally) -> None:
        super().__init__(tally)
        self.row = self.column = self.width = self.characters = self.held = 0
        self.rows = self.columns = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table":
            self.row = 0
        elif tag == "table-row":
            self.rows = _attribute_number(attributes, "number-rows-repeated")
            self.column = self.width = self.characters = 0
        elif tag in _ODS_CELLS:
            self.columns = _attribute_number(attributes, "number-columns-repeated")
            self.held = sum(len(value) for name, value in attributes.items() if name.endswith("value"))

    def end(self, tag: str, text: str) -> None:
        if tag == "p":
            self.held += len(text)
        elif tag in _ODS_CELLS:
            self.column += self.columns
            if self.held:
                self.width = self.column
                self.characters += self.held * self.columns
        elif tag == "table-row":
            self.row += self.rows
            if self.width:
                self.tally.reach(self.row, self.width)
                self.tally.add(self.characters * self.rows)


def _attribute_number(attributes: dict[str, str], name: str) -> int:
    for key, value in attributes.items():
        if key.rpartition(" ")[2] == name and value.isdecimal():
            return max(int(value), 1)
    return 1
