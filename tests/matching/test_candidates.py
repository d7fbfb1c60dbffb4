from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.candidates import Finder, best
from matching.grams import SIZE, groups_in, index_of
from matching.keys import keys_of
from matching.layout import DamagedStore
from matching.matcher import Query, match
from matching.store import open_store
from matching.suggesting import suggest
from tests.matching.samples import TODAY, country, stored, untimed

keys = st.lists(
    st.text("abcdktu 12é", min_size=1, max_size=12).map(str.strip).filter(bool), unique=True, max_size=20
)


@untimed
@given(keys)
def test_each_group_of_letters_leads_to_every_key_that_has_it(listed: list[str]):
    encoded = [key.encode() for key in listed]
    starts, owners, counts = index_of(encoded)
    for number, key in enumerate(encoded):
        groups = groups_in(key)
        assert counts[number] == len(groups)
        for group in groups.tolist():
            assert number in owners[starts[group] : starts[group + 1]]
    assert len(starts) == SIZE + 1
    assert starts[-1] == len(owners) == counts.sum()


@untimed
@given(st.lists(st.floats(-1, 1, width=32), max_size=40), st.integers(1, 10))
def test_the_best_are_the_highest_positive_ones_in_order(scores: list[float], count: int):
    wanted = sorted((-score, place) for place, score in enumerate(scores) if score > 0)[:count]
    assert best(np.array(scores, np.float32), count).tolist() == [place for _, place in wanted]


def test_a_key_is_found_by_itself_and_by_its_beginning(tmp_path: Path):
    finder = Finder(stored(tmp_path / "s", country()))
    listed = finder.all_keys()
    assert listed == sorted(listed)
    assert [finder.number_of(key) for key in listed] == list(range(len(listed)))
    assert finder.number_of("no such key") is None
    for prefix in ("ulad", "a", "", "zzz"):
        assert [listed[number] for number in finder.beginning_with(prefix)] == [
            key for key in listed if key.startswith(prefix)
        ]


@pytest.mark.parametrize(
    "text", ["Oulad Zbiar", "Casabalnca", "Mechouar de Csablanca", "Sidi Mhamed Ben Lahsen"]
)
def test_a_large_store_finds_by_groups_of_letters_what_a_small_one_finds_by_comparing_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
):
    by_comparing = match(stored(tmp_path / "small", country()), Query(text), at=TODAY)
    monkeypatch.setattr("matching.candidates.BRUTE_FORCE", 0)
    store = stored(tmp_path / "large", country())
    by_groups = match(store, Query(text), at=TODAY)
    assert by_groups.candidates[0] == by_comparing.candidates[0]
    in_regions = match(store, Query(text, None, ("region",)), at=TODAY)
    assert {candidate.level for candidate in in_regions.candidates} <= {"region"}


def test_a_large_store_completes_what_is_typed_wrongly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("matching.candidates.BRUTE_FORCE", 0)
    store = stored(tmp_path / "large", country())
    assert suggest(store, "Casabaln", at=TODAY)[0].name.startswith("Casablanca")
    assert {candidate.level for candidate in suggest(store, "Casabaln", at=TODAY, levels=["region"])} == {
        "region"
    }


def test_postings_that_point_outside_are_refused_when_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("matching.candidates.BRUTE_FORCE", 0)
    stored(tmp_path / "s", country())
    path = tmp_path / "s" / "gram_keys"
    path.write_bytes(b"\xff\xff\xff\x7f" * (path.stat().st_size // 4))
    with pytest.raises(DamagedStore, match="gram_keys"):
        match(open_store(tmp_path / "s"), Query("Oulad Zbiar"), at=TODAY)


def test_two_keys_with_one_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("matching.collecting.crc32", lambda _: 7)
    finder = Finder(stored(tmp_path / "s", country()))

    def codes(names: list[int]) -> set[str]:
        return {finder.store.code(int(finder.store.files["name_rows"][name])) for name in names}

    assert codes(finder.same_skeleton(keys_of("غفساي"))) == {"01.2.2"}
    assert codes(finder.same_words(keys_of("Zbair Oulad"))) == {"01.1.2"}
