"""What somebody does, in their own words, and the class that it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Choice, Choices
from matching.matcher import Query, UnknownLevel, match, match_many
from matching.store import Store
from tests.matching.activities.trades import TODAY, activity, said, shop, trades
from tests.matching.samples import untimed


@pytest.fixture(scope="session")
def activities(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return shop(tmp_path_factory.mktemp("activities") / "search")


def asked(store: Store, text: str, **said_too):
    return match(store, Query(text, **said_too), at=TODAY)


def codes(answer) -> list[str]:
    return [each.code for each in answer.candidates]


def test_an_entry_leads_to_its_class_and_says_so(activities):
    answer = asked(activities, "Épicerie")

    first = answer.candidates[0]
    assert (answer.outcome, first.code, first.score) == ("exact", "4711", 1.0)
    assert (first.matched_name, first.language, first.script) == ("épicerie", "fr", "Latn")
    assert first.name == "Commerce d'alimentation générale"
    assert first.parts["entry"] == 1.0


def test_an_entry_in_another_number_and_order_is_nearly_exact(activities):
    answer = asked(activities, "coiffures: salons")

    assert (answer.outcome, codes(answer)[0]) == ("auto", "9602")


def test_darija_and_arabic_lead_there_too(activities):
    assert codes(asked(activities, "البقال"))[0] == "4711"
    assert asked(activities, "bqal").candidates[0].language == "ary"
    assert codes(asked(activities, "محل الجزارة"))[0] == "4722"


def test_that_both_sell_does_not_make_two_texts_the_same(tmp_path):
    rows = [
        activity("4799", "class", None, "Vente", said("boutique")),
        activity("5610", "class", None, "Snack"),
    ]
    store = shop(tmp_path / "search", rows)

    assert asked(store, "boutique").outcome == "exact"
    assert asked(store, "magasin").outcome == "review"


def test_an_exact_entry_beats_all(activities):
    assert codes(asked(activities, "primeur"))[0] == "4721"


def test_the_same_entry_for_several_codes_is_ambiguous(activities):
    answer = asked(activities, "vente de miel")

    assert answer.outcome == "ambiguous"
    assert set(codes(answer)[:2]) == {"4729", "9609"}


def test_what_a_class_says_it_is_not_counts_against_it(activities):
    answer = asked(activities, "abattoir")

    assert codes(answer)[0] == "1011"
    assert "4722" not in codes(answer)[:1]


def test_who_does_not_say_wholesale_means_retail(activities):
    assert codes(asked(activities, "vente de fruits et légumes", levels=("class",)))[0] == "4721"
    assert codes(asked(activities, "grossiste en fruits et légumes", levels=("class",)))[0] == "4631"


def test_a_text_that_says_nothing_known_is_none(activities):
    for text in ("", "...", "zzzzz qqqq", "42"):
        assert asked(activities, text).outcome == "none"


def test_an_equal_title_above_and_below_means_the_class(tmp_path):
    rows = [
        activity("05", "division", None, "Extraction de houille"),
        activity("051", "group", "05", "Extraction de houille"),
        activity("0510", "class", "051", "Extraction de houille"),
    ]
    answer = asked(shop(tmp_path / "search", rows), "extraction de houille")

    assert (answer.outcome, codes(answer)) == ("exact", ["0510"])


def test_a_level_that_is_asked_for_answers_for_what_lies_below(activities):
    answer = asked(activities, "épicerie", levels=("division",))

    assert (answer.outcome, codes(answer)[0]) == ("exact", "47")
    assert answer.candidates[0].matched_name == "épicerie"


def test_a_level_that_does_not_exist_is_refused(activities):
    with pytest.raises(UnknownLevel, match="no level 'town'"):
        asked(activities, "épicerie", levels=("town",))


def test_a_parent_favours_what_lies_in_it(activities):
    assert codes(asked(activities, "fruits", within="46", levels=("class",)))[0] == "4631"
    assert codes(asked(activities, "fruits", within="Commerce de détail", levels=("class",)))[0] == "4721"
    assert codes(asked(activities, "épicerie", within="no such group"))[0] == "4711"


def test_leading_classes_that_share_a_group_offer_the_group(tmp_path):
    rows = trades() + [
        activity(f"952{place}", "class", "952", f"Réparation de {what}")
        for place, what in enumerate(("montres", "chaussures", "meubles"))
    ]
    rows += [activity("95", "division", None, None), activity("952", "group", "95", None)]
    rows += [activity(f"8{place}", "division", None, f"Divers {place} {place}") for place in range(30)]
    answer = asked(shop(tmp_path / "search", rows), "réparations")

    group = next(each for each in answer.candidates if each.level == "group")
    assert answer.outcome == "review"
    assert (group.code, group.name) == ("952", "952")
    assert group.parts["shared"] > 0.5
    assert len(answer.candidates) <= 5


def test_an_ended_class_leads_to_what_replaced_it(tmp_path):
    rows = [
        *trades(),
        activity("9999", "class", "960", "Barbier", valid_to=TODAY - 10, successors=("9602",)),
        activity("9998", "class", "960", "Perruquier", valid_to=TODAY - 10),
    ]
    store = shop(tmp_path / "search", rows)

    replaced = asked(store, "barbier").candidates[0]
    assert (replaced.code, replaced.parts["former_name"]) == ("9602", 1.0)
    ended = asked(store, "perruquier")
    assert (ended.outcome, ended.candidates[0].parts["ended"]) == ("review", 1.0)


def test_a_choice_comes_first(activities):
    choices = Choices([Choice("abattoir", None, "4722"), Choice("xyz", None, None)])
    chosen, absent = match_many(activities, [Query("Abattoir"), Query("xyz")], at=TODAY, choices=choices)

    assert (chosen.outcome, chosen.candidates[0].code, chosen.chosen) == ("exact", "4722", True)
    assert (absent.outcome, absent.chosen) == ("none", True)


def test_an_empty_nomenclature_answers_none(tmp_path):
    assert (
        asked(shop(tmp_path / "search", [activity("47", "division", None, None)]), "épicerie").outcome
        == "none"
    )


def test_a_long_text_is_answered(activities):
    assert asked(activities, "épicerie " * 2_000).candidates[0].code == "4711"


@untimed
@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.sampled_from([(), ("class",), ("group", "class")])), max_size=8
    )
)
def test_one_query_and_many_are_answered_alike(activities, asking):
    queries = [
        Query(text, levels=levels) for text, levels in [*asking, ("fruits", ("class",)), ("vente", ())]
    ]

    together = match_many(activities, queries, at=TODAY)

    assert together == [match(activities, query, at=TODAY) for query in queries]
    assert all(len(each.candidates) <= 5 for each in together)


def test_entries_of_the_index_do_not_change_what_the_titles_say(tmp_path):
    rows = [activity("9602", "class", None, "Coiffure", said("barbier"))]
    store = shop(tmp_path / "search", rows)

    assert asked(store, "barbier").candidates[0].name == "Coiffure"


def test_a_text_of_other_letters_than_any_entry_is_answered(activities):
    assert asked(activities, "ΩΨΞ").outcome == "none"
