"""Debian's OpenRefine, started without a browser and driven over the commands that its pages send."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

LONGEST_START = 90.0
"""Seconds, on a machine that has other things to do."""
LONGEST_PROCESS = 60.0
ALL_ROWS = json.dumps({"facets": [], "mode": "row-based"})


class NoOpenRefine(Exception):
    """The machine has no OpenRefine to start."""


@dataclass(frozen=True, slots=True)
class OpenRefine:
    """A running OpenRefine."""

    address: str
    session: requests.Session = field(default_factory=requests.Session)

    def get(self, command: str, **query: object) -> Any:
        """What a command tells."""
        answer = self.session.get(f"{self.address}/command/core/{command}", params=query, timeout=60)
        return answer.json()

    def post(self, command: str, query: dict[str, str], **form: Any) -> requests.Response:
        """Send a command that changes something, with the token that shows that a page of its own does."""
        token = self.get("get-csrf-token")["token"]
        answer = self.session.post(
            f"{self.address}/command/core/{command}",
            params={**query, "csrf_token": token},
            allow_redirects=False,
            timeout=60,
            **form,
        )
        answer.raise_for_status()
        return answer

    def create(self, path: Path) -> Project:
        """A project from a CSV file."""
        asked = {
            "project-name": path.stem,
            "format": "text/line-based/*sv",
            "options": json.dumps({"separator": ",", "encoding": "UTF-8"}),
        }
        with path.open("rb") as file:
            answer = self.post(
                "create-project-from-upload", asked, files={"project-file": (path.name, file, "text/csv")}
            )
        return Project(self, answer.headers["Location"].rpartition("=")[2])


@dataclass(frozen=True, slots=True)
class Project:
    """A table that is open in OpenRefine."""

    refine: OpenRefine
    id: str

    def post(self, command: str, **form: object) -> requests.Response:
        """Send a command about this project, and wait until it is done; OpenRefine reports what failed."""
        answer = self.refine.post(command, {"project": self.id}, data=form)
        end = time.monotonic() + LONGEST_PROCESS
        while True:
            told = self.refine.get("get-processes", project=self.id)
            assert not told.get("exceptions"), told["exceptions"]
            if not told["processes"]:
                return answer
            assert time.monotonic() < end, told

    def guess_types(self, column: str, service: str) -> list[str]:
        """The types that OpenRefine proposes for a column, the likeliest first."""
        told = self.post("guess-types-of-column", columnName=column, service=service).json()
        return [each["id"] for each in told["types"]]

    def reconcile(self, column: str, service: str, type: str, details: dict[str, str]) -> None:
        """Reconcile a column; `details` maps other columns to properties of the service."""
        manifest = requests.get(service, timeout=60).json()
        config = {
            "mode": "standard-service",
            "service": service,
            "identifierSpace": manifest["identifierSpace"],
            "schemaSpace": manifest["schemaSpace"],
            "type": {"id": type, "name": type},
            "autoMatch": True,
            "columnDetails": [
                {"column": other, "propertyName": property, "propertyID": property}
                for other, property in details.items()
            ],
            "limit": 0,
        }
        self.post("reconcile", columnName=column, config=json.dumps(config), engine=ALL_ROWS)

    def judgements(self, column: int) -> list[dict[str, Any]]:
        """What is known of each cell of a column: its judgement `j`, its match `m` or its candidates `c`."""
        answer = self.refine.session.post(
            f"{self.refine.address}/command/core/get-rows",
            params={"project": self.id, "start": "0", "limit": "1000"},
            data={"engine": ALL_ROWS},
            timeout=60,
        ).json()
        known = answer["pool"]["recons"]
        cells = [row["cells"][column] or {} for row in answer["rows"]]
        return [known[str(cell["r"])] if "r" in cell else {} for cell in cells]

    def judge(self, row: int, column: int, service: str, candidate: dict[str, Any]) -> None:
        """Take a candidate for a cell, as a person does."""
        manifest = requests.get(service, timeout=60).json()
        self.post(
            "recon-judge-one-cell",
            row=row,
            cell=column,
            judgment="matched",
            id=candidate["id"],
            name=candidate["name"],
            score=candidate["score"],
            types=",".join(candidate["types"]),
            identifierSpace=manifest["identifierSpace"],
            schemaSpace=manifest["schemaSpace"],
        )

    def extend(self, column: str, service: str, properties: Sequence[str], at: int) -> None:
        """Add columns with properties of the items that a column was reconciled to."""
        manifest = requests.get(service, timeout=60).json()
        self.post(
            "extend-data",
            engine=ALL_ROWS,
            baseColumnName=column,
            endpoint=service,
            identifierSpace=manifest["identifierSpace"],
            schemaSpace=manifest["schemaSpace"],
            columnInsertIndex=at,
            extension=json.dumps({"properties": [{"id": name, "name": name} for name in properties]}),
        )

    def export(self) -> list[dict[str, str]]:
        """The table as the CSV that OpenRefine writes."""
        text = self.post("export-rows", engine=ALL_ROWS, format="csv").content.decode("utf-8")
        return list(csv.DictReader(io.StringIO(text)))


@dataclass(frozen=True, slots=True)
class Started:
    """An OpenRefine that was started, and will answer some ten seconds later."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def answering(self) -> OpenRefine:
        """The OpenRefine, as soon as it answers."""
        refine = OpenRefine(f"http://127.0.0.1:{self.port}")
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                refine.get("get-version")
                return refine
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=0.2)
                break
        raise AssertionError(f"OpenRefine did not answer:\n{self.log.read_text()}")


@contextmanager
def started_openrefine(workspace: Path) -> Iterator[Started]:
    """Start OpenRefine on a free port of this machine, with its projects in the folder; stop it at the end.

    Raises NoOpenRefine.
    """
    program = shutil.which("openrefine")
    if program is None:
        raise NoOpenRefine("OpenRefine is not installed (Debian: apt-get install openrefine)")
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    log = workspace / "openrefine.log"
    options = ["-p", str(port), "-i", "127.0.0.1", "-d", str(workspace / "projects")]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, *options, "-x", "refine.headless=true"],
            stdout=output,
            stderr=output,
            cwd=workspace,
            env={**os.environ, "HOME": str(workspace)},
            start_new_session=True,
        )
    try:
        yield Started(process, port, log)
    finally:
        # Java runs below shells: all of them are one group.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=20)
