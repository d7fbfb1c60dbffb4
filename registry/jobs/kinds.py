"""The kinds of jobs, and who does each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from referentials.sheets.limits import Limits
from registry.jobs.harmonisations import KIND
from registry.jobs.harmonising import harmonise_file
from registry.jobs.working import Work


def kinds_of(limits: Limits) -> Mapping[str, Work]:
    """Who does each kind of job, where files may hold so much."""
    return {KIND: partial(harmonise_file, limits)}
