"""The process that works jobs off (`python -m registry.jobs.process`), apart from the worker that starts it.

What a file does to it — too much memory, a defect of a library — ends this process only. It reads its order
from its standard input, and stops when that is closed: so it never outlives the one that started it for long.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from pathlib import Path

from registry.database import open_engine
from registry.jobs.kinds import kinds_of
from registry.jobs.opening import open_jobs
from registry.jobs.orders import Order
from registry.jobs.working import work_off
from registry.library import Library

# Web answers come first.
_NICER = 5


def main() -> None:
    """Work off what the order on standard input names."""
    logging.basicConfig(format="%(asctime)s %(message)s")
    os.nice(_NICER)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: who started this process hears it too
    order = Order.of(sys.stdin.buffer.readline())
    threading.Thread(target=_stop_with_standard_input, args=(stop,), daemon=True).start()
    database = open_engine(order.database_url)
    jobs = open_jobs(Path(order.data), database)
    try:
        library = Library(Path(order.snapshots))
        work_off(jobs, library, kinds_of(order.limits), stop, name=order.name, lease=order.lease)
    finally:
        jobs.engine.dispose()
        database.dispose()


def _stop_with_standard_input(stop: threading.Event) -> None:
    # Not through `sys.stdin`, whose lock a thread that waits for ever would hold at the end.
    while os.read(0, 1024):
        pass
    stop.set()


if __name__ == "__main__":
    main()
