from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.deciding import FEATURES
from matching.matcher import Match, Query, UnknownLevel, examine, match, match_many
from matching.store import Name, Row, Store
from tests.matching.samples import CHANGED, TODAY, country, row, stored, untimed

COMMUNES = ("commune", "arrondissement")


def ask(store: Store, text: str, within: str | None = None, levels: tuple[str, ...] = COMMUNES) -> Match:
    return match(store, Query(text, within, levels), at=TODAY)


def first(answer: Match) -> tuple[str, str]:
    return answer.outcome, answer.candidates[0].code


def test_an_official_name_is_exact(store: Store):
    answer = ask(store, "Oulad Zbair")
    assert first(answer) == ("exact", "01.1.2")
    assert answer.candidates[0].score > 0.99


@pytest.mark.parametrize(
    "text", ["oulad zbair", "OULAD-ZBAIR", " Oulad  Zbaïr ", "أولاد زباير", "أَوْلاد زباير"]
)
def test_case_accents_and_punctuation_do_not_matter(store: Store, text: str):
    assert first(ask(store, text)) == ("exact", "01.1.2")


@pytest.mark.parametrize("text", ["Ouled Zbair", "Awlad Zbayr", "Zbair Oulad", "Oulad Zbir"])
def test_another_spelling_with_the_same_key_or_skeleton_is_accepted(store: Store, text: str):
    assert first(ask(store, text)) == ("auto", "01.1.2")


@pytest.mark.parametrize("text", ["Oulad Zbiar", "Oulad Sbair", "Zbair"])
def test_a_misspelt_name_is_offered_for_review(store: Store, text: str):
    assert first(ask(store, text)) == ("review", "01.1.2")


def test_a_misspelt_name_within_its_parent_is_accepted(store: Store):
    assert first(ask(store, "Ouartzagh", "Taounate")) == ("auto", "01.2.4")
    assert first(ask(store, "Oulad Zbiar", "01.1")) == ("auto", "01.1.2")


def test_homonyms_that_nothing_tells_apart_are_ambiguous(store: Store):
    answer = ask(store, "Ajdir")
    assert answer.outcome == "ambiguous"
    assert {candidate.code for candidate in answer.candidates} == {"01.1.3", "01.2.1"}


@pytest.mark.parametrize(
    "within", ["01.2", "Taounate", "TAOUNATE", "Taunat", "تاونات", "Province de Taounate"]
)
def test_a_parent_tells_homonyms_apart_however_it_is_spelled(store: Store, within: str):
    assert first(ask(store, "Ajdir", within)) == ("exact", "01.2.1")


@pytest.mark.parametrize("text", ["Ajdir, Taounate", "Ajdir (Taounate)", "Ajdir prov. Taounate"])
def test_a_parent_may_stand_in_the_text(store: Store, text: str):
    assert first(ask(store, text)) == ("exact", "01.2.1")


@pytest.mark.parametrize("within", ["Xyzzy", "Délégation 12", "...", "99.9"])
def test_a_parent_that_is_not_known_changes_nothing(store: Store, within: str):
    assert ask(store, "Bni Lent", within) == ask(store, "Bni Lent")
    assert ask(store, "Ajdir", within).outcome == "ambiguous"


def test_a_parent_that_disagrees_keeps_the_candidate_and_asks_for_review(store: Store):
    assert first(ask(store, "Bni Lent", "Casablanca")) == ("review", "01.1.4")
    assert first(ask(store, "Oulad Zbair", "Taounate")) == ("review", "01.1.2")


def test_a_group_of_arrondissements_favours_the_whole_prefecture_a_little(store: Store):
    inside = ask(store, "Maarif", "Aïn Chok")
    outside = ask(store, "Méchouar de Casablanca", "Aïn Chok")
    assert first(inside) == ("exact", "02.1.1.2")
    assert first(outside) == ("review", "02.1.3")
    assert 0 < outside.candidates[0].parts["parent"] < inside.candidates[0].parts["parent"]


def test_a_qualifier_says_which_level_is_meant(store: Store):
    everywhere = tuple(store.levels)
    assert ask(store, "Aïn-Chock", levels=everywhere).outcome == "ambiguous"
    assert first(ask(store, "Aïn-Chock (Arrond.)", levels=everywhere)) == ("exact", "02.1.1.1")
    assert first(ask(store, "إقليم تازة", levels=everywhere)) == ("exact", "01.1")


def test_levels_keep_the_others_out(store: Store):
    assert first(ask(store, "Taza", levels=("province",))) == ("exact", "01.1")
    assert first(ask(store, "Taza", levels=("commune",))) == ("exact", "01.1.1")


def test_an_unknown_level_is_refused_by_name(store: Store):
    with pytest.raises(UnknownLevel, match="no level 'planet'"):
        ask(store, "Taza", levels=("planet",))


@pytest.mark.parametrize("text", ["", "   ", "...", "Quelque chose d'autre", "日本", "Xq"])
def test_a_text_that_is_not_there_is_never_accepted(store: Store, text: str):
    assert ask(store, text).outcome == "none"


def test_a_code_is_its_own_name(store: Store):
    answer = match(store, Query("01.1.4"), at=TODAY)
    assert first(answer) == ("exact", "01.1.4")
    assert answer.candidates[0].parts["code"] == 1.0


def test_a_retired_code_leads_to_what_replaced_it_and_says_so(store: Store):
    answer = match(store, Query("01.1.9"), at=TODAY)
    assert first(answer) == ("auto", "01.1.5")
    assert answer.candidates[0].parts["former_name"] == 1.0


def test_an_old_name_leads_to_the_item_of_today(tmp_path: Path):
    rows = [
        row("A", "commune", None, "Rhafsai", valid_from=CHANGED),
        row("A", "commune", None, "Petitjean", valid_to=CHANGED),
    ]
    store = stored(tmp_path / "s", rows)
    answer = match(store, Query("Petitjean"), at=TODAY)
    assert first(answer) == ("auto", "A")
    assert answer.candidates[0].name == "Rhafsai"
    assert answer.candidates[0].matched_name == "Petitjean"
    assert answer.candidates[0].parts["former_name"] == 1.0
    assert first(match(store, Query("Petitjean"), at=CHANGED - 1)) == ("exact", "A")


def test_what_ended_without_successor_is_only_offered(store: Store):
    answer = ask(store, "Tissa Ancienne")
    assert first(answer) == ("review", "01.2.9")
    assert answer.candidates[0].parts["ended"] == 1.0


def test_a_split_offers_all_its_successors_and_picks_none(tmp_path: Path):
    rows = [
        row("A", "commune", None, "Grand Atlas", valid_to=CHANGED, successors=("B", "C")),
        row("B", "commune", None, "Atlas Nord", valid_from=CHANGED),
        row("C", "commune", None, "Atlas Sud", valid_from=CHANGED),
    ]
    answer = match(stored(tmp_path / "s", rows), Query("Grand Atlas"), at=TODAY)
    assert answer.outcome == "ambiguous"
    assert [candidate.code for candidate in answer.candidates] == ["B", "C"]


def test_successions_that_turn_in_a_circle_end(tmp_path: Path):
    rows = [
        row("A", "commune", None, "Rond", valid_to=CHANGED, successors=("B",)),
        row("B", "commune", None, "Point", valid_to=CHANGED, successors=("A",)),
    ]
    assert match(stored(tmp_path / "s", rows), Query("Rond"), at=TODAY).candidates == ()


def test_importance_orders_homonyms_and_never_chooses(store: Store):
    answer = match(store, Query("Taza"), at=TODAY)
    assert answer.outcome == "ambiguous"
    assert [candidate.code for candidate in answer.candidates[:2]] == ["01.1", "01.1.1"]


def test_other_scripts_are_found_by_their_consonants(tmp_path: Path, estimated: None):
    rows = [
        row("A", "commune", None, "Errachidia"),
        row("B", "commune", None, "Tiznit"),
        row("C", "commune", None, "Zag"),
    ]
    store = stored(tmp_path / "s", rows)
    assert first(match(store, Query("الرشيدية"), at=TODAY)) == ("auto", "A")
    assert match(store, Query("ⵜⵉⵣⵏⵉⵜ"), at=TODAY).candidates[0].code == "B"


def test_a_candidate_says_which_name_matched_and_why(store: Store):
    best = ask(store, "غفساي", "Taounate").candidates[0]
    assert (best.code, best.matched_name, best.language, best.name) == ("01.2.2", "غفساي", "ar", "غفساي")
    assert (best.level, best.parent) == ("commune", "01.2")
    assert set(best.parts) >= {"spelling", "consonants", "words", "letters", "parent"}


def test_hidden_and_other_names_lead_to_the_preferred_one(tmp_path: Path):
    names = (
        Name("Essaouira", "fr", "Latn", "preferred"),
        Name("Mogador", "fr", "Latn", "alternative"),
        Name("Souira", None, "Latn", "hidden"),
    )
    store = stored(tmp_path / "s", [row("A", "commune", None, names=names)])
    best = match(store, Query("mogador"), at=TODAY).candidates[0]
    assert (best.name, best.matched_name) == ("Essaouira", "Mogador")


def test_a_very_long_text_is_answered(store: Store):
    assert ask(store, "Ajdir " * 10_000).outcome in {"none", "review"}


def test_addresses_are_found_by_key_but_house_numbers_are_never_guessed(tmp_path: Path):
    rows = [row(f"{number}", "commune", None, f"{number} Rue Mohammed V") for number in (1, 12, 21)]
    store = stored(tmp_path / "s", rows, profile="addresses")
    assert first(match(store, Query("12, rue Mohamed V"), at=TODAY)) == ("auto", "12")
    assert match(store, Query("13 rue Mohammed V"), at=TODAY).outcome == "none"


unique = [
    each for each in country() if each.names and each.valid_to > TODAY and each.names[0].text != "Ajdir"
]


@untimed
@given(st.sampled_from(unique), st.integers(0, 1))
def test_a_preferred_name_that_is_unique_at_its_level_is_exact(store: Store, chosen, which: int):
    name = chosen.names[which % len(chosen.names)]
    answer = match(store, Query(name.text, None, (chosen.level,)), at=TODAY)
    assert first(answer) == ("exact", chosen.code)


WORDS = [
    "Oulad",
    "Ouled",
    "Zbair",
    "Zbiar",
    "Taza",
    "Ajdir",
    "Casablanca",
    "Casa",
    "Bni",
    "Lent",
    "Sidi",
    "أجدير",
    "تازة",
]
words = st.sampled_from(WORDS)
queries = st.builds(
    Query,
    st.lists(words, max_size=3).map(" ".join),
    st.none() | words,
    st.sampled_from([(), ("commune",), ("commune", "arrondissement")]),
)


@untimed
@given(st.lists(queries, max_size=8))
def test_many_at_once_are_answered_as_one_by_one(store: Store, many: list[Query]):
    assert match_many(store, many, at=TODAY) == [match(store, each, at=TODAY) for each in many]


@untimed
@given(queries)
def test_scores_descend_and_lie_between_nothing_and_one(store: Store, query: Query):
    answer = match(store, query, at=TODAY)
    scores = [candidate.score for candidate in answer.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert len({candidate.row for candidate in answer.candidates}) == len(scores) <= 5


def recoded(old: str, new: str, name: str) -> list[Row]:
    return [
        row(old, "commune", None, name, valid_to=CHANGED, successors=(new,)),
        row(new, "commune", None, name, valid_from=CHANGED),
    ]


def test_a_name_kept_through_a_new_code_is_todays_name(tmp_path: Path):
    store = stored(tmp_path / "s", recoded("A.1", "A.2", "Sidi Boubker"))
    answer = match(store, Query("Sidi Boubker"), at=TODAY)
    assert first(answer) == ("exact", "A.2")
    assert "former_name" not in answer.candidates[0].parts


def test_a_recoded_namesake_is_as_good_a_namesake_as_any(tmp_path: Path):
    rows = [*recoded("A.1", "A.2", "Sidi Boubker"), row("B", "commune", None, "Sidi Boubker")]
    answer = match(stored(tmp_path / "s", rows), Query("Sidi Boubker"), at=TODAY)
    assert answer.outcome == "ambiguous"
    assert {candidate.code for candidate in answer.candidates} == {"A.2", "B"}


def test_short_names_whose_letters_differ_meet_by_chance_and_are_looked_at(tmp_path: Path, estimated: None):
    store = stored(tmp_path / "s", [row("A", "commune", None, "Tahla")])
    answer = match(store, Query("Thala"), at=TODAY)
    assert first(answer) == ("review", "A")
    assert answer.candidates[0].parts["spelling"] == 1.0  # the keys are equal


def test_what_the_parent_has_comes_before_a_namesake_elsewhere(tmp_path: Path):
    rows = [
        row("1", "province", None, "Fès"),
        row("2", "province", None, "Tanger"),
        row("1.1", "commune", "1", "Fès-Médina"),
        row("2.1", "commune", "2", "Médina"),
    ]
    answer = match(stored(tmp_path / "s", rows), Query("Medina", "Fes", ("commune",)), at=TODAY)
    assert [candidate.code for candidate in answer.candidates[:2]] == ["1.1", "2.1"]


def test_what_candidates_are_judged_by_is_had_in_columns(store: Store):
    queries = [Query("Oulad Zbiar"), Query("日本"), Query("Ajdir", "Taounate")]
    examined = examine(store, queries, at=TODAY, limit=2)
    answers = match_many(store, queries, at=TODAY, limit=2)
    assert examined.code == [candidate.code for answer in answers for candidate in answer.candidates]
    assert examined.query.tolist() == [
        number for number, answer in enumerate(answers) for _ in answer.candidates
    ]
    assert examined.features.shape == (len(examined.code), len(FEATURES))
    first_of = dict(zip(FEATURES, examined.features[0].tolist(), strict=True))
    assert first_of["margin"] > 0
    assert first_of["parent_known"] == 0
    inside = dict(zip(FEATURES, examined.features[examined.query.tolist().index(2)].tolist(), strict=True))
    assert (inside["equal"], inside["parent"], inside["homonyms"]) == (1, 1, 0)
