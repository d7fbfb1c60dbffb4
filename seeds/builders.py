"""The builders that catalogue.toml names: each reads one version's full list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from seeds import administrative_units, place_names
from seeds.csv_listing import read_listing, read_listing_with_entries
from seeds.model import Listing

# Each is given the referential's folder under seeds/; those that read a package have no use for it.
BUILDERS: Mapping[str, Callable[[Path], Listing]] = {
    "csv": read_listing,
    "csv-with-entries": read_listing_with_entries,
    "administrative-units-2014": lambda _folder: administrative_units.listing_2014(),
    "administrative-units-2024": lambda _folder: administrative_units.listing_2024(),
    "place-names": lambda _folder: place_names.listing(),
}
