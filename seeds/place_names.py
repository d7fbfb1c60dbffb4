"""Populated places from GeoNames, each with the commune that bears its name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import shapely

from referentials.canonical import JSON
from referentials.listing import ListedItem, OtherName
from seeds import census
from seeds.communes_by_name import CommunesByName, Naming
from seeds.geonames import Place, places_of
from seeds.model import Listing
from seeds.scripts import UNKNOWN, script_of

# MA and EH are the source's country codes; which of the two a place has is not carried over.
COUNTRIES = ("MA", "EH")
LEVEL = "populated-place"
_SOURCE = "GeoNames"


def listing() -> Listing:
    """Every place with its point and other names; nothing is known of when a name or a place began.

    The population has no date in the source, so it is an attribute and not a dated observation.
    """
    communes = CommunesByName(census.communes())
    return Listing([_item(place, communes) for place in places_of(COUNTRIES)], [])


def _item(place: Place, communes: CommunesByName) -> ListedItem:
    others = _other_names(place)
    spoken = [other.text for other in others if other.use == "alternative"]
    naming = communes.naming(place.name, spoken, place.admin1)
    names = {"fr": place.name}
    attributes: dict[str, JSON] = {}
    if place.population:  # the source writes 0 for "not known"
        attributes["population"] = place.population
    if naming is not None:
        attributes["commune"] = _reference(naming)
        if naming.commune is not None and naming.commune.unit.name_ar in spoken:
            # GeoNames gives no language here; that it is Arabic is known from the official list alone.
            names["ar"] = naming.commune.unit.name_ar
    return ListedItem(
        code=str(place.id),
        level=LEVEL,
        parent=None,
        names=names,
        attributes=attributes,
        shape=shapely.Point(place.longitude, place.latitude),
        other_names=tuple(other for other in others if other.text not in names.values()),
    )


def _other_names(place: Place) -> Sequence[OtherName]:
    """The other names by script; their language is not in the package, so it stays unknown.

    A Latin text without any capital is a machine's transliteration ("almrsy"): it may lead to the place, and
    is never shown as a name of it.
    """
    texts = {_cleaned(text): None for text in place.alternates}
    return [
        OtherName(
            text,
            None,
            script,
            "hidden" if script == "Latn" and text == text.lower() else "alternative",
            _SOURCE,
        )
        for text in sorted(texts)
        if text != place.name and (script := script_of(text)) != UNKNOWN
    ]


def _cleaned(text: str) -> str:
    """In NFC, without direction marks at either end, which some Arabic names carry."""
    return unicodedata.normalize("NFC", text).strip("\u200e\u200f \t")


def _reference(naming: Naming) -> JSON:
    reference: dict[str, JSON] = {
        "referential": "administrative-units",
        "version": "2024",
        "basis": naming.basis,
        "certainty": naming.certainty,
    }
    if naming.commune is None:
        reference["candidates"] = [row.unit.code for row in naming.candidates]
    else:
        reference["code"] = naming.commune.unit.code
        reference["name"] = naming.commune.unit.name_fr
    return reference
