"""Administrations and their data sets: read by those who are signed in, imported as sheets."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, request
from marshmallow import fields

from referentials.tables import Table, parse_table
from registry.api.arguments import NoArguments
from registry.api.blueprint import Blueprint
from registry.api.schemas import Answer
from registry.applicability.administrations import import_administrations, list_administrations
from registry.applicability.data_sets import import_data_sets, list_data_sets
from registry.desk.account_schemas import LONGEST_REFERENTIAL
from registry.desk.authentication import current_actor, needs
from registry.desk.draft_answers import documented, send
from registry.desk.draft_fields import Written
from registry.desk.session import BODY_ERRORS
from registry.desk.working import reading, writing

blueprint = Blueprint("inventory", __name__, description="Administrations, and the data sets they keep")


class AdministrationSchema(Answer):
    """A public body."""

    id = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    category = fields.String(required=True)
    names = fields.Dict(fields.String(), fields.String(), required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)


class AdministrationsSchema(Answer):
    """Administrations, by id."""

    items = fields.List(fields.Nested(AdministrationSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class BindingSchema(Answer):
    """A column whose values are codes."""

    column = fields.String(required=True)
    referential = fields.String(required=True)
    level = fields.String(required=True, allow_none=True)
    version = fields.String(required=True, allow_none=True)


class DataSetSchema(Answer):
    """A data set with its bound columns."""

    administration = fields.String(required=True)
    name = fields.String(required=True)
    titles = fields.Dict(fields.String(), fields.String(), required=True)
    source = fields.String(required=True, allow_none=True)
    periodicity = fields.String(required=True, allow_none=True)
    collection = fields.String(required=True, allow_none=True)
    bindings = fields.List(fields.Nested(BindingSchema), required=True)


class DataSetsSchema(Answer):
    """Data sets, by administration and name."""

    items = fields.List(fields.Nested(DataSetSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class DataSetsArguments(NoArguments):
    """Whose data sets."""

    administration = Written(LONGEST_REFERENTIAL, load_default=None)


class ImportedSchema(Answer):
    """How many things a sheet stated."""

    imported = fields.Integer(required=True)


@blueprint.route("/administrations")
@needs()
@documented(AdministrationsSchema)
@blueprint.arguments(NoArguments, location="query")
def administrations(_given: dict[str, Any]) -> Response:
    """All administrations, by id."""
    with reading() as connection:
        return send({"items": list_administrations(connection), "next": None}, AdministrationsSchema)


@blueprint.route("/administrations", methods=["POST"])
@needs("administer")
@documented(ImportedSchema, *BODY_ERRORS, HTTPStatus.UNPROCESSABLE_ENTITY, sends_file=True)
@blueprint.arguments(NoArguments, location="query")
def take_in_administrations(_given: dict[str, Any]) -> Response:
    """Take in a sheet (CSV, XLSX, ODS) of administrations: id, category, name_fr; parent, name_ar …"""
    table = _sheet()
    with writing() as connection:
        return send({"imported": import_administrations(connection, current_actor(), table)})


@blueprint.route("/data-sets")
@needs()
@documented(DataSetsSchema)
@blueprint.arguments(DataSetsArguments, location="query")
def data_sets(given: dict[str, Any]) -> Response:
    """The inventory of data sets, with the columns that hold codes of a referential."""
    with reading() as connection:
        found = list_data_sets(connection, administration=given["administration"])
    return send({"items": found, "next": None}, DataSetsSchema)


@blueprint.route("/data-sets", methods=["POST"])
@needs("keep-data-sets")
@documented(ImportedSchema, *BODY_ERRORS, HTTPStatus.UNPROCESSABLE_ENTITY, sends_file=True)
@blueprint.arguments(NoArguments, location="query")
def take_in_data_sets(_given: dict[str, Any]) -> Response:
    """Take in a sheet, a row for each bound column: administration, name, title_fr, column, referential …"""
    table = _sheet()
    with writing() as connection:
        return send({"imported": import_data_sets(connection, current_actor(), table)})


def _sheet() -> Table:
    return parse_table(request.get_data(), "the sheet that was sent")
