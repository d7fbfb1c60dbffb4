"""Signing in at an OpenID Connect provider, where one is configured: for people who have an account here.

OpenID Connect Core 1.0, authorization code flow with PKCE, state and nonce; Authlib speaks the protocol.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import cast

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask, Request, Response, current_app, redirect
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from joserfc.errors import JoseError
from requests import RequestException

from registry.accounts.elsewhere import Claims, sign_in_elsewhere
from registry.accounts.identity import WrongCredentials
from registry.api.blueprint import Blueprint
from registry.config import Settings
from registry.desk.authentication import at_the_door
from registry.desk.draft_answers import documented
from registry.desk.session import begin_session
from registry.desk.working import desk, writing
from registry.errors import DomainError, Unavailable
from registry.volatile import Volatile

blueprint = Blueprint("oidc", __name__, description="Signing in at an OpenID Connect provider")

_log = logging.getLogger(__name__)
_ADDRESS = "/api/v1/session/oidc"
_KEPT = "marjaa-oidc"
# Seconds that the provider has for an answer.
_PATIENCE = 10


class NoProvider(DomainError):
    """No OpenID Connect provider is configured."""

    slug = "unknown-address"


class _SignInCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, for these addresses only, with a secret that all processes share."""

    def __init__(self, volatile: Volatile) -> None:
        self._volatile = volatile

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The cookie's content; none elsewhere."""
        if not request.path.startswith(_ADDRESS):
            return None
        app.secret_key = self._volatile.secret("oidc")
        return super().open_session(app, request)


def register(app: Flask, settings: Settings, volatile: Volatile) -> None:
    """Let the application speak to the configured provider, if any."""
    if not settings.oidc_issuer:
        return
    app.session_interface = _SignInCookie(volatile)
    app.config.update(
        SESSION_COOKIE_NAME="marjaa-oidc",
        SESSION_COOKIE_PATH=_ADDRESS,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_secure,
    )
    app.extensions[_KEPT] = OAuth(app).register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer}/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE,
        },
    )


@blueprint.route("/session/oidc")
@at_the_door
@documented(None, status=HTTPStatus.FOUND, media_types=())
def leave() -> Response:
    """Go to the provider; it sends you back to `/session/oidc/callback`."""
    address = f"{desk().settings.public_url}{_ADDRESS}/callback"
    try:
        return cast(Response, _provider().authorize_redirect(address))
    except (RequestException, RuntimeError) as error:
        raise _silent(error) from error


@blueprint.route("/session/oidc/callback")
@at_the_door
@documented(None, status=HTTPStatus.FOUND, media_types=())
def come_back() -> Response:
    """Come back from the provider: signed in, where an account here is yours."""
    claims = _claims()
    with writing() as connection:
        person = sign_in_elsewhere(connection, claims)
    return begin_session(person, cast(Response, redirect(f"{desk().settings.public_url}/")))


def _claims() -> Claims:
    issuer = desk().settings.oidc_issuer
    provider = _provider()
    # Some issuers end with a slash, which the setting is read without.
    options = {"iss": {"essential": True, "values": [issuer, f"{issuer}/"]}}
    try:
        said = provider.authorize_access_token(claims_options=options).get("userinfo")
    except RequestException as error:
        raise _silent(error) from error
    except (AuthlibBaseError, JoseError, ValueError) as error:
        _log.warning("A sign-in at the provider was not accepted: %s", error)
        raise WrongCredentials("The sign-in at the provider was not completed; begin it again.") from error
    except RuntimeError as error:
        raise _silent(error) from error
    if not said:
        raise WrongCredentials("The provider did not say who you are.")
    return Claims(said["iss"], said["sub"], said.get("email"), said.get("email_verified") is True)


def _provider() -> FlaskOAuth2App:
    found = current_app.extensions.get(_KEPT)
    if found is None:
        raise NoProvider("No OpenID Connect provider is configured (MARJAA_OIDC_ISSUER).")
    return cast(FlaskOAuth2App, found)


def _silent(error: Exception) -> Unavailable:
    _log.error("The OpenID Connect provider does not answer as it should: %s", error)
    return Unavailable("The OpenID Connect provider does not answer as it should.")
