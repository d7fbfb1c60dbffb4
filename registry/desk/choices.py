"""What one's administration settled for the texts of its files: seen and changed by its members only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response, request
from sqlalchemy import Connection

from matching.choices import Choice as Settled
from referentials.tables import parse_table
from registry.accounts.actors import Actor
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.choices.promoting import promote, suggest_names
from registry.choices.remembering import (
    ChoiceView,
    administration_of,
    list_choices,
    read_choice,
    remember,
    require_member,
    withdraw,
)
from registry.choices.sheets import import_choices, sheet_of
from registry.choices.standing import StandingChoice, stand
from registry.desk.authentication import current_actor, needs
from registry.desk.choice_schemas import (
    ChoiceArguments,
    ChoiceFilters,
    ChoicesBody,
    ChoicesSchema,
    PromotionBody,
    PromotionSchema,
    SettledSchema,
)
from registry.desk.draft_answers import documented, send, start_of
from registry.desk.session import BODY_ERRORS
from registry.desk.working import desk, reading, writing
from registry.errors import UnknownCode

blueprint = Blueprint("choices", __name__, description="What your administration settled for its texts")


@blueprint.route("/choices")
@needs("keep-data-sets")
@documented(ChoicesSchema)
@blueprint.arguments(ChoiceArguments, location="query")
def choices(given: dict[str, Any]) -> Response:
    """The choices of your administration that hold, oldest first; `stale` are those whose code has ended."""
    start, limit = start_of(given), given["limit"]
    with reading() as connection:
        found = list_choices(
            connection,
            administration_of(current_actor()),
            referential=given["referential"],
            data_set=given["data_set"],
            after=start.position,
            limit=limit + 1,
        )
    following = start.cursor(found[limit - 1].id) if len(found) > limit else None
    return send({"items": _standing(found[:limit]), "next": following}, ChoicesSchema)


@blueprint.route("/choices.csv")
@needs("keep-data-sets")
@documented(None, media_types=("text/csv",))
@blueprint.arguments(ChoiceFilters, location="query")
def choices_sheet(given: dict[str, Any]) -> Response:
    """The same as CSV, which can be taken in again."""
    with reading() as connection:
        found = list_choices(connection, administration_of(current_actor()), **given)
    response = Response("".join(sheet_of(found)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="choices.csv"'
    return response


@blueprint.route("/choices", methods=["POST"])
@needs("keep-data-sets")
@documented(SettledSchema, HTTPStatus.CONFLICT, *BODY_ERRORS)
@blueprint.arguments(ChoicesBody)
def settle(body: dict[str, Any]) -> Response:
    """Settle what texts mean, or that they are not in the referential, for your next files."""
    actor, referential = current_actor(), body["referential"]
    administration = administration_of(actor)
    chosen = [Settled(**each) for each in body["choices"]]
    snapshot = desk().library.snapshot(referential)
    for choice in chosen:
        if choice.code is not None and not snapshot.store.rows_of(choice.code):
            nearest = snapshot.store.nearest_codes(choice.code)
            raise UnknownCode(referential, choice.code, snapshot.version.label, nearest)
    with writing() as connection:
        count = remember(connection, actor, administration, referential, chosen, data_set=body["data_set"])
    return send({"settled": count}, SettledSchema)


@blueprint.route("/choices/file", methods=["POST"])
@needs("keep-data-sets")
@documented(
    SettledSchema, HTTPStatus.CONFLICT, *BODY_ERRORS, HTTPStatus.UNPROCESSABLE_ENTITY, sends_file=True
)
@blueprint.arguments(NoArguments, location="query")
def take_in(_given: dict[str, Any]) -> Response:
    """Take in a sheet (CSV, XLSX, ODS) of choices: referential, text, code; within, data_set."""
    actor = current_actor()
    administration = administration_of(actor)
    table = parse_table(request.get_data(), "the sheet that was sent")
    with writing() as connection:
        count = import_choices(connection, desk().library, actor, administration, table)
    return send({"settled": count}, SettledSchema)


@blueprint.route("/choices/<int(max=2147483647):choice>", methods=["DELETE"])
@needs("keep-data-sets")
@documented(None, HTTPStatus.CONFLICT, status=HTTPStatus.NO_CONTENT, media_types=())
@blueprint.arguments(NoArguments, location="query")
def take_back(_given: dict[str, Any], choice: int) -> Response:
    """Let a choice hold no more; who chose it, and who took it back, is kept."""
    actor = current_actor()
    with writing() as connection:
        withdraw(connection, actor, administration_of(actor), choice)
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.route("/choices/promote", methods=["POST"])
@needs()
@documented(PromotionSchema, HTTPStatus.CONFLICT, *BODY_ERRORS)
@blueprint.arguments(PromotionBody)
def promote_choices(body: dict[str, Any]) -> Response:
    """Propose the texts of choices as other names of their items, for everybody.

    Who may edit the referential gets a draft of editorial changes, which passes through review; anybody else
    tells those who may, by a report of each item.
    """
    actor, used = current_actor(), desk()
    with writing() as connection:
        chosen = _chosen(connection, actor, body["choices"])
        if not actor.may("edit", referential=chosen[0].referential):
            reports = suggest_names(connection, used.library, actor, chosen)
            return send({"change_set": None, "added": 0, "reports": reports}, PromotionSchema)
        promotion = promote(
            connection,
            used.library,
            actor,
            chosen,
            language=body["language"],
            today=used.settings.today(),
            label=body["label"],
            change_set=body["change_set"],
        )
    told = {"change_set": promotion.change_set.id, "added": promotion.added, "reports": []}
    return send(told, PromotionSchema)


def _chosen(connection: Connection, actor: Actor, ids: Iterable[int]) -> list[ChoiceView]:
    """The choices of the actor's administration with these ids; raises UnknownChoice and NotAllowed."""
    if actor.administration is None:
        administration_of(actor)
    found = [read_choice(connection, str(actor.administration), each) for each in dict.fromkeys(ids)]
    for choice in found:
        require_member(actor, choice.referential)
    return found


def _standing(choices: Iterable[ChoiceView]) -> list[dict[str, object]]:
    """The choices in the order given, with what became of their codes."""
    listed, used = list(choices), desk()
    known: dict[int, StandingChoice] = {}
    for referential in {choice.referential for choice in listed}:
        store = used.library.snapshot(referential).store
        of = [choice for choice in listed if choice.referential == referential]
        known |= {each.choice.id: each for each in stand(of, store, used.settings.today())}
    return [
        {
            **asdict(choice),
            "stale": known[choice.id].stale,
            "successors": known[choice.id].successors,
        }
        for choice in listed
    ]
