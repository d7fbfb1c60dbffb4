"""Drafts as the desk's callers make them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from registry.database import begin_write
from registry.models import Referential
from tests.publishing import LEVELS, publish_list
from tests.registry.desk_client import DeskUnderTest
from tests.registry.small_library import BEFORE

CHANGE_SETS = "/api/v1/change-sets"
NEW = {"referential": "units", "label": "2024", "effective_on": "2024-09-01", "basis": "a decree"}
RABAT: dict[str, Any] = {"level": "commune", "names": {"fr": "Rabat", "ar": "الرباط"}}

# What a version says of itself, without which it cannot be submitted.
DETAILS: dict[str, Any] = {
    "legal_basis": "Decree 2.24.1",
    "change_class": "breaking",
    "notice_reason": "The census is in force already.",
    "notes": {"fr": "Nouveau découpage", "ar": "تقسيم جديد", "en": "New division"},
}


@dataclass
class Draft:
    """A change set that a client works on, which knows the revision that it read last."""

    client: FlaskClient
    id: str
    etag: str

    @property
    def address(self) -> str:
        """Where it is."""
        return f"{CHANGE_SETS}/{self.id}"

    def get(self, path: str = "", **query: object) -> TestResponse:
        """What is below its address."""
        return self.client.get(self.address + path, query_string=query)

    def edit(self, method: str, path: str, json: object = None, **more: Any) -> TestResponse:
        """An edit of the revision that was read last; the next one is of what it answers."""
        headers = {"If-Match": self.etag, **more.pop("headers", {})}
        answer = self.client.open(self.address + path, method=method, json=json, headers=headers, **more)
        self.etag = answer.headers.get("ETag", self.etag)
        return answer

    def step(self, path: str, json: object = None, by: FlaskClient | None = None) -> TestResponse:
        """A step on its way, by somebody else where one is named."""
        return (by or self.client).post(f"{self.address}/{path}", json=json, headers={"If-Match": self.etag})


def open_draft(client: FlaskClient, **more: object) -> Draft:
    """The draft that a client opens."""
    answer = client.post(CHANGE_SETS, json={**NEW, **more})
    assert answer.status_code == 201, answer.text
    return Draft(client, answer.json["id"], answer.headers["ETag"])


def publish_first_version(desk: DeskUnderTest) -> None:
    """Version 2014 of `units`, with three levels."""
    levels = [{"id": level, "names": {"fr": level}} for level in LEVELS]
    with begin_write(desk.engine) as connection:
        connection.execute(update(Referential).where(Referential.id == "units").values(levels=levels))
    publish_list(desk.engine, desk.settings.snapshots, "2014", date(2014, 9, 1), BEFORE)


def upload(draft: Draft, body: str | bytes, **query: str) -> TestResponse:
    """A file that is read into a draft."""
    data = body.encode() if isinstance(body, str) else body
    headers = {"Content-Type": "text/csv"}
    return draft.edit("POST", "/file", data=data, headers=headers, query_string=query)


def settle(draft: Draft) -> None:
    """Confirm what is proposed, and give a word for every warning."""
    draft.etag = draft.get().headers["ETag"]
    proposed = draft.get("/events", status="proposed", limit=1000).json["items"]
    if proposed:
        positions = [event["position"] for event in proposed]
        decided = draft.edit("PATCH", "/events", {"positions": positions, "status": "confirmed"})
        assert decided.status_code == 200, decided.text
    report = draft.step("validate").json
    assert report["errors"] == 0, report["items"]
    for rule in report["open_questions"]:
        answer = draft.client.put(f"{draft.address}/words/{rule}", json={"word": "Looked at."})
        assert answer.status_code == 200, answer.text


def submitted(draft: Draft) -> Draft:
    """The draft with a region more, submitted."""
    region = {"level": "region", "names": {"fr": "Est", "ar": "الشرق"}}
    assert draft.edit("PUT", "/items/03", region).status_code == 200
    creation = {
        "type": "creation",
        "effective_on": "2024-09-01",
        "targets": [{"code": "03"}],
        "basis": "a decree",
    }
    assert draft.edit("POST", "/events", creation).status_code == 200
    settle(draft)
    answer = draft.step("submit")
    assert answer.status_code == 200, answer.text
    return draft
