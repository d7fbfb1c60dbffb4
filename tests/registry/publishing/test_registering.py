"""Referentials are registered once, by administrators."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, select

from registry.accounts.actors import PUBLIC, NotAllowed, NotSignedIn
from registry.database import begin_write
from registry.errors import Conflict
from registry.models import AuditEntry, Referential
from registry.naming import BadName
from registry.publishing.registering import register
from seeds.model import Level, SeedReferential
from tests.registry.publishing.review.world import ADMINISTRATOR, EDITOR

NAMES = {"fr": "Adresses", "ar": "عناوين", "en": "Addresses"}
ADDRESSES = SeedReferential(
    id="addresses",
    kind="addresses",
    names=NAMES,
    description={},
    owner="A city",
    licence="CC BY 4.0",
    attribution="A city",
    periodicity="P1Y",
    levels=(Level("street", NAMES), Level("address", NAMES, r"(?P<parent>\d+)-\d+")),
    languages=("fr", "ar"),
    stage="drafted",
    records_from=None,
    records_basis=None,
    versions=(),
)


def registered(connection: Connection) -> list[str]:
    return list(connection.execute(select(Referential.id)).scalars())


def test_an_administrator_registers_a_referential_and_the_trail_says_who(engine: Engine):
    with begin_write(engine) as connection:
        register(connection, ADMINISTRATOR, ADDRESSES)
    with engine.connect() as connection:
        row = connection.execute(select(Referential.__table__)).one()
        entry = connection.execute(select(AuditEntry.__table__)).one()
    assert (row.id, row.languages) == ("addresses", ["fr", "ar"])
    assert row.levels == [
        {"id": "street", "names": NAMES},
        {"id": "address", "names": NAMES, "code_pattern": r"(?P<parent>\d+)-\d+"},
    ]
    assert (entry.action, entry.subject, entry.actor) == ("registered", "addresses", ADMINISTRATOR.id)


def test_an_id_is_taken_once_and_the_transaction_goes_on(engine: Engine):
    with begin_write(engine) as connection:
        register(connection, ADMINISTRATOR, ADDRESSES)
        with pytest.raises(Conflict, match="already"):
            register(connection, ADMINISTRATOR, replace(ADDRESSES, owner="Somebody else"))
    with engine.connect() as connection:
        assert registered(connection) == ["addresses"]


@pytest.mark.parametrize(
    ("actor", "id", "error"),
    [(PUBLIC, "a", NotSignedIn), (EDITOR, "a", NotAllowed), (ADMINISTRATOR, "No id", BadName)],
)
def test_nobody_else_registers_and_no_name_that_cannot_be_one(connection: Connection, actor, id, error):
    before = registered(connection)
    with pytest.raises(error):
        register(connection, actor, replace(ADDRESSES, id=id))
    assert registered(connection) == before
