"""Batches matched by several processes of one machine, which share the mapped index; in their order."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor

import pyarrow as pa

from matching.batch import BatchMatcher, BatchPlan

_WAITING = 2
"""Batches of each process that wait or are being matched: what bounds memory."""


def match_batches(
    plan: BatchPlan, batches: Iterable[pa.RecordBatch], *, processes: int | None = None
) -> Iterator[pa.RecordBatch]:
    """The batches with the columns of the answers, as one process gives them, in the same order.

    `processes` are as many as there are processors by default; with one, no other is started. Raises what
    `BatchMatcher` raises, and RuntimeError where a process was killed.
    """
    count = processes or os.cpu_count() or 1
    if count == 1:
        yield from BatchMatcher(plan)(batches)
        return
    # A process of its own, not a fork: a server's threads and locks stay behind.
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, fresh, _prepare, (plan,)) as pool:
        waiting: deque[Future[pa.RecordBatch]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_match, batch))
                if len(waiting) >= count * _WAITING:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


_matchers: list[BatchMatcher] = []


def _prepare(plan: BatchPlan) -> None:
    _matchers[:] = [BatchMatcher(plan)]


def _match(batch: pa.RecordBatch) -> pa.RecordBatch:
    [matcher] = _matchers
    [answered] = matcher([batch])
    return answered
