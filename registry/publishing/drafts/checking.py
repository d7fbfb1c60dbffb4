"""Checks what a draft proposes, and takes the words that editors give for warnings.

Errors block a draft. A rule with warnings is an open question until somebody who may edit gives a word for
it; the word holds until the rule warns of something else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, select, update

from referentials.findings import Base, CheckedList, Inspection, Reference, base_of, inspect
from referentials.kinds import kind as kind_of
from referentials.relisting import relist
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.clock import now
from registry.database import begin_write
from registry.errors import BadValue, Conflict
from registry.library import Library
from registry.models import DraftWord, Referential
from registry.publishing.dependents import affected_referentials
from registry.publishing.drafts.building import proposed_content
from registry.publishing.drafts.kept_findings import (
    Report,
    Word,
    keep,
    keep_reading,
    read_report,
    storable,
)
from registry.publishing.drafts.listing import WorkingList, working_list
from registry.publishing.drafts.opening import EDITABLE, ChangeSetView, count_as_author, lock_change_set
from registry.publishing.drafts.reporting import report_csv, report_json
from registry.publishing.impact import Departure

__all__ = [
    "Report",
    "Word",
    "check",
    "check_draft",
    "give_word",
    "keep_reading",
    "open_questions",
    "read_report",
    "report_csv",
    "report_json",
]

LONGEST_WORD = 4_000


def check(engine: Engine, root: Path, change_set: uuid.UUID) -> Report:
    """Run all rules over the list that a change set proposes; replaces what they found before.

    While they run, for a minute over a long list, nobody who writes has to wait. `root` is the snapshots'
    root. Raises UnknownChangeSet; DamagedSnapshot where the base cannot be read; Conflict where somebody
    edited the draft meanwhile: then what was found before is kept.
    """
    with engine.connect() as connection:
        seen = _inspected(connection, root, change_set)
    with begin_write(engine) as connection:
        return _kept(connection, seen)


def check_draft(connection: Connection, root: Path, change_set: uuid.UUID) -> Report:
    """The same in the caller's transaction, which holds the change set to its end."""
    lock_change_set(connection, change_set)  # nobody edits what is being checked
    return _kept(connection, _inspected(connection, root, change_set))


def open_questions(connection: Connection, change_set: uuid.UUID) -> tuple[str, ...]:
    """The rules with warnings for which nobody has given a word; none where the rules have not run yet.

    Raises UnknownChangeSet.
    """
    report = read_report(connection, change_set)
    return () if report is None else report.open_questions


def give_word(connection: Connection, actor: Actor, change_set: uuid.UUID, rule: str, word: str) -> None:
    """Say why a rule's warnings may stand, in place of what was said before.

    Whoever gives one has worked on the draft, and does not approve it. Raises UnknownChangeSet; NotSignedIn
    and NotAllowed without the capability `edit`; Conflict where the change set was submitted: what approvers
    read stays as it is; BadValue for a rule without warnings and for a word that is none.
    """
    draft = lock_change_set(connection, change_set)
    require(actor, "edit", referential=draft.referential)
    if draft.status not in EDITABLE:
        raise Conflict(f"The change set {change_set} is {draft.status}; nothing more is asked of it.")
    said = word.strip()
    if not said or len(said) > LONGEST_WORD or said != storable(said):
        raise BadValue("word", word, f"a text of at most {LONGEST_WORD} characters")
    report = read_report(connection, change_set)
    counts = () if report is None else report.counts
    warned = sorted({each.rule for each in counts if each.severity == "warning"})
    if rule not in warned:
        raise BadValue("rule", rule, f"a rule with warnings: {', '.join(warned) or 'there are none'}")
    of_rule = (DraftWord.change_set == change_set) & (DraftWord.rule == rule)
    before = connection.execute(select(DraftWord.word).where(of_rule)).scalar()
    values = {"word": said, "given_by": actor.id, "given_at": now()}
    if before is None:
        connection.execute(insert(DraftWord).values(change_set=change_set, rule=rule, **values))
    else:
        connection.execute(update(DraftWord).where(of_rule).values(**values))
    count_as_author(connection, actor, draft)
    audit.record(
        connection,
        actor,
        "gave-word",
        "change_set",
        change_set,
        before=None if before is None else {"rule": rule, "word": before},
        after={"rule": rule, "word": said},
    )


@dataclass(frozen=True, slots=True)
class _Inspected:
    """What the rules found, and the change set as it was then."""

    draft: ChangeSetView
    found: Inspection


def _inspected(connection: Connection, root: Path, change_set: uuid.UUID) -> _Inspected:
    listed = working_list(connection, root, change_set)
    return _Inspected(listed.change_set, inspect(_checked(connection, root, listed)))


def _kept(connection: Connection, seen: _Inspected) -> Report:
    draft = lock_change_set(connection, seen.draft.id)
    # An import stores its rows under one revision, and says in the mapping how far it came.
    if (draft.revision, draft.mapping) != (seen.draft.revision, seen.draft.mapping):
        raise Conflict(f"The change set {draft.id} was edited while it was being checked.")
    keep(connection, draft.id, "rules", seen.found)
    report = read_report(connection, draft.id)
    if report is None:
        raise Conflict(f"The change set {draft.id} went away while it was being checked.")
    return report


def _checked(connection: Connection, root: Path, listed: WorkingList) -> CheckedList:
    """The list with all that the rules look at."""
    draft = listed.change_set
    its = connection.execute(
        select(Referential.kind, Referential.levels, Referential.languages).where(
            Referential.id == draft.referential
        )
    ).one()
    of_referential = (
        kind_of(its.kind),
        tuple(level["id"] for level in its.levels),
        tuple(its.languages),
        {level["id"]: level["code_pattern"] for level in its.levels if "code_pattern" in level},
    )
    if draft.withdraws is not None:
        # It restores what was published: nothing to explain, and no rows of a file.
        with proposed_content(connection, root, draft.id) as content:
            items = tuple(relist(content))
        return CheckedList(items, (None,) * len(items), *of_referential)
    base = base_of(listed.base)
    return CheckedList(
        listed.items,
        listed.rows,
        *of_referential,
        base=base,
        changes=listed.changes,
        removed=listed.removed,
        references=() if base is None else tuple(_references(connection, root, listed, base)),
        effective_on=draft.effective_on,
    )


def _references(connection: Connection, root: Path, listed: WorkingList, base: Base) -> Iterator[Reference]:
    """The references of published referentials to codes that the list lets go."""
    gone = base.levels.keys() - {item.code for item in listed.items}
    if not gone:
        return
    departure = Departure(listed.change_set.referential, {code: base.levels[code] for code in gone})
    for affected in affected_referentials(connection, Library(root), departure):
        if affected.id != departure.referential:
            yield from (Reference(affected.id, code, affected.part) for code in affected.codes)
