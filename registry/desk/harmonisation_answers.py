"""How harmonisations are shown, and what the views about them work with."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from registry.clock import text_of
from registry.desk.authentication import current_actor
from registry.desk.working import desk
from registry.jobs.harmonisations import Asked, Harmoniser
from registry.jobs.rows import Job


def harmoniser() -> Harmoniser:
    """The services, with who sends the request."""
    used = desk()
    return Harmoniser(used.jobs, used.engine, used.library, used.settings, current_actor())


def shown(used: Harmoniser, job: Job, *, whole: bool = False) -> dict[str, object]:
    """A job as its owner sees it; `whole` with what was proposed for its columns."""
    asked = Asked.of(job)
    told: dict[str, object] = {
        "id": job.id,
        "name": job.name,
        "state": job.state,
        "revision": job.revision,
        "format": asked.format,
        "data_set": asked.data_set,
        "created_at": _moment(job.created),
        "finished_at": _moment(job.finished),
        "expires_at": _moment(job.expires),
        "attempt": job.attempt,
        "progress": None if job.phase is None else {"phase": job.phase, "done": job.done, "total": job.total},
        "error": job.error,
        "remembered": {"used": asked.used, "stale": asked.stale},
    }
    proposal = used.folder(job).proposal
    if whole and proposal.exists():
        told["proposal"] = json.loads(proposal.read_bytes())
    return told


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else text_of(datetime.fromtimestamp(seconds, UTC))
