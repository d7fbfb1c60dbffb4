"""No file, however it is made, ends otherwise than read or refused."""

from __future__ import annotations

import gzip
import io
import json
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from referentials.kinds import kind
from referentials.readers import FORMATS, BadMapping, open_reading
from referentials.sheets.limits import TableError, TableTooLarge
from tests.referentials.readers.conftest import Read

FEATURE = {
    "type": "Feature",
    "id": 7,
    "properties": {
        "code": "01",
        "nom": "Aglou",
        "names": {"ar": "أكلو"},
        "hash": "x",
        "number": "1",
        "street": "y",
    },
    "geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]},
}
SEEDS = (
    json.dumps({"type": "FeatureCollection", "features": [FEATURE, FEATURE]}).encode(),
    (json.dumps(FEATURE) + "\n").encode() * 2,
    "code;nom;lat;lon;wkt;population 2024\n01;Aglou;1;2;POINT (1 2);7\n02;أكلو;;;;\n".encode(),
    b"cle_interop;commune_insee;numero;voie_nom;long;lat\n1_2_3;1;3;Rue;1;2\n",
    b"LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH\n1,2,3,Rue,,,,,,,h\n",
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of one of the formats with a few bytes put in, taken out, or packed."""
    content = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(content)))
        content[at : at + draw(st.integers(0, 20))] = draw(
            st.one_of(
                st.binary(max_size=8),
                st.sampled_from(
                    [b"NaN", b'"', b"null", b"[[[", b"}", b"\x00", b"\xff\xfe", b"1e999", b"\n", b"-"]
                ),
            )
        )
    return gzip.compress(bytes(content)) if draw(st.booleans()) else bytes(content)


@given(
    content=st.one_of(damaged(), st.binary(max_size=200)),
    format=st.sampled_from([None, *FORMATS]),
    of=st.sampled_from(["administrative-units", "addresses", "code-lists"]),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, format: str | None, of: str):
    path = tmp_path / "any"
    path.write_bytes(content)
    try:
        reading = open_reading(path, format=format, kind=kind(of), levels=("item",), languages=("fr", "ar"))
        for row in reading.rows:
            assert (row.item is None) == (bool(row.problems) or row.action == "remove")
    except (TableError, BadMapping):
        event("refused")


def workbook(path: Path) -> bytes:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "nom"])
        sheet.write_row(1, 0, ["01", "Nord"])
    return path.read_bytes()


def with_part(content: bytes, name: str, part: bytes, stated: int | None = None) -> bytes:
    """The workbook with another content of one part, which may state another size than it has."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, part if info.filename == name else old.read(info))
        if stated is not None:
            new.getinfo(name).file_size = stated
    return out.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d SYSTEM "file:///etc/passwd">]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c t="inlineStr"><is><t>&c;&d;</t></is></c></row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("part", "content", "stated", "message"),
    [
        ("xl/worksheets/sheet1.xml", LAUGHS, None, "document type"),
        ("xl/sharedStrings.xml", b"0" * 2**20, 2**30, "unpacks to 1,073"),
        ("xl/sharedStrings.xml", b"0" * 2**20, 100, "damaged"),
        ("xl/worksheets/sheet1.xml", b"<worksheet>" * 50_000, None, "not well-formed|not a readable|empty"),
    ],
    ids=["XML bomb", "zip bomb", "false size", "deep XML"],
)
def test_a_workbook_that_would_do_harm_is_refused_in_a_second(
    read: Read, tmp_path: Path, part: str, content: bytes, stated: int | None, message: str
):
    harmful = with_part(workbook(tmp_path / "units.xlsx"), part, content, stated)
    started = time.process_time()
    with pytest.raises(TableError, match=message):
        read(harmful, "units.xlsx", default_level="region")
    assert time.process_time() - started < 20  # a bomb would take minutes


def test_a_packed_workbook_is_to_be_unpacked_first(read: Read, tmp_path: Path):
    with pytest.raises(TableError, match="unpack it first"):
        read(gzip.compress(workbook(tmp_path / "units.xlsx")), "units.xlsx.gz")


def test_what_is_no_file_is_refused(read: Read, tmp_path: Path):
    with pytest.raises(TableError, match="not a file"):
        read(tmp_path)


def test_an_oversized_file_is_refused_before_it_is_read(read: Read, tmp_path: Path):
    path = tmp_path / "units.csv"
    with path.open("wb") as file:
        file.truncate(2**31 + 1)  # sparse: it takes no room
    with pytest.raises(TableTooLarge, match="at most 2,147,483,648 are read"):
        read(path)
