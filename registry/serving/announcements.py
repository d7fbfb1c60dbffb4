"""What was published, as feeds and mirrors follow it: from the log and the catalogue, without a database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from registry.catalogue import ReferentialEntry, VersionEntry
from registry.library import Library
from registry.logbook import read_log

ATOM = "http://www.w3.org/2005/Atom"
IN_A_FEED = 50  # entries
SHOWN = ("published", "superseded", "withdrawn")


@dataclass(frozen=True, slots=True)
class Announced:
    """One leaf of the log as a mirror needs it: `position` counts from 0, `kind` is published or removed."""

    position: int
    kind: str
    referential: str
    version: str
    ordinal: int
    content_root: str
    at: str


def announced_after(library: Library, root: Path, after: int, limit: int) -> tuple[list[Announced], bool]:
    """The announcements after a position (-1: all), in the order of the log; and whether there are more.

    A version is announced once it can be read: those behind one that is still being put on the shelf wait.
    """
    log = read_log(root)
    readable = {
        (entry.id, version.ordinal): version.label
        for entry in library.referentials()
        for version in entry.versions
    }
    found: list[Announced] = []
    for position in range(after + 1, log.size):
        leaf = log.documents[position]
        label = readable.get((leaf["referential"], leaf["ordinal"]))
        removed = "removed_at" in leaf
        if label is None and not removed:
            return found, False
        if len(found) == limit:
            return found, True
        found.append(
            Announced(
                position,
                "removed" if removed else "published",
                leaf["referential"],
                leaf["label"],
                leaf["ordinal"],
                leaf["content_root"],
                leaf["removed_at"] if removed else leaf["published_at"],
            )
        )
    return found, False


def feed(entries: Sequence[ReferentialEntry], *, address: str, base: str, title: str, language: str) -> bytes:
    """An Atom feed (RFC 4287) of the newest versions of referentials, newest first.

    `address` is the feed's own absolute address, `base` that of the API.
    """
    root = ElementTree.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _text(root, "id", address)
    _text(root, "title", title)
    _link(root, "self", address, "application/atom+xml")
    versions = sorted(
        _versions(entries), key=lambda each: (each[1].published_at, each[1].ordinal), reverse=True
    )
    _text(root, "updated", versions[0][1].published_at if versions else "1970-01-01T00:00:00Z")
    author = ElementTree.SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", entries[0].owner if len(entries) == 1 else "Marjaa")
    for referential, version in versions[:IN_A_FEED]:
        _entry(root, referential, version, base, language)
    ElementTree.register_namespace("", ATOM)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _versions(entries: Sequence[ReferentialEntry]) -> Iterator[tuple[ReferentialEntry, VersionEntry]]:
    return ((entry, version) for entry in entries for version in entry.versions if version.status in SHOWN)


def _age(pair: tuple[ReferentialEntry, VersionEntry]) -> tuple[str, str, int]:
    return pair[1].published_at, pair[0].id, pair[1].ordinal


def _entry(
    root: ElementTree.Element, referential: ReferentialEntry, version: VersionEntry, base: str, language: str
) -> None:
    address = f"{base}/referentials/{referential.id}/versions/{version.label}"
    entry = ElementTree.SubElement(root, f"{{{ATOM}}}entry")
    _text(entry, "id", address)
    name = referential.names.get(language) or next(iter(referential.names.values()), referential.id)
    _text(entry, "title", f"{name} {version.label}")
    _text(entry, "updated", version.published_at)
    _text(entry, "published", version.published_at)
    _link(entry, "alternate", address, "application/json")
    ElementTree.SubElement(entry, f"{{{ATOM}}}category", {"term": referential.id})
    _text(entry, "rights", f"{referential.licence}: {referential.attribution}")
    _text(entry, "summary", version.notes.get(language) or version.basis or version.label)


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    # XML has no control characters, not even escaped.
    kept = "".join(sign for sign in text if sign.isprintable() or sign in "\n\t")
    ElementTree.SubElement(parent, f"{{{ATOM}}}{tag}").text = kept


def _link(parent: ElementTree.Element, relation: str, address: str, media_type: str) -> None:
    ElementTree.SubElement(parent, f"{{{ATOM}}}link", {"rel": relation, "href": address, "type": media_type})
