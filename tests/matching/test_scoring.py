from pathlib import Path

import pytest

from matching.matcher import Match, Query, match, match_many
from matching.store import Store
from tests.matching.samples import TODAY, row, stored


def likeness(store: Store, text: str) -> dict[str, float]:
    candidate = match(store, Query(text), at=TODAY).candidates[0]
    return candidate.parts


def named(tmp_path: Path, *names: str) -> Store:
    rows = [row(f"{number:03}", "commune", None, name) for number, name in enumerate(names)]
    return stored(tmp_path / "s", rows)


def first(answer: Match) -> str:
    return answer.candidates[0].matched_name


def test_a_dropped_word_leaves_the_words_that_tell(tmp_path: Path):
    store = named(tmp_path, "Moulay Rachid", "Rouached", "Errachidia", "Moulay Brahim", "Oulad Said")
    answer = match(store, Query("Rachid"), at=TODAY)
    found = {candidate.matched_name: candidate.parts["words"] for candidate in answer.candidates[:2]}
    assert found["Moulay Rachid"] == 1.0


def test_a_text_that_was_cut_off_is_the_beginning_of_a_name(tmp_path: Path):
    store = named(tmp_path, "Boukaradi", "Boukraa", "Bouarg")
    answer = match(store, Query("Boukar."), at=TODAY)
    assert first(answer) == "Boukaradi"
    assert answer.candidates[0].parts["beginning"] == 1.0


@pytest.mark.parametrize("text", ["Benguerir", "Guerir Ben", "Ben Gerir", "Ben-Guérir", "BEN GUERIRR"])
def test_glued_swapped_and_doubled_are_near(tmp_path: Path, text: str):
    store = named(tmp_path, "Ben Guerir", "Guercif", "Ben Ahmed", "Bni Guil")
    assert first(match(store, Query(text), at=TODAY)) == "Ben Guerir"


def test_what_a_word_tells_depends_on_how_many_names_have_it(tmp_path: Path):
    store = named(tmp_path, *(f"Oulad {name}" for name in ("Ali", "Said", "Tayeb", "Amer")), "Tayeb Kbir")
    assert likeness(store, "Oulad Tayyab")["words"] > 0.8
    assert match(store, Query("Oulad"), at=TODAY).outcome in ("none", "review")


def test_letters_choose_between_spellings_that_have_one_key(tmp_path: Path):
    store = named(tmp_path, "Ouled Tayeb", "Oulad Taieb")
    for text in ("Ouled Tayeb", "Oulad Taieb"):
        assert first(match(store, Query(text), at=TODAY)) == text
    assert first(match(store, Query("Ouled Tayyeb"), at=TODAY)) == "Ouled Tayeb"


BAD = [
    "", " ", "\0", "x", "'", "1", "12345", "\u202eabc\u202c", "\u2066سلا\u2069", "Salé سلا ⵙⵍⴰ", "日本語",
    "a" * 10_000, "Sidi " * 3_000,
    "(((((", "((Mun.)", ",,,,", "\ud7ff", "🙂 Taza", "Taza\nFès", "é" * 10_000, "ا" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("within", [None, "", "???", "01.1", "z" * 10_000])
def test_whatever_is_asked_is_answered(store: Store, within: str | None):
    answers = match_many(store, [Query(text, within) for text in BAD], at=TODAY)
    assert len(answers) == len(BAD)
    assert answers == [match(store, Query(text, within), at=TODAY) for text in BAD]
    assert answers[BAD.index("🙂 Taza")].candidates[0].matched_name == "Taza"
