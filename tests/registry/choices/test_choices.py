"""What an administration settles once holds for its next file, and for nobody else's."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from matching.choices import Choice as Settled
from referentials.listing import ListedChange, ListedItem, ListedLink
from registry.accounts.actors import Actor, Grant, NotAllowed
from registry.choices.promoting import promote
from registry.choices.remembering import (
    UnknownChoice,
    administration_of,
    choices_for,
    list_choices,
    read_choice,
    remember,
    withdraw,
)
from registry.choices.standing import remembered_for, stand
from registry.database import begin_write
from registry.errors import BadValue, Conflict, UnknownReferential
from registry.library import Library
from registry.models import AuditEntry, Choice
from registry.publishing.drafts.items import read_items
from tests.publishing import add_units, publish_list
from tests.registry.desk_client import add_administration
from tests.store import add_referential

MANAGER = Actor(uuid.UUID(int=1), "Amina", "agency", frozenset({Grant("data_manager")}))
EDITOR = Actor(uuid.UUID(int=2), "Badr", "agency", frozenset({Grant("editor")}))
DAY = date(2025, 1, 1)
SLIMAN = Settled("Sidi Sliman", None, "01")


@pytest.fixture
def choices(scratch: Engine) -> Iterator[Connection]:
    """A transaction with two administrations and two referentials, rolled back at the end."""
    with scratch.connect() as connection:
        for referential in ("units", "activities"):
            add_referential(connection, referential)
        for administration in ("agency", "ministry"):
            add_administration(connection, administration)
        yield connection
        connection.rollback()


def held(connection: Connection, **about: str) -> list[tuple[str, str | None, str | None]]:
    return [(each.text, each.within, each.code) for each in list_choices(connection, "agency", **about)]


def test_what_is_settled_holds_until_something_else_is(choices: Connection):
    assert remember(choices, MANAGER, "agency", "units", [SLIMAN], source="births.csv") == 1
    assert held(choices) == [("Sidi Sliman", None, "01")]
    remember(choices, MANAGER, "agency", "units", [Settled("SIDI  sliman", None, None)])
    assert held(choices) == [("SIDI  sliman", None, None)]
    assert len(choices.execute(select(Choice.id)).all()) == 2


def test_who_settled_it_when_and_for_which_file_is_kept(choices: Connection):
    remember(choices, MANAGER, "agency", "units", [SLIMAN], source="births.csv")
    (view,) = list_choices(choices, "agency")
    assert (view.chosen_by, view.source) == (MANAGER.id, "births.csv")
    assert view.chosen_at
    entry = choices.execute(select(AuditEntry.action, AuditEntry.subject, AuditEntry.after)).one()
    assert (entry.action, entry.subject, entry.after["choices"]) == ("settled", "agency", 1)


def test_settling_the_same_again_adds_nothing(choices: Connection):
    assert remember(choices, MANAGER, "agency", "units", [SLIMAN]) == 1
    assert remember(choices, MANAGER, "agency", "units", [SLIMAN, SLIMAN]) == 0


def test_the_same_text_within_another_parent_is_another_choice(choices: Connection):
    within = [Settled("Oulad Tayeb", parent, code) for parent, code in (("Fès", "02"), ("Taza", "03"))]
    remember(choices, MANAGER, "agency", "units", within)
    assert held(choices) == [("Oulad Tayeb", "Fès", "02"), ("Oulad Tayeb", "Taza", "03")]


def test_an_administration_sees_neither_others_nor_other_referentials(choices: Connection):
    remember(choices, MANAGER, "agency", "units", [SLIMAN])
    assert list_choices(choices, "ministry") == []
    assert held(choices, referential="activities") == []
    (mine,) = list_choices(choices, "agency")
    with pytest.raises(UnknownChoice):
        read_choice(choices, "ministry", mine.id)


def test_what_is_withdrawn_holds_no_more_and_may_be_settled_again(choices: Connection):
    remember(choices, MANAGER, "agency", "units", [SLIMAN])
    (mine,) = list_choices(choices, "agency")
    withdraw(choices, MANAGER, "agency", mine.id)
    assert held(choices) == []
    with pytest.raises(UnknownChoice):
        withdraw(choices, MANAGER, "agency", mine.id)
    assert remember(choices, MANAGER, "agency", "units", [SLIMAN]) == 1
    assert held(choices) == [("Sidi Sliman", None, "01")]


def test_a_choice_for_a_data_set_counts_more_there_and_nothing_elsewhere(choices: Connection):
    remember(choices, MANAGER, "agency", "units", [SLIMAN])
    remember(choices, MANAGER, "agency", "units", [Settled("sidi sliman", None, "09")], data_set="births")
    codes = [view.code for view in choices_for(choices, "agency", "units", "births")]
    assert codes == ["01", "09"]  # of equal texts matching takes the last
    assert [view.code for view in choices_for(choices, "agency", "units", "deaths")] == ["01"]
    assert [view.code for view in choices_for(choices, "agency", "units", None)] == ["01"]


def test_lists_go_on_behind_any_choice(choices: Connection):
    many = [Settled(f"Place {number}", None, f"{number:03}") for number in range(1_000)]
    assert remember(choices, MANAGER, "agency", "units", many) == 1_000
    first = list_choices(choices, "agency", limit=600)
    rest = list_choices(choices, "agency", after=first[-1].id, limit=600)
    assert [view.code for view in [*first, *rest]] == [choice.code for choice in many]


@pytest.mark.parametrize("text", ["", "  ", "x" * 1_001, "a\0b"])
def test_a_text_that_cannot_be_kept_is_named(choices: Connection, text: str):
    with pytest.raises(BadValue, match="text"):
        remember(choices, MANAGER, "agency", "units", [SLIMAN, Settled(text, None, "01")])
    assert held(choices) == []


def test_a_referential_or_an_administration_that_is_not_there_is_refused(choices: Connection):
    with pytest.raises(UnknownReferential):
        remember(choices, MANAGER, "agency", "nothing", [SLIMAN])
    with pytest.raises(BadValue, match="administration"):
        remember(choices, MANAGER, "nobody", "units", [SLIMAN])


def test_only_those_who_keep_data_sets_of_an_administration_make_choices():
    assert administration_of(MANAGER) == "agency"
    with pytest.raises(NotAllowed):
        administration_of(EDITOR)
    with pytest.raises(NotAllowed, match="belong to none"):
        administration_of(Actor(uuid.UUID(int=3), "Chama", None, frozenset({Grant("administrator")})))


def test_rows_of_choices_never_change_or_go(engine: Engine):
    with begin_write(engine) as connection:
        add_referential(connection)
        add_administration(connection, "agency")
        remember(connection, MANAGER, "agency", "units", [SLIMAN])
    for attack in (update(Choice).values(code="02"), delete(Choice)):
        with pytest.raises(IntegrityError), begin_write(engine) as connection:
            connection.execute(attack)


def test_two_who_settle_the_same_at_once_do_not_both_hold(engine: Engine):
    with begin_write(engine) as connection:
        add_referential(connection)
        add_administration(connection, "agency")
        remember(connection, MANAGER, "agency", "units", [SLIMAN])
        row = connection.execute(select(Choice.__table__)).one()._asdict()
        del row["id"]
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(insert(Choice).values(**row))


@dataclass
class Published:
    """A version in which the code 01 ended and became 11, and its database."""

    engine: Engine
    library: Library


@pytest.fixture
def published(engine: Engine, tmp_path: Path) -> Published:
    add_units(engine)
    with begin_write(engine) as connection:
        add_administration(connection, "agency")
    root = tmp_path / "snapshots"
    first = [
        ListedItem("01", "region", None, {"fr": "Nord"}),
        ListedItem("02", "region", None, {"fr": "Sud"}),
    ]
    publish_list(engine, root, "2024", date(2024, 1, 1), first)
    recode = ListedChange("recode", date(2024, 9, 1), (ListedLink("01"),), (ListedLink("11"),), "a decree")
    second = [ListedItem("11", "region", None, {"fr": "Nord"}), first[1]]
    publish_list(engine, root, "2025", date(2024, 9, 1), second, [recode])
    return Published(engine, Library(root))


def test_a_choice_whose_code_ended_is_stale_names_its_successor_and_is_not_used(published: Published):
    chosen = [Settled("le nord", None, "01"), Settled("le sud", None, "02"), Settled("ailleurs", None, None)]
    with begin_write(published.engine) as connection:
        remember(connection, MANAGER, "agency", "units", [*chosen, Settled("rien", None, "99")])
        store = published.library.snapshot("units").store
        standing = stand(list_choices(connection, "agency"), store, DAY)
        found = remembered_for(connection, "agency", "units", None, store, DAY)
        assert remembered_for(connection, None, "units", None, store, DAY).used == ()
    assert [(each.choice.text, each.stale, each.successors) for each in standing] == [
        ("le nord", True, ("11",)),
        ("le sud", False, ()),
        ("ailleurs", False, ()),
        ("rien", True, ()),
    ]
    assert found.used == (chosen[1], chosen[2])
    assert [each.choice.text for each in found.stale] == ["le nord", "rien"]


def test_a_choice_is_promoted_to_another_name_in_a_draft(published: Published):
    with begin_write(published.engine) as connection:
        remember(connection, MANAGER, "agency", "units", [Settled("Le Grand Sud", None, "02")])
        promotion = promote(
            connection,
            published.library,
            EDITOR,
            list_choices(connection, "agency"),
            language="fr",
            today=DAY,
            label="2025.1",
        )
        draft = promotion.change_set
        assert (draft.change_class, draft.mode, promotion.added) == ("editorial", "changes", 1)
        (row,) = read_items(connection, draft.id)
        assert row.item is not None
        (name,) = row.item.other_names
    assert (row.code, name.text, name.language, name.use) == ("02", "Le Grand Sud", "fr", "alternative")
    assert name.source == "choice of agency"
    assert row.item.names == {"fr": "Sud"}


def test_a_name_that_the_item_has_is_not_added_again(published: Published):
    with begin_write(published.engine) as connection:
        remember(connection, MANAGER, "agency", "units", [Settled("SUD", None, "02")])
        chosen = list_choices(connection, "agency")
        more = {"language": None, "today": DAY}
        promotion = promote(connection, published.library, EDITOR, chosen, label="2025.1", **more)
        assert promotion.added == 0
        again = promote(
            connection, published.library, EDITOR, chosen, change_set=promotion.change_set.id, **more
        )
        assert again.change_set.id == promotion.change_set.id


@pytest.mark.parametrize(
    ("choice", "actor", "refused"),
    [
        (Settled("le nord", None, "01"), EDITOR, Conflict),
        (Settled("ailleurs", None, None), EDITOR, BadValue),
        (Settled("le sud", None, "02"), MANAGER, NotAllowed),
    ],
)
def test_what_cannot_be_promoted_says_why(
    published: Published, choice: Settled, actor: Actor, refused: type[Exception]
):
    with published.engine.connect() as connection:
        remember(connection, MANAGER, "agency", "units", [choice])
        chosen = list_choices(connection, "agency")
        with pytest.raises(refused):
            promote(connection, published.library, actor, chosen, language=None, today=DAY, label="2025.1")
        connection.rollback()
