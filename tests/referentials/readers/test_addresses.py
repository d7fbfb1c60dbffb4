"""Address lists: Base Adresse Locale and OpenAddresses."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from referentials.listing import ListedItem
from referentials.sheets.limits import TableError
from tests.referentials.readers.conftest import Read

ADDRESSES: dict[str, Any] = {"kind": "addresses", "levels": ("address",)}
BAL = """cle_interop;commune_insee;commune_nom;voie_nom;voie_nom_ara;lieudit_complement_nom;numero;suffixe;\
position;x;y;long;lat;source;date_der_maj
29232_0010_00012_bis;29232;Aglou;Rue Ibn Sina;زنقة ابن سينا;Centre;12;bis;entrée;;;-9.8;29.8;Aglou;2026-01-02
29232_0010_00012_bis;29232;Aglou;Rue Ibn Sina;زنقة ابن سينا;Centre;12;bis;entrée;;;-9.81;29.8;;2026-01-02
29232_0010_99999;29232;Aglou;Rue Ibn Sina;;;99999;;segment;;;-9.8;29.81;commune;2026-01-02
"""
STREET = ListedItem(
    "29232_0010_99999",
    "street",
    None,
    {"fr": "Rue Ibn Sina"},
    {"street": "Rue Ibn Sina", "commune": {"code": "29232", "name": "Aglou"}},
    shapely.Point(-9.8, 29.81),
)


def test_a_base_adresse_locale_becomes_addresses(read: Read):
    reading, rows = read(BAL, "bal.csv", kind="addresses", levels=("street", "address"))
    assert reading.format == "bal"
    assert [row.row for row in rows] == [2, 4]  # row 3 is a further position
    assert rows[0].item == ListedItem(
        "29232_0010_00012_bis",
        "address",
        None,
        {"fr": "12 bis Rue Ibn Sina", "ar": "12 bis زنقة ابن سينا"},
        {
            "number": "12",
            "suffix": "bis",
            "street": "Rue Ibn Sina",
            "locality": "Centre",
            "commune": {"code": "29232", "name": "Aglou"},
        },
        shapely.Point(-9.8, 29.8),
    )
    assert rows[1].item == STREET
    assert reading.guess.unused == ("position", "x", "y", "source", "date_der_maj")


def test_a_referential_of_one_level_takes_streets_as_addresses_without_a_number(read: Read):
    _, rows = read(BAL, "bal.csv", **ADDRESSES)
    assert rows[1].item is not None
    assert "number" not in rows[1].item.attributes


CSV = """LON,LAT,NUMBER,STREET,UNIT,CITY,DISTRICT,REGION,POSTCODE,ID,HASH
-6.8,34.0,12,Avenue Atlas,3,Rabat,,,10000,,a1b2
"""
PROPERTIES = {
    "hash": "a1b2",
    "number": "12",
    "street": "Avenue Atlas",
    "unit": "3",
    "city": "Rabat",
    "postcode": "10000",
    "id": "",
}
FEATURE = {
    "type": "Feature",
    "properties": PROPERTIES,
    "geometry": {"type": "Point", "coordinates": [-6.8, 34.0]},
}


@pytest.mark.parametrize("content", [CSV, json.dumps(FEATURE) + "\n"])
def test_openaddresses_become_addresses_in_either_form(read: Read, content: str):
    reading, (row,) = read(content, "rabat", **ADDRESSES)
    assert reading.format == "openaddresses"
    assert row.item == ListedItem(
        "a1b2",
        "address",
        None,
        {"fr": "12 Avenue Atlas 3"},
        {"number": "12", "street": "Avenue Atlas", "locality": "Rabat", "postcode": "10000"},
        shapely.Point(-6.8, 34.0),
    )
    assert reading.guess.reasons["code"] == "ID, else HASH"


@pytest.mark.parametrize("format", ["bal", "openaddresses"])
def test_a_file_without_the_columns_of_its_format_is_refused(read: Read, format: str):
    with pytest.raises(TableError, match="has the column"):
        read("code,nom\n01,Nord\n", format=format, **ADDRESSES)
