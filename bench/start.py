"""From `marjaa serve` on a seeded installation to its first answer, beside what a bare interpreter takes."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

STARTS = 5
PATIENCE = 30  # seconds


def main() -> None:
    """Seed an installation, then start it again and again; prints the medians."""
    marjaa = str(Path(sys.executable).with_name("marjaa"))
    with tempfile.TemporaryDirectory(prefix="marjaa-bench-") as data:
        environment = {**os.environ, "MARJAA_DATA": data}
        started = time.perf_counter()
        subprocess.run([marjaa, "seed"], check=True, env=environment, capture_output=True)
        print(f"seeding an empty installation: {time.perf_counter() - started:.1f} s")
        served = [_first_answer(marjaa, environment) for _ in range(STARTS)]
    bare = [_bare() for _ in range(STARTS)]
    print(
        f"from start to first answer: {statistics.median(served):.2f} s (of {STARTS} starts, "
        f"slowest {max(served):.2f} s); importing Flask and SQLAlchemy alone: {statistics.median(bare):.2f} s"
    )


def _first_answer(marjaa: str, environment: dict[str, str]) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api/v1/referentials/administrative-units/items/01"
    started = time.perf_counter()
    command = [marjaa, "serve", "--port", str(port)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as service:
        try:
            while time.perf_counter() - started < PATIENCE:
                try:
                    with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                        answer.read()
                        return time.perf_counter() - started
                except urllib.error.URLError:
                    time.sleep(0.01)
            raise SystemExit(f"no answer within {PATIENCE} s")
        finally:
            service.terminate()


def _bare() -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy"], check=True)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
