"""`marjaa log`: the log of publications, its checkpoint and the keys that sign it."""

from __future__ import annotations

from pathlib import Path

import click

from referentials.notes import read_public_key
from registry.commands.options import json_option, open_library, snapshots_option
from registry.commands.printing import print_fields, print_json
from registry.commands.tables import print_table
from registry.config import Settings
from registry.errors import Unavailable
from registry.logbook import KeyEntry, read_log

LIST_EPILOG = """\b
Examples:
  marjaa log list
  marjaa log list --snapshots copies/ --json
"""
CHECKPOINT_EPILOG = """\b
Examples:
  marjaa log checkpoint
  marjaa log checkpoint > kept.txt
"""
KEY_EPILOG = """\b
Examples:
  marjaa log key
  marjaa log key --line > log.pub
"""
ROTATE_EPILOG = """\b
Examples:
  marjaa log rotate
  marjaa log rotate --lost
"""
TOMBSTONE_EPILOG = """\b
Example:
  marjaa log tombstone persons 2023 --reason "Judgment 12/2026 of the court of Rabat"
"""


@click.group("log")
def log() -> None:
    """The log of publications, and the keys that sign it."""


@log.command("list", epilog=LIST_EPILOG)
@snapshots_option
@json_option
def list_leaves(snapshots: Path | None, as_json: bool) -> None:
    """List the leaves that the newest checkpoint covers."""
    found = read_log(open_library(snapshots).root)
    if as_json:
        print_json({"size": found.size, "leaves": list(found.documents)})
        return
    print_table(
        ["leaf", "referential", "version", "published at", "content root"],
        [
            (
                position,
                leaf["referential"],
                leaf["label"],
                leaf.get("published_at") or f"removed at {leaf.get('removed_at')}",
                str(leaf.get("content_root"))[:16],
            )
            for position, leaf in enumerate(found.documents)
        ],
        right=["leaf"],
    )


@log.command("checkpoint", epilog=CHECKPOINT_EPILOG)
@snapshots_option
def checkpoint(snapshots: Path | None) -> None:
    """Print the newest signed checkpoint, to be kept: with it, rewriting the log is found."""
    found = read_log(open_library(snapshots).root)
    if not found.note:
        raise Unavailable(
            "The log has no checkpoint yet; `marjaa serve` or `marjaa seed` makes the first one."
        )
    click.echo(found.note, nl=False)


@log.command("key", epilog=KEY_EPILOG)
@click.option("--line", is_flag=True, help="Print the newest public key's one-line text only.")
@snapshots_option
@json_option
def key(line: bool, snapshots: Path | None, as_json: bool) -> None:
    """Show the public keys of the log, the newest first; the private one is never shown."""
    keys = read_log(open_library(snapshots).root).keys
    if as_json:
        print_json({"keys": [_key(entry) for entry in keys]})
        return
    for entry in keys[-1:] if line else keys[::-1]:
        if line:
            click.echo(entry.key)
            continue
        print_fields([(name.replace("_", " "), value) for name, value in _key(entry).items()])


@log.command("rotate", epilog=ROTATE_EPILOG)
@click.option("--lost", is_flag=True, help="The old private key is lost: no statement leads to the new one.")
def rotate(lost: bool) -> None:
    """Sign with a new key from now on; the old one names it in a signed statement, and is deleted."""
    # Signing takes the leaves from the database, whose libraries no other command here needs.
    from registry.commands import rotating

    entry = rotating.rotate(Settings.from_environment(), lost=lost)
    print_fields([(name.replace("_", " "), value) for name, value in _key(entry).items()])
    if lost:
        click.echo("Tell readers: those who trust the lost key cannot know that this one is yours.", err=True)


@log.command("tombstone", epilog=TOMBSTONE_EPILOG)
@click.argument("referential")
@click.argument("version", metavar="VERSION")
@click.option(
    "--reason", required=True, metavar="TEXT", help="Why, for everyone to read: the law, the ruling."
)
@click.option("--yes", is_flag=True, help="Do not ask again.")
def tombstone(referential: str, version: str, reason: str, yes: bool) -> None:
    """Remove a version's snapshot for ever, where a law forces it; the log tells that and why.

    What remains, and what copies there may be elsewhere, is in the documentation.
    """
    from registry.commands import tombstoning

    if not yes:
        click.confirm(f"Remove {referential} {version} for ever?", abort=True)
    leaf = tombstoning.tombstone(Settings.from_environment(), referential, version, reason)
    click.echo(f"{referential} {version} is removed; leaf {leaf} of the log says why.")


def _key(entry: KeyEntry) -> dict[str, object]:
    public = read_public_key(entry.key)
    return {
        "key": entry.key,
        "id": public.id,
        "fingerprint": public.fingerprint,
        "since": entry.since,
        "named_by": "the key before it" if entry.statement else "no other key",
    }
