"""Whom a draft touches, over HTTP."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import Engine

from referentials.tables import parse_table
from registry.accounts.actors import Actor, Grant
from registry.applicability.data_sets import import_data_sets
from registry.database import begin_write
from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.desk_drafts import Draft, open_draft, publish_first_version

# The domain below is tested on both databases; what the door adds knows neither.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

SETS = "administration,name,title_fr,column,referential\nministry,centres,Centres,Commune,units\n"
ABOLITION = {
    "type": "abolition",
    "effective_on": "2024-09-01",
    "sources": [{"code": "01.100.05"}],
    "basis": "=HYPERLINK(a decree)",
}


@pytest.fixture
def draft(desk: DeskUnderTest) -> Draft:
    return consulted(desk)


def consulted(desk: DeskUnderTest) -> Draft:
    """A draft that lets a code go, which a ministry uses; open to everyone."""
    publish_first_version(desk)
    keeper = Actor(None, "Admin", None, frozenset({Grant("administrator")}))
    with begin_write(desk.engine) as connection:
        import_data_sets(connection, keeper, parse_table(SETS.encode(), "sets.csv"))
    opened = open_draft(desk.signed_in("editor"), mode="changes")
    assert opened.edit("DELETE", "/items/01.100.05").status_code == 200
    assert opened.edit("POST", "/events", ABOLITION).status_code == 200
    last = desk.settings.today().isoformat()
    assert opened.step("consultation", {"to": "everyone", "until": last}).status_code == 200
    return opened


def test_the_public_learns_what_goes_but_not_who_keeps_which_data(desk: DeskUnderTest, draft: Draft) -> None:
    address = f"{draft.address}/impact"
    found = desk.public().get(address).json
    assert [each["gone"] for each in found["replacements"]] == ["01.100.05"]
    assert (found["affected"], found["administrations"]) == ([], [])
    known = desk.signed_in("data_manager", administration="ministry").get(address).json
    assert [(each["kind"], each["id"]) for each in known["affected"]] == [("data-set", "centres")]
    assert known["administrations"] == ["ministry"]


def test_the_recoding_file_has_a_row_for_each_code_that_goes(desk: DeskUnderTest, draft: Draft) -> None:
    answer = desk.public().get(f"{draft.address}/impact.csv")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="recoding-{draft.id[:8]}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    header, row = csv.reader(io.StringIO(answer.text))
    assert dict(zip(header, row, strict=True))["code"] == "01.100.05"


def test_what_is_worked_out_over_a_draft_is_for_the_public_in_turn(engine: Engine, tmp_path: Path) -> None:
    with opened_desk(engine, tmp_path / "data", MARJAA_RATE_POST="40") as desk:
        draft = consulted(desk)
        addresses = [
            f"{draft.address}/{part}" for part in ("comparison", "impact", "impact.csv", "events/unexplained")
        ]
        public = desk.public()
        assert [public.get(address).status_code for address in addresses] == [200] * 4
        for address in addresses:
            slowed = public.get(address)
            assert (slowed.status_code, slowed.json["type"]) == (429, "/problems/too-many-requests")
            assert int(slowed.headers["Retry-After"]) <= 15
            assert draft.client.get(address).status_code == 200, "who works on it does not wait"
        assert public.get(f"{draft.address}/items").status_code == 200
