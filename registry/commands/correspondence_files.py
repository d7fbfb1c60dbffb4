"""Files of a correspondence: a JSON document that can be published, or its rows as CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from referentials.snapshot import write_whole
from referentials.tables import TableError
from registry.catalogue import AssociationEntry, CorrespondenceEntry
from registry.correspondences.documents import document_of, parse_document
from registry.correspondences.pairs import pairs_of
from registry.correspondences.reading import COLUMNS, OPTIONAL
from registry.errors import BadValue

MOST_BYTES = 64 << 20


def check_target(output: Path | None) -> None:
    """Raises BadValue for a target that could not be written, before any work is done for it."""
    if output is None:
        return
    if output.suffix.lower() not in (".json", ".csv"):
        raise BadValue("output", output.name, "a name that ends in .json or .csv")
    if not output.parent.is_dir() or output.is_dir():
        raise BadValue("output", str(output), "a file in a folder that exists")


def write_file(output: Path, entry: CorrespondenceEntry) -> None:
    """Write the correspondence, whole or not at all; as CSV what several codes are together is in pairs."""
    if output.suffix.lower() == ".json":
        text = json.dumps(document_of(entry), ensure_ascii=False, indent=1) + "\n"
    else:
        text = _rows(entry)
    write_whole(output, text.encode())


def read_file(path: Path) -> CorrespondenceEntry:
    """The correspondence in a JSON file; raises TableError where it cannot be read, UnfitCorrespondence."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError(f"is larger than {MOST_BYTES:,} bytes", file=path.name)
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"cannot be read ({error.strerror})", file=path.name, value=str(path)) from error
    return parse_document(data, path.name)


def _rows(entry: CorrespondenceEntry) -> str:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow((*COLUMNS, *OPTIONAL))
    for association in entry.associations:
        writer.writerows(_cells(association))
    return file.getvalue()


def _cells(association: AssociationEntry) -> list[tuple[str, ...]]:
    return [
        (
            pair.source,
            pair.target,
            pair.relation,
            "" if pair.share_of_source is None else f"{pair.share_of_source:.9g}",
            pair.note or "",
        )
        for pair in pairs_of([association])
    ]
