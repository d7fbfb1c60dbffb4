"""Rows under a mapping become listed items, or findings that say why not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from shapely.geometry.base import BaseGeometry

from matching.text import script_of
from referentials.canonical import JSON
from referentials.findings import Finding
from referentials.kinds import LONGEST_CODE, Kind
from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.readers import titles as words
from referentials.readers.geometries import UnfitShape, from_wkt, point_at
from referentials.readers.mapping import BadMapping, Mapping, listed
from referentials.readers.source import GEOMETRY, SourceRow
from referentials.readers.values import UnfitValue, attribute_of, day_of, figure_of, number_of, text_of
from referentials.sheets.headers import folded, positions

UNREADABLE = "unreadable_rows"
UNFIT = "unfit_values"
_SHOWN = 200
_UNITS = {"population": "persons", "households": "households"}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What a row says: an item to set, or a code to remove; no item where `problems` say why not."""

    row: int
    action: str
    item: ListedItem | None
    code: str
    problems: tuple[Finding, ...] = ()


@dataclass(slots=True)
class _Building:
    """An item in the making."""

    code: str = ""
    level: str = ""
    parent: str | None = None
    action: str = "set"
    names: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, JSON] = field(default_factory=dict)
    others: list[OtherName] = field(default_factory=list)
    observations: list[ListedObservation] = field(default_factory=list)
    longitude: float | None = None
    latitude: float | None = None
    shape: BaseGeometry | None = None
    valid_from: date | None = None


Setter = Callable[[_Building, JSON], None]


class ItemMaker:
    """Makes items of rows; raises BadMapping where the mapping does not fit the titles."""

    def __init__(
        self,
        mapping: Mapping,
        titles: Sequence[str],
        kind: Kind,
        levels: Sequence[str],
        default_level: str | None,
        source: str,
    ) -> None:
        if "code" not in mapping.columns:
            problem = "no column for the code was found: say which it is"
            raise BadMapping(f"{problem}; there are {listed(titles)}")
        self.level = default_level or (levels[0] if len(levels) == 1 else "")
        self.levels = {folded(level): level for level in levels}
        self.kind = kind
        self.source = source
        self.shaped = mapping.columns.get("shape") == GEOMETRY
        self.setters: list[tuple[int, str, Setter]] = [
            (_position(titles, title), title, self._setter(role)) for role, title in mapping.columns.items()
        ]

    def make(self, row: SourceRow) -> ReadRow | None:
        """What a row says; None for an empty one."""
        building = _Building(level=self.level, shape=row.shape if self.shaped else None)
        unfit: list[tuple[str, str, str]] = []
        silent = row.problem is None and row.shape is None
        width = len(row.values)
        for at, title, setter in self.setters:
            value = row.values[at] if at < width else None
            if _said(value):
                silent = False
                try:
                    setter(building, value)
                except UnfitValue as error:
                    shown = text_of(value)[:_SHOWN]
                    unfit.append((title, shown, f"{shown!r} {error}"))
                except UnfitShape as error:
                    unfit.append((title, text_of(value)[:_SHOWN], str(error)))
        if silent and not any(map(_said, row.values)):
            return None
        problems = list(self._problems(row, building, unfit))
        if problems:
            return ReadRow(row.row, building.action, None, building.code, tuple(problems))
        if building.action == "remove":
            return ReadRow(row.row, "remove", None, building.code)
        return ReadRow(row.row, "set", _item(building), building.code)

    def _problems(
        self, row: SourceRow, building: _Building, unfit: Sequence[tuple[str, str, str]]
    ) -> Iterator[Finding]:
        def finding(rule: str, column: str, value: str, message: str) -> Finding:
            return Finding(rule, "error", row.row, building.code[:_SHOWN], column, value, message)

        if row.problem is not None:
            yield finding(UNREADABLE, "", "", row.problem)
        for title, value, message in unfit:
            yield finding(UNFIT, title, value, message)
        if not building.code and row.problem is None:
            yield finding(UNREADABLE, "code", "", "the row has no code")
        elif len(building.code) > LONGEST_CODE:
            shown = building.code[:_SHOWN]
            yield finding(UNFIT, "code", shown, f"a code has at most {LONGEST_CODE} characters")
        elif not building.code.isprintable() and any(
            unicodedata.category(sign) == "Cc" for sign in building.code
        ):
            yield finding(UNFIT, "code", repr(building.code)[:_SHOWN], "the code holds a control character")
        if (building.longitude is None) != (building.latitude is None) and not unfit:
            yield finding(UNFIT, "longitude", "", "a point has a longitude and a latitude")
        elif building.longitude is not None and building.latitude is not None and building.shape is None:
            try:
                building.shape = point_at(building.longitude, building.latitude)
            except UnfitShape as error:
                place = f"{building.longitude}, {building.latitude}"
                yield finding(UNFIT, "longitude", place, str(error))

    def _setter(self, role: str) -> Setter:
        simple = _SIMPLE.get(role)
        if simple is not None:
            return simple
        if role == "level":
            return self._set_level
        if role.startswith("name_"):
            return _name_setter(role.removeprefix("name_"))
        if role.startswith("other_names"):
            return self._other_names_setter(role.removeprefix("other_names").lstrip("_") or None)
        if role.startswith("observation_"):
            return self._observation_setter(*role.removeprefix("observation_").rsplit("_", 1))
        return self._attribute_setter(role.removeprefix("attribute_"))

    def _set_level(self, building: _Building, value: JSON) -> None:
        text = text_of(value)
        building.level = self.levels.get(folded(text), text)

    def _other_names_setter(self, language: str | None) -> Setter:
        def add(building: _Building, value: JSON) -> None:
            texts = [text.strip() for text in text_of(value).replace(";", "|").split("|")]
            for text in dict.fromkeys(filter(None, texts)):
                name = OtherName(text, language, script_of(text), "alternative", self.source)
                building.others.append(name)

        return add

    def _observation_setter(self, measure: str, when: str) -> Setter:
        try:
            day = date.fromisoformat(when) if "-" in when else date(int(when), 1, 1)
        except ValueError:
            raise BadMapping(f"{when!r} is not a year or a day such as 2024-09-01") from None

        def add(building: _Building, value: JSON) -> None:
            unit = _UNITS.get(measure, "")
            building.observations.append(ListedObservation(measure, day, figure_of(value), unit, self.source))

        return add

    def _attribute_setter(self, name: str) -> Setter:
        outer, _, member = name.partition(".")
        types = self.kind.attributes
        if types is not None and outer not in types:
            known = ", ".join(sorted(types))
            raise BadMapping(
                f"items of the kind {self.kind.id} have no attribute {outer!r}; there are {known}"
            )
        type_name = None if types is None else types[outer]

        def put(building: _Building, value: JSON) -> None:
            building.attributes[outer] = attribute_of(value, type_name)

        def put_member(building: _Building, value: JSON) -> None:
            building.attributes.setdefault(outer, {})[member] = text_of(value)

        return put_member if member else put


def _position(titles: Sequence[str], title: str) -> int:
    found = positions(titles, title)
    if len(found) != 1:
        problem = "more than one column is" if found else "there is no column"
        raise BadMapping(f"{problem} titled {title[:200]!r}; there are {listed(titles)}")
    return found[0]


def _said(value: JSON) -> bool:
    return value is not None and (not isinstance(value, str) or bool(value.strip()))


def _name_setter(language: str) -> Setter:
    def put(building: _Building, value: JSON) -> None:
        building.names[language] = text_of(value)

    return put


def _set_code(building: _Building, value: JSON) -> None:
    building.code = text_of(value)


def _set_parent(building: _Building, value: JSON) -> None:
    building.parent = text_of(value)


def _set_action(building: _Building, value: JSON) -> None:
    said = folded(text_of(value))
    if said not in words.SETTING | words.REMOVING:
        raise UnfitValue("is neither `set` nor `remove`")
    building.action = "remove" if said in words.REMOVING else "set"


def _set_longitude(building: _Building, value: JSON) -> None:
    building.longitude = number_of(value)


def _set_latitude(building: _Building, value: JSON) -> None:
    building.latitude = number_of(value)


def _set_shape(building: _Building, value: JSON) -> None:
    building.shape = from_wkt(text_of(value))


def _set_valid_from(building: _Building, value: JSON) -> None:
    building.valid_from = day_of(value)


_SIMPLE: dict[str, Setter] = {
    "code": _set_code,
    "parent": _set_parent,
    "action": _set_action,
    "longitude": _set_longitude,
    "latitude": _set_latitude,
    "shape": _set_shape,
    "valid_from": _set_valid_from,
}


def _item(building: _Building) -> ListedItem:
    named = set(building.names.values())
    return ListedItem(
        code=building.code,
        level=building.level,
        parent=building.parent,
        names=building.names,
        attributes={name: value for name, value in building.attributes.items() if value not in ("", {})},
        shape=building.shape,
        other_names=tuple(other for other in building.others if other.text not in named),
        observations=tuple(building.observations),
        valid_from=building.valid_from,
    )
