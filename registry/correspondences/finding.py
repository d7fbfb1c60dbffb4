"""What a correspondence says of one code."""

from __future__ import annotations

import dataclasses

from registry.catalogue import AssociationEntry, CorrespondenceEntry


def about(entry: CorrespondenceEntry, code: str) -> CorrespondenceEntry:
    """The same correspondence with only the associations that have a code, on either side."""
    kept = tuple(each for each in entry.associations if _has(each, code))
    return dataclasses.replace(entry, associations=kept)


def mentioning(entry: CorrespondenceEntry, referential: str | None, code: str | None) -> bool:
    """Whether a correspondence starts from or leads to a referential, and has a code there."""
    if referential not in (None, entry.source_referential, entry.target_referential):
        return False
    return code is None or any(_has(each, code) for each in entry.associations)


def _has(association: AssociationEntry, code: str) -> bool:
    return any(member.code == code for member in (*association.sources, *association.targets))
