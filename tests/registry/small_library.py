"""A small published library, built as publishing builds one, for tests of what is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import shapely

from referentials.compiling import compile_search
from referentials.drafting import draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink, ListedObservation, OtherName
from referentials.snapshot import Content, ContentHeader, open_content, write_content
from registry.catalogue import (
    AssociationEntry,
    Catalogue,
    CorrespondenceEntry,
    MemberEntry,
    ReferentialEntry,
    VersionEntry,
    read_catalogue,
    write_catalogue,
)
from registry.config import Settings

TODAY = date(2026, 3, 15)
CHANGED_ON = date(2024, 9, 1)
LEVELS = ("region", "province", "commune")
SQUARE = shapely.box(-5.0, 33.9, -4.9, 34.1)


class SettingsOnDay(Settings):
    """Settings of a process for which it is always `TODAY`."""

    __slots__ = ()

    def today(self) -> date:
        return TODAY


def settings(data: Path) -> Settings:
    """Settings of a service over this folder."""
    return SettingsOnDay.from_environment({"MARJAA_DATA": str(data), "MARJAA_MAX_BODY": "65536"})


@dataclass(frozen=True, slots=True)
class Edition:
    """A version to publish: the whole list, and what changed."""

    label: str
    effective_on: date
    items: Sequence[ListedItem]
    changes: Sequence[ListedChange] = ()


def unit(
    code: str, level: str, parent: str | None, fr: str, ar: str | None = None, **more: Any
) -> ListedItem:
    """A unit with a French name and perhaps an Arabic one; `more` as in ListedItem."""
    names = {"fr": fr} if ar is None else {"fr": fr, "ar": ar}
    return replace(ListedItem(code, level, parent, names), **more)


def links(*codes: str) -> tuple[ListedLink, ...]:
    """Links to codes."""
    return tuple(ListedLink(code) for code in codes)


BEFORE = [
    unit("01", "region", None, "Nord", "الشمال"),
    unit("02", "region", None, "Sud", "الجنوب"),
    unit("01.100", "province", "01", "Fès", "فاس"),
    unit("01.200", "province", "01", "Taza", "تازة"),
    unit("02.300", "province", "02", "Tiznit", "تيزنيت"),
    unit(
        "01.100.05",
        "commune",
        "01.100",
        "Oulad Tayeb",
        "أولاد الطيب",
        shape=SQUARE,
        attributes={"type": "rural"},
        other_names=(OtherName("Ouled Tayeb", "fr", "Latn", "alternative", "made up"),),
        observations=(ListedObservation("population", date(2014, 9, 1), 21000, "person", "made up"),),
    ),
    unit("01.100.09", "commune", "01.100", "Aïn Cheggag", shape=shapely.Point(-5.05, 33.88)),
    unit("01.200.01", "commune", "01.200", "Gueldamane", "كلدمان"),
    unit("01.200.02", "commune", "01.200", "Bab Marzouka", "باب مرزوقة"),
    unit("01.200.03", "commune", "01.200", "Meknassa"),
    unit("02.300.01", "commune", "02.300", "Tafraout", "تافراوت"),
    unit("02.300.02", "commune", "02.300", "Arbaa Sahel"),
]
_KEPT = [
    item
    for item in BEFORE
    if item.code not in ("01.100.05", "01.200.01", "01.200.02", "01.200.03", "02.300.01", "02.300.02")
]
AFTER = [
    *_KEPT,
    unit(
        "01.100.07",
        "commune",
        "01.100",
        "Oulad Tayeb",
        "أولاد الطيب",
        shape=SQUARE,
        attributes={"type": "urban"},
        other_names=(OtherName("Ouled Tayeb", "fr", "Latn", "alternative", "made up"),),
        observations=(ListedObservation("population", date(2024, 9, 1), 32000, "person", "made up"),),
    ),
    unit("01.200.10", "commune", "01.200", "Gueldamane Bab Marzouka"),
    unit("01.200.31", "commune", "01.200", "Meknassa Al Gharbia", "مكناسة الغربية"),
    unit("01.200.32", "commune", "01.200", "Meknassa Acharqia", "مكناسة الشرقية"),
    unit("02.300.01", "commune", "02.300", "Tafraoute", "تافراوت"),
]
CHANGES = [
    ListedChange(
        "recode",
        CHANGED_ON,
        links("01.100.05"),
        links("01.100.07"),
        "a decree",
        earliest_on=date(2024, 1, 1),
        latest_on=CHANGED_ON,
    ),
    ListedChange("merge", CHANGED_ON, links("01.200.01", "01.200.02"), links("01.200.10"), "a decree"),
    ListedChange(
        "split",
        CHANGED_ON,
        links("01.200.03"),
        (ListedLink("01.200.31", 0.6, "population"), ListedLink("01.200.32", 0.4, "population")),
        "a decree",
    ),
    ListedChange("rename", CHANGED_ON, links("02.300.01"), links("02.300.01"), "a decree"),
    ListedChange("abolition", CHANGED_ON, links("02.300.02"), (), "a decree"),
]
UNITS = (
    Edition("2014", date(2014, 9, 1), BEFORE),
    Edition("2024", CHANGED_ON, AFTER, CHANGES),
)
ANNOUNCED = Edition(
    "2026",
    date(2026, 1, 1),
    [*AFTER, unit("02.300.05", "commune", "02.300", "Aglou", valid_from=date(2030, 1, 1))],
    [ListedChange("creation", date(2030, 1, 1), (), links("02.300.05"), "a decree")],
)
ACTIVITIES = (
    Edition(
        "4",
        date(2008, 8, 11),
        [
            ListedItem("A", "section", None, {"en": "Agriculture", "fr": "Agriculture"}),
            ListedItem("0111", "class", "A", {"en": "Growing of cereals"}),
        ],
    ),
)


def build_library(root: Path) -> None:
    """A snapshots' root with two referentials and a correspondence."""
    publish(root, "units", UNITS, LEVELS, languages=("fr", "ar"), records_from=date(2014, 9, 1))
    publish(root, "activities", ACTIVITIES, ("section", "class"), languages=("en", "fr"))


def publish(
    root: Path,
    referential: str,
    editions: Sequence[Edition],
    levels: Sequence[str],
    *,
    languages: Sequence[str],
    records_from: date | None = None,
) -> None:
    """Write the snapshots of these versions that are not there yet, then the catalogue with all of them."""
    versions: list[VersionEntry] = []
    base: Content | None = None
    for ordinal, edition in enumerate(editions, 1):
        folder = root / referential / str(ordinal)
        if not folder.exists():
            _write(folder, referential, ordinal, base, edition, levels)
        base = open_content(folder / "content")
        versions.append(_version(referential, ordinal, edition, base))
    entry = ReferentialEntry(
        id=referential,
        kind="administrative-units",
        names={"fr": referential.title()},
        description={"fr": "Made up for tests."},
        owner="nobody",
        licence="CC0-1.0",
        attribution="made up",
        periodicity="never",
        levels=tuple(levels),
        level_names={level: {"en": level.title()} for level in levels},
        languages=tuple(languages),
        stage="published",
        records_from=records_from,
        records_basis=None if records_from is None else "a made-up census",
        versions=tuple(versions),
    )
    write_catalogue(root, _with(root, entry))


def _with(root: Path, entry: ReferentialEntry) -> Catalogue:
    return Catalogue({**read_catalogue(root).referentials, entry.id: entry}, {"old-to-new": CORRESPONDENCE})


CORRESPONDENCE = CorrespondenceEntry(
    id="old-to-new",
    ordinal=1,
    names={"fr": "Anciens et nouveaux"},
    source_referential="units",
    source_version="2014",
    target_referential="units",
    target_version="2024",
    basis="made up",
    licence="CC0-1.0",
    attribution="made up",
    published_at="2024-10-01T00:00:00Z",
    associations=(
        AssociationEntry((MemberEntry("01.100.05", None),), (MemberEntry("01.100.07", 1.0),), "exact", None),
    ),
)


def _write(
    folder: Path,
    referential: str,
    ordinal: int,
    base: Content | None,
    edition: Edition,
    levels: Sequence[str],
) -> None:
    draft = draft_from_list(referential, ordinal, base, edition.items, edition.changes, edition.effective_on)
    withdrawn = set(draft.withdrawn)
    kept = [] if base is None else [r for r in base.records() if r.record_key not in withdrawn]
    records = sorted([*kept, *draft.added], key=lambda record: record.order)
    header = ContentHeader(referential, ordinal, edition.label, edition.effective_on)
    write_content(folder / "content", header, records)
    compile_search(open_content(folder / "content"), folder / "search", profile="place-names", levels=levels)


def _version(referential: str, ordinal: int, edition: Edition, content: Content) -> VersionEntry:
    return VersionEntry(
        referential=referential,
        ordinal=ordinal,
        label=edition.label,
        effective_on=edition.effective_on,
        status="published",
        content_root=content.root,
        published_at=f"{edition.effective_on}T00:00:00Z",
        basis="made up",
        notes={"fr": "Pour les essais."},
        counts=dict(content.counts),
        provenance=(),
    )
