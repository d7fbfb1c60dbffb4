"""People with an account, as administrators keep them: names and e-mails are never public."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, url_for
from sqlalchemy import Connection

from registry.accounts.actors import Actor, Grant
from registry.accounts.managing import (
    change_person,
    create_person,
    disable_person,
    enable_person,
    set_password,
)
from registry.accounts.people import PersonView, list_people, read_person
from registry.accounts.roles import grant_role, revoke_role
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.account_schemas import (
    GrantBody,
    NewPersonBody,
    PeopleArguments,
    PeopleSchema,
    PersonBody,
    PersonSchema,
)
from registry.desk.authentication import current_actor, current_session, needs
from registry.desk.draft_answers import documented, send
from registry.desk.session import BODY_ERRORS
from registry.desk.working import desk, reading, writing
from registry.errors import BadCursor
from registry.serving.cursors import Cursor, decode, encode

blueprint = Blueprint("people", __name__, description="People with an account, and their roles")

_MARK = "people"
_ANY_DAY = date(1970, 1, 1)


@blueprint.route("/people")
@needs("administer")
@documented(PeopleSchema)
@blueprint.arguments(PeopleArguments, location="query")
def people(given: dict[str, Any]) -> Response:
    """Everybody with an account, by e-mail."""
    limit = given["limit"]
    with reading() as connection:
        found = list_people(connection, current_actor(), after=_after(given), limit=limit + 1)
    return send({"items": found[:limit], "next": _next(found, limit)}, PeopleSchema)


@blueprint.route("/people", methods=["POST"])
@needs("administer")
@documented(PersonSchema, *BODY_ERRORS, HTTPStatus.CONFLICT, status=HTTPStatus.CREATED)
@blueprint.arguments(NewPersonBody)
def add_person(body: dict[str, Any]) -> Response:
    """Make an account; an e-mail is written in small letters, whatever the case of the one given."""
    grants = [Grant(**grant) for grant in body.pop("roles")]
    with writing() as connection:
        created = create_person(connection, current_actor(), **body, grants=grants)
    location = url_for("people.person", person=created.id)
    return send(created, PersonSchema, status=HTTPStatus.CREATED, location=location)


@blueprint.route("/people/<uuid:person>")
@needs("administer")
@documented(PersonSchema)
@blueprint.arguments(NoArguments, location="query")
def person(_given: dict[str, Any], person: UUID) -> Response:
    """Somebody with an account."""
    with reading() as connection:
        return send(read_person(connection, person), PersonSchema)


@blueprint.route("/people/<uuid:person>", methods=["PATCH"])
@needs("administer")
@documented(PersonSchema, *BODY_ERRORS, HTTPStatus.CONFLICT)
@blueprint.arguments(PersonBody)
def edit_person(body: dict[str, Any], person: UUID) -> Response:
    """Change, disable or enable an account, or set its password. Who is disabled is out at once."""
    with writing() as connection:
        _edit(connection, current_actor(), person, body)
        changed = read_person(connection, person)
    if body.get("disabled") or "password" in body:
        session = current_session()
        desk().volatile.end_sessions_of(str(person), but=None if session is None else session.secret)
    return send(changed, PersonSchema)


@blueprint.route("/people/<uuid:person>/roles", methods=["POST"])
@needs("administer")
@documented(PersonSchema, *BODY_ERRORS)
@blueprint.arguments(GrantBody)
def grant(body: dict[str, Any], person: UUID) -> Response:
    """Give a role, which holds at once."""
    with writing() as connection:
        return send(grant_role(connection, current_actor(), person, Grant(**body)), PersonSchema)


@blueprint.route("/people/<uuid:person>/roles", methods=["DELETE"])
@needs("administer")
@documented(PersonSchema, HTTPStatus.CONFLICT)
@blueprint.arguments(GrantBody, location="query")
def revoke(given: dict[str, Any], person: UUID) -> Response:
    """Take a role back, which is gone at once."""
    with writing() as connection:
        return send(revoke_role(connection, current_actor(), person, Grant(**given)), PersonSchema)


def _edit(connection: Connection, actor: Actor, person: UUID, body: dict[str, Any]) -> None:
    leaves = "administration" in body and body["administration"] is None
    change_person(
        connection,
        actor,
        person,
        name=body.get("name"),
        administration=body.get("administration"),
        leaves=leaves,
    )
    if "password" in body:
        set_password(connection, actor, person, body["password"])
    if "disabled" in body:
        switch = disable_person if body["disabled"] else enable_person
        switch(connection, actor, person)


def _after(given: dict[str, Any]) -> str:
    if given.get("cursor") is None:
        return ""
    found = decode(given["cursor"])
    if found.query != _MARK or "\0" in found.version:
        raise BadCursor("The cursor belongs to another list.")
    return found.version


def _next(found: Sequence[PersonView], limit: int) -> str | None:
    if len(found) <= limit:
        return None
    return encode(Cursor(found[limit - 1].email, _ANY_DAY, 0, _MARK))
