"""A change set as a person reads it."""

from __future__ import annotations

import click

from registry.commands.printing import print_fields
from registry.publishing.drafts.opening import ChangeSetView
from registry.publishing.review.standing import Standing


def print_change_set(found: ChangeSetView, standing: Standing | None = None, rows: int | None = None) -> None:
    """What a change set says of its version; with `standing` who did what, with `rows` how many it lists."""
    click.secho(f"{found.referential} {found.label}  {found.status}", bold=True)
    base = "nothing" if found.base_ordinal is None else f"version {found.base_ordinal}"
    print_fields(
        [
            ("id", found.id),
            ("effective on", found.effective_on),
            ("over", f"{base}, as {'the whole list' if found.mode == 'full' else 'changes'}"),
            ("basis", found.basis),
            ("legal basis", found.legal_basis),
            ("change class", found.change_class),
            ("less notice because", found.notice_reason),
            *((f"note ({language})", text) for language, text in found.notes.items()),
            ("revision", found.revision),
            ("changed at", found.changed_at),
            ("open to", found.consultation),
            ("until", found.consultation_until),
            ("submitted at", found.submitted_at),
            *(() if standing is None else _submitted(standing)),
            ("content root", found.content_root),
            ("approved at", found.approved_at),
            *(() if standing is None else _decided(standing)),
            ("publish at", found.publish_at),
            ("rows", None if rows is None else f"{rows:,}"),
            ("comments", None if standing is None else standing.comments or None),
        ]
    )


def _submitted(standing: Standing) -> list[tuple[str, object]]:
    return [("submitted by", standing.submitted_by), ("for the approver", standing.submission_note)]


def _decided(standing: Standing) -> list[tuple[str, object]]:
    return [
        ("changes wanted by", standing.wanted_by),
        ("changes wanted", standing.wanted),
        ("approved by", standing.approved_by),
        ("at the approval", standing.approval_note),
    ]
