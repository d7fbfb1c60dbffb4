"""The desk over a small database, and callers of every sort: the public, people with roles, their tokens."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, insert

from registry import models
from registry.accounts.identity import digest_of
from registry.accounts.sessions import limits_of, start_session
from registry.clock import later, now
from registry.config import Settings
from registry.desk.app import create_desk
from registry.desk.authentication import cookie_name
from registry.library import Library
from registry.volatile import Volatile
from tests.store import add_referential

REFERENTIALS = ("units", "activities")
ADMINISTRATIONS = ("ministry", "agency")


@dataclass
class DeskUnderTest:
    """The application, its database, and who may call it."""

    app: Flask
    engine: Engine
    settings: Settings
    volatile: Volatile

    def public(self) -> FlaskClient:
        """Nobody in particular."""
        return self.app.test_client()

    def add_person(
        self,
        *roles: str,
        referential: str | None = None,
        administration: str | None = None,
        email: str | None = None,
    ) -> uuid.UUID:
        """Somebody with these roles; editors and approvers for one referential where it is named."""
        with self.engine.begin() as connection:
            return add_person(
                connection, *roles, referential=referential, administration=administration, email=email
            )

    def sign_in(self, person: uuid.UUID) -> FlaskClient:
        """A client with a session of this person, which sends its CSRF token with everything."""
        session = start_session(self.volatile, person, limits_of(self.settings))
        client = self.app.test_client()
        client.set_cookie(cookie_name(self.settings), session.secret)
        client.environ_base["HTTP_X_CSRF_TOKEN"] = session.csrf
        return client

    def signed_in(self, *roles: str, **more: str | None) -> FlaskClient:
        """A client of somebody new with these roles, signed in; `more` as in `add_person`."""
        return self.sign_in(self.add_person(*roles, **more))

    def with_token(self, person: uuid.UUID, *scopes: str) -> FlaskClient:
        """A client that sends a token of this person with these scopes."""
        secret = f"marjaa_{secrets.token_urlsafe(32)}"
        with self.engine.begin() as connection:
            connection.execute(
                insert(models.Token).values(
                    id=uuid.uuid4(),
                    person=person,
                    label="test",
                    secret=digest_of(secret),
                    scopes=list(scopes),
                    created_at=now(),
                    expires_at=later(days=1),
                )
            )
        client = self.app.test_client()
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {secret}"
        return client


@contextmanager
def opened_desk(engine: Engine, data: Path, **variables: str) -> Iterator[DeskUnderTest]:
    """The desk over a migrated, empty database, to which two referentials and administrations are added."""
    with engine.begin() as connection:
        for referential in REFERENTIALS:
            add_referential(connection, referential)
        for administration in ADMINISTRATIONS:
            add_administration(connection, administration)
    settings = Settings.from_environment(
        {
            "MARJAA_DATA": str(data),
            "MARJAA_DATABASE_URL": engine.url.render_as_string(hide_password=False),
            **variables,
        }
    )
    volatile = Volatile(settings.volatile)
    app = create_desk(settings, Library(settings.snapshots), volatile, _nothing_published)
    yield DeskUnderTest(app, engine, settings, volatile)
    app.extensions["marjaa"].engine.dispose()
    volatile.close()


def _nothing_published() -> dict[str, object]:
    described = {"openapi": "3.1.0", "info": {"title": "Marjaa", "version": "0"}}
    return {**described, "components": {}, "paths": {}, "tags": []}


def add_administration(connection: Connection, administration: str) -> None:
    """The row of an administration."""
    connection.execute(
        insert(models.Administration).values(
            id=administration, category="central", names={"fr": administration.title()}
        )
    )


def add_person(
    connection: Connection,
    *roles: str,
    referential: str | None = None,
    administration: str | None = None,
    email: str | None = None,
) -> uuid.UUID:
    """The rows of somebody with these roles, who has no password."""
    person = uuid.uuid4()
    connection.execute(
        insert(models.Person).values(
            id=person,
            email=email or f"{person}@example.org",
            name="Somebody",
            administration=administration,
            created_at=now(),
        )
    )
    for role in roles:
        limited = referential if role in ("editor", "approver") else None
        connection.execute(
            insert(models.RoleGrant).values(person=person, role=role, referential=limited, granted_at=now())
        )
    return person
