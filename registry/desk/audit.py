"""The audit trail: who did what to what, for administrators."""

from __future__ import annotations

from typing import Any

from flask import Response

from registry.accounts.trail import TrailFilters, read_trail
from registry.api.blueprint import Blueprint
from registry.desk.account_schemas import AuditArguments, TrailSchema
from registry.desk.authentication import current_actor, needs
from registry.desk.draft_answers import documented, send, start_of
from registry.desk.working import reading

blueprint = Blueprint("audit", __name__, description="Who did what, and when")


@blueprint.route("/audit")
@needs("administer")
@documented(TrailSchema)
@blueprint.arguments(AuditArguments, location="query")
def audit(given: dict[str, Any]) -> Response:
    """Changes of state, the newest first. A page stays what it was while others act."""
    start, limit = start_of(given), given["limit"]
    filters = TrailFilters(given.get("subject_kind"), given.get("subject"), given.get("actor"))
    before = start.position or None
    with reading() as connection:
        found = read_trail(connection, current_actor(), filters, before=before, limit=limit + 1)
    following = start.cursor(found[limit - 1].id) if len(found) > limit else None
    return send({"items": found[:limit], "next": following}, TrailSchema)
