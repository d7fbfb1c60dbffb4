import pytest

from matching.choices import Choice, Choices
from matching.matcher import Match, Query, match, match_many
from matching.store import Store
from tests.matching.samples import TODAY


def ask(store: Store, query: Query, *choices: Choice) -> Match:
    return match(store, query, at=TODAY, choices=Choices(choices))


@pytest.mark.parametrize("text", ["Centre 12", "CENTRE-12", " centre  12 "])
def test_what_somebody_chose_is_exact_and_says_so(store: Store, text: str):
    answer = ask(store, Query(text), Choice("Centre 12", None, "01.1.4"))
    assert (answer.outcome, answer.chosen) == ("exact", True)
    (candidate,) = answer.candidates
    assert (candidate.code, candidate.name, candidate.score) == ("01.1.4", "Bni Lent", 1.0)
    assert (candidate.script, candidate.parts) == ("Latn", {"choice": 1.0})


def test_a_choice_is_shown_in_the_script_of_the_text(store: Store):
    (candidate,) = ask(store, Query("مركز"), Choice("مركز", None, "01.1.4")).candidates
    assert (candidate.name, candidate.language, candidate.script) == ("بني لنت", "ar", "Arab")


def test_what_somebody_said_is_not_there_is_not_there(store: Store):
    answer = ask(store, Query("Taza", None, ("commune",)), Choice("taza", None, None))
    assert answer == Match("none", (), chosen=True)


def test_a_choice_holds_only_within_what_it_was_made_for(store: Store):
    choice = Choice("Ajdir", "Taza", "01.1.4")
    assert ask(store, Query("Ajdir", "TAZA"), choice).candidates[0].code == "01.1.4"
    for within in (None, "Taounate"):
        assert ask(store, Query("Ajdir", within), choice) == match(store, Query("Ajdir", within), at=TODAY)
    alone = Choice("Ajdir", None, "01.1.4")
    assert not ask(store, Query("Ajdir", "Taza"), alone).chosen
    assert ask(store, Query("Ajdir"), alone).chosen


def test_a_chosen_code_is_followed_to_what_replaced_it(store: Store):
    assert ask(store, Query("x"), Choice("x", None, "01.1.9")).candidates[0].code == "01.1.5"


@pytest.mark.parametrize("code", ["99.9", "01.2.9", "01"])
def test_a_chosen_code_that_is_not_to_be_had_is_ignored(store: Store, code: str):
    query = Query("Oulad Zbair", None, ("commune",))
    assert ask(store, query, Choice("Oulad Zbair", None, code)) == match(store, query, at=TODAY)


def test_of_two_choices_about_one_text_the_later_holds(store: Store):
    choices = Choice("x", None, "01.1.4"), Choice("X", None, "01.1.3")
    assert ask(store, Query("x"), *choices).candidates[0].code == "01.1.3"


def test_signs_without_a_letter_are_told_apart(store: Store):
    choice = Choice("?", None, "01.1.4")
    assert ask(store, Query("?"), choice).chosen
    assert not ask(store, Query("-"), choice).chosen


def test_many_at_once_keep_their_order_with_choices(store: Store):
    queries = [Query("Taza"), Query("x"), Query("Ajdir"), Query("x")]
    answers = match_many(store, queries, at=TODAY, choices=Choices([Choice("x", None, "01.1.4")]))
    assert [answer.chosen for answer in answers] == [False, True, False, True]
