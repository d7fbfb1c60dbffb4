"""The administrative units of Morocco in 2014 and in 2024, as full lists.

What is said of 2014 is what the package says of it: codes, names of the recoded communes, populations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from referentials.listing import ListedItem, ListedObservation
from seeds import census
from seeds.administrative_changes import cercle_changes, commune_changes
from seeds.census import Arrondissement, Commune, Unit
from seeds.model import Listing

CENSUS_2014 = date(2014, 9, 1)
CENSUS_2024 = date(2024, 9, 1)

_RGPH_2014 = "Haut-Commissariat au Plan, RGPH 2014"
_RGPH_2024 = "Haut-Commissariat au Plan, RGPH 2024"
_GROUP = "prefecture_of_arrondissements"


def listing_2014() -> Listing:
    """The units of the census of 2014, on the regions of 2015.

    Cercles are those that the communes' codes of 2014 name. Those that no longer existed in 2024 have a code
    and no name; the others carry their name of 2024. Every start is unknown, so nothing is a creation.
    """
    population = census.populations_2014()
    communes = census.communes()
    names = {cercle.code: cercle.names for cercle in census.cercles()}
    unchanged = _unchanged_cercles(communes)

    items = [
        _item(unit, level, parent, _seen_2014(population.get(unit.code)))
        for unit, level, parent in _stable_units()
    ]
    for code in sorted({cercle for row in communes if (cercle := census.cercle_of(row.code_2014))}):
        # A figure of 2014 beside one of 2024 reads as growth: only where the cercle is the same one.
        seen = _seen_2014(population.get(code)) if code in unchanged else ()
        parent = census.province_of(code)
        items.append(ListedItem(code, "cercle", parent, names.get(code, {}), observations=seen))
    items += [
        _commune(row.code_2014, dict(row.names_2014), _seen_2014(row.population_2014)) for row in communes
    ]
    return Listing(items, [])


def listing_2024() -> Listing:
    """The official list of the census of 2024, with the events that lead there from the list of 2014."""
    items = [_item(unit, level, parent, _seen_2024(unit)) for unit, level, parent in _stable_units()]
    items += [
        _item(unit, "cercle", census.province_of(unit.code), _seen_2024(unit)) for unit in census.cercles()
    ]
    items += [_commune(row.unit.code, row.unit.names, _seen_2024(row.unit)) for row in census.communes()]
    changes = [
        *commune_changes(census.communes(), CENSUS_2014, CENSUS_2024),
        *cercle_changes(_moves(census.communes()), CENSUS_2014, CENSUS_2024),
    ]
    return Listing(items, changes)


def _stable_units() -> Iterator[tuple[Unit, str, str | None]]:
    """Units that have the same code in both lists, with their level and parent.

    The eight prefectures of arrondissements group the arrondissements of Casablanca, and nothing else: not
    its mechouar, a commune of its own. So they stand between the commune and its arrondissements, and every
    arrondissement descends from its commune, there as in the other five cities.
    """
    for unit in census.regions():
        yield unit, "region", None
    groups = [unit for unit in census.provinces() if unit.type == _GROUP]
    for unit in census.provinces():
        if unit.type != _GROUP:
            yield unit, "province", census.region_of(unit.code)
    for unit in groups:
        yield unit, "prefecture-of-arrondissements", f"{census.province_of(unit.code)}.01.0"
    group_codes = {unit.code for unit in groups}
    for row in census.arrondissements():
        yield row.unit, "arrondissement", _arrondissement_parent(row, group_codes)


def _arrondissement_parent(row: Arrondissement, groups: set[str]) -> str:
    # Prefecture 06.141.01.20 holds arrondissements 06.141.01.21 to 06.141.01.29, as populations confirm.
    group = f"{row.unit.code[:-1]}0"
    return group if group in groups else row.commune


def _item(
    unit: Unit, level: str, parent: str | None, observations: tuple[ListedObservation, ...]
) -> ListedItem:
    attributes = {"type": unit.type} if level == "province" else {}
    return ListedItem(unit.code, level, parent, unit.names, attributes, observations=observations)


def _commune(code: str, names: dict[str, str], observations: tuple[ListedObservation, ...]) -> ListedItem:
    cercle = census.cercle_of(code)
    return ListedItem(
        code,
        "commune",
        cercle or census.province_of(code),
        names,
        {"type": "rural" if cercle else "urban"},
        observations=observations,
    )


def _seen_2014(population: int | None) -> tuple[ListedObservation, ...]:
    if population is None:
        return ()
    return (ListedObservation("population", CENSUS_2014, population, "persons", _RGPH_2014),)


def _seen_2024(unit: Unit) -> tuple[ListedObservation, ...]:
    return (
        ListedObservation("population", CENSUS_2024, unit.population_2024, "persons", _RGPH_2024),
        ListedObservation("households", CENSUS_2024, unit.households_2024, "households", _RGPH_2024),
    )


def _moves(communes: Iterable[Commune]) -> list[tuple[str | None, str | None]]:
    """For each commune, its cercle in 2014 and in 2024."""
    return [(census.cercle_of(row.code_2014), census.cercle_of(row.unit.code)) for row in communes]


def _unchanged_cercles(communes: Iterable[Commune]) -> set[str]:
    """Cercles whose communes are the same in both lists."""
    touched: dict[str, bool] = defaultdict(bool)
    for before, after in _moves(communes):
        for cercle in (before, after):
            if cercle is not None:
                touched[cercle] |= before != after
    return {cercle for cercle, changed in touched.items() if not changed}
