"""Files over HTTP: streamed to the disk, read as their columns are understood, or refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.registry.desk_client import DeskUnderTest, opened_desk
from tests.registry.desk_drafts import open_draft, publish_first_version, upload

LIST = """Code,Niveau,Code parent,Nom,الاسم
01,region,,Nord,الشمال
01.100,province,01,Fès,فاس
01.100.05,commune,01.100,Oulad Tayeb,أولاد الطيب
"""

# The domain below is tested on both databases; what the door adds knows neither.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)


def spooled(desk: DeskUnderTest) -> list[Path]:
    return list((desk.settings.data / "spool").glob("*"))


def test_a_file_becomes_items_and_its_columns_are_told(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"))
    report = upload(draft, LIST, name="units.csv")
    assert report.status_code == 200, report.text
    assert (report.json["rows"], report.json["items"], report.json["refused"]) == (3, 3, 0)
    assert report.json["mapping"]["columns"]["code"] == "Code"
    assert report.json["file"] == "units.csv"
    assert draft.get("/items/01.100").json["names"] == {"fr": "Fès", "ar": "فاس"}
    assert draft.get("/mapping").json["mapping"]["columns"] == report.json["mapping"]["columns"]
    assert draft.get().headers["ETag"] == report.headers["ETag"]
    assert spooled(desk) == []


def test_the_columns_can_be_told(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"), mode="changes")
    told = {"code": "a", "name_fr": "b"}
    answer = upload(draft, "a,b\n01,Septentrion\n", mapping=json.dumps(told), level="region")
    assert answer.status_code == 200, answer.text
    assert draft.get("/items/01").json["names"] == {"fr": "Septentrion"}


def test_what_is_no_list_is_refused_and_nothing_is_left_behind(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"))
    assert upload(draft, "").status_code == 400
    assert upload(draft, b"\x89PNG\r\n\x1a\n" + bytes(100)).status_code == 422
    assert upload(draft, "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>").status_code == 422
    assert upload(draft, "a,b\n1,2\n", mapping='{"code": "missing"}').status_code in (400, 422)
    assert upload(draft, LIST, mapping="[]").status_code == 400
    assert upload(draft, LIST, mapping='{"surprise": "Code"}').status_code in (400, 422)
    assert upload(draft, LIST, format="surprise").status_code == 400
    assert draft.client.post(f"{draft.address}/file", headers={"If-Match": draft.etag}).status_code == 400
    boundary = {"If-Match": draft.etag, "Content-Type": "multipart/form-data; boundary=x"}
    assert draft.client.post(f"{draft.address}/file", data=b"--x--", headers=boundary).status_code == 415
    assert spooled(desk) == []
    assert draft.get("/items").json["items"] == []


def test_a_name_with_a_path_in_it_leads_nowhere(desk: DeskUnderTest):
    publish_first_version(desk)
    draft = open_draft(desk.signed_in("editor"))
    answer = upload(draft, LIST, name="../../../etc/units.csv")
    assert answer.status_code == 200
    assert "/" not in answer.json["file"]


@pytest.fixture
def small_desk(engine: Engine, tmp_path: Path):
    """A desk that takes files of at most 2,000 bytes."""
    with opened_desk(engine, tmp_path / "data", MARJAA_MAX_UPLOAD="2000") as opened:
        yield opened


def test_a_file_that_is_too_large_is_refused_before_it_is_read(small_desk: DeskUnderTest):
    draft = open_draft(small_desk.signed_in("editor"))

    class Unread:
        def read(self, _size: int = -1) -> bytes:
            raise AssertionError("it was read")

    answer = draft.client.post(
        f"{draft.address}/file",
        headers={"If-Match": draft.etag},
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": "3000000000"},
    )
    assert (answer.status_code, answer.json["limit"]) == (413, 2000)
    assert spooled(small_desk) == []


def test_a_file_without_an_announced_length_is_cut_off_where_it_is_too_large(small_desk: DeskUnderTest):
    draft = open_draft(small_desk.signed_in("editor"))
    answer = draft.client.post(
        f"{draft.address}/file",
        headers={"If-Match": draft.etag},
        environ_overrides={"wsgi.input": io.BytesIO(b"a,b\n" * 1000), "wsgi.input_terminated": True},
    )
    assert answer.status_code == 413
    assert spooled(small_desk) == []


def test_a_file_of_changes_in_a_draft_of_the_whole_list_is_warned_about(desk: DeskUnderTest):
    publish_first_version(desk)
    text = "Code;Niveau;Nom;Action\n01;region;Nord;set\n02;;;remove\n"
    whole, changes = (open_draft(desk.signed_in("editor"), mode=mode) for mode in ("full", "changes"))
    (warning,) = upload(whole, text).json["warnings"]
    assert "'Action'" in warning
    assert "every code that the file does not list goes" in warning
    assert upload(changes, text).json["warnings"] == []
