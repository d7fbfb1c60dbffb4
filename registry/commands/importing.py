"""`marjaa import`: a file becomes a draft of the next version."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import click
from sqlalchemy import Connection, Engine, select

from referentials.readers import FORMATS, Mapping
from registry.commands.import_summaries import print_report, report_document
from registry.commands.opening import opened_database
from registry.commands.options import json_option
from registry.commands.printing import print_json
from registry.commands.progress import progress
from registry.commands.working import SHORTEST, Work, work
from registry.config import Settings
from registry.errors import BadValue
from registry.models import Version
from registry.publishing.drafts.checking import Report, check
from registry.publishing.drafts.events import DraftEvent, propose
from registry.publishing.drafts.importing import HowToRead, ImportReport, import_file, preview_file
from registry.publishing.drafts.opening import ChangeSetView, NewDraft, open_draft, read_change_set

EPILOG = """\b
Examples:
  marjaa import place-names localities.csv.gz --label 2027 --effective-on 2027-01-01
  marjaa import place-names localities.csv.gz --column code=wof_id --dry-run
  marjaa import administrative-units communes.geojson --code-property code --shapes-only
  marjaa import administrative-units decree.xlsx --changes --label 2025 --effective-on 2025-01-01
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line says of the draft."""

    referential: str
    files: tuple[Path, ...]
    label: str | None
    effective_on: date | None
    changes: bool
    draft: str | None
    basis: str


@click.command("import", epilog=EPILOG)
@click.argument("referential")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--label", metavar="LABEL", help="Label of the version to be, as 2024.1.")
@click.option(
    "--effective-on",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day from which the version is effective.",
)
@click.option("--changes", is_flag=True, help="The file holds only what changes, not the whole list.")
@click.option("--draft", metavar="CHANGE_SET", help="Draft to read the file into, instead of a new one.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=TITLE",
    help="Column of a role, where the guess is wrong; repeat it for several. An empty title: no column.",
)
@click.option("--level", metavar="LEVEL", help="Level of rows that name none.")
@click.option("--sheet", metavar="NAME", help="Sheet of a workbook, or layer of a GeoPackage.")
@click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    help="Format of the file; by default what its content shows.",
)
@click.option("--basis", default="", metavar="TEXT", help="What the version is based on.")
@click.option("--shapes-only", is_flag=True, help="Take only the shapes, for items that are there already.")
@click.option("--code-property", metavar="TITLE", help="Column or property with the codes.")
@click.option("--dry-run", is_flag=True, help="Show how the file would be read, and write nothing.")
@json_option
def import_(
    referential: str,
    files: tuple[Path, ...],
    label: str | None,
    effective_on: datetime | None,
    changes: bool,
    draft: str | None,
    columns: tuple[str, ...],
    level: str | None,
    sheet: str | None,
    format: str | None,
    basis: str,
    shapes_only: bool,
    code_property: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read FILE into a draft of the next version of REFERENTIAL, and check it.

    The format and the columns are found and shown with the reasons. A row that cannot be used is reported and
    left out. Nothing is published: the draft is confirmed, submitted and approved with `marjaa draft`. With
    --shapes-only the version is a refinement of the newest: its label and day are made of it.
    """
    given = _mapping(columns, code_property)
    how = HowToRead(given, format, sheet, level, shapes_only)
    day = None if effective_on is None else effective_on.date()
    asked = _Asked(referential, files, label, day, changes or shapes_only, draft, basis)
    if len(files) > 1 and not asked.changes:
        raise BadValue("FILE", files[1], "one file, or several with --changes or --shapes-only")
    if dry_run:
        _preview(asked, how, as_json)
        return
    with work() as at_work:
        opened = _draft(at_work, asked, how)
        reports = [_read(at_work, opened, path, how) for path in files]
        with at_work.writing() as connection:
            events = propose(connection, at_work.root, opened.id, actor=at_work.actor)
        checked = check(at_work.engine, at_work.root, opened.id)
        with at_work.reading() as connection:
            opened = read_change_set(connection, opened.id)
    _tell(opened, reports, [event for event in events if event.status == "proposed"], checked, as_json)


def _preview(asked: _Asked, how: HowToRead, as_json: bool) -> None:
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        mode = "changes" if asked.changes else "full"
        reports = [
            preview_file(engine, settings.snapshots, asked.referential, path, how, mode=mode)
            for path in asked.files
        ]
    if as_json:
        print_json({"files": [report_document(report) for report in reports]})
    else:
        for report in reports:
            print_report(report)
        click.echo("Nothing was written.")
    if any(report.refused for report in reports):
        sys.exit(2)


def _draft(at_work: Work, asked: _Asked, how: HowToRead) -> ChangeSetView:
    """The draft that is named, else a new one."""
    if asked.draft is not None:
        if asked.label is not None or asked.effective_on is not None or asked.basis:
            raise BadValue("--draft", asked.draft, "no label, day or basis beside it: the draft has its own")
        with at_work.reading() as connection:
            found = at_work.meant(connection, asked.draft)
        if found.referential != asked.referential:
            raise BadValue("--draft", asked.draft, f"a draft of {asked.referential}")
        if asked.changes and found.mode == "full":
            raise BadValue("--draft", asked.draft, "a draft of changes, not one of the whole list")
        return found
    for path in asked.files:  # a file that cannot be read leaves no empty draft behind
        _require_readable(at_work.engine, at_work.root, asked.referential, path, how)
    with at_work.writing() as connection:
        return open_draft(connection, at_work.actor, _new_draft(connection, asked, how))


def _new_draft(connection: Connection, asked: _Asked, how: HowToRead) -> NewDraft:
    if how.shapes_only:
        return _refinement(connection, asked)
    if asked.label is None or asked.effective_on is None:
        missing = "--label" if asked.label is None else "--effective-on"
        raise BadValue(missing, "", "a value: a new draft has one")
    mode = "changes" if asked.changes else "full"
    return NewDraft(asked.referential, asked.label, asked.effective_on, mode, asked.basis)


def _require_readable(engine: Engine, root: Path, referential: str, path: Path, how: HowToRead) -> None:
    preview_file(engine, root, referential, path, how, rows=1)


def _refinement(connection: Connection, asked: _Asked) -> NewDraft:
    """The version after the newest that says more of the same day: 2024.1 after 2024."""
    versions = connection.execute(
        select(Version.label, Version.effective_on)
        .where(Version.referential == asked.referential)
        .order_by(Version.ordinal)
    ).all()
    if not versions:
        raise BadValue("--shapes-only", asked.referential, "a referential with a published version")
    newest = versions[-1]
    names = ", ".join(path.name for path in asked.files)
    return NewDraft(
        asked.referential,
        asked.label or next_label([version.label for version in versions]),
        asked.effective_on or newest.effective_on,
        "changes",
        asked.basis or f"Shapes of {names}",
        change_class="editorial",
    )


def next_label(labels: Sequence[str]) -> str:
    """The label of a refinement of the last version: 2024.1 after 2024, 2024.2 after 2024.1."""
    stem, dot, number = labels[-1].rpartition(".")
    if not (dot and number.isdecimal() and stem in labels):
        stem = labels[-1]
    return next(label for count in range(1, len(labels) + 2) if (label := f"{stem}.{count}") not in labels)


def _read(at_work: Work, opened: ChangeSetView, path: Path, how: HowToRead) -> ImportReport:
    with progress() as tell:
        tell(f"reading {path.name}", 0, 0)
        return import_file(
            at_work.engine,
            at_work.root,
            at_work.actor,
            opened.id,
            path,
            how,
            progress=lambda rows: tell(f"reading {path.name}", rows, 0),
        )


def _tell(
    opened: ChangeSetView,
    reports: Sequence[ImportReport],
    events: Sequence[DraftEvent],
    checked: Report,
    as_json: bool,
) -> None:
    counts = {"errors": checked.total_errors, "warnings": checked.total_warnings}
    if as_json:
        files = [report_document(report) for report in reports]
        draft = {"id": str(opened.id), "label": opened.label, "revision": opened.revision}
        print_json({"draft": draft, "files": files, "check": counts, "proposed_events": len(events)})
        return
    for report in reports:
        print_report(report)
    click.echo(
        f"Draft {opened.id.hex[:SHORTEST]} of {opened.referential} {opened.label}, "
        f"effective on {opened.effective_on}: {counts['errors']:,} errors, {counts['warnings']:,} warnings"
    )
    for each in checked.counts:
        click.echo(f"  {each.severity}  {each.rule}: {each.count:,}")
    if events:
        click.echo(f"{len(events):,} change events are proposed, and wait for your word:")
        for kind, count in sorted(Counter(event.change.type for event in events).items()):
            click.echo(f"  {kind}: {count:,}")
    short = opened.id.hex[:SHORTEST]
    steps = ("findings", *(("events",) if events else ()), "submit")
    click.echo("Next: " + ", ".join(f"`marjaa draft {step} {short}`" for step in steps))


def _mapping(columns: Sequence[str], code_property: str | None) -> Mapping:
    pairs = [text.partition("=") for text in columns]
    for text, (role, sign, _) in zip(columns, pairs, strict=True):
        if not (role and sign):
            raise BadValue("--column", text, "a role, '=' and a title, as code=CODE_COMMUNE")
    given = {role.strip(): title for role, _, title in pairs}
    if code_property is not None:
        given["code"] = code_property
    return Mapping(given)
