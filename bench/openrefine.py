"""Reconciling over HTTP in batches of ten, as OpenRefine does, against csv-reconcile over the same names.

Both serve the communes and arrondissements of the newest version, each with its own server, and get the same
queries: other spellings of places that are communes, in Latin letters and not trivially equal, and the
communes of the health centres that are not spelled as in the list (their `delegation`, a parent, is told in a
run of its own: csv-reconcile takes none). Both files are beside the project, in ../shared/data/labelled.
Answers are counted by the CPU time that the servers took, so that a busy machine changes less; other
spellings come before, so that what is made at the first questions does not count.
csv-reconcile needs an older Flask: it is installed into an environment of its own, in a temporary folder.
"""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import requests

from bench.http_load import free_port
from matching.layout import day_of
from registry.library import Library

ROOT = Path(__file__).parents[1]
LABELLED = ROOT.parent / "shared" / "data" / "labelled"
AS_SERVED = ("--blocking-threads", "1", "--backpressure", "32", "--no-access-log")
PEER = "csv-reconcile==0.3.2"
SERVE_PEER = "import sys, csv_reconcile; csv_reconcile.create_app().run(port=int(sys.argv[1]))"
REFERENTIAL = "administrative-units"
LEVELS = ["commune", "arrondissement"]
BATCH = 10
VARIANTS = 400
WARMING = 200
PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class Asked:
    """A text, the code that is right, and perhaps the parent that a column told."""

    text: str
    code: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What a service did: answers in a second of CPU, the share right first, among five, and matched."""

    rate: float
    first: float
    five: float
    matched: float
    right_of_matched: float


@dataclass(frozen=True, slots=True)
class Service:
    """A service that answers, and the process that it is, with those below it."""

    address: str
    pid: int

    def seconds(self) -> float:
        """CPU time that it took so far."""
        parent = psutil.Process(self.pid)
        times = [each.cpu_times() for each in (parent, *parent.children(recursive=True))]
        return sum(each.user + each.system for each in times)


def main() -> None:
    """Serve both, ask both, print a table."""
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
        data = Path(folder)
        environment = {**os.environ, "MARJAA_DATA": str(data / "var"), "MARJAA_RATE_POST": "1000000"}
        marjaa = str(Path(sys.executable).with_name("marjaa"))
        subprocess.run([marjaa, "seed"], check=True, env=environment, capture_output=True)
        write_names(data / "var" / "snapshots", data / "names.csv")
        port = free_port()
        granian = str(Path(sys.executable).with_name("granian"))
        command = [granian, "--interface", "wsgi", "--port", str(port), *AS_SERVED, "wsgi:app"]
        address = f"http://127.0.0.1:{port}/reconcile/{REFERENTIAL}"
        with serving(command, ROOT, environment, address) as service:
            warm(service, LEVELS)
            ours = {name: measure(service, asked, LEVELS) for name, asked in questions().items()}
        with serving_peer(data) as service:
            warm(service, [])
            peers = {
                name: measure(service, asked, [])
                for name, asked in questions().items()
                if not any(each.parent for each in asked)
            }
    heads = ("a CPU second", "first", "in five", "matched", "of them right")
    print(f"{'queries':44} {'service':14}" + "".join(f"{head:>15}" for head in heads))
    for name, found in ours.items():
        show(name, "marjaa", found)
        if name in peers:
            show("", "csv-reconcile", peers[name])
            print(f"{'':44} {'ratio':14} {found.rate / peers[name].rate:>14.1f}x")


def questions() -> dict[str, list[Asked]]:
    """The queries, by what they are."""
    variants = spellings()[:VARIANTS]
    with (LABELLED / "health-centres-2024_commune.csv").open(encoding="utf-8") as file:
        centres = [
            Asked(row["commune"], row["truth"], row["delegation"])
            for row in csv.DictReader(file)
            if row["exact2024"] == "False" and row["truth"]
        ]
    without = [replace(each, parent=None) for each in centres]
    return {
        f"{len(variants)} other spellings of communes": variants,
        f"{len(centres)} health centres, not spelled as listed": without,
        f"{len(centres)} of them, within their delegation": centres,
    }


def spellings() -> list[Asked]:
    """Other spellings of communes, in an order that is always the same."""
    with (LABELLED / "place-name-variants_commune.csv").open(encoding="utf-8") as file:
        found = [
            Asked(row["query"], row["code"])
            for row in csv.DictReader(file)
            if row["exact"] == "False" and row["script"] == "lat"
        ]
    random.Random(4).shuffle(found)
    return found


def write_names(snapshots: Path, target: Path) -> None:
    """The communes' French names, as csv-reconcile reads them."""
    store = Library(snapshots).snapshot(REFERENTIAL).store
    rows = store.select(at=day_of(date(2026, 1, 1)), level=LEVELS)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name"])
        for row in rows.tolist():
            names = [
                name.text for name in store.names(row) if name.use == "preferred" and name.language == "fr"
            ]
            writer.writerows([store.code(row), name] for name in names[:1])


def measure(service: Service, asked: Sequence[Asked], types: list[str]) -> Measured:
    """Ask in batches."""
    session = requests.Session()
    batches = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
    before = service.seconds()
    answers = [found for batch in batches for found in ask(session, service.address, batch, types)]
    took = service.seconds() - before
    ids = [[each["id"] for each in found] for found in answers]
    matched = [
        (next((each["id"] for each in found if each["match"]), None), one.code)
        for found, one in zip(answers, asked, strict=True)
    ]
    taken = [(id, code) for id, code in matched if id is not None]
    return Measured(
        rate=len(asked) / took,
        first=share(found[:1] == [one.code] for found, one in zip(ids, asked, strict=True)),
        five=share(one.code in found[:5] for found, one in zip(ids, asked, strict=True)),
        matched=len(taken) / len(asked),
        right_of_matched=share(id == code for id, code in taken),
    )


def warm(service: Service, types: list[str]) -> None:
    """Ask something else, until a service has made what it makes once."""
    measure(service, spellings()[VARIANTS : VARIANTS + WARMING], types)


def share(hits: Iterator[bool]) -> float:
    """The share of what is true; not a number where there is nothing."""
    told = list(hits)
    return sum(told) / len(told) if told else float("nan")


def ask(
    session: requests.Session, address: str, batch: Sequence[Asked], types: list[str]
) -> list[list[dict[str, Any]]]:
    """The candidates of each query of a batch."""
    queries: dict[str, dict[str, Any]] = {}
    for number, one in enumerate(batch):
        queries[f"q{number}"] = query = {"query": one.text}
        if types:
            query["type"] = types
        if one.parent is not None:
            query["properties"] = [{"pid": "parent", "v": one.parent}]
    answer = session.post(address, data={"queries": json.dumps(queries)}, timeout=PATIENCE).json()
    return [answer[key]["result"] for key in queries]


@contextmanager
def serving_peer(folder: Path) -> Iterator[Service]:
    """csv-reconcile in an environment of its own, over the names."""
    home = folder / "peer"
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True, capture_output=True)
    init = [str(home / "bin" / "csv-reconcile"), "init", str(folder / "names.csv"), "code", "name"]
    subprocess.run(init, check=True, cwd=home, capture_output=True)
    port = free_port()
    address = f"http://127.0.0.1:{port}/reconcile"
    with serving([python, "-c", SERVE_PEER, str(port)], home, dict(os.environ), address) as answering:
        yield answering


@contextmanager
def serving(command: list[str], folder: Path, environment: dict[str, str], address: str) -> Iterator[Service]:
    """A service, as soon as it answers; it is stopped at the end."""
    quiet = subprocess.DEVNULL
    service = subprocess.Popen(command, cwd=folder, env=environment, stdout=quiet, stderr=quiet)
    try:
        end = time.perf_counter() + PATIENCE
        while True:
            try:
                requests.get(address, timeout=PATIENCE).raise_for_status()
                break
            except requests.ConnectionError:
                if time.perf_counter() > end or service.poll() is not None:
                    raise SystemExit(f"{command[0]} does not answer at {address}") from None
                time.sleep(0.1)
        yield Service(address, service.pid)
    finally:
        service.terminate()
        service.wait(timeout=20)


def show(name: str, service: str, found: Measured) -> None:
    """A line of the table."""
    print(
        f"{name:44} {service:14} {found.rate:>15,.0f}{found.first:>15.1%}{found.five:>15.1%}"
        f"{found.matched:>15.1%}{found.right_of_matched:>15.1%}"
    )


if __name__ == "__main__":
    main()
