"""What the commands about correspondences print."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import click

from registry.catalogue import CorrespondenceEntry, MemberEntry
from registry.commands.printing import line_of_names, print_fields
from registry.commands.tables import print_table
from registry.correspondences.algebra import Derived, Quality
from registry.correspondences.documents import document_of

SHOWN = 100  # associations; --json and export have all of them


def print_list(found: Sequence[CorrespondenceEntry]) -> None:
    """A line for each correspondence."""
    print_table(
        ["id", "from", "to", "publication", "associations"],
        [
            (
                each.id,
                _side(each.source_referential, each.source_version),
                _side(each.target_referential, each.target_version),
                each.ordinal,
                f"{len(each.associations):,}",
            )
            for each in found
        ],
        right=["publication", "associations"],
    )


def print_derived(found: Derived) -> None:
    """What a correspondence is, its quality, what to mind, and its first associations."""
    entry, quality = found.entry, found.quality
    relations = [f"{count:,} {name}" for name, count in quality.relations.items() if count]
    click.secho(entry.id, bold=True)
    print_fields(
        [
            ("names", line_of_names(entry.names)),
            ("from", _side(entry.source_referential, entry.source_version)),
            ("to", _side(entry.target_referential, entry.target_version)),
            ("basis", entry.basis),
            ("licence", entry.licence),
            ("attribution", entry.attribution),
            ("publication", f"{entry.ordinal}, {entry.published_at}" if entry.ordinal else "not published"),
            (
                "relations",
                ", ".join(relations),
            ),
            ("quality", _quality(quality)),
            ("lost", ", ".join(quality.lost[:SHOWN])),
            ("unreached", ", ".join(quality.unreached[:SHOWN])),
        ]
    )
    for warning in found.warnings:
        click.echo(f"Mind: {warning}")
    shown = entry.associations[:SHOWN]
    click.echo(f"\nAssociations ({len(shown):,} of {len(entry.associations):,}):")
    print_table(
        ["source", "relation", "target", "note"],
        [(_told(each.sources), each.relation, _told(each.targets), each.note) for each in shown],
    )


def derived_document(found: Derived) -> dict[str, object]:
    """The same as one JSON object, as over HTTP."""
    return {
        **document_of(found.entry),
        "quality": dataclasses.asdict(found.quality),
        "warnings": list(found.warnings),
    }


def _quality(quality: Quality) -> str:
    return (
        f"{quality.clean:,} of {quality.sources:,} sources lie wholly in one target, "
        f"{quality.ambiguous:,} are ambiguous"
    )


def _told(members: Sequence[MemberEntry]) -> str:
    return " + ".join(
        each.code if each.share is None else f"{each.code} ({each.share:.6g})" for each in members
    )


def _side(referential: str, version: str | None) -> str:
    return referential if version is None else f"{referential} {version}"
