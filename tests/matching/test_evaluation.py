"""Matching judged by values whose meaning is known."""

import pytest

from matching.evaluation import Labelled, NothingToJudge, evaluate
from matching.store import Store
from tests.matching.samples import TODAY


def judged(store: Store, *rows: Labelled, **more):
    return evaluate(store, rows, at=TODAY, **more)


def test_distinct_values_count_once_and_keep_their_rows(store: Store):
    found = judged(
        store,
        Labelled("Ouartzarh", "01.2.4", None, 2),
        Labelled("Ouartzarh ", "01.2.4", "", 3),
        Labelled("Wartzagh", "01.2.4", None, 4),
    )
    assert (found.rows, found.values) == (3, 2)
    assert [each.rows for each in found.judged] == [(2, 3), (4,)]


def test_a_name_of_the_item_is_exact_whatever_its_case_accents_and_qualifiers(store: Store):
    texts = {"MAARIF": "exact", "Commune de Bni Lent": "exact", "المعاريف": "exact", "Maarif Sud": "other"}
    codes = {"Commune de Bni Lent": "01.1.4"}
    found = judged(store, *(Labelled(text, codes.get(text, "02.1.1.2")) for text in texts))
    assert {each.text: each.kind for each in found.judged} == texts


def test_right_ones_are_counted_by_kind(store: Store):
    found = judged(
        store, Labelled("Bni Lent", "01.1.4"), Labelled("Beni Lnt", "01.1.4"), Labelled("Rhafsai", "01.1.4")
    )
    assert (found.found["all"].top.count, found.found["all"].top.of) == (2, 3)
    assert found.found["exact"].top.share == 1
    [wrong] = [each for each in found.judged if each.mistaken]
    assert (wrong.text, wrong.code, wrong.truth) == ("Rhafsai", "01.2.2", ("01.1.4",))


def test_a_code_of_before_counts_as_what_replaced_it(store: Store):
    found = judged(store, Labelled("Matmata", "01.1.9"), Labelled("Matmata", "01.1.5"))
    assert found.brought_forward == 1
    assert found.values == 1
    assert found.found["exact"].top.share == 1


def test_codes_that_cannot_be_used_are_named_with_their_rows(store: Store):
    found = judged(
        store,
        Labelled("Taza", "01.1.1", "Taza", 2),
        Labelled("Nowhere", "99", None, 3),
        Labelled("Nowhere", "99", None, 4),
        Labelled("Tissa Ancienne", "01.2.9", None, 5),
    )
    assert [(each.code, each.rows) for each in found.unusable] == [("01.2.9", (5,)), ("99", (3, 4))]
    assert found.rows == 1


def test_an_absent_that_is_accepted_is_a_mistake_and_another_is_none(store: Store):
    found = judged(store, Labelled("Bni Lent", None), Labelled("Zzyzx", None))
    assert (found.absents.count, found.absents.of) == (1, 2)
    assert [each.mistaken for each in found.judged] == [True, False]
    assert found.found["all"].top.of == 0
    assert found.accepted.precision.share == 0


def test_outcomes_cover_all_values(store: Store):
    found = judged(store, *(Labelled(text, "01.1.3") for text in ("Ajdir", "Ajdire", "qqq")))
    assert sum(by.coverage.count for by in found.outcomes.values()) == found.values == 3
    assert found.outcomes["ambiguous"].coverage.count >= 1


def test_levels_are_kept_to(store: Store):
    found = judged(store, Labelled("Casablanca", "02.1"), levels=("province",))
    assert found.found["exact"].top.share == 1


def test_nothing_to_judge_is_said(store: Store):
    with pytest.raises(NothingToJudge, match="there are no rows"):
        judged(store)
    with pytest.raises(NothingToJudge, match="none of 1 rows"):
        judged(store, Labelled("Taza", "99"))
