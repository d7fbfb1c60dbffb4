"""Recoding codes of one date to another, as HTTP answers it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from referentials.canonical import JSON
from referentials.records import ChangeEvent
from registry.errors import TooLarge
from registry.history.recoding import Recoded, Recoder
from registry.library import Snapshot
from registry.serving.moments import require_recorded

MOST_CODES = 10_000  # in one request; a longer column is for `marjaa recode`


def recoder_of(snapshot: Snapshot, start: date, end: date) -> Recoder:
    """What recodes as this version has it; raises BeforeRecords for a date of which it knows nothing."""
    for day in (start, end):
        require_recorded(snapshot, day)
    return Recoder(snapshot.content, snapshot.store, snapshot.items_of_code, start, end)


def answer_recoding(snapshot: Snapshot, codes: Sequence[str], start: date, end: date) -> dict[str, JSON]:
    """One result for each code, in order, as a JSON document.

    A code that is not known has a result that says so. Raises TooLarge and BeforeRecords.
    """
    if len(codes) > MOST_CODES:
        raise TooLarge("codes", MOST_CODES, "codes in one request")
    recoder = recoder_of(snapshot, start, end)
    shown: dict[str, JSON] = {}
    results = []
    for code, found in zip(codes, recoder.recode_all(codes), strict=True):
        if code not in shown:
            shown[code] = result_document(found)
        results.append(shown[code])
    return {
        "referential": snapshot.referential.id,
        "version": snapshot.version.label,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "results": results,
    }


def result_document(found: Recoded) -> dict[str, JSON]:
    """One result as JSON; `path` tells each event in short."""
    return {
        "code": found.code,
        "outcome": found.outcome,
        "ambiguous": found.ambiguous,
        "certain": found.certain,
        "reversible": found.reversible,
        "targets": [{"code": part.code, "share": part.share, "basis": part.basis} for part in found.targets],
        "path": [_event(event) for event in found.path],
    }


def _event(event: ChangeEvent) -> dict[str, JSON]:
    return {
        "id": str(event.id),
        "type": event.type,
        "effective_on": event.effective_on.isoformat(),
        "basis": event.basis,
        "sources": [link.code for link in event.sources],
        "targets": [link.code for link in event.targets],
    }
