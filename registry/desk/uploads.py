"""A form with a file in it, written to the disk as it comes: of whatever size, little of it is in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from registry.api.blueprint import BadBody, WrongMediaType
from registry.desk.spooling import safe_name
from registry.errors import DISK_FULL, DomainError, TooLarge

FILE = "file"
_PIECE = 1 << 18
_MOST_PARTS = 20
# Of what a form says besides the file's own bytes: its fields, the names and boundaries of its parts.
_MOST_OVERHEAD = 1 << 16


class NoSpace(DomainError):
    """The disk is full; nothing of the upload is left."""

    slug = "no-space"

    def __init__(self) -> None:
        super().__init__("There is no space left for the file; nothing of it is kept.")


@dataclass(frozen=True, slots=True)
class Uploaded:
    """The file, in the folder that was named, under what is safe of its own name; and the form's fields."""

    path: Path
    size: int
    fields: Mapping[str, str]


def take_upload(folder: Path, *, most_bytes: int, most_text: int, known: tuple[str, ...]) -> Uploaded:
    """Write the file of the request's form into a folder, which exists; `known` are the fields besides it.

    The file has at most `most_bytes`, the fields have at most `most_text` together. Raises WrongMediaType for
    another body than a form; TooLarge, before a byte is read where the announced length is beyond the limits,
    else as soon as more comes; BadBody for a form without a file, with two, or cut off; NoSpace. The caller
    removes the folder then.
    """
    boundary = request.mimetype_params.get("boundary")
    if request.mimetype != "multipart/form-data" or not boundary:
        raise WrongMediaType(
            "The body must be a form (multipart/form-data) with the file in its part `file`."
        )
    longest = most_bytes + most_text + _MOST_OVERHEAD
    if (request.content_length or 0) > longest:
        raise TooLarge("The file", most_bytes, "bytes")
    request.max_content_length = longest
    form = _Form(folder, most_bytes, most_text, known)
    try:
        form.read(request.stream, boundary.encode("utf-8", "replace"))
        return form.uploaded()
    except OSError as error:
        if error.errno in DISK_FULL:
            raise NoSpace from error
        raise
    finally:
        form.close()


class _Form:
    """A form that is being read."""

    def __init__(self, folder: Path, most_bytes: int, most_text: int, known: tuple[str, ...]) -> None:
        self._folder, self._most_bytes, self._most_text, self._known = folder, most_bytes, most_text, known
        self._path: Path | None = None
        self._target: IO[bytes] | None = None
        self._texts: dict[str, bytearray] = {}
        self._text: bytearray | None = None
        self._size = 0

    def read(self, stream: IO[bytes], boundary: bytes) -> None:
        """Read to the end of the form."""
        decoder = MultipartDecoder(boundary, max_form_memory_size=4 * _PIECE, max_parts=_MOST_PARTS)
        try:
            while True:
                event = decoder.next_event()
                if isinstance(event, Epilogue):
                    return
                if isinstance(event, NeedData):
                    # An empty piece is the end: the decoder refuses it where the form is not over.
                    decoder.receive_data(stream.read(_PIECE) or None)
                elif isinstance(event, File):
                    self._begin_file(event)
                elif isinstance(event, Field):
                    self._begin_field(event)
                elif isinstance(event, Data):
                    self._add(event.data)
        except ValueError as error:
            raise BadBody("The form cannot be read: it is cut off, or its boundary is another.") from error
        except RequestEntityTooLarge as error:
            raise TooLarge("The file", self._most_bytes, "bytes") from error

    def uploaded(self) -> Uploaded:
        """What the form held; raises BadBody without a file that holds anything."""
        if self._path is None or self._size == 0:
            raise BadBody(f"The form has no part `{FILE}` with a file in it, or the file is empty.")
        fields = {name: _text_of(name, text) for name, text in self._texts.items()}
        return Uploaded(self._path, self._size, fields)

    def close(self) -> None:
        """Close the file, if any."""
        if self._target is not None:
            self._target.close()

    def _begin_file(self, event: File) -> None:
        if event.name != FILE or self._target is not None:
            raise BadBody(f"The form must have one file, in the part `{FILE}`.")
        self._text = None
        self._path = self._folder / safe_name(event.filename)
        self._target = self._path.open("xb")

    def _begin_field(self, event: Field) -> None:
        if event.name not in self._known or event.name in self._texts:
            raise BadBody(f"The form may have the parts {', '.join((FILE, *self._known))}, each once.")
        self._text = self._texts[event.name] = bytearray()

    def _add(self, data: bytes) -> None:
        if self._text is not None:
            self._text += data
            if sum(map(len, self._texts.values())) > self._most_text:
                raise TooLarge("The fields of the form", self._most_text, "bytes")
        elif self._target is not None:
            self._size += len(data)
            if self._size > self._most_bytes:
                raise TooLarge("The file", self._most_bytes, "bytes")
            self._target.write(data)


def _text_of(name: str, text: bytearray) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise BadBody(f"The part `{name}` must be UTF-8.") from error
