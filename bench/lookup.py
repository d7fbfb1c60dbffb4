"""Looking codes up: in process, and over HTTP against a bare Flask view and the same answer from the ORM.

Each server is granian with two workers on loopback; the load is a bounded number of requests from this
process. CPU is that of the server's processes, per request, the least of a few rounds that the servers take
in turn, so that a busy moment of the machine hits all of them.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil

from bench.http_load import Load, free_port, saturate, steady
from matching.store import OPEN_END, Name, Row, write_store
from registry.catalogue import ReferentialEntry, VersionEntry
from registry.library import Library, Snapshot
from registry.serving import look_up, moment

SERVERS = {
    "bare": "bench.lookup_peers:bare",
    "lookup": "registry.app:create_app",
    "orm": "bench.lookup_peers:orm",
}
REFERENTIAL = "administrative-units"
ROUNDS = 10
REQUESTS = 1500  # in a round
SLOW_REQUESTS = 300  # of the slow one
PACED_SECONDS = 5
TUNED = ("--blocking-threads", "1", "--backpressure", "32")
SIZES = (2_000, 1_000_000)
IN_PROCESS = 50_000  # look-ups
TODAY = date(2025, 1, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="items of the largest generated store")
    parser.add_argument("--only", choices=("in-process", "http"), help="one half of it")
    given = parser.parse_args()
    if given.only != "http":
        in_process((SIZES[0], given.largest))
    if given.only != "in-process":
        over_http()


def in_process(sizes: Sequence[int]) -> None:
    """Microseconds of CPU of one look-up, from the code to the answer's bytes, at several sizes."""
    took: list[float] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as folder:
            snapshot = generated(Path(folder), size)
            codes = [f"C{number:07}" for number in random.Random(1).choices(range(size), k=IN_PROCESS)]
            took.append(min(_microseconds(snapshot, codes) for _ in range(5)))
            print(f"in process, {size:>9,} items: {took[-1]:.1f} µs a look-up", flush=True)
    print(f"in process, largest to smallest: {took[-1] / took[0]:.2f} times")


def _microseconds(snapshot: Snapshot, codes: Sequence[str]) -> float:
    at = moment(TODAY)
    started = time.process_time()
    for code in codes:
        look_up(snapshot, code, at)
    return (time.process_time() - started) / len(codes) * 1e6


def generated(folder: Path, size: int) -> Snapshot:
    """A snapshot of generated items, as far as looking up needs one."""
    write_store(folder / "search", _rows(size), profile="codes", content_root="generated", levels=["item"])
    version = VersionEntry("made", 1, "1", TODAY, "published", "generated", "", "", {}, {}, ())
    entry = ReferentialEntry(
        id="made",
        kind="code-list",
        names={},
        description={},
        owner="",
        licence="",
        attribution="",
        periodicity="",
        levels=("item",),
        level_names={},
        languages=("fr",),
        stage="published",
        records_from=None,
        records_basis=None,
        versions=(version,),
    )
    return Snapshot(entry, version, folder)


def _rows(size: int) -> Iterator[Row]:
    start = date(2000, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
    for number in range(size):
        code = f"C{number:07}"
        rendered = (
            f'{{"code":"{code}","level":"item","parent":null,"names":{{"fr":"Item {number}"}},'
            '"other_names":[],"attributes":{},"observations":[],"valid_from":"2000-01-01","valid_to":null,'
            '"successors":[],"predecessors":[]}'
        )
        names = (Name(f"Item {number}", "fr", "Latn", "preferred"),)
        yield Row(code, "item", None, start, OPEN_END, rendered.encode(), names)


@dataclass(frozen=True, slots=True)
class Server:
    """A running server and its address."""

    name: str
    port: int
    process: psutil.Process

    def cpu(self) -> float:
        """Seconds of CPU that it and its workers have taken."""
        family = [self.process, *self.process.children(recursive=True)]
        return sum(sum(each.cpu_times()[:2]) for each in family)


def over_http() -> None:
    """CPU per request of the three servers, saturating rate, and latency at half of it."""
    with ExitStack() as running:
        data = running.enter_context(tempfile.TemporaryDirectory(prefix="marjaa-bench-"))
        environment = {**os.environ, "MARJAA_DATA": data}
        marjaa = str(Path(sys.executable).with_name("marjaa"))
        subprocess.run([marjaa, "seed"], check=True, env=environment, capture_output=True)
        store = Library(Path(data) / "snapshots").snapshot(REFERENTIAL).store
        codes = [store.code(row) for row in range(store.size)]
        servers = [running.enter_context(serving(name, environment)) for name in SERVERS]
        loads = {server.name: Load(server.port, paths(codes)) for server in servers}
        for load in loads.values():
            saturate(load, 300)  # workers import what they need with their first request
        measure(servers, loads)


def measure(servers: Sequence[Server], loads: dict[str, Load]) -> None:
    """Rounds in turn, then one paced run against the look-up; prints all."""
    cpu: dict[str, list[float]] = {server.name: [] for server in servers}
    rates: dict[str, list[float]] = {server.name: [] for server in servers}
    for _ in range(ROUNDS):
        for server in servers:
            count = SLOW_REQUESTS if server.name == "orm" else REQUESTS
            before = server.cpu()
            rates[server.name].append(saturate(loads[server.name], count))
            cpu[server.name].append((server.cpu() - before) / count * 1e6)
    least = {name: min(values) for name, values in cpu.items()}
    for name, value in least.items():
        rate = statistics.median(rates[name])
        print(f"{name:7} {value:6.0f} µs CPU a request, saturated at {rate:6.0f} requests/s")
    print(f"look-up to bare Flask: {least['bare'] / least['lookup']:.2f} (of 1; wanted ≥ 0.75)")
    print(f"ORM and schema to look-up: {least['orm'] / least['lookup']:.1f} times (wanted ≥ 2.5)")
    half = statistics.median(rates["lookup"]) / 2
    took = sorted(steady(loads["lookup"], half, PACED_SECONDS))
    p99 = took[int(len(took) * 0.99)] * 1e3
    print(
        f"latency at {half:.0f} requests/s: median {statistics.median(took) * 1e3:.1f} ms, p99 {p99:.1f} ms "
        "(wanted ≤ 10; the load takes a part of the same two cores)"
    )


def paths(codes: Sequence[str]) -> list[str]:
    """Addresses of look-ups, in a stated random order."""
    drawn = random.Random(2).choices(list(codes), k=REQUESTS)
    return [f"/api/v1/referentials/{REFERENTIAL}/items/{code}" for code in drawn]


@contextmanager
def serving(name: str, environment: dict[str, str]) -> Iterator[Server]:
    """A granian server with two workers, as `marjaa serve` runs it."""
    port = free_port()
    options = [
        "--factory",
        "--workers",
        "2",
        "--blocking-threads",
        "1",
        "--backpressure",
        "32",
        "--log-level",
        "warning",
    ]
    granian = str(Path(sys.executable).with_name("granian"))
    command = [granian, "--interface", "wsgi", "--port", str(port), *options, SERVERS[name]]
    process = subprocess.Popen(command, env=environment)
    try:
        yield Server(name, port, psutil.Process(process.pid))
    finally:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        process.terminate()
        for late in psutil.wait_procs(family, timeout=10)[1]:
            late.kill()
        process.wait()


if __name__ == "__main__":
    main()
