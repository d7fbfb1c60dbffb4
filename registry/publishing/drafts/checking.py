"""Checks what a draft proposes, and takes the words that editors give for warnings.

Errors block a draft. A rule with warnings is an open question until somebody who may edit gives a word for
it; the word holds until the rule warns of something else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, insert, select, update

from referentials.findings import Base, CheckedList, Reference, base_of, inspect
from referentials.kinds import kind as kind_of
from referentials.relisting import relist
from registry.accounts import audit
from registry.accounts.actors import Actor, require
from registry.clock import now
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
from registry.publishing.drafts.opening import EDITABLE, count_as_author, lock_change_set
from registry.publishing.drafts.reporting import report_csv, report_json
from registry.publishing.impact import Departure

__all__ = [
    "Report",
    "Word",
    "check_draft",
    "give_word",
    "keep_reading",
    "open_questions",
    "read_report",
    "report_csv",
    "report_json",
]

LONGEST_WORD = 4_000


def check_draft(connection: Connection, root: Path, change_set: uuid.UUID) -> Report:
    """Run all rules over the list that a change set proposes; replaces what they found before.

    `root` is the snapshots' root. Raises UnknownChangeSet, and DamagedSnapshot where the base cannot be read.
    """
    lock_change_set(connection, change_set)  # nobody edits what is being checked
    listed = working_list(connection, root, change_set)
    keep(connection, change_set, "rules", inspect(_checked(connection, root, listed)))
    report = read_report(connection, change_set)
    if report is None:
        raise Conflict(f"The change set {change_set} went away while it was checked.")
    return report


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
