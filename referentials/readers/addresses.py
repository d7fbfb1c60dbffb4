"""Reads the two common formats of address lists: Base Adresse Locale and OpenAddresses.

Base Adresse Locale (BAL) 1.3 and 1.4 is a CSV with a row for each position of an address (the national
address base's schema "base-adresse-locale"). OpenAddresses has a row for each address, as CSV with the
columns LON, LAT, NUMBER … HASH or as one GeoJSON feature on each line (openaddresses.io).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from referentials.canonical import JSON
from referentials.readers.delimited import read_delimited
from referentials.readers.features import read_lines
from referentials.readers.mapping import Guess, unused_titles
from referentials.readers.mapping import Mapping as Columns
from referentials.readers.packed import first_bytes
from referentials.readers.source import GEOMETRY, Source, SourceRow, Wanted
from referentials.sheets.headers import folded
from referentials.sheets.limits import TableError

BAL_TITLES = ("cle_interop", "commune_insee", "numero", "voie_nom")
OPENADDRESSES_TITLES = ("lon", "lat", "number", "street")
OPENADDRESSES_PROPERTIES = ("number", "street", "hash")

# The number that a BAL gives a street or a hamlet itself, which has no numbers.
_NO_NUMBER = "99999"
# ISO 639-3, which BAL has behind the columns of regional languages, to what names are kept under.
_LANGUAGES = {"ara": "ar", "fra": "fr", "eng": "en", "zgh": "zgh"}
_ADDRESS, _LEVEL, _CODE = "(address)", "(level)", "(code)"

_BAL = {
    "code": "cle_interop",
    "attribute_number": "numero",
    "attribute_suffix": "suffixe",
    "attribute_street": "voie_nom",
    "attribute_locality": "lieudit_complement_nom",
    "attribute_commune.code": "commune_insee",
    "attribute_commune.name": "commune_nom",
    "longitude": "long",
    "latitude": "lat",
}
_OPENADDRESSES = {
    "attribute_number": "number",
    "attribute_street": "street",
    "attribute_locality": "city",
    "attribute_postcode": "postcode",
    "longitude": "lon",
    "latitude": "lat",
}

# Columns that play no role by themselves, but are part of one that is computed.
_PARTS = ("suffixe", "voie_nom", "id", "hash", "unit")

Cells = Mapping[str, JSON]
Computed = Callable[[Cells], JSON]


def read_bal(path: Path, wanted: Wanted) -> Source:
    """The addresses of a Base Adresse Locale; raises TableError where a column of the format is missing.

    A further position of an address that the row before has is left out.
    """
    source = read_delimited(path, replace(wanted, titles=BAL_TITLES))
    names = _required(source, BAL_TITLES, "Base Adresse Locale")
    streets = {_language(name, wanted): name for name in names if name.startswith("voie_nom")}
    computed: dict[str, Computed] = {
        f"{_ADDRESS} {language}": _bal_address(street) for language, street in streets.items()
    }
    roles = {f"name_{language}": f"{_ADDRESS} {language}" for language in streets}
    reasons: dict[str, str] = dict.fromkeys(roles, "numero, suffixe and the street together")
    if len(wanted.levels) > 1:
        address, street_level = wanted.levels[-1], wanted.levels[-2]
        computed[_LEVEL] = lambda cells: street_level if cells.get("numero") == _NO_NUMBER else address
        roles["level"] = _LEVEL
        reasons["level"] = f"numero {_NO_NUMBER} is of the level {street_level!r}, all others {address!r}"
    computed["numero"] = lambda cells: "" if cells.get("numero") == _NO_NUMBER else cells.get("numero")
    rows = _without_further_positions(source.rows, names["cle_interop"])
    return _extended(replace(source, rows=rows), names, computed, _BAL, roles, reasons)


def read_openaddresses(path: Path, wanted: Wanted) -> Source:
    """The addresses of an OpenAddresses file, in either form; the code is ID, else HASH."""
    lines = first_bytes(path, 64).lstrip(b"\xef\xbb\xbf\x1e \t\r\n").startswith(b"{")
    if lines:
        source = read_lines(path, wanted)
        names = _required(source, OPENADDRESSES_PROPERTIES, "OpenAddresses")
    else:
        source = read_delimited(path, replace(wanted, titles=OPENADDRESSES_TITLES))
        names = _required(source, OPENADDRESSES_TITLES, "OpenAddresses")
    computed: dict[str, Computed] = {
        _CODE: lambda cells: cells.get("id") or cells.get("hash"),
        _ADDRESS: lambda cells: _spaced(cells.get("number"), cells.get("street"), cells.get("unit")),
    }
    language = wanted.languages[0] if wanted.languages else "en"
    roles = {"code": _CODE, f"name_{language}": _ADDRESS}
    if GEOMETRY in source.titles:
        roles["shape"] = GEOMETRY
    reasons = {"code": "ID, else HASH", f"name_{language}": "NUMBER, STREET and UNIT together"}
    return _extended(source, names, computed, _OPENADDRESSES, roles, reasons)


def _required(source: Source, titles: Sequence[str], format: str) -> dict[str, int]:
    """The positions of the columns by their folded titles."""
    names = {folded(title): at for at, title in reversed(list(enumerate(source.titles)))}
    missing = [title for title in titles if title not in names]
    if missing:
        problem = f"a file of the format {format} has the column {missing[0]!r}; this one has not"
        raise TableError(problem, file=source.file, column=missing[0])
    return dict(reversed(names.items()))


def _extended(
    source: Source,
    names: Mapping[str, int],
    computed: Mapping[str, Computed],
    columns: Mapping[str, str],
    roles: Mapping[str, str],
    reasons: Mapping[str, str],
) -> Source:
    """The source with the computed columns, and the guess that the format itself makes."""
    added = [name for name in computed if name not in names]
    titles = (*source.titles, *added)
    known = {role: source.titles[names[name]] for role, name in columns.items() if name in names}
    mapping = Columns({**known, **roles})
    said = {**dict.fromkeys(mapping.columns, "a column of the format"), **reasons}
    unused = tuple(title for title in unused_titles(titles, mapping) if not folded(title).startswith(_PARTS))
    return replace(
        source,
        titles=titles,
        rows=_computed(source.rows, names, computed),
        guess=Guess(mapping, said, unused),
    )


def _computed(
    rows: Iterator[SourceRow], names: Mapping[str, int], computed: Mapping[str, Computed]
) -> Iterator[SourceRow]:
    replaced = [(names[name], value) for name, value in computed.items() if name in names]
    added = [value for name, value in computed.items() if name not in names]
    for row in rows:
        cells = {name: row.values[at] for name, at in names.items() if at < len(row.values)}
        values = list(row.values)
        for at, value in replaced:
            if at < len(values):
                values[at] = value(cells)
        yield replace(row, values=(*values, *(value(cells) for value in added)))


def _without_further_positions(rows: Iterator[SourceRow], code: int) -> Iterator[SourceRow]:
    before: JSON = ""
    for row in rows:
        key = row.values[code] if code < len(row.values) else ""
        if not key or key != before:
            yield row
        before = key


def _language(column: str, wanted: Wanted) -> str:
    suffix = column.removeprefix("voie_nom").lstrip("_")
    first = wanted.languages[0] if wanted.languages else "fr"
    return _LANGUAGES.get(suffix, suffix) or first


def _bal_address(street: str) -> Computed:
    def address(cells: Cells) -> str:
        number = cells.get("numero")
        name = cells.get(street)
        if not name:
            return ""
        return _spaced(None if number == _NO_NUMBER else number, cells.get("suffixe"), name)

    return address


def _spaced(*parts: JSON) -> str:
    return " ".join(text for part in parts if part is not None and (text := str(part).strip()))
