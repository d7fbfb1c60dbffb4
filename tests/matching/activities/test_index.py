"""The index of designations in a search folder: the same for the same rows, opened as untrusted input."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from matching.activities.index import documents_of
from matching.activities.terms import groups_of, hash_of_stems
from matching.matcher import Query, match
from matching.store import DamagedStore, Store, open_store
from tests.matching.activities.trades import TODAY, shop, trades

NUMBERS = {
    "document_names": (np.int32, 10**6),
    "document_by_key": (np.int32, 10**6),
    "word_documents": (np.int32, -1),
    "letters_documents": (np.int32, 10**6),
    "word_starts": (np.int32, 10**6),
    "letters_starts": (np.int32, -5),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shop(tmp_path_factory.mktemp("index") / "search").folder


def damaged(built: Path, folder: Path, name: str, spoil) -> Store:
    """A copy of the store with one file spoilt; opened, and asked."""
    shutil.copytree(built, folder)
    path = folder / name
    path.write_bytes(spoil(path.read_bytes()))
    store = open_store(folder)
    match(store, Query("boucherie"), at=TODAY)
    return store


def test_the_same_rows_give_the_same_bytes_in_any_order(built, tmp_path):
    again = shop(tmp_path / "again", trades()[::-1])
    for path in built.glob("[dwl]*_*"):  # documents, words, letters
        assert path.read_bytes() == (again.folder / path.name).read_bytes(), path.name


def test_other_profiles_have_an_empty_index(store):
    assert len(store.files["document_names"]) == 0


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_that_points_outside_is_refused(built, tmp_path, name):
    kind, number = NUMBERS[name]
    with pytest.raises(DamagedStore, match=name):
        damaged(built, tmp_path / "copy", name, lambda raw: np.array([number], kind).tobytes() + raw[4:])


def test_documents_out_of_order_are_refused(built, tmp_path):
    with pytest.raises(DamagedStore, match="is not in the order of documents"):
        damaged(
            built,
            tmp_path / "copy",
            "document_names",
            lambda raw: np.frombuffer(raw, np.int32)[::-1].tobytes(),
        )


@pytest.mark.parametrize("name", ["word_weights", "letters_weights", "word_rarities", "letters_rarities"])
def test_weights_that_are_no_numbers_break_nothing(built, tmp_path, name):
    damaged(built, tmp_path / "copy", name, lambda raw: np.full(len(raw) // 4, np.nan, np.float32).tobytes())


@pytest.mark.parametrize("name", ["document_keys", "word_hashes", "letters_hashes", "document_doings"])
def test_other_values_break_nothing(built, tmp_path, name):
    damaged(built, tmp_path / "copy", name, lambda raw: bytes(255 - byte for byte in raw))


def test_an_index_without_one_of_its_files_is_refused(built, tmp_path):
    shutil.copytree(built, tmp_path / "copy")
    manifest = json.loads((tmp_path / "copy/manifest.json").read_text())
    del manifest["files"]["word_hashes"]
    (tmp_path / "copy/manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DamagedStore, match="word_hashes"):
        open_store(tmp_path / "copy")


def test_what_is_said_in_ten_entries_of_one_class_stays_rare():
    texts = ["coiffeur"] * 10 + ["boucher", "boulanger"]
    rows = np.array([0] * 10 + [1, 2])
    found = documents_of(texts, rows, np.zeros(12, dtype=bool))
    assert found["word_rarities"].max() == pytest.approx(found["word_rarities"].min())


def test_groups_of_letters_keep_to_words():
    hashes, owners = groups_of([["abc", "de"], ["de"]])
    first, second = set(hashes[owners == 0].tolist()), set(hashes[owners == 1].tolist())
    assert second < first
    assert len(first) == len({" ab", "abc", "bc ", " abc", "abc ", " abc "} | {" de", "de ", " de "})


def test_the_order_of_words_and_how_often_they_come_make_no_other_key():
    assert hash_of_stems(["a", "b", "a"]) == hash_of_stems(["b", "a"])
