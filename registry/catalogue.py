"""The catalogue file: which referentials, versions and correspondences can be read (D1).

It is a small JSON file beside the snapshots, replaced in one step, so that a reader sees the catalogue from
before a publication or the one from after it. No Flask, no SQLAlchemy.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from referentials.canonical import JSON, canonical
from referentials.snapshot import write_whole
from registry.naming import referential_id, version_label
from registry.watching import changing

FORMAT = 1
NAME = "catalogue.json"


class DamagedCatalogue(ValueError):
    """A catalogue file that cannot be read; says why."""


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One publication of a referential; `folder` is relative to the snapshots' root.

    `review` says who stood behind it, `approval` is the hash of the approval (`registry.publishing`). Of a
    tombstoned one the snapshot was removed, and `removed_because` says why.
    """

    referential: str
    ordinal: int
    label: str
    effective_on: date
    status: str
    content_root: str
    published_at: str
    basis: str
    notes: Mapping[str, str]
    counts: Mapping[str, int]
    provenance: tuple[Mapping[str, JSON], ...]
    change_class: str | None = None
    legal_basis: str | None = None
    review: str = "seed"
    approval: str | None = None
    removed_because: str | None = None

    @property
    def folder(self) -> Path:
        """Where the snapshot is, below the snapshots' root."""
        return snapshot_folder(self.referential, self.ordinal)


@dataclass(frozen=True, slots=True)
class ReferentialEntry:
    """A register: what it is, who answers for it, since when its records are kept, and its versions."""

    id: str
    kind: str
    names: Mapping[str, str]
    description: Mapping[str, str]
    owner: str
    licence: str
    attribution: str
    periodicity: str
    levels: tuple[str, ...]
    level_names: Mapping[str, Mapping[str, str]]
    languages: tuple[str, ...]
    stage: str
    records_from: date | None
    records_basis: str | None
    versions: tuple[VersionEntry, ...]
    # Approved and dated, but not to be read yet: apart, so that no reader takes one for a version.
    scheduled: tuple[VersionEntry, ...] = ()

    @property
    def latest(self) -> VersionEntry | None:
        """The newest version that is published."""
        published = [version for version in self.versions if version.status == "published"]
        return published[-1] if published else None


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A code on one side of an association; `share` is the part of the other side that it holds."""

    code: str
    share: float | None


@dataclass(frozen=True, slots=True)
class AssociationEntry:
    """n sources to m targets; `relation` reads "the source is … the target" (exact, narrow, broad …)."""

    sources: tuple[MemberEntry, ...]
    targets: tuple[MemberEntry, ...]
    relation: str
    note: str | None


@dataclass(frozen=True, slots=True)
class CorrespondenceEntry:
    """A map between versions of two referentials, n sources to m targets.

    `ordinal` counts the publications under this id; one that is not published has 0 and no `published_at`.
    """

    id: str
    ordinal: int
    names: Mapping[str, str]
    source_referential: str
    source_version: str | None
    target_referential: str
    target_version: str | None
    basis: str
    licence: str
    attribution: str
    published_at: str
    associations: tuple[AssociationEntry, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that can be read."""

    referentials: Mapping[str, ReferentialEntry]
    correspondences: Mapping[str, CorrespondenceEntry]


def snapshot_folder(referential: str, ordinal: int) -> Path:
    """The folder of a version's snapshot, below the snapshots' root; raises BadName for a bad id."""
    return Path(referential_id(referential)) / str(int(ordinal))


def write_catalogue(root: Path, catalogue: Catalogue) -> None:
    """Replace the catalogue file in one step."""
    document = {
        "format": FORMAT,
        "referentials": [_plain(entry) for entry in catalogue.referentials.values()],
        "correspondences": [_plain(entry) for entry in catalogue.correspondences.values()],
    }
    root.mkdir(parents=True, exist_ok=True)
    with changing(root):
        write_whole(root / NAME, canonical(document))


def read_catalogue(root: Path) -> Catalogue:
    """Read the catalogue file; an absent one is an empty catalogue. Raises DamagedCatalogue."""
    path = root / NAME
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise DamagedCatalogue(f"{path}: format {document['format']!r} is not known here")
        referentials = [_referential(fields) for fields in document["referentials"]]
        correspondences = [_correspondence(fields) for fields in document["correspondences"]]
    except FileNotFoundError:
        return Catalogue({}, {})
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedCatalogue(f"{path}: not a catalogue ({error})") from error
    return Catalogue(
        {entry.id: entry for entry in referentials}, {entry.id: entry for entry in correspondences}
    )


def _plain(entry: ReferentialEntry | CorrespondenceEntry) -> dict[str, JSON]:
    def text_of_dates(value: JSON) -> JSON:
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Mapping):
            return {key: text_of_dates(inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [text_of_dates(inner) for inner in value]
        return value

    plain: dict[str, JSON] = text_of_dates(dataclasses.asdict(entry))
    return plain


def _referential(fields: dict[str, JSON]) -> ReferentialEntry:
    versions = tuple(map(_version, fields["versions"]))
    scheduled = tuple(map(_version, fields.get("scheduled", ())))
    since = fields["records_from"]
    return ReferentialEntry(
        **{
            **fields,
            "id": referential_id(fields["id"]),
            "levels": tuple(fields["levels"]),
            "languages": tuple(fields["languages"]),
            "records_from": None if since is None else date.fromisoformat(since),
            "versions": versions,
            "scheduled": scheduled,
        }
    )


def _version(fields: dict[str, JSON]) -> VersionEntry:
    version = VersionEntry(
        **{
            **fields,
            "effective_on": date.fromisoformat(fields["effective_on"]),
            "provenance": tuple(fields["provenance"]),
        }
    )
    # A catalogue may come from anywhere, and must not lead readers out of its folder.
    snapshot_folder(version.referential, version.ordinal)
    version_label(version.label)
    return version


def _correspondence(fields: dict[str, JSON]) -> CorrespondenceEntry:
    associations = tuple(
        AssociationEntry(
            sources=tuple(MemberEntry(**member) for member in association["sources"]),
            targets=tuple(MemberEntry(**member) for member in association["targets"]),
            relation=association["relation"],
            note=association["note"],
        )
        for association in fields["associations"]
    )
    return CorrespondenceEntry(**{**fields, "associations": associations})
