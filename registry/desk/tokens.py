"""Tokens of programs: made and ended by the person they act for, who is signed in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Response

from registry.accounts.tokens import issue_token, list_tokens, revoke_token
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.desk.account_schemas import NewTokenBody, NewTokenSchema, TokenSchema, TokensSchema
from registry.desk.authentication import current_actor, current_person, needs
from registry.desk.draft_answers import documented, send
from registry.desk.session import BODY_ERRORS
from registry.desk.working import reading, writing

blueprint = Blueprint("tokens", __name__, description="What programs show instead of a password")


@blueprint.route("/tokens")
@needs(session=True)
@documented(TokensSchema)
@blueprint.arguments(NoArguments, location="query")
def tokens(_given: dict[str, Any]) -> Response:
    """Your tokens, the newest first; those that ended too."""
    with reading() as connection:
        return send({"items": list_tokens(connection, current_person()), "next": None}, TokensSchema)


@blueprint.route("/tokens", methods=["POST"])
@needs(session=True)
@documented(NewTokenSchema, *BODY_ERRORS, status=HTTPStatus.CREATED)
@blueprint.arguments(NewTokenBody)
def issue(body: dict[str, Any]) -> Response:
    """A new token for some of what you may do. Its secret is told this once, and never again."""
    with writing() as connection:
        token, secret = issue_token(connection, current_actor(), current_person(), **body)
    return send({**TokenSchema().dump(token), "secret": secret}, status=HTTPStatus.CREATED)


@blueprint.route("/tokens/<uuid:token>", methods=["DELETE"])
@needs(session=True)
@documented(TokenSchema)
@blueprint.arguments(NoArguments, location="query")
def revoke(_given: dict[str, Any], token: UUID) -> Response:
    """End a token of yours, or as an administrator anybody's."""
    with writing() as connection:
        return send(revoke_token(connection, current_actor(), token), TokenSchema)
