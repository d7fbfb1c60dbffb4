import uuid
from datetime import date
from pathlib import Path

import pytest

from referentials.records import ChangeEvent, ChangeLink, Designation, Observation, Record, State
from referentials.snapshot import (
    Content,
    ContentHeader,
    DamagedSnapshot,
    UnorderedRecords,
    open_content,
    write_content,
)

HEADER = ContentHeader("places", 1, "2024", date(2024, 9, 1))
FES, SALE = uuid.UUID(int=1), uuid.UUID(int=2)
RECORDS: list[Record] = [
    State(FES, "f", "city", None, {"fr": "Fès", "ar": "فاس"}, {}, valid_to=date(2024, 9, 1)).record(),
    State(FES, "F", "city", None, {"fr": "Fès"}, {}, valid_from=date(2024, 9, 1)).record(),
    State(SALE, "S", "city", None, {"fr": "Salé"}, {}).record(),
    Designation(FES, "Fez", "en", "Latn", "alternative", "GeoNames").record(),
    Observation(FES, "population", date(2024, 9, 1), 1256172, "persons", "HCP").record(),
    ChangeEvent(
        uuid.UUID(int=9),
        "recode",
        date(2024, 9, 1),
        "decree",
        (ChangeLink("source", FES, "f", "city"), ChangeLink("target", FES, "F", "city")),
    ).record(),
]


@pytest.fixture
def content(tmp_path: Path) -> Content:
    write_content(tmp_path / "content", HEADER, RECORDS)
    return open_content(tmp_path / "content")


def test_what_was_written_is_read_in_the_same_order(content: Content) -> None:
    assert list(content.records()) == RECORDS
    assert content.header == HEADER
    assert content.counts == {"state": 3, "designation": 1, "observation": 1, "event": 1}
    content.verify()


def test_an_items_facts_are_found_without_reading_the_others(content: Content) -> None:
    assert [state.code for state in content.states_of(FES)] == ["f", "F"]
    assert [other.text for other in content.designations_of(FES)] == ["Fez"]
    assert [seen.value for seen in content.observations_of(FES)] == [1256172]
    assert [event.type for event in content.events_of(FES)] == ["recode"]
    assert content.events_of(SALE) == []
    assert content.states_of(uuid.UUID(int=3)) == []


def test_two_builds_of_the_same_records_have_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_content(tmp_path / name, HEADER, RECORDS)
    for file in sorted((tmp_path / "one").iterdir()):
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


@pytest.mark.parametrize("records", [RECORDS[::-1], RECORDS[:1] * 2])
def test_records_out_of_order_or_twice_are_refused(tmp_path: Path, records: list[Record]) -> None:
    with pytest.raises(UnorderedRecords):
        write_content(tmp_path / "content", HEADER, records)


def test_an_interrupted_build_leaves_nothing_that_could_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UnorderedRecords):
        write_content(tmp_path / "content", HEADER, RECORDS[::-1])
    with pytest.raises(DamagedSnapshot, match=r"no manifest\.json"):
        open_content(tmp_path / "content")


@pytest.mark.parametrize("name", ["records.bin", "offsets.bin", "subjects.bin"])
def test_any_flipped_byte_is_found(content: Content, name: str) -> None:
    path = content.folder / name
    original = path.read_bytes()
    for position in range(0, len(original), 7):
        damaged = bytearray(original)
        damaged[position] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(DamagedSnapshot):
            open_content(content.folder).verify()


@pytest.mark.parametrize("name", ["records.bin", "offsets.bin", "subjects.bin"])
def test_a_file_that_is_cut_or_missing_is_not_opened(content: Content, name: str) -> None:
    path = content.folder / name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DamagedSnapshot, match="bytes"):
        open_content(content.folder)
    path.unlink()
    with pytest.raises(DamagedSnapshot, match="bytes"):
        open_content(content.folder)


@pytest.mark.parametrize("ordinal", [b"1e999", b"[" * 100_000])
def test_a_manifest_with_a_number_that_is_none_is_refused(content: Content, ordinal: bytes) -> None:
    path = content.folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"ordinal":1', b'"ordinal":' + ordinal))
    with pytest.raises(DamagedSnapshot, match="not a manifest"):
        open_content(content.folder)


def test_a_record_that_cannot_be_read_is_a_damaged_snapshot(content: Content) -> None:
    path = content.folder / "records.bin"
    path.write_bytes(path.read_bytes().replace(b'"names"', b'"nomes"').replace(b'"family"', b'"familx"'))
    for read in (lambda: content.states_of(FES), lambda: list(content.records()), content.events):
        with pytest.raises(DamagedSnapshot, match=r"records\.bin"):
            read()


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"format":1}', b"\xff\xfe"])
def test_a_manifest_that_is_none_is_refused(content: Content, manifest: bytes) -> None:
    (content.folder / "manifest.json").write_bytes(manifest)
    with pytest.raises(DamagedSnapshot, match="not a manifest"):
        open_content(content.folder)


def test_a_content_of_a_later_format_is_refused(content: Content) -> None:
    path = content.folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"format":1', b'"format":2'))
    with pytest.raises(DamagedSnapshot, match="format 2"):
        open_content(content.folder)
