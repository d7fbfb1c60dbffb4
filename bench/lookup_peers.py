"""What the look-up over HTTP is compared with: a bare Flask view, and the same answer from the ORM."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Response
from flask_smorest import Api, Blueprint, abort
from marshmallow import fields
from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from referentials.events import EVENTS
from registry.api.schemas import Answer, ItemSchema
from registry.config import Settings
from registry.database import open_engine
from registry.models import ChangeEvent, ChangeLink, Designation, ItemState, Observation, Version

ROUTE = "/api/v1/referentials/<referential>/items/<code>"
BODY = b'{"code":"' + b"x" * 700 + b'"}'

DESCENTS = [kind for kind, meaning in EVENTS.items() if meaning.descends]


def bare() -> Flask:
    """The least that Flask can do: constant bytes of the usual length."""
    app = Flask("bare", static_folder=None)

    @app.get(ROUTE)
    def item(referential: str, code: str) -> Response:
        return Response(BODY, content_type="application/json")

    return app


class ObservationSchema(Answer):
    """A dated figure."""

    measure = fields.String()
    observed_on = fields.Date()
    value = fields.Float()
    unit = fields.String()
    source = fields.String()


class FullItemSchema(ItemSchema):
    """An item with its figures, as the look-up has it."""

    item = fields.UUID()
    observations = fields.List(fields.Nested(ObservationSchema))


def orm() -> Flask:
    """The same answer as it is usually made: rows through the ORM, dumped by a schema, with an ETag."""
    settings = Settings.from_environment()
    engine = open_engine(settings.database_url)
    app = Flask("orm", static_folder=None)
    app.config.update(API_TITLE="orm", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    blueprint = Blueprint("orm", "orm")

    @blueprint.route(ROUTE)
    @blueprint.etag
    @blueprint.response(200, FullItemSchema)
    def item(referential: str, code: str) -> dict[str, Any]:
        return _item(engine, referential, code, settings.today())

    Api(app).register_blueprint(blueprint)
    return app


def _item(engine: Engine, referential: str, code: str, at: date) -> dict[str, Any]:
    with Session(engine) as session:
        newest = (Version.referential == referential, Version.status == "published")
        version = session.scalars(select(Version).where(*newest)).one()
        state = _state(session, referential, code)
        if state is None:
            abort(404)
        last_day = at if state.valid_to is None else state.valid_to - timedelta(days=1)
        parent = None if state.parent is None else _state_of(session, state.parent, last_day)
        of_item = {"referential": referential, "item": state.item, "withdrawn_in": None}
        return {
            "version": version.label,
            "at": at,
            "status": "valid" if state.valid_to is None else "superseded",
            "code": state.code,
            "level": state.level,
            "parent": None if parent is None else parent.code,
            "item": state.item,
            "names": state.names,
            "attributes": state.attributes,
            "valid_from": state.valid_from,
            "valid_to": state.valid_to,
            "other_names": session.scalars(select(Designation).filter_by(**of_item)).all(),
            "observations": session.scalars(select(Observation).filter_by(**of_item)).all(),
            "successors": _linked(session, state, "source", "target", state.valid_to),
            "predecessors": _linked(session, state, "target", "source", state.valid_from),
        }


def _state(session: Session, referential: str, code: str) -> ItemState | None:
    """The open state of a code, else its last closed one: each query has a partial index of its own."""
    of_code = select(ItemState).where(
        ItemState.referential == referential, ItemState.code == code, ItemState.withdrawn_in.is_(None)
    )
    found = session.scalars(of_code.where(ItemState.valid_to.is_(None))).one_or_none()
    closed = of_code.where(ItemState.valid_to.is_not(None)).order_by(ItemState.valid_to.desc())
    return found or session.scalars(closed).first()


def _state_of(session: Session, item: UUID, on: date) -> ItemState | None:
    """The state of an item on a day; here too each query has a partial index of its own."""
    of_item = select(ItemState).where(ItemState.item == item, ItemState.withdrawn_in.is_(None))
    holds = or_(ItemState.valid_to.is_(None), ItemState.valid_to > on)
    since_ever = session.scalars(of_item.where(ItemState.valid_from.is_(None), holds)).one_or_none()
    since = of_item.where(ItemState.valid_from.is_not(None), ItemState.valid_from <= on, holds)
    return since_ever or session.scalars(since).one_or_none()


def _linked(
    session: Session, state: ItemState, role: str, other: str, on: date | None
) -> list[dict[str, Any]]:
    if on is None:
        return []
    own = select(ChangeLink.event).where(
        ChangeLink.item == state.item, ChangeLink.code == state.code, ChangeLink.role == role
    )
    found = session.execute(
        select(ChangeLink.code, ChangeEvent.type, ChangeEvent.effective_on)
        .join(ChangeEvent, ChangeEvent.id == ChangeLink.event)
        .where(
            ChangeLink.event.in_(own),
            ChangeLink.role == other,
            ChangeEvent.effective_on == on,
            ChangeEvent.type.in_(DESCENTS),
        )
        .order_by(ChangeLink.code)
    )
    return [{"code": code, "event": type, "effective_on": day} for code, type, day in found]
