"""Finds out in which encoding a text is, and that it is one, without holding it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from itertools import chain

import charset_normalizer

from referentials.sheets.limits import MIB, TableError, TableTooLarge

Chunks = Callable[[], Iterable[bytes]]
"""Gives the pieces of a file, from its beginning each time; all but the last are of even length."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_STRAY = re.compile("[\udc80-\udcff]")
_BEYOND_ASCII = re.compile("[^\0-\x7f]")
_TELLING_LINES = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_SAMPLE_BYTES = 1 << 20
LONGEST_LINE = 16 * MIB


def detect_encoding(chunks: Chunks, *, file: str) -> str:
    """UTF-8 or UTF-16 where the bytes say so, else the likelier of Windows-1252 and Windows-1256.

    Bytes that are UTF-8 in most places but not in all are a damaged file, not Windows text: TableError
    with the offset, rather than garbled names.
    """
    head = next(iter(chunks()), b"")
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    if any(b"\0" in chunk for chunk in chunks()):  # no other encoding of a text has such bytes
        even = sum(chunk[::2].count(0) for chunk in chunks())
        odd = sum(chunk[1::2].count(0) for chunk in chunks())
        return "utf-16-be" if even > odd else "utf-16-le"
    try:
        check_text(chunks, "utf-8", file=file, called="UTF-8")
    except TableTooLarge:
        raise
    except TableError:
        if _mostly_utf8(chunks()):
            raise
        return _windows_encoding(chunks)
    return "utf-8"


def check_text(chunks: Chunks, encoding: str, *, file: str, called: str | None = None) -> bool:
    """Whether the text holds anything but blanks; `called` is what a message calls the encoding.

    Raises TableError for bytes that are not text in the encoding (with the offset), and for NUL characters,
    TableTooLarge for a line that would not fit in memory.
    """
    try:
        "".encode(encoding)  # refuses what is a codec and not one of texts
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise TableError(f"there is no encoding called {encoding!r}", file=file, value=encoding) from None
    before, line, filled = 0, 0, False
    for chunk in chain(chunks(), [b""]):
        line = 0 if b"\n" in chunk or b"\r" in chunk else line + len(chunk)
        if line > LONGEST_LINE:
            raise TableTooLarge(f"has a line of more than {LONGEST_LINE:,} bytes", file=file)
        try:
            text = decoder.decode(chunk, not chunk)
        except UnicodeDecodeError as error:
            # a decoder puts what it kept of earlier pieces before the one that it failed at
            start = before - (len(error.object) - len(chunk))
            raise _undecodable(error, called or encoding, start + error.start, file) from None
        if "\0" in text:
            raise TableError("not a text: it holds NUL characters", file=file)
        filled = filled or bool(text.strip())
        before += len(chunk)
    return filled


def _undecodable(error: UnicodeDecodeError, encoding: str, offset: int, file: str) -> TableError:
    value = error.object[error.start : error.start + 1].hex()
    where = f"byte 0x{value} at offset {offset:,}"
    return TableError(f"{where} is not {encoding}; save the file as UTF-8", file=file, value=f"0x{value}")


def _mostly_utf8(chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    stray = beyond = 0
    for chunk in chunks:
        text = decoder.decode(chunk)
        stray += len(_STRAY.findall(text))
        beyond += len(_BEYOND_ASCII.findall(text))
    return beyond > 2 * stray


def _windows_encoding(chunks: Chunks) -> str:
    best = charset_normalizer.from_bytes(_sample(chunks), cp_isolation=["cp1252", "cp1256"]).best()
    return "cp1252" if best is None else best.encoding


def _sample(chunks: Chunks) -> bytes:
    """The whole of a small text; of a large one the lines that tell encodings apart."""
    head = b""
    for chunk in chunks():
        head += chunk
        if len(head) > _SAMPLE_BYTES:
            break
    else:
        return head
    lines: list[bytes] = []
    size = 0
    for chunk in chunks():
        for line in _TELLING_LINES.findall(chunk):
            lines.append(line)
            size += len(line)
        if size > _SAMPLE_BYTES:
            break
    return b"\n".join(lines)[:_SAMPLE_BYTES]
