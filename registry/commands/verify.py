"""`marjaa verify`: whether a copy of a version is what was published, without trusting its source."""

from __future__ import annotations

from pathlib import Path

import click

from registry.commands.copies import growth_of, is_address, opened_copy, trusted_fingerprints
from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.tables import print_table
from registry.verifying import Trust, Verdict

EPILOG = """\b
Examples:
  marjaa verify administrative-units-2024.tar --key log.pub
  marjaa verify https://data.example.org/api/v1/referentials/administrative-units/versions/2024 \\
      --key log.pub --checkpoint kept.txt
  marjaa verify var/snapshots/administrative-units/2
"""
WRONG = 6  # exit code, as of a snapshot that cannot be read
OUTCOMES = {"passed": "right", "failed": "WRONG", "skipped": "not checked"}


@click.command(epilog=EPILOG)
@click.argument("source", metavar="SNAPSHOT|URL")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="Public key that you trust: a file, its one-line text or its fingerprint; repeat it for several.",
)
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Checkpoint that you kept from before: the log must have grown out of it.",
)
@click.option(
    "--log",
    metavar="FILE|URL",
    help="Where the log's growth is proved from, for --checkpoint: a log.jsonl, or the address of a service.",
)
@json_option
def verify(
    source: str, keys: tuple[str, ...], checkpoint: Path | None, log: str | None, as_json: bool
) -> None:
    """Check that a copy of a version is what was published: each byte, the log, the signature.

    SNAPSHOT is an archive (snapshot.tar), the folder of one, or a folder below a snapshots' root; URL is the
    address of a version. Ends with exit code 6 where something is wrong.
    """
    asked = log or (source if is_address(source) else None)
    trust = Trust(
        trusted_fingerprints(keys),
        None if checkpoint is None else checkpoint.read_text(encoding="utf-8", errors="replace"),
        None if asked is None else growth_of(asked),
    )
    with opened_copy(source) as verified:
        verdict = verified(trust)
    if as_json:
        print_json(_document(verdict))
    else:
        _print(verdict)
    if not verdict.sound:
        raise click.exceptions.Exit(WRONG)


def _print(verdict: Verdict) -> None:
    print_table(
        ["check", "found", "in words"],
        [(check.name, OUTCOMES[check.outcome], check.words) for check in verdict.checks],
    )
    what = verdict.version or "This"
    if not verdict.sound:
        click.echo(f"{what} is NOT what was published.")
    elif any(check.name == "key" and check.outcome == "passed" for check in verdict.checks):
        click.echo(f"{what} is what was published.")
    else:
        click.echo(f"{what} is what its log says was published; whose log it is, a trusted --key tells.")


def _document(verdict: Verdict) -> dict[str, object]:
    return {
        "version": verdict.version,
        "sound": verdict.sound,
        "checks": [
            {"check": check.name, "outcome": check.outcome, "words": check.words} for check in verdict.checks
        ],
    }
