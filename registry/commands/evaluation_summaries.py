"""What `marjaa evaluate` found out, for people and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from matching.evaluation import Evaluation, Judged
from matching.measures import Calibrated, Share
from registry.commands.tables import print_table
from registry.library import Snapshot
from registry.serving.finding import provenance
from registry.serving.moments import Moment

SHOWN = 20  # mistakes, and codes that cannot be used
_KINDS = {"all": "all that are in it", "exact": "exact", "other": "not exact"}


def evaluation_document(found: Evaluation, snapshot: Snapshot, at: Moment) -> Mapping[str, Any]:
    """Everything that was found out; of the values only the mistaken ones."""
    document = asdict(found)
    del document["judged"]
    return {
        **provenance(snapshot, at),
        **document,
        "values_per_second": round(_speed(found), 1),
        "mistaken": [_mistake(each) for each in found.judged if each.mistaken],
    }


def print_evaluation(
    found: Evaluation, file: Path, snapshot: Snapshot, at: Moment, plot: Path | None
) -> None:
    """Print the figures, then what was mistaken."""
    version = f"{snapshot.referential.id} {snapshot.version.label} on {at.text}"
    click.echo(f"{file.name}: {found.rows:,} rows, {found.values:,} distinct values, matched with {version}")
    if found.brought_forward:
        click.echo(f"Codes of before that were brought up to date: {found.brought_forward:,} rows.")
    if found.unusable:
        rows = sum(len(each.rows) for each in found.unusable)
        click.echo(f"Left out, because this version does not know their code: {rows:,} rows.")
        for each in found.unusable[:SHOWN]:
            click.echo(f"  {each.code}: row {', '.join(map(str, each.rows[:SHOWN]))}")
        if len(found.unusable) > SHOWN:
            click.echo(f"  and {len(found.unusable) - SHOWN:,} more codes")
    click.echo()
    print_table(
        ["values", "count", "first", "95%", "among five", "95%"],
        [
            (_KINDS[name], f"{group.top.of:,}", *_cells(group.top), *_cells(group.five))
            for name, group in found.found.items()
        ],
        right=["count", "first", "among five"],
    )
    click.echo()
    print_table(
        ["outcome", "values", "coverage", "precision", "95%"],
        [
            (name, f"{by.coverage.count:,}", _cells(by.coverage)[0], *_cells(by.precision))
            for name, by in (
                *found.outcomes.items(),
                ("accepted: exact or auto", found.accepted),
                ("accepted, of those not exact", found.accepted_others),
            )
        ],
        right=["values", "coverage", "precision"],
    )
    click.echo()
    absents = found.absents
    share, interval = _cells(absents)
    click.echo(f"Absent values that were accepted: {absents.count} of {absents.of} ({share}, {interval})")
    others = _error(found.calibration_others)
    click.echo(f"Calibration error: {_error(found.calibration)}; of those not exact: {others}")
    click.echo(f"Speed: {_speed(found):,.0f} distinct values a second of CPU")
    _print_mistakes([each for each in found.judged if each.mistaken])
    if plot is not None:
        click.echo(f"\nWritten: {plot}")


def _print_mistakes(mistaken: list[Judged]) -> None:
    if not mistaken:
        return
    # What was accepted and is wrong does harm: it comes first, then what concerns most rows.
    harmful = sorted(
        mistaken, key=lambda each: (each.outcome not in ("exact", "auto"), -len(each.rows), each.rows[:1])
    )
    click.echo(f"\nMistaken ({min(SHOWN, len(harmful))} of {len(harmful)}; all of them with --json):")
    print_table(
        ["value", "within", "rows", "outcome", "right", "first", "score"],
        [
            (
                each.text,
                each.within,
                f"{len(each.rows):,}",
                each.outcome,
                " or ".join(each.truth) or "(absent)",
                each.code,
                f"{each.score:.3f}",
            )
            for each in harmful[:SHOWN]
        ],
        right=["rows", "score"],
    )


def _mistake(each: Judged) -> Mapping[str, Any]:
    return asdict(each) | {"truth": list(each.truth), "rows": list(each.rows)}


def _cells(share: Share) -> tuple[str, str]:
    if share.share is None or share.low is None or share.high is None:
        return "-", "-"
    return f"{share.share:.1%}", f"{share.low:.1%} to {share.high:.1%}"


def _error(calibrated: Calibrated) -> str:
    if calibrated.error is None:
        return "-"
    return f"{calibrated.error:.3f} ({calibrated.low:.3f} to {calibrated.high:.3f})"


def _speed(found: Evaluation) -> float:
    return found.values / max(found.seconds, 1e-9)
