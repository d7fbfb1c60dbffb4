"""Every route of the desk, tried by the public, every role, tokens, disabled accounts and those of elsewhere.

Who may do what is in routes.toml, whose head says how to add a route.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from registry import models
from registry.accounts.actors import CAPABILITIES, SCOPES
from registry.accounts.managing import disable_person
from registry.accounts.roles import OF_REFERENTIALS
from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.store import add_change_set, empty_sqlite

WITHOUT_A_CAPABILITY = ("everybody", "reader", "signed-in", "session")
OWN = {"referential": "units", "administration": "agency"}
ANOTHER = {"referential": "activities", "administration": "ministry"}
REFUSED = (401, 403)
NOTHING = uuid.UUID(int=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table."""

    route: str
    needs: str
    own: str | None = None
    query: str = ""
    body: object = None
    file: str | None = None

    @property
    def capability(self) -> str | None:
        """What the door asks for."""
        return None if self.needs in WITHOUT_A_CAPABILITY else self.needs

    @property
    def wanted(self) -> str | None:
        """What somebody must have in the end."""
        return "read-drafts" if self.needs == "reader" else self.capability


ROWS = [Row(**row) for row in tomllib.loads((Path(__file__).parent / "routes.toml").read_text())["route"]]
every_route = pytest.mark.parametrize("row", ROWS, ids=[row.route for row in ROWS])


@dataclass
class Tried:
    """The desk; each call about a draft gets a new one, which is open to nobody."""

    desk: DeskUnderTest

    def call(self, client: FlaskClient, row: Row, of: dict[str, str] = OWN) -> TestResponse:
        """Send the row's request about what belongs to a referential and an administration."""
        known = {
            **of,
            "change_set": self.add_draft(of["referential"]),
            "code": "01",
            "rule": "parents",
            "slug": "failure",
        }
        method, rule = row.route.split(" ")
        address = re.sub(
            r"<([^:<>]+:)?(\w+)>",
            lambda found: str(known.get(found[2], 1 if found[1] and "int" in found[1] else NOTHING)),
            rule,
        )
        query, body, file = (
            json.loads(json.dumps(part).replace("$own", of[row.own or "referential"]))
            for part in (row.query, row.body, row.file)
        )
        sent = {"json": body} if file is None else {"data": file, "content_type": "text/csv"}
        return client.open(address, method=method, query_string=query, headers={"If-Match": '"1"'}, **sent)

    def add_draft(self, referential: str) -> uuid.UUID:
        """The first version of a referential, drafted by somebody else."""
        with self.desk.engine.begin() as connection:
            draft = add_change_set(connection, referential)
            of = models.ChangeSet.id == draft
            connection.execute(update(models.ChangeSet).where(of).values(author="somebody else", revision=1))
        return draft


@pytest.fixture(scope="module")
def tried(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    folder = tmp_path_factory.mktemp("authorisation")
    with (
        empty_sqlite(migrated_sqlite, folder) as engine,
        opened_desk(engine, folder / "data", MARJAA_RATE_POST="1000000") as desk,
    ):
        desk.add_person("administrator")
        yield Tried(desk)


def test_every_route_is_in_the_table_and_the_table_has_no_other(tried: Tried):
    routes = {
        f"{method} {rule.rule}"
        for rule in tried.desk.app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert {row.route for row in ROWS} == routes
    assert len(ROWS) == len(routes)


def test_the_table_knows_only_capabilities_that_there_are():
    assert {row.needs for row in ROWS} <= {*WITHOUT_A_CAPABILITY, *SCOPES}


@every_route
def test_the_public_gets_in_where_everybody_does(tried: Tried, row: Row):
    answer = tried.call(tried.desk.public(), row)
    if row.needs == "everybody":
        is_sign_in = row.route.startswith("POST /api/v1/session") or "callback" in row.route
        assert is_sign_in or answer.status_code not in REFUSED, answer.text
    else:
        assert answer.status_code == 401
        assert answer.json["type"] == "/problems/not-signed-in"


@every_route
@pytest.mark.parametrize("role", [None, *CAPABILITIES])
def test_each_role_gets_in_where_its_capabilities_do(tried: Tried, row: Row, role: str | None):
    client = tried.desk.signed_in(*([role] if role else []), administration=OWN["administration"])
    answer = tried.call(client, row)
    assert answer.status_code != 500, answer.text
    if row.wanted is not None and (role is None or row.wanted not in CAPABILITIES[role]):
        assert answer.status_code == 403
    elif "/session/oidc" not in row.route and row.route != "POST /api/v1/session":
        assert answer.status_code not in REFUSED, answer.text


@every_route
def test_a_token_gets_in_with_the_scope_only(tried: Tried, row: Row):
    person = tried.desk.add_person("administrator", administration=OWN["administration"])
    others = [scope for scope in SCOPES if scope != row.capability]
    answer = tried.call(tried.desk.with_token(person, *others), row)
    if row.needs == "session" or row.capability is not None:
        assert answer.status_code == 403
    if row.capability is not None:
        answer = tried.call(tried.desk.with_token(person, row.capability), row)
        assert answer.status_code not in REFUSED, answer.text


@every_route
def test_a_disabled_account_is_as_good_as_none(tried: Tried, row: Row):
    if row.needs in ("everybody", "reader"):
        return
    person = tried.desk.add_person("administrator")
    clients = [tried.desk.sign_in(person), tried.desk.with_token(person, *SCOPES)]
    with tried.desk.engine.begin() as connection:
        disable_person(connection, "test", person)
    assert [tried.call(client, row).status_code for client in clients] == [401, 401]


@every_route
def test_what_changes_something_with_a_cookie_needs_the_csrf_token(tried: Tried, row: Row):
    if row.route.startswith("GET") or row.route == "POST /api/v1/session":
        return
    client = tried.desk.signed_in("administrator")
    del client.environ_base["HTTP_X_CSRF_TOKEN"]
    answer = tried.call(client, row)
    assert (answer.status_code, answer.json["type"]) == (403, "/problems/unconfirmed-request")


LIMITED = [
    (row, role)
    for row in ROWS
    if row.own is not None
    for role, capabilities in CAPABILITIES.items()
    if row.wanted in capabilities
    and role != "administrator"
    and (row.own == "administration" or role in OF_REFERENTIALS)
]


@pytest.mark.parametrize(("row", "role"), LIMITED, ids=[f"{role}: {row.route}" for row, role in LIMITED])
def test_nobody_acts_for_another_referential_or_administration(tried: Tried, row: Row, role: str):
    own = {"referential": OWN["referential"], "administration": OWN["administration"]}
    client = tried.desk.signed_in(role, **own)
    assert tried.call(client, row, ANOTHER).status_code == 403
    assert tried.call(client, row, OWN).status_code not in REFUSED
