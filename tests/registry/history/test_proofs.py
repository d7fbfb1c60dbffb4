"""What recoding must get right on the real units: every commune there and back, and the regions of 1997."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from matching.layout import day_of
from registry.correspondences.algebra import compose, invert
from registry.correspondences.recoding import recoder_through
from registry.library import Library
from registry.serving.recoding import recoder_of

UNITS = "administrative-units"
REGIONS = "regions-1997-to-administrative-units"
ISO = "iso-3166-2-ma-to-administrative-units"
IN_2014, IN_2024 = date(2014, 9, 1), date(2024, 9, 1)


def codes_on(library: Library, day: date, level: str = "commune") -> list[str]:
    """The codes of a level that are valid on a day, as the newest version has it."""
    store = library.snapshot(UNITS).store
    return [store.code(row) for row in store.select(at=day_of(day), level=(level,)).tolist()]


def test_every_commune_of_2014_comes_back_to_itself_from_2024(seeded: Library) -> None:
    snapshot = seeded.snapshot(UNITS)
    there, back = recoder_of(snapshot, IN_2014, IN_2024), recoder_of(snapshot, IN_2024, IN_2014)
    before = codes_on(seeded, IN_2014)
    found = there.recode_all(before)
    assert Counter(row.outcome for row in found) == {"unchanged": 1296, "recoded": 207}
    after = [row.only for row in found]
    exceptions = [
        code
        for code, only in zip(before, after, strict=True)
        if only is None or back.recode(only).only != code
    ]
    assert (len(before), exceptions) == (1503, [])
    assert sorted(filter(None, after)) == codes_on(seeded, IN_2024)
    assert all(row.reversible for row in found)


def test_every_commune_of_2024_comes_back_to_itself_from_2014(seeded: Library) -> None:
    snapshot = seeded.snapshot(UNITS)
    there, back = recoder_of(snapshot, IN_2024, IN_2014), recoder_of(snapshot, IN_2014, IN_2024)
    after = codes_on(seeded, IN_2024)
    found = there.recode_all(after)
    assert Counter(row.outcome for row in found) == {"unchanged": 1296, "recoded": 207}
    assert [back.recode(row.only or "").only for row in found] == after


def test_no_commune_took_over_the_code_of_another(seeded: Library) -> None:
    snapshot = seeded.snapshot(UNITS)
    both = set(codes_on(seeded, IN_2014)) & set(codes_on(seeded, IN_2024))
    assert len(both) == 1296
    assert [code for code in both if len(snapshot.items_of_code(code)) != 1] == []


def test_a_recoded_commune_is_not_dated_more_exactly_than_it_is_known(seeded: Library) -> None:
    found = recoder_of(seeded.snapshot(UNITS), IN_2014, IN_2024).recode_all(codes_on(seeded, IN_2014))
    uncertain = [row for row in found if not row.certain]
    assert [row.outcome for row in uncertain] == ["recoded"] * 207
    assert {(row.path[0].earliest_on, row.path[0].latest_on) for row in uncertain} == {(IN_2014, IN_2024)}


def provinces(folder: Path) -> dict[str, Counter[str]]:
    """How many of today's provinces of each region of 1997 are in each region of 2015."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    with (folder / "administrative" / "provinces_region1997_to_region2015.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found[row["region_1997_code"]][row["region_code"]] += 1
    return dict(found)


def test_the_16_regions_of_1997_lead_to_the_12_of_2015(seeded: Library, shared_data: Path) -> None:
    entry = seeded.correspondence(REGIONS)
    counted = provinces(shared_data)
    old = [f"{number:02}" for number in range(1, 17)]
    found = recoder_through(entry)(old)
    assert Counter(row.outcome for row in found) == {"narrow": 9, "split": 6, "exact": 1}
    assert {row.code: row.only for row in found if row.only} == {
        "01": "12",
        "02": "11",
        "05": "04",
        "07": "07",
        "08": "02",
        "09": "06",
        "10": "04",
        "12": "05",
        "14": "03",
        "16": "01",
    }
    for row in found:
        total = sum(counted[row.code].values())
        shares = {region: count / total for region, count in counted[row.code].items()}
        assert {part.code: part.share for part in row.targets} == pytest.approx(shares, abs=1e-6)
    assert {part.code for row in found for part in row.targets} == set(codes_on(seeded, IN_2024, "region"))
    assert [row.code for row in found if row.reversible] == ["01"]


def test_the_12_regions_of_2015_lead_back_to_the_16_of_1997_without_invented_shares(seeded: Library) -> None:
    turned = invert(seeded.correspondence(REGIONS))
    found = recoder_through(turned.entry)([f"{number:02}" for number in range(1, 13)])
    assert [(row.code, row.only) for row in found if row.only] == [("12", "01")]
    assert {part.code for row in found for part in row.targets} == {f"{n:02}" for n in range(1, 17)}
    assert sum(part.share is None for row in found for part in row.targets) == 25
    assert turned.quality.unknown_shares == 25
    assert (turned.quality.clean, turned.quality.ambiguous) == (1, 11)


def test_the_regions_of_1997_in_iso_codes_follow_from_two_correspondences(seeded: Library) -> None:
    found = compose(seeded.correspondence(REGIONS), invert(seeded.correspondence(ISO)).entry)
    assert found.entry.id == "regions-1997-to-iso-3166-2-ma"
    assert (found.quality.lost, found.quality.estimated_shares, found.quality.unknown_shares) == ((), 0, 0)
    through = recoder_through(found.entry)(["01", "05"])
    assert [(row.outcome, row.only) for row in through] == [("exact", "MA-12"), ("narrow", "MA-04")]
