"""Administrations, data sets, and whom a change set touches, on both databases."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert

from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.listing_bytes import change_bytes
from referentials.tables import MissingColumn, parse_table
from registry.accounts.actors import PUBLIC, Actor, Grant, NotAllowed, NotSignedIn
from registry.applicability.administrations import import_administrations, list_administrations
from registry.applicability.data_sets import affected_data_sets, import_data_sets, list_data_sets
from registry.applicability.sheets import BadRows
from registry.database import begin_write
from registry.library import Library
from registry.models import DraftEvent
from registry.publishing.dependents import affected_correspondences, affected_referentials
from registry.publishing.drafts.items import set_item
from registry.publishing.drafts.opening import NewDraft, open_draft
from registry.publishing.impact import Impact, impact
from tests.publishing import add_units, publish_list

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
ADMINISTRATOR = Actor(uuid.uuid4(), "Admin", None, frozenset({Grant("administrator")}))
OFFICER = Actor(uuid.uuid4(), "ROD", "health", frozenset({Grant("administration_officer")}))
BODIES = (
    "id,parent,category,name_fr,name_ar\nhealth,,ministry,Santé,الصحة\nhospitals,health,agency,Hôpitaux,\n"
)
SETS = """administration,name,title_fr,periodicity,column,referential,level,version
health,centres,Centres de santé,P1Y,Code commune,units,commune,2014
health,centres,Centres de santé,P1Y,Région,units,region,
health,drugs,Médicaments,,,,,
"""
REGION = ListedItem("01", "region", None, {"fr": "Nord", "ar": "الشمال"})
ONE = ListedItem("01.05", "commune", "01", {"fr": "Tafraout", "ar": "تافراوت"})
TWO = ListedItem("01.07", "commune", "01", {"fr": "Aglou", "ar": "أكلو"})


def administrations(engine: Engine, text: str = BODIES, actor: Actor = ADMINISTRATOR) -> int:
    with begin_write(engine) as connection:
        return import_administrations(connection, actor, parse_table(text.encode(), "bodies.csv"))


def data_sets(connection: Connection, text: str, actor: Actor = OFFICER) -> int:
    return import_data_sets(connection, actor, parse_table(text.encode(), "sets.csv"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


@pytest.fixture
def kept(engine: Engine, root: Path) -> Engine:
    """A published referential, two administrations and the data sets of one."""
    add_units(engine)
    publish_list(engine, root, "2014", THEN, [REGION, ONE, TWO])
    administrations(engine)
    with begin_write(engine) as connection:
        data_sets(connection, SETS)
    return engine


def test_administrations_are_imported_parents_first_whatever_their_order(engine: Engine) -> None:
    header, first, second, _ = BODIES.split("\n")
    assert administrations(engine, "\n".join([header, second, first])) == 2
    with engine.connect() as connection:
        found = list_administrations(connection)
    assert [(each.id, each.parent, each.names) for each in found] == [
        ("health", None, {"fr": "Santé", "ar": "الصحة"}),
        ("hospitals", "health", {"fr": "Hôpitaux"}),
    ]


def test_a_sheet_of_administrations_with_mistakes_changes_nothing_and_names_them_all(engine: Engine) -> None:
    text = "id,parent,category,name_fr,valid_from\nA b,,,X,\nx,y,agency,X,yesterday\nx,,agency,X,\n"
    with pytest.raises(BadRows) as refused:
        administrations(engine, text)
    assert [(each["row"], each["column"], each["value"]) for each in refused.value.members["errors"]] == [
        (2, "id", "A b"),
        (2, "category", ""),
        (3, "valid_from", "yesterday"),
        (3, "parent", "y"),
        (4, "id", "x"),
    ]
    with engine.connect() as connection:
        assert list_administrations(connection) == []


def test_administrations_that_lie_within_each_other_are_refused(engine: Engine) -> None:
    with pytest.raises(BadRows, match="round in a circle"):
        administrations(engine, "id,parent,category,name_fr\na,b,x,A\nb,a,x,B\n")


def test_a_sheet_cannot_put_an_administration_below_one_of_its_own(kept: Engine) -> None:
    with pytest.raises(BadRows, match="round in a circle"):
        administrations(kept, "id,parent,category,name_fr\nhealth,hospitals,ministry,Santé\n")
    assert administrations(kept, "id,parent,category,name_fr\nhospitals,,agency,Hôpitaux\n") == 1
    assert administrations(kept, "id,parent,category,name_fr\nhealth,hospitals,ministry,Santé\n") == 1


def test_only_administrators_import_administrations(engine: Engine) -> None:
    with pytest.raises(NotAllowed):
        administrations(engine, actor=OFFICER)
    with pytest.raises(NotSignedIn):
        administrations(engine, actor=PUBLIC)


def test_data_sets_are_read_back_with_their_bound_columns(kept: Engine) -> None:
    with kept.connect() as connection:
        centres, drugs = list_data_sets(connection, administration="health")
    assert [(each.column, each.referential, each.level, each.version) for each in centres.bindings] == [
        ("Code commune", "units", "commune", "2014"),
        ("Région", "units", "region", None),
    ]
    assert (drugs.titles, drugs.bindings) == ({"fr": "Médicaments"}, ())


def test_a_data_set_is_stated_anew_by_a_later_sheet(kept: Engine) -> None:
    with begin_write(kept) as connection:
        data_sets(connection, "administration,name,title_fr\nhealth,centres,Centres\n")
    with kept.connect() as connection:
        centres, _ = list_data_sets(connection)
    assert (centres.titles, centres.bindings) == ({"fr": "Centres"}, ())


def test_data_sets_with_mistakes_are_refused_whole(kept: Engine) -> None:
    text = """administration,name,title_fr,column,referential,level,version
nobody,a,A,,,,
health,b,,C,,,
health,c,C,D,nothing,,
health,d,D,E,units,planet,
health,e,E,F,units,,1999
health,e,Other,G,units,,
"""
    with begin_write(kept) as connection, pytest.raises(BadRows) as refused:
        data_sets(connection, text, ADMINISTRATOR)
    assert [(each["row"], each["column"]) for each in refused.value.members["errors"]] == [
        (2, "administration"),
        (3, "title_fr"),
        (3, "referential"),
        (4, "referential"),
        (5, "level"),
        (6, "version"),
        (7, "name"),
    ]
    with begin_write(kept) as connection, pytest.raises(MissingColumn):
        data_sets(connection, "administration,name\nhealth,a\n")


def test_an_officer_keeps_the_data_sets_of_their_own_administration_only(kept: Engine) -> None:
    with begin_write(kept) as connection, pytest.raises(NotAllowed):
        data_sets(connection, "administration,name,title_fr\nhospitals,beds,Lits\n")


def recoding_draft(engine: Engine) -> uuid.UUID:
    """A draft that gives ONE another code."""
    recode = ListedChange("recode", NOW, (ListedLink("01.05"),), (ListedLink("01.11"),), "a decree")
    with begin_write(engine) as connection:
        draft = open_draft(connection, ADMINISTRATOR, NewDraft("units", "2024", NOW, "changes"))
        set_item(connection, draft.id, replace(ONE, code="01.11"))
        connection.execute(
            insert(DraftEvent).values(
                change_set=draft.id, position=0, status="confirmed", payload=change_bytes(recode)
            )
        )
    return draft.id


def impact_of(engine: Engine, root: Path, draft: uuid.UUID) -> Impact:
    providers = (affected_data_sets, affected_correspondences, affected_referentials)
    with engine.connect() as connection:
        return impact(connection, root, Library(root), draft, providers)


def test_a_change_set_tells_whom_it_touches_and_how_they_recode(kept: Engine, root: Path) -> None:
    near = {"commune": {"referential": "units", "version": "2014", "code": "01.05"}}
    add_units(kept, "places")
    place = ListedItem("P1", "commune", None, {"fr": "Puits", "ar": "بئر"}, near)
    publish_list(kept, root, "1", THEN, [place], referential="places")
    found = impact_of(kept, root, recoding_draft(kept))
    assert [(each.gone, each.outcome, each.code, each.share) for each in found.replacements] == [
        ("01.05", "recoded", "01.11", 1.0)
    ]
    assert [(each.kind, each.id, each.part, each.codes) for each in found.affected] == [
        ("data-set", "centres", "Code commune", ()),
        ("referential", "places", "commune", ("01.05",)),
    ]
    assert found.administrations == ("health",)


def test_a_change_set_that_takes_no_code_away_touches_nobody(kept: Engine, root: Path) -> None:
    with begin_write(kept) as connection:
        draft = open_draft(connection, ADMINISTRATOR, NewDraft("units", "2024", NOW, "changes"))
        set_item(connection, draft.id, replace(ONE, names={"fr": "Tafraoute"}))
    found = impact_of(kept, root, draft.id)
    assert (found.replacements, found.affected) == ((), ())
