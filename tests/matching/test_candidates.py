from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.finder import Finder, finder_of
from matching.grams import SIZE, groups_in, groups_of, index_of
from matching.keys import keys_of
from matching.layout import DamagedStore
from matching.matcher import Query, match, match_many
from matching.spellings import between
from matching.store import Store, open_store
from matching.suggesting import suggest
from tests.matching.samples import TODAY, country, stored, untimed

keys = st.lists(
    st.text("abcdktu 12é", min_size=1, max_size=12).map(str.strip).filter(bool), unique=True, max_size=20
)


@untimed
@given(keys)
def test_each_group_of_letters_leads_to_every_spelling_that_has_it(listed: list[str]):
    starts, owners, weights = index_of(listed, listed)
    for number, key in enumerate(listed):
        for group in groups_in(key).tolist():
            assert number in owners[starts[group] : starts[group + 1]]
    assert len(starts) == SIZE + 1
    assert starts[-1] == len(owners) == len(weights)


@untimed
@given(keys.filter(bool))
def test_the_weights_of_a_spelling_have_length_one(listed: list[str]):
    _, owners, weights = index_of(listed, listed)
    lengths = np.bincount(owners, weights.astype(np.float64) ** 2, minlength=len(listed))
    assert np.allclose(lengths, 1, atol=1e-5)


@untimed
@given(keys)
def test_many_spellings_have_the_groups_that_each_has(listed: list[str]):
    groups, owners = groups_of(listed, [""] * len(listed))
    for number, key in enumerate(listed):
        assert groups[owners == number].tolist() == groups_in(key).tolist()


@untimed
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted), max_size=8))
def test_numbers_between_bounds_are_listed_with_the_place_of_the_bounds(bounds: list[list[int]]):
    first, last = np.array(bounds, np.int64).reshape(-1, 2).T
    places, numbers = between(first, last)
    wanted = [(place, each) for place, (low, high) in enumerate(bounds) for each in range(low, high)]
    assert list(zip(places.tolist(), numbers.tolist(), strict=True)) == wanted


def test_a_key_is_found_by_itself_and_by_its_beginning(tmp_path: Path):
    finder = Finder(stored(tmp_path / "s", country()))
    listed = [finder.key(number) for number in range(finder.size)]
    assert listed == sorted(listed)
    assert [finder.number_of(key) for key in listed] == list(range(len(listed)))
    assert finder.number_of("no such key") is None
    for prefix in ("ulad", "a", "", "zzz"):
        assert [listed[number] for number in finder.beginning_with(prefix)] == [
            key for key in listed if key.startswith(prefix)
        ]


def test_texts_that_are_not_kept_decoded_are_read_as_they_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    texts = ["Oulad Zbiar", "Casabalnca", "Mechouar de Csablanca", "Sidi Mhamed Ben Lahsen", "غفساي"]
    queries = [Query(text) for text in texts]
    decoded = match_many(stored(tmp_path / "small", country()), queries, at=TODAY)
    monkeypatch.setattr("matching.spellings.KEPT_DECODED", 0)
    assert match_many(stored(tmp_path / "large", country()), queries, at=TODAY) == decoded


def test_what_is_typed_wrongly_is_completed_at_the_levels_asked_for(store: Store):
    assert suggest(store, "Casabaln", at=TODAY)[0].name.startswith("Casablanca")
    assert {each.level for each in suggest(store, "Casabaln", at=TODAY, levels=["region"])} <= {"region"}


@pytest.mark.parametrize("levels", [(), ("commune",)])
def test_postings_that_point_outside_are_refused_when_they_are_read(tmp_path: Path, levels: tuple[str, ...]):
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / "gram_spellings"
    path.write_bytes(b"\xff\xff\xff\x7f" * (path.stat().st_size // 4))
    with pytest.raises(DamagedStore, match="gram_spellings"):
        match(open_store(tmp_path / "s"), Query("Xulad Sbiatt", None, levels), at=TODAY)


def test_two_texts_with_one_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    queries = [Query(text) for text in ("غفساي", "Zbair Oulad", "Oulad Zbiar", "Ajdir", "Taza")]
    apart = match_many(stored(tmp_path / "a", country()), queries, at=TODAY)
    monkeypatch.setattr("matching.hashing.crc32", lambda *_: 7)
    store = stored(tmp_path / "s", country())
    together = match_many(store, queries, at=TODAY)
    assert [(answer.outcome, answer.candidates[0].code) for answer in together] == [
        (answer.outcome, answer.candidates[0].code) for answer in apart
    ]
    found = finder_of(store).same_words(keys_of("Zbair Oulad"))
    assert finder_of(store).spellings.lights_of(np.array(found)) == ["oulad zbair", "اولاد زباير"]


def test_the_same_words_are_found_in_any_order(store: Store):
    finder = finder_of(store)
    assert finder.same_words(keys_of("Zbair Oulad")) == finder.same_words(keys_of("Oulad Zbair")) != []
    assert finder.same_words(keys_of("Zbair")) == []
