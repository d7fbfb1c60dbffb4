"""What `marjaa calibrate` fitted, for people."""

from __future__ import annotations

from pathlib import Path

import click

from matching.calibration import Calibration
from registry.commands.tables import print_table


def print_calibration(found: Calibration, target: Path) -> None:
    """Print thresholds, then each source as the model that was fitted without it judged it."""
    click.echo(
        f"{found.profile}: {found.support}, fitted on {found.source}, seed {found.seed}, "
        f"{found.absents_prior:.0%} absents, keys of version {found.key_version}"
    )
    click.echo(
        f"Taken without asking from {found.auto_from:.4f} on; nothing is meant below {found.review_from:.4f}."
    )
    click.echo(f"Calibration error of all sources, each held out: {found.error:.4f}\n")
    print_table(
        ["held out", "values", "calibration error", "accepted", "right of those", "absents accepted"],
        [
            (
                each.source,
                f"{each.values:,}",
                f"{each.error:.4f}",
                _percent(each.coverage),
                _percent(each.precision),
                _percent(each.absents),
            )
            for each in found.held_out
        ],
        right=["values", "calibration error", "accepted", "right of those", "absents accepted"],
    )
    click.echo(f"\nAccepted: of those whose text is not a name of the candidate. Written: {target}")


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.2%}"
