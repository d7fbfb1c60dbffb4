"""The movements of the French communes since 1943, replayed, lead to the published list of 2019."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from uuid import UUID

import pytest

from matching.store import Store, open_store
from referentials.compiling import compile_search
from referentials.snapshot import Content, ContentHeader, open_content, write_content
from registry.history.recoding import Recoded, Recoder
from tests.conftest import skip_visibly
from tests.registry.history.french_communes import (
    FIRST_DAY,
    LAST_DAY,
    Movement,
    Published,
    Replay,
    fetch,
    movements_of,
    replay,
)

pytestmark = pytest.mark.soak

EXCEPTIONS = [
    ("44225", "44180"),
    ("49382", "49160"),
    ("50649", "50592"),
    ("51664", "51171"),
    ("91182", "91228"),
    ("91222", "91390"),
]


@dataclass
class France:
    """What the package has, what the replay made of it, and the content compiled from that."""

    published: Published
    movements: list[Movement]
    replayed: Replay
    content: Content
    store: Store

    @cached_property
    def listed(self) -> dict[str, str]:
        """The communes of the published list, without those of the overseas collectivities: code → name."""
        outside = {row["code"] for row in self.published.communes if row.get("collectiviteOutremer")}
        return {
            row["code"]: row["nom"]
            for row in self.published.communes
            if row.get("type") == "commune-actuelle" and row["code"] not in outside
        }

    @cached_property
    def of_1943(self) -> list[str]:
        """The codes of 1943."""
        rows = self.published.history
        return sorted(row["code"] for row in rows if row["type"] == "COM" and "dateDebut" not in row)

    @cached_property
    def there(self) -> dict[str, Recoded]:
        """What each code of 1943 is in 2019."""
        return {found.code: found for found in self.recoder(forward=True).recode_all(self.of_1943)}

    def recoder(self, *, forward: bool) -> Recoder:
        days = (FIRST_DAY, LAST_DAY) if forward else (LAST_DAY, FIRST_DAY)
        return Recoder(self.content, self.store, self._items_of_code, *days)

    def _items_of_code(self, code: str) -> list[UUID]:
        rows = self.store.rows_of(code)
        return list(dict.fromkeys(UUID(json.loads(self.store.rendered(row))["item"]) for row in rows))


@pytest.fixture(scope="module")
def france(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> France:
    assert request.config.cache is not None
    kept: Path = request.config.cache.mkdir("decoupage-administratif")
    try:
        published = fetch(kept)
    except OSError as error:
        skip_visibly(f"the package with the French communes cannot be had ({error})")
    movements = movements_of(published.history)
    replayed = replay(published.history, movements)
    folder = tmp_path_factory.mktemp("france")
    header = ContentHeader("communes", 1, "2019", LAST_DAY)
    write_content(folder / "content", header, replayed.records())
    content = open_content(folder / "content")
    compile_search(content, folder / "search", profile="place-names", levels=["commune"])
    return France(published, movements, replayed, content, open_store(folder / "search"))


def test_every_movement_fits_what_was_there_before_it(france: France) -> None:
    assert len(france.published.history) == 49_532
    assert Counter(movement.type for movement in france.movements) == {
        "absorption": 2112,
        "rename": 1338,
        "recode": 903,
        "extraction": 183,
        "redefinition": 131,
        "creation": 72,
        "abolition": 6,
        "merge": 1,
    }
    assert france.replayed.problems == []


def test_the_replayed_communes_are_those_of_the_published_list_with_their_names(france: France) -> None:
    replayed = {code: state.names["fr"] for code, state in france.replayed.current.items()}
    assert len(france.of_1943) == 38_140
    assert len(replayed) == 34_970
    assert replayed == france.listed


def test_every_code_of_1943_leads_to_codes_of_the_published_list(france: France) -> None:
    found = france.there.values()
    assert Counter(row.outcome for row in found) == {
        "unchanged": 31_355,
        "merged": 3_149,
        "renamed": 2_249,
        "recoded": 889,
        "mixed": 334,
        "split": 158,
        "abolished": 6,
    }
    assert sum(row.ambiguous for row in found) == 485
    assert {part.code for row in found for part in row.targets} <= france.listed.keys()


def test_what_is_said_to_be_reversible_comes_back_and_nothing_else_does(france: France) -> None:
    back = france.recoder(forward=False)
    again = {code: back.recode(row.only).only for code, row in france.there.items() if row.only is not None}
    assert {code for code, only in again.items() if only == code} == {
        code for code, row in france.there.items() if row.reversible
    }
    assert sum(row.reversible for row in france.there.values()) == 32_811


def test_every_code_of_2019_leads_back_to_codes_of_1943(france: France) -> None:
    found = france.recoder(forward=False).recode_all(sorted(france.listed))
    assert Counter(row.outcome for row in found) == {
        "unchanged": 30_839,
        "merged": 1_837,
        "renamed": 1_095,
        "recoded": 877,
        "mixed": 254,
        "created": 68,
    }
    assert {part.code for row in found for part in row.targets} <= set(france.of_1943)


def test_former_communes_are_recoded_to_the_commune_that_the_list_says_they_are_part_of(
    france: France,
) -> None:
    parts = {
        row["code"]: row["chefLieu"]
        for row in france.published.communes
        if row["type"] in ("commune-deleguee", "commune-associee") and row["code"] != row["chefLieu"]
    }
    by_agreement: Counter[str] = Counter()
    exceptions: list[tuple[str, str]] = []
    for code, whole in parts.items():
        found = france.there.get(code)
        agreement = _agreement(found, whole)
        by_agreement[agreement] += 1
        if agreement in ("another", "not a commune in 1943"):
            exceptions.append((code, whole))
    assert by_agreement == {
        "the same": 2_180,
        "among several": 54,
        "not a commune in 1943": 6,
    }
    # Codes that came with another département after 1943.
    assert sorted(exceptions) == EXCEPTIONS


def test_former_codes_in_the_list_lead_to_the_commune_that_names_them(france: France) -> None:
    former = [
        (old, row["code"])
        for row in france.published.communes
        if row["type"] == "commune-actuelle"
        for old in row.get("anciensCodes", ())
    ]
    by_agreement = Counter(_agreement(france.there.get(old), now) for old, now in former)
    assert by_agreement == {"the same": 883, "not a commune in 1943": 4}
    assert [old for old, _ in former if old not in france.there] == ["20366", "91143", "91620", "78692"]


def _agreement(found: Recoded | None, whole: str) -> str:
    if found is None:
        return "not a commune in 1943"
    if found.only == whole:
        return "the same"
    return "among several" if whole in {part.code for part in found.targets} else "another"
