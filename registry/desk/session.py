"""Signing in and out: a session for a person, in a cookie that pages cannot read."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response, request

from registry.accounts.identity import sign_in
from registry.accounts.managing import set_password
from registry.accounts.people import read_person
from registry.accounts.sessions import Session, limits_of, start_session
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.account_schemas import PasswordBody, SessionSchema, SignInBody
from registry.desk.authentication import (
    at_the_door,
    cookie_name,
    current_actor,
    current_person,
    current_session,
    needs,
)
from registry.desk.draft_answers import documented, send
from registry.desk.rates import pace_sign_in
from registry.desk.working import desk, reading, writing

blueprint = Blueprint("session", __name__, description="Who you are")

BODY_ERRORS = (
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.TOO_MANY_REQUESTS,
)


@blueprint.route("/session", methods=["POST"])
@at_the_door
@documented(SessionSchema, *BODY_ERRORS)
@blueprint.arguments(SignInBody)
def start(body: dict[str, Any]) -> Response:
    """Sign in. The cookie holds the session; what changes something also needs its `csrf_token`."""
    attempt = pace_sign_in(body["email"])
    with reading() as connection:
        person = sign_in(connection, body["email"], body["password"])
    attempt.forgive()
    return begin_session(person)


@blueprint.route("/session")
@needs()
@documented(SessionSchema)
@blueprint.arguments(NoArguments, location="query")
def who(_given: dict[str, Any]) -> Response:
    """Who you are, and what you may do."""
    return _told(current_person(), current_session(), current_actor().scopes)


@blueprint.route("/session", methods=["DELETE"])
@needs(session=True)
@documented(None, status=HTTPStatus.NO_CONTENT)
@blueprint.arguments(NoArguments, location="query")
def end(_given: dict[str, Any]) -> Response:
    """Sign out: the session is over, wherever its cookie is."""
    end_session()
    response = Response(status=HTTPStatus.NO_CONTENT)
    settings = desk().settings
    response.delete_cookie(cookie_name(settings), secure=settings.is_secure, httponly=True, samesite="Lax")
    return response


@blueprint.route("/session/password", methods=["PUT"])
@needs(session=True)
@documented(SessionSchema, *BODY_ERRORS)
@blueprint.arguments(PasswordBody)
def change_password(body: dict[str, Any]) -> Response:
    """Set another password of your own; your other sessions end."""
    actor, person, session = current_actor(), current_person(), current_session()
    with reading() as connection:
        email = read_person(connection, person).email
        attempt = pace_sign_in(email)
        sign_in(connection, email, body["current"])
    attempt.forgive()
    with writing() as connection:
        set_password(connection, actor, person, body["new"])
    desk().volatile.end_sessions_of(str(person), but=None if session is None else session.secret)
    return _told(person, session)


def begin_session(person: UUID, answer: Response | None = None) -> Response:
    """A new session in the place of the one that the browser had; by default the answer says whose it is."""
    end_session()
    services = desk()
    limits = limits_of(services.settings)
    session = start_session(services.volatile, person, limits)
    if answer is None:
        answer = _told(person, session)
    answer.set_cookie(
        cookie_name(services.settings),
        session.secret,
        max_age=int(limits.longest),
        secure=services.settings.is_secure,
        httponly=True,
        samesite="Lax",
    )
    return answer


def end_session() -> None:
    """Forget the session that the browser has, if any."""
    services = desk()
    secret = request.cookies.get(cookie_name(services.settings))
    if secret:
        services.volatile.end_session(secret)


def _told(person: UUID, session: Session | None, scopes: frozenset[str] | None = None) -> Response:
    with reading() as connection:
        found = read_person(connection, person)
    document = {
        "person": found.id,
        "email": found.email,
        "name": found.name,
        "administration": found.administration,
        "roles": found.grants,
        "scopes": None if scopes is None else sorted(scopes),
        "csrf_token": None if session is None else session.csrf,
    }
    return send(document, SessionSchema)
