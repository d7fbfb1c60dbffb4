"""Whether the files of a search folder fit together, checked before anything is read through them."""

from collections.abc import Mapping
from pathlib import Path

from matching.grams import SIZE
from matching.layout import Array, DamagedStore, Manifest
from matching.text import SCRIPTS

_BLOBS = {
    "rendered": "rows",
    "successors": "rows",
    "shapes": "rows",
    "simplified": "rows",
    "texts": "names",
    "keys": "keys",
    "lights": "spellings",
    "skeletons": "spellings",
}


def check_arrays(folder: Path, manifest: Manifest, files: Mapping[str, Array]) -> None:
    """Raises DamagedStore where lengths differ, starts go backwards, or a number points outside.

    Postings (gram_spellings) are many and are checked where they are read.
    """
    if not len(files["key_name_starts"]):
        raise DamagedStore(folder / "key_name_starts", "is empty")
    rows, names = manifest.size, len(files["name_rows"])
    parents, keys = len(files["parent_codes"]), len(files["key_name_starts"]) - 1
    spellings = len(files["spelling_keys"])
    counts = {"rows": rows, "names": names, "keys": keys, "spellings": spellings}

    def expect(name: str, count: int, what: str) -> None:
        if len(files[name]) != count:
            raise DamagedStore(folder / name, f"has {len(files[name])} values for {count} {what}")

    for name in ("codes", "valid_from", "valid_to", "flags", "levels", "importance", "parents", "own"):
        expect(name, rows, "rows")
    for name in ("name_kinds", "name_spellings"):
        expect(name, names, "names")
    if len(files["bbox"]):
        expect("bbox", 4 * rows, "sides of boxes")
    expect("spelling_scripts", spellings, "spellings")
    expect("gram_weights", len(files["gram_spellings"]), "groups of spellings")
    expect("key_weights", len(files["key_names"]), "names of keys")
    expect("hash_spellings", len(files["hashes"]), "hashes")
    expect("vocabulary_weights", len(files["vocabulary"]), "words")

    for name, whose in _BLOBS.items():
        if len(files[name]) or len(files[f"{name}_starts"]):
            _check_starts(folder, files, f"{name}_starts", counts[whose], len(files[name]))
    _check_starts(folder, files, "key_name_starts", keys, len(files["key_names"]))
    _check_starts(folder, files, "spelling_name_starts", spellings, len(files["key_names"]))
    _check_starts(folder, files, "name_starts", rows, names)
    _check_starts(folder, files, "child_starts", parents, len(files["child_rows"]))
    _check_starts(folder, files, "gram_starts", SIZE, len(files["gram_spellings"]))
    documents = len(files["document_names"])
    for name in ("document_doings", "document_keys", "document_by_key"):
        expect(name, documents, "documents")
    for name in ("word", "letters"):
        expect(f"{name}_rarities", len(files[f"{name}_hashes"]), "terms")
        expect(f"{name}_weights", len(files[f"{name}_documents"]), "postings")
        postings = len(files[f"{name}_documents"])
        _check_starts(folder, files, f"{name}_starts", len(files[f"{name}_hashes"]), postings)

    for name, first, end in (
        ("levels", 0, len(manifest.levels)), ("parents", -1, parents), ("own", -1, parents),
        ("child_rows", 0, rows), ("name_rows", 0, rows), ("name_kinds", 0, len(manifest.kinds)),
        ("name_spellings", -1, spellings), ("key_names", 0, names), ("spelling_keys", 0, keys),
        ("spelling_scripts", 0, len(SCRIPTS)), ("hash_spellings", 0, spellings),
        ("document_names", 0, names), ("document_by_key", 0, documents), ("word_documents", 0, documents),
        ("letters_documents", 0, documents),
    ):  # fmt: skip
        values = files[name]
        if len(values) and not (values.min() >= first and values.max() < end):
            raise DamagedStore(folder / name, f"has a number outside [{first}, {end})")


def _check_starts(folder: Path, files: Mapping[str, Array], name: str, count: int, end: int) -> None:
    starts = files[name]
    if len(starts) != count + 1 or starts[0] != 0 or starts[-1] != end:
        raise DamagedStore(folder / name, f"does not divide {end} values into {count}")
    if not (starts[1:] >= starts[:-1]).all():
        raise DamagedStore(folder / name, "goes backwards")
