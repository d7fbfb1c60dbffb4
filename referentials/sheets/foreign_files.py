"""Files that are no table, whatever their name says: told from how they begin."""

from __future__ import annotations

import re

from referentials.sheets.limits import TableError

_MARKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a file packed with gzip; unpack it"),
    (b"BZh", "a file packed with bzip2; unpack it"),
    (b"\xfd7zXZ", "a file packed with xz; unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it"),
    (b"Rar!", "a RAR archive; unpack it"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype\b|html\b|\?xml\b)", re.IGNORECASE)


def refuse_foreign(head: bytes, *, file: str) -> None:
    """Raises TableError, which says what the file is, where its first bytes are of something else."""
    for mark, what in _MARKS:
        if head.startswith(mark):
            raise TableError(f"not a table but {what}", file=file)
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        # what many web sites give out as .xls
        problem = "not a table but a page of HTML or XML; open it in a spreadsheet and save it as XLSX or CSV"
        raise TableError(problem, file=file)
