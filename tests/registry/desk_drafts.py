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
        return (by or self.client).post(f"{self.address}/{path}", json=json)


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
