"""A correspondence as a JSON document: what a file of one holds before it is published, and after."""

from __future__ import annotations

import dataclasses
import json
import re

from referentials.canonical import JSON
from registry.catalogue import AssociationEntry, CorrespondenceEntry, MemberEntry
from registry.correspondences.errors import Fault, UnfitCorrespondence
from registry.correspondences.pairs import RELATIONS

LONGEST_ID = 100
_ID = re.compile(r"(?=.{1,100}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
_TEXTS = ("id", "source_referential", "target_referential", "basis", "licence", "attribution")
_ID_EXPECTED = f"is no id: 1 to {LONGEST_ID} lower case letters a–z, digits and single hyphens between them"


def document_of(entry: CorrespondenceEntry) -> dict[str, JSON]:
    """The correspondence as plain JSON."""
    plain: dict[str, JSON] = dataclasses.asdict(entry)
    return plain


def parse_document(data: bytes, file: str) -> CorrespondenceEntry:
    """The correspondence in a JSON document; raises UnfitCorrespondence with what cannot be."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise _no_document(file, error) from error
    return entry_of(fields, file)


def entry_of(fields: dict[str, JSON], what: str) -> CorrespondenceEntry:
    """The correspondence that plain JSON states; raises UnfitCorrespondence with what cannot be."""
    try:
        associations = tuple(
            AssociationEntry(
                tuple(MemberEntry(str(member["code"]), _share(member)) for member in each["sources"]),
                tuple(MemberEntry(str(member["code"]), _share(member)) for member in each["targets"]),
                str(each["relation"]),
                _optional(each, "note"),
            )
            for each in fields["associations"]
        )
        entry = CorrespondenceEntry(
            ordinal=0,
            names={str(language): str(name) for language, name in fields.get("names", {}).items()},
            source_version=_optional(fields, "source_version"),
            target_version=_optional(fields, "target_version"),
            published_at="",
            associations=associations,
            **{name: str(fields.get(name) or "") for name in _TEXTS},
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_document(what, error) from error
    require_sound(entry, what)
    return entry


def _no_document(what: str, error: Exception) -> UnfitCorrespondence:
    return UnfitCorrespondence(
        what, [Fault(None, "document", what, f"is no correspondence as JSON ({error})")]
    )


def require_sound(entry: CorrespondenceEntry, file: str) -> None:
    """Raise UnfitCorrespondence where the correspondence lacks something or contradicts itself."""
    faults = [Fault(None, name, "", "is missing") for name in _TEXTS if not str(getattr(entry, name)).strip()]
    if entry.id and not _ID.fullmatch(entry.id):
        faults.append(Fault(None, "id", entry.id, _ID_EXPECTED))
    if not entry.associations:
        faults.append(Fault(None, "associations", "", "are missing"))
    for number, each in enumerate(entry.associations, 1):
        where = f"association {number}"
        if each.relation not in RELATIONS:
            faults.append(Fault(None, where, each.relation, f"is none of {', '.join(RELATIONS)}"))
        for side in (each.sources, each.targets):
            codes = [member.code for member in side]
            if not codes or not all(codes) or len(set(codes)) < len(codes):
                faults.append(Fault(None, where, ", ".join(codes), "needs different codes on either side"))
            faults += [
                Fault(None, where, str(member.share), "is no share from 0 to 1")
                for member in side
                if member.share is not None and not 0.0 <= member.share <= 1.0
            ]
    if faults:
        raise UnfitCorrespondence(file, faults)


def _share(member: dict[str, JSON]) -> float | None:
    share = member.get("share")
    return None if share is None else float(share)


def _optional(fields: dict[str, JSON], name: str) -> str | None:
    value = fields.get(name)
    return None if value is None else str(value)
