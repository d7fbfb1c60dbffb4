"""What recoding must get right on the real units: every commune there and back."""

from __future__ import annotations

from collections import Counter
from datetime import date

from matching.layout import day_of
from registry.library import Library
from registry.serving.recoding import recoder_of

UNITS = "administrative-units"
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
