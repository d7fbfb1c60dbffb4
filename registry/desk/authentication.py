"""Who sends a request, and whether they may: decided before anything else of the request is read.

A view says who may call it, right below its route:

    @blueprint.route("/things/<uuid:thing>", methods=["PATCH"])
    @needs("edit")                  # somebody with this capability for anything at all; or
    @needs()                        # anybody who is signed in, or sends a token; or
    @needs(session=True)            # a person who is signed in, not a program with a token; or
    @everybody                      # the public too; or
    @everybody_in_turn              # the public too, more slowly: the answer costs work
    @blueprint.answers(ThingSchema, *REFUSALS)
    @blueprint.arguments(ThingBody)
    def change_thing(body, thing): …current_actor()…

A view that says nothing is for those who are signed in. For which referential or administration a capability
is needed, only the domain knows: it asks `registry.accounts.actors.require`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

from apispec import APISpec
from flask import Flask, current_app, g, request
from flask_smorest.utils import deepupdate

from registry.accounts.actors import PUBLIC, Actor, NotAllowed, NotSignedIn, require_somewhere
from registry.accounts.identity import actor_of, actor_of_token
from registry.accounts.sessions import Session, find_session, limits_of
from registry.config import Settings
from registry.desk.rates import pace_public
from registry.desk.working import desk, reading
from registry.errors import DomainError

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CSRF_HEADER = "X-CSRF-Token"
# What every view that is not for everybody may answer.
REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
SECURITY: list[dict[str, list[str]]] = [{"session": []}, {"token": []}]


class UnconfirmedRequest(DomainError):
    """A request that changes something, with a session's cookie and without its CSRF token."""

    slug = "unconfirmed-request"


@dataclass(frozen=True, slots=True)
class Access:
    """Who may call a view."""

    public: bool = False
    door: bool = False
    costly: bool = False
    capability: str | None = None
    session: bool = False


SIGNED_IN = Access()


def needs(capability: str | None = None, *, session: bool = False) -> Callable[[View], View]:
    """Say that a view is for those who have a capability, or for anybody who is signed in."""

    def mark(view: View) -> View:
        _document(view, {"security": SECURITY[:1] if session else SECURITY})
        return _marked(view, Access(capability=capability, session=session))

    return mark


def everybody(view: View) -> View:
    """Say that a view is for the public too."""
    return _marked(view, Access(public=True))


def everybody_in_turn(view: View) -> View:
    """Say that a view is for the public too, and that its answer is worked out anew for each request."""
    return _marked(view, Access(public=True, costly=True))


def at_the_door(view: View) -> View:
    """Say that a view signs people in: what they come with does not count, and it slows them itself."""
    return _marked(view, Access(public=True, door=True))


def access_of(view: object) -> Access:
    """Who may call a view."""
    found: Access = getattr(view, "_access", SIGNED_IN)
    return found


def register(app: Flask) -> None:
    """Ask before every request."""
    app.before_request(_guard)
    everybody(app.view_functions["problem_kind"])


def describe(spec: APISpec, settings: Settings) -> None:
    """Add both ways of saying who one is to the OpenAPI document."""
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    cookie = {"type": "apiKey", "in": "cookie", "name": cookie_name(settings)}
    spec.components.security_scheme("session", cookie)


def current_actor() -> Actor:
    """Who sends the request: a session's person, a token's, or the public.

    Raises NotSignedIn for a token that is not accepted and UnconfirmedRequest for a cookie without its token.
    """
    if "actor" not in g:
        g.actor = _identify()
    return cast(Actor, g.actor)


def current_session() -> Session | None:
    """The session of the request's cookie, once `current_actor` was asked."""
    return cast("Session | None", g.get("session"))


def current_person() -> UUID:
    """The person who sends the request; raises NotSignedIn for the public."""
    person = current_actor().person
    if person is None:
        raise NotSignedIn("This is for those who are signed in.")
    return person


def cookie_name(settings: Settings) -> str:
    """The cookie of sessions; over https no other host or path can set one of that name (RFC 6265bis)."""
    return "__Host-marjaa" if settings.is_secure else "marjaa"


def _marked(view: View, access: Access) -> View:
    view._access = access  # type: ignore[attr-defined]  # as smorest keeps what it knows of a view
    return view


def _document(view: View, manual: dict[str, Any]) -> None:
    documented = getattr(view, "_apidoc", {})
    merged = deepupdate(documented.get("manual_doc", {}), manual)
    view._apidoc = {**documented, "manual_doc": merged}  # type: ignore[attr-defined]  # smorest keeps it there


def _guard() -> None:
    if request.endpoint is None or request.method == "OPTIONS":
        return  # nothing is here, or nothing is done
    access = access_of(current_app.view_functions[request.endpoint])
    if access.public:
        changes = request.method not in SAFE_METHODS and not access.door
        if (changes or access.costly) and current_actor() is PUBLIC:
            pace_public(costly=access.costly)
        return
    current_person()
    if access.session and current_session() is None:
        raise NotAllowed("This is for a person who signed in, not for a token.")
    if access.capability is not None:
        require_somewhere(current_actor(), access.capability)


def _identify() -> Actor:
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        return _of_token(authorization)
    services = desk()
    secret = request.cookies.get(cookie_name(services.settings))
    if not secret:
        return PUBLIC
    session = find_session(services.volatile, secret, limits_of(services.settings))
    if session is None:
        return PUBLIC
    with reading() as connection:
        actor = actor_of(connection, session.person)
    if actor is None:
        return PUBLIC
    if request.method not in SAFE_METHODS and not session.is_confirmed_by(request.headers.get(CSRF_HEADER)):
        raise UnconfirmedRequest(f"{request.method} with a session needs the header {CSRF_HEADER}.")
    g.session = session
    return actor


def _of_token(authorization: str) -> Actor:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise NotSignedIn("Authorization is accepted as `Bearer`, with a token.")
    with reading() as connection:
        actor = actor_of_token(connection, secret.strip())
    if actor is None:
        raise NotSignedIn("The token is unknown, expired or revoked.")
    return actor
