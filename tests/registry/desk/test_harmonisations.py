"""A file over HTTP: uploaded, described, worked on, reviewed, settled, taken home; seen by its owner only."""

from __future__ import annotations

import csv
import io
import shutil
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from referentials.sheets.limits import Limits
from registry.database import begin_write
from registry.jobs.kinds import kinds_of
from registry.jobs.opening import Jobs
from registry.jobs.starting import tidy_round
from registry.jobs.table import JOB
from registry.jobs.working import work_off
from registry.library import Library
from registry.models import AuditEntry, Person
from tests.registry.desk_client import DeskUnderTest, add_administration, opened_desk
from tests.registry.desk_drafts import publish_first_version
from tests.store import empty_postgis, empty_sqlite

HERE = "/api/v1/harmonisations"
FILE = "id;commune;province\n1;Oulad Tayeb;Fès\n2;ouled taib;Fès\n3;xyzzy;Taza\n4;xyzzy;Taza\n5;plugh;Taza\n"
RECIPE = {
    "at": "2020-01-01",
    "columns": [
        {"referential": "units", "column": "commune", "within_column": "province", "levels": ["commune"]}
    ],
}


@dataclass
class Owner:
    """Somebody who uploads files, and the worker that works on them."""

    desk: DeskUnderTest
    client: FlaskClient
    administration: str

    def upload(self, content: str | bytes = FILE, name: str = "births.csv", **fields: str) -> TestResponse:
        data = content.encode() if isinstance(content, str) else content
        return self.client.post(HERE, data={"file": (io.BytesIO(data), name), **fields})

    def made(self, content: str | bytes = FILE, **fields: str) -> str:
        """The address of a file that was uploaded and described."""
        answer = self.upload(content, **fields)
        assert answer.status_code == 201, answer.text
        address = f"{HERE}/{answer.json['id']}"
        described = self.client.put(f"{address}/recipe", json={"recipe": RECIPE})
        assert described.status_code == 200, described.text
        return address

    def done(self, content: str | bytes = FILE, **fields: str) -> str:
        """The address of a file that was harmonised."""
        address = self.made(content, **fields)
        answer = self.client.post(f"{address}/start", json={})
        assert (answer.status_code, answer.json["state"]) == (200, "queued"), answer.text
        self.work()
        assert self.state(address) == "done", self.client.get(address).json
        return address

    def work(self) -> int:
        """What the worker's process does until nothing waits."""
        jobs, root = jobs_of(self.desk), self.desk.settings.snapshots
        return work_off(jobs, Library(root), kinds_of(Limits()), threading.Event(), name="test")

    def state(self, address: str) -> str:
        return str(self.client.get(address).json["state"])

    def rows(self, address: str) -> list[dict[str, str]]:
        answer = self.client.get(f"{address}/result", buffered=True)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))


def jobs_of(desk: DeskUnderTest) -> Jobs:
    found: Jobs = desk.app.extensions["marjaa"].jobs
    return found


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DeskUnderTest]:
    """The desk with a published version: compiled once for all tests, which share no administration."""
    folder = tmp_path_factory.mktemp("harmonisations")
    if request.param == "sqlite":
        made = empty_sqlite(request.getfixturevalue("migrated_sqlite"), folder)
    else:
        made = empty_postgis(request.getfixturevalue("postgis_server"))
    with made as engine, opened_desk(engine, folder / "data") as desk:
        publish_first_version(desk)
        yield desk


@pytest.fixture
def published(opened: DeskUnderTest) -> Iterator[DeskUnderTest]:
    """The same, without a file when the test is over."""
    yield opened
    jobs = jobs_of(opened)
    with begin_write(jobs.engine) as connection:
        connection.execute(delete(JOB))
    shutil.rmtree(jobs.root, ignore_errors=True)


@pytest.fixture
def amina(published: DeskUnderTest) -> Owner:
    """A data manager of an agency that settled nothing yet."""
    agency = f"agency-{uuid.uuid4()}"
    with begin_write(published.engine) as connection:
        add_administration(connection, agency)
    client = published.signed_in("data_manager", administration=agency)
    return Owner(published, client, agency)


def colleague(owner: Owner, administration: str) -> Owner:
    """Another data manager."""
    client = owner.desk.signed_in("data_manager", administration=administration)
    return Owner(owner.desk, client, administration)


def settle(owner: Owner, address: str, *choices: dict[str, Any], **more: Any) -> TestResponse:
    return owner.client.put(f"{address}/choices", json={"choices": list(choices), **more})


def test_a_file_comes_back_with_its_rows_in_order_and_codes_behind_them(amina: Owner):
    address = amina.done()
    rows = amina.rows(address)
    assert [row["id"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert [row["units_outcome"] for row in rows[:1]] == ["exact"]
    assert [row["units_code"] for row in rows][:2] == ["01.100.05", "01.100.05"]
    answer = amina.client.get(f"{address}/result", buffered=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=births-harmonised.csv"
    shown = amina.client.get(address).json
    assert (shown["name"], shown["error"], shown["progress"]["phase"]) == ("births.csv", None, "writing")


def test_what_could_be_done_is_proposed_with_reasons_and_done_where_the_owner_says_so(amina: Owner):
    answer = amina.upload("n;commune;province\n1;Oulad Tayeb;Fès\n2;Gueldamane;Taza\n3;Tafraout;Tiznit\n")
    proposal = answer.json["proposal"]
    assert (proposal["delimiter"], proposal["columns"]) == (";", ["n", "commune", "province"])
    assert [(each["column"], each["part"]) for each in proposal["guesses"]] == [
        ("commune", "name"),
        ("province", "parent"),
    ]
    assert proposal["guesses"][0]["reason"]
    address = f"{HERE}/{answer.json['id']}"
    preview = amina.client.get(f"{address}/preview", query_string={"rows": 2}).json
    assert (len(preview["rows"]), preview["counted"]) == (2, 3)
    assert preview["header"][:4] == ["n", "commune", "province", "units_code"]
    assert preview["columns"][0]["by_outcome"]["exact"]["rows"] == 3
    assert amina.client.post(f"{address}/start", json={}).status_code == 200
    amina.work()
    assert [row["units_code"] for row in amina.rows(address)] == ["01.100.05", "01.200.01", "02.300.01"]


def test_a_form_may_say_that_the_work_begins_at_once(amina: Owner):
    assert amina.upload("commune\nGueldamane\nTafraout\n", start="yes").json["state"] == "queued"


def test_where_nothing_is_proposed_the_owner_is_asked(amina: Owner):
    answer = amina.upload("n;m\n1;2\n2;3\n")
    address = f"{HERE}/{answer.json['id']}"
    assert answer.json["proposal"]["guesses"] == []
    assert amina.client.get(f"{address}/preview").status_code == 409
    assert amina.client.post(f"{address}/start", json={}).status_code == 400


def test_what_is_open_is_reviewed_by_worth_settled_and_written_anew(amina: Owner):
    address = amina.done()
    first = amina.client.get(f"{address}/values", query_string={"limit": 1}).json
    assert [(value["text"], value["rows"]) for value in first["items"]] == [("xyzzy", 2)]
    rest = amina.client.get(f"{address}/values", query_string={"limit": 1, "cursor": first["next"]})
    assert rest.status_code == 200
    assert "xyzzy" not in [value["text"] for value in rest.json["items"]]
    answer = settle(
        amina,
        address,
        {"text": "xyzzy", "within": "Taza", "code": "01.200.03"},
        {"text": "plugh", "within": "Taza", "code": None},
    )
    assert (answer.status_code, answer.json["state"], answer.json["settled"]) == (200, "queued", 2)
    assert amina.client.get(f"{address}/result").status_code == 409  # the old one would mislead
    amina.work()
    assert [row["units_code"] for row in amina.rows(address)][2:] == ["01.200.03", "01.200.03", ""]
    left = amina.client.get(f"{address}/values").json["items"]
    assert not {"xyzzy", "plugh"} & {value["text"] for value in left}


def test_the_next_file_of_the_administration_gets_what_was_settled_and_nobody_elses_does(amina: Owner):
    address = amina.done()
    settle(amina, address, {"text": "xyzzy", "within": "Taza", "code": "01.200.03"})
    amina.work()
    badr = colleague(amina, amina.administration)
    again = badr.done()
    assert badr.client.get(again).json["remembered"] == {"used": 1, "stale": []}
    assert [row["units_code"] for row in badr.rows(again)][2:4] == ["01.200.03"] * 2
    other = colleague(amina, "ministry")
    elsewhere = other.done()
    assert other.client.get(elsewhere).json["remembered"]["used"] == 0
    assert "01.200.03" not in [row["units_code"] for row in other.rows(elsewhere)][2:4]


def test_whoever_moved_on_neither_gets_nor_makes_choices_of_the_administration_before(
    published: DeskUnderTest, amina: Owner
):
    person = published.add_person("data_manager", administration=amina.administration)
    badr = Owner(published, published.sign_in(person), amina.administration)
    address = badr.done()
    settle(amina, amina.done(), {"text": "xyzzy", "within": "Taza", "code": "01.200.03"})
    elsewhere = f"elsewhere-{uuid.uuid4()}"
    with begin_write(published.engine) as connection:
        add_administration(connection, elsewhere)
        connection.execute(update(Person).where(Person.id == person).values(administration=elsewhere))
    badr.client.post(f"{address}/start", json={})
    assert badr.client.get(address).json["remembered"]["used"] == 0
    badr.work()
    settle(badr, address, {"text": "plugh", "within": "Taza", "code": "01.200.01"})
    mine = amina.client.get("/api/v1/choices").json["items"]
    assert [choice["text"] for choice in mine] == ["xyzzy"]


def test_what_is_settled_for_one_file_only_is_not_remembered(amina: Owner):
    address = amina.done()
    xyzzy = {"text": "xyzzy", "within": "Taza", "code": None}
    assert settle(amina, address, xyzzy, remember=False).json["settled"] == 0
    assert amina.client.get("/api/v1/choices").json["items"] == []


def test_the_recipe_that_comes_out_replays_to_the_same_bytes(amina: Owner):
    address = amina.done()
    settle(amina, address, {"text": "xyzzy", "within": "Taza", "code": "01.200.03"}, remember=False)
    amina.work()
    recipe = amina.client.get(f"{address}/recipe").json
    assert recipe["columns"][0]["content_root"]
    other = colleague(amina, "ministry")
    again = other.upload().json["id"]
    other.client.put(f"{HERE}/{again}/recipe", json={"recipe": recipe})
    other.client.post(f"{HERE}/{again}/start", json={})
    other.work()
    results = [
        owner.client.get(f"{of}/result", buffered=True).data
        for owner, of in ((amina, address), (other, f"{HERE}/{again}"))
    ]
    assert results[0] == results[1]


def test_a_file_is_its_owners_only(amina: Owner):
    address = amina.done()
    badr = amina.desk.signed_in("administrator", administration=amina.administration)
    assert badr.get(HERE).json["items"] == []
    for path in ("", "/preview", "/result", "/report", "/report.html", "/values", "/recipe"):
        answer = badr.get(address + path)
        assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-job"), path
    for path, body in (
        ("/recipe", {"recipe": RECIPE}),
        ("/choices", {"choices": [{"text": "x", "code": None}]}),
    ):
        assert badr.put(address + path, json=body).status_code == 404, path
    for path in ("/start", "/cancel"):
        assert badr.post(address + path, json={}).status_code == 404, path
    assert badr.delete(address).status_code == 404
    folder = jobs_of(amina.desk).root
    assert [path.stat().st_mode & 0o777 for path in folder.iterdir()] == [0o700]


def test_limits_are_shown_before_anything_is_sent(published: DeskUnderTest):
    told = published.public().get(f"{HERE}/limits").json
    assert (told["max_bytes"], told["max_kept"], told["kept_days"]) == (200_000_000, 10, 7)
    assert "csv" in told["result_formats"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.7 ...", "births.csv"),
        (b"PK\x03\x04" + b"\0" * 100, "births.xlsx"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "births.csv"),
        (b"\0" * 5_000, "births.csv"),
    ],
)
def test_a_file_that_lies_about_its_type_is_refused_and_not_kept(amina: Owner, content: bytes, name: str):
    answer = amina.upload(content, name)
    assert (answer.status_code, answer.json["type"]) == (422, "/problems/bad-file"), answer.text
    assert amina.client.get(HERE).json["items"] == []
    assert list(jobs_of(amina.desk).root.iterdir()) == []


def test_a_small_workbook_that_would_fill_the_memory_is_refused_and_not_kept(amina: Owner):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "commune")
        sheet.write(900_000, 900, "Fès")  # a reader allocates every cell between the two
    answer = amina.upload(content.getvalue(), "births.xlsx")
    assert (answer.status_code, answer.json["type"]) == (413, "/problems/too-large"), answer.text
    assert len(content.getvalue()) < 10_000
    assert list(jobs_of(amina.desk).root.iterdir()) == []


def test_a_form_that_is_refused_leaves_nothing_behind(amina: Owner):
    for fields in ({"start": "perhaps"}, {"format": "pdf"}, {"recipe": "{"}, {"surprise": "x"}):
        assert amina.upload(**fields).status_code == 400, fields
    assert amina.client.get(HERE).json["items"] == []
    assert list(jobs_of(amina.desk).root.iterdir()) == []


def test_nobody_keeps_more_files_than_the_limits_say(amina: Owner):
    most = amina.desk.settings.jobs_per_person
    ids = [amina.upload().json["id"] for _ in range(most)]
    refused = amina.upload()
    assert (refused.status_code, refused.json["type"]) == (429, "/problems/too-many-jobs")
    assert amina.client.delete(f"{HERE}/{ids[0]}").status_code == 204
    assert amina.upload().status_code == 201


def test_a_list_is_paged_newest_first(amina: Owner):
    ids = [amina.upload().json["id"] for _ in range(3)]
    first = amina.client.get(HERE, query_string={"limit": 2}).json
    rest = amina.client.get(HERE, query_string={"limit": 2, "cursor": first["next"]}).json
    assert [each["id"] for each in [*first["items"], *rest["items"]]] == ids[::-1]


def test_what_is_cancelled_may_be_started_again(amina: Owner):
    address = amina.made()
    amina.client.post(f"{address}/start", json={})
    assert amina.client.post(f"{address}/cancel").json["state"] == "cancelled"
    assert amina.work() == 0
    assert amina.client.post(f"{address}/cancel").status_code == 409
    assert amina.client.post(f"{address}/start", json={"format": "xlsx"}).json["format"] == "xlsx"
    amina.work()
    assert amina.client.get(f"{address}/result", buffered=True).data[:2] == b"PK"


def test_what_cannot_be_done_is_said_in_the_row_and_can_be_corrected(amina: Owner):
    address = amina.made("id;town\n1;Fès\n")
    amina.client.post(f"{address}/start", json={})
    amina.work()
    shown = amina.client.get(address).json
    assert (shown["state"], shown["error"]["type"]) == ("failed", "/problems/bad-file")
    assert "commune" in shown["error"]["detail"]
    recipe = {**RECIPE, "columns": [{"referential": "units", "column": "town"}]}
    assert amina.client.put(f"{address}/recipe", json={"recipe": recipe}).json["state"] == "uploaded"
    amina.client.post(f"{address}/start", json={})
    amina.work()
    assert amina.state(address) == "done"


def test_what_is_not_there_yet_is_a_conflict(amina: Owner):
    address = amina.made()
    for path in ("/result", "/report", "/values"):
        assert amina.client.get(address + path).status_code == 409, path
    assert settle(amina, address, {"text": "x", "code": None}).status_code == 409
    unknown = amina.client.put(f"{address}/recipe", json={"recipe": {**RECIPE, "colums": []}})
    assert (unknown.status_code, "colums" in unknown.json["detail"]) == (400, True)


def test_a_code_that_never_was_is_refused_when_it_is_chosen(amina: Owner):
    address = amina.done()
    answer = settle(amina, address, {"text": "xyzzy", "code": "77"})
    assert (answer.status_code, answer.json["type"]) == (404, "/problems/unknown-code")
    assert amina.state(address) == "done"


def test_the_trail_says_what_was_done_and_names_no_file(amina: Owner):
    address = amina.done()
    amina.client.delete(address)
    with amina.desk.engine.connect() as connection:
        entries = connection.execute(
            select(AuditEntry.action, AuditEntry.after).where(
                AuditEntry.subject_kind == "harmonisation", AuditEntry.subject == address.rpartition("/")[2]
            )
        ).all()
    assert [entry.action for entry in entries] == ["uploaded", "started", "deleted"]
    assert "births" not in str(entries)


def test_files_go_when_their_time_is_over(amina: Owner):
    address = amina.done()
    jobs = jobs_of(amina.desk)
    tidy_round(jobs)
    assert amina.state(address) == "done"
    with begin_write(jobs.engine) as connection:
        connection.exec_driver_sql("UPDATE job SET expires = 1")
    tidy_round(jobs)
    assert amina.client.get(address).status_code == 404
    assert list(jobs.root.iterdir()) == []


def test_the_report_is_there_as_json_and_as_a_page_that_runs_and_loads_nothing(amina: Owner):
    address = amina.done("id;commune;province\n1;<script>alert(1)</script>;Taza\n")
    report = amina.client.get(f"{address}/report").json
    assert (report["file"], report["rows"]) == ("births.csv", 1)
    page = amina.client.get(f"{address}/report.html")
    assert page.headers.getlist("Content-Security-Policy") == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
    ]
    assert "<script>" not in page.text
    assert "alert(1)" in page.text
