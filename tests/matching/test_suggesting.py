import pytest

from matching.matcher import UnknownLevel
from matching.store import Store
from matching.suggesting import suggest
from tests.matching.samples import CHANGED, TODAY


def suggested(store: Store, text: str, **options) -> list[str]:
    return [candidate.name for candidate in suggest(store, text, **({"at": TODAY} | options))]


def test_names_that_begin_so_come_by_importance(store: Store):
    assert suggested(store, "ca", levels=["commune"])[0] == "Casablanca"
    assert suggested(store, "ta")[0] == "Taza"


@pytest.mark.parametrize("text", ["oul", "Ouled Z", "OULAD zba", "Awlad"])
def test_what_is_typed_is_compared_by_its_key(store: Store, text: str):
    assert "Oulad Zbair" in suggested(store, text)


@pytest.mark.parametrize("text", ["أول", "اولاد زب", "أولاد"])
def test_arabic_is_completed_in_arabic(store: Store, text: str):
    assert "أولاد زباير" in suggested(store, text)


@pytest.mark.parametrize("text", ["Casabalnc", "Cazablan", "Oulad Sbai"])
def test_a_typing_error_is_tolerated(store: Store, text: str):
    assert {"Casablanca", "Oulad Zbair"} & set(suggested(store, text))


def test_a_later_word_is_completed_too(store: Store):
    assert "Oulad Zbair" in suggested(store, "zbai")


@pytest.mark.parametrize("text", ["rhaf", "ghaf", "g", "r"])
def test_a_last_letter_that_is_undecided_stays_open(store: Store, text: str):
    assert "Rhafsai" in suggested(store, text)


def test_codes_are_completed(store: Store):
    assert [candidate.code for candidate in suggest(store, "01.2.", at=TODAY)] == [
        "01.2.1", "01.2.2", "01.2.3", "01.2.4",
    ]  # fmt: skip


def test_only_what_is_valid_is_suggested_once(store: Store):
    codes = [candidate.code for candidate in suggest(store, "matm", at=TODAY)]
    assert codes == ["01.1.5"]
    assert [candidate.code for candidate in suggest(store, "matm", at=CHANGED - 1)] == ["01.1.9"]
    assert "Tissa Ancienne" not in suggested(store, "tissa")


def test_levels_and_limit_are_kept(store: Store):
    assert suggested(store, "taza", levels=["province"]) == ["Taza"]
    assert len(suggested(store, "a", limit=2)) <= 2
    with pytest.raises(UnknownLevel):
        suggest(store, "a", at=TODAY, levels=["planet"])


@pytest.mark.parametrize("text", ["", " ", "'", "日", "\0", "x" * 5_000])
def test_a_text_that_leads_nowhere_gives_nothing(store: Store, text: str):
    assert suggested(store, text) == []
