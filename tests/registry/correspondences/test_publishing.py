"""Publishing a correspondence: once, with its items, on either database."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select

from registry.accounts.actors import Actor, Grant, NotAllowed
from registry.catalogue import AssociationEntry, CorrespondenceEntry, MemberEntry
from registry.correspondences.errors import UnfitCorrespondence
from registry.correspondences.publishing import publish_correspondence
from registry.database import begin_write
from registry.library import Library
from registry.models import AssociationMember, AuditEntry
from registry.publishing.shelving import newest_correspondences
from registry.seeding import seed
from seeds.catalogue import catalogue
from seeds.model import Catalogue

APPROVER = Actor(UUID(int=1), "Amina", grants=frozenset({Grant("approver", "regions-1997")}))


def entry(*pairs: tuple[str, str], **fields: object) -> CorrespondenceEntry:
    """A correspondence from a code system kept elsewhere to the regions of 1997."""
    made = CorrespondenceEntry(
        id="elsewhere-to-regions-1997",
        ordinal=0,
        names={"fr": "Ailleurs"},
        source_referential="elsewhere",
        source_version=None,
        target_referential="regions-1997",
        target_version="1997",
        basis="made up",
        licence="CC0-1.0",
        attribution="made up",
        published_at="",
        associations=tuple(
            AssociationEntry((MemberEntry(source, None),), (MemberEntry(target, None),), "exact", None)
            for source, target in pairs
        ),
    )
    return dataclasses.replace(made, **fields)


@pytest.fixture
def root(engine: Engine, tmp_path: Path) -> Path:
    """The regions of 1997, published."""
    regions = next(each for each in catalogue().referentials if each.id == "regions-1997")
    seed(engine, tmp_path, material=Catalogue((regions,), ()))
    return tmp_path


def test_a_correspondence_is_published_with_its_items_and_read_from_the_shelf(
    engine: Engine, root: Path
) -> None:
    assert publish_correspondence(engine, root, entry(("A", "01"), ("B", "02")), APPROVER) == 1
    library = Library(root)
    found = library.correspondence("elsewhere-to-regions-1997")
    assert (found.ordinal, found.licence, found.attribution) == (1, "CC0-1.0", "made up")
    assert [each.targets[0].code for each in found.associations] == ["01", "02"]
    with engine.connect() as connection:
        items = dict(connection.execute(select(AssociationMember.code, AssociationMember.item)).all())
        audited = connection.execute(select(AuditEntry.actor, AuditEntry.action, AuditEntry.subject)).all()
    assert items["A"] is None
    assert items["01"] == library.snapshot("regions-1997").items_of_code("01")[0]
    assert audited[-1] == (APPROVER.id, "published", "elsewhere-to-regions-1997")


def test_saying_the_same_again_publishes_nothing_and_anything_else_the_next(
    engine: Engine, root: Path
) -> None:
    assert publish_correspondence(engine, root, entry(("A", "01")), APPROVER) == 1
    assert publish_correspondence(engine, root, entry(("A", "01")), APPROVER) is None
    assert publish_correspondence(engine, root, entry(("A", "02")), APPROVER) == 2
    found = Library(root).correspondence("elsewhere-to-regions-1997")
    assert (found.ordinal, found.associations[0].targets[0].code) == (2, "02")


def test_codes_that_a_version_does_not_have_are_all_named_and_nothing_is_written(
    engine: Engine, root: Path
) -> None:
    with pytest.raises(UnfitCorrespondence) as refused:
        publish_correspondence(engine, root, entry(("A", "01"), ("B", "77"), ("C", "78")), APPROVER)
    assert [fault.value for fault in refused.value.faults] == ["77", "78"]
    with engine.connect() as connection:
        assert newest_correspondences(connection) == {}


def test_only_who_may_approve_for_the_target_publishes(engine: Engine, root: Path) -> None:
    other = Actor(uuid4(), "Driss", grants=frozenset({Grant("approver", "nma-2010"), Grant("editor")}))
    with pytest.raises(NotAllowed):
        publish_correspondence(engine, root, entry(("A", "01")), other)


def test_several_sources_of_one_association_come_back_as_they_were(engine: Engine, root: Path) -> None:
    sources = (MemberEntry("B", 0.25), MemberEntry("A", 0.75))
    both = AssociationEntry(sources, (MemberEntry("01", None),), "exact", "joined")
    assert publish_correspondence(engine, root, entry(associations=(both,)), APPROVER) == 1
    (found,) = Library(root).correspondence("elsewhere-to-regions-1997").associations
    assert [(member.code, member.share) for member in found.sources] == [("A", 0.75), ("B", 0.25)]
    with begin_write(engine) as connection:
        assert newest_correspondences(connection)["elsewhere-to-regions-1997"].associations == (found,)
