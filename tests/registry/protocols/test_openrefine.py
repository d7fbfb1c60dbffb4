"""The real OpenRefine reconciles a real file with the real units, and everything it gets is as specified."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from registry.app import create_app
from registry.config import Settings
from registry.database import open_engine
from registry.seeding import seed
from seeds.catalogue import catalogue
from tests.conftest import ROOT, skip_visibly
from tests.registry.protocols.contract import OLD, is_valid
from tests.registry.protocols.openrefine import NoOpenRefine, Started, started_openrefine

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REFERENTIAL = "administrative-units"
CODES = {
    "A-001": "04.491.01.07",
    "A-002": "04.491.01.07",
    "A-003": "03.231.01.15",
    "A-004": "01.331.01.03",
    "A-005": "01.331.01.03",
    "A-006": "07.041.01.01",
    "A-007": "09.273.01.05",
    "A-008": "04.281.11.07",
    "A-009": "05.091.01.01",
    "A-010": "08.577.01.11",
    "A-011": "06.467.01.09",
    "A-012": "06.181.09.13",
    "A-013": "02.411.01.23",
    "A-016": "02.265.01.03",
}
SITES = [f"A-{number:03}" for number in range(1, 17)]
COLUMN = 1
ADDED = ("code", "parent-region", "name-ar", "measure-population")


@dataclass
class Recorded:
    """WSGI: answers as the application does, and keeps what was asked in forms with its answers."""

    application: WSGIApplication
    exchanges: list[tuple[str, Any, Any]] = field(default_factory=list)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Body(body)
        answer = b"".join(self.application(environ, start_response))
        for name, (asked,) in parse_qs(body.decode()).items():
            self.exchanges.append((name, json.loads(asked), json.loads(answer)))
        return [answer]


class _Body:
    """A body that was read, to be read again."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def read(self, size: int = -1) -> bytes:
        taken = self.body if size < 0 else self.body[:size]
        self.body = self.body[len(taken) :]
        return taken


class _Threaded(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """OpenRefine, which starts while the units are published."""
    try:
        with started_openrefine(tmp_path_factory.mktemp("openrefine")) as process:
            yield process
    except NoOpenRefine as reason:
        skip_visibly(str(reason))


@pytest.fixture(scope="module")
def service(
    started: Started, tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path
) -> Iterator[tuple[str, Recorded]]:
    """The address of the real units' service on this machine, and what is asked of it."""
    data = tmp_path_factory.mktemp("reconciled")
    (data / "marjaa.sqlite").write_bytes(migrated_sqlite.read_bytes())
    engine = open_engine(f"sqlite:///{data / 'marjaa.sqlite'}")
    everything = catalogue()
    units = tuple(each for each in everything.referentials if each.id == REFERENTIAL)
    seed(engine, data / "snapshots", material=replace(everything, referentials=units, correspondences=()))
    engine.dispose()
    with make_server("127.0.0.1", 0, None, _Threaded, handler_class=_Silent) as server:
        settings = {"MARJAA_DATA": str(data), "MARJAA_PORT": str(server.server_port)}
        recording = Recorded(create_app(Settings.from_environment(settings)))
        server.set_app(recording)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/reconcile/{REFERENTIAL}", recording
        server.shutdown()
        thread.join()


@dataclass(frozen=True, slots=True)
class Session:
    """What a person saw who reconciled the example file, settled what was open, and exported it."""

    types: list[str]
    judged: dict[str, dict[str, Any]]
    rows: dict[str, dict[str, str]]
    exchanges: list[tuple[str, Any, Any]]

    def matched(self) -> dict[str, str]:
        """The codes of the sites that OpenRefine settled by itself."""
        return {site: cell["m"]["id"] for site, cell in self.judged.items() if cell.get("j") == "matched"}


@pytest.fixture(scope="module")
def session(started: Started, service: tuple[str, Recorded]) -> Session:
    """Create, guess the type, reconcile within the province, judge, extend, export."""
    address, recording = service
    project = started.answering().create(ROOT / "examples" / "sites.csv")
    types = project.guess_types("commune", address)
    project.reconcile("commune", address, "commune", {"province": "parent"})
    judged = dict(zip(SITES, project.judgements(COLUMN), strict=True))
    for row, site in enumerate(SITES):
        for candidate in judged[site].get("c", []):
            if candidate["id"] == CODES.get(site):
                project.judge(row, COLUMN, address, candidate)
    project.extend("commune", address, ADDED, at=COLUMN + 1)
    return Session(types, judged, {row["site"]: row for row in project.export()}, recording.exchanges)


def test_openrefine_proposes_the_right_type_for_a_column(session: Session):
    assert session.types[0] == "commune"


def test_openrefine_matches_what_is_sure_and_leaves_the_rest_to_a_person(session: Session):
    matched = session.matched()
    assert matched.items() <= CODES.items()
    assert len(matched) >= len(CODES) - 2
    for site in CODES.keys() - matched:
        assert CODES[site] in [candidate["id"] for candidate in session.judged[site]["c"]]
    assert session.judged["A-015"] == {}


def test_the_judged_table_is_extended_and_exported_with_its_codes(session: Session):
    rows = session.rows
    assert {site: row["Code"] for site, row in rows.items() if row["Code"]} == CODES
    assert list(rows["A-001"]) == [
        "site",
        "commune",
        "Code",
        "Région",
        "Nom arabe",
        "Population",
        "province",
        "agents",
    ]
    assert (rows["A-002"]["Région"], rows["A-002"]["Nom arabe"]) == ("Rabat-Salé-Kénitra", "سيدي سليمان")
    assert int(rows["A-013"]["Population"]) > 400_000


def test_everything_that_openrefine_asked_and_got_is_as_specified(session: Session):
    assert {name for name, _, _ in session.exchanges} == {"queries", "extend"}
    for name, asked, answer in session.exchanges:
        if name == "queries":
            assert is_valid(OLD, "queries", asked), asked
            assert list(answer) == list(asked)
        assert is_valid(OLD, "results" if name == "queries" else "extension", answer), answer
