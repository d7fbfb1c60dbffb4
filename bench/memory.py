"""What one more worker costs in memory that no other shares."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

_WORKER = """
import sys
from pathlib import Path
from matching.matcher import Query, match_many
from matching.store import open_store

def private():
    with open("/proc/self/smaps_rollup") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss_Anon:"))

folder, *texts = sys.argv[1:]
store = open_store(Path(folder))
match_many(store, [Query(text) for text in texts], at=20_000)
print(private())
"""


def private_memory(search: Path, texts: Sequence[str]) -> float:
    """MiB that a process of its own has for itself (Pss_Anon, all of Python included) after some queries."""
    ran = subprocess.run(
        [sys.executable, "-c", _WORKER, str(search), *texts],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    return int(ran.stdout) / 1024
