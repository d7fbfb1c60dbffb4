"""A choice becomes another name of its item: a proposal in a draft, which is reviewed like any other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from matching.text import fold, script_of
from referentials.listing import OtherName
from registry.accounts.actors import Actor, require
from registry.choices.remembering import ChoiceView
from registry.choices.standing import stand
from registry.errors import BadValue, Conflict, shown
from registry.library import Library
from registry.publishing.drafts.items import set_item
from registry.publishing.drafts.opening import ChangeSetView, NewDraft, open_draft, read_change_set, touch
from registry.publishing.drafts.paging import item_as_proposed
from registry.publishing.review.reports import report_error


@dataclass(frozen=True, slots=True)
class Promotion:
    """The draft that proposes the names, and how many it did not have yet."""

    change_set: ChangeSetView
    added: int


def promote(
    connection: Connection,
    library: Library,
    actor: Actor,
    choices: Sequence[ChoiceView],
    *,
    language: str | None,
    today: date,
    label: str | None = None,
    change_set: uuid.UUID | None = None,
) -> Promotion:
    """Propose the texts of choices as other names of their items, in a draft of editorial changes.

    All are of one referential. They go into the draft `change_set`, else into a new one whose version will be
    called `label`. Raises NotSignedIn and NotAllowed without the capability `edit`, what `open_draft` and
    `touch` raise, BadValue for choices that name no code, Conflict for a code that ended.
    """
    referential = _only_referential(choices)
    if change_set is None:
        if label is None:
            raise BadValue("label", "", "a label of the version to be, or the id of a change set")
        new = NewDraft(
            referential,
            label,
            today,
            mode="changes",
            basis="Names that administrations use in their files",
            change_class="editorial",
        )
        change_set = open_draft(connection, actor, new).id
    elif read_change_set(connection, change_set).referential != referential:
        raise BadValue("change_set", str(change_set), f"a change set of {referential}")
    standing = stand(choices, library.snapshot(referential).store, today)
    for each in standing:
        if each.stale:
            raise Conflict(
                f"{each.choice.code}, which {shown(each.choice.text)} was said to mean, has ended.",
                code=each.choice.code,
                successors=list(each.successors),
            )
    codes = sorted({each.choice.code for each in standing if each.choice.code is not None})
    touch(connection, actor, change_set, None, codes={"set": codes})
    added = sum(_add_name(connection, library, change_set, choice, language) for choice in choices)
    return Promotion(read_change_set(connection, change_set), added)


def suggest_names(
    connection: Connection, library: Library, actor: Actor, choices: Sequence[ChoiceView]
) -> list[int]:
    """Tell those who edit the referential of the names, where one may not edit it oneself.

    Each becomes an error report of its item; their numbers. Raises what `report_error` raises, and BadValue
    for choices that name no code.
    """
    require(actor, "keep-data-sets", administration=actor.administration)
    referential = _only_referential(choices)
    version = library.version(referential).label
    reports = []
    for choice in choices:
        if choice.code is None:
            raise BadValue("choices", choice.text, "choices that name a code")
        body = f"{choice.administration} uses another name for this item: {choice.text.strip()}"
        reports.append(report_error(connection, actor, referential, version, choice.code, body).id)
    return reports


def _add_name(
    connection: Connection,
    library: Library,
    change_set: uuid.UUID,
    choice: ChoiceView,
    language: str | None,
) -> bool:
    """Let the draft list the item with one more name; False where it has the name already."""
    code = choice.code
    if code is None:
        raise BadValue("choices", choice.text, "choices that name a code")
    item = item_as_proposed(connection, library.root, change_set, code)
    if item is None:
        raise Conflict(f"The draft lets go of {code}, which {shown(choice.text)} was said to mean.")
    known = {fold(name) for name in (*item.names.values(), *(other.text for other in item.other_names))}
    if fold(choice.text) in known:
        return False
    source = f"choice of {choice.administration}"
    name = OtherName(choice.text.strip(), language, script_of(choice.text), "alternative", source)
    set_item(connection, change_set, replace(item, other_names=(*item.other_names, name)))
    return True


def _only_referential(choices: Sequence[ChoiceView]) -> str:
    of = {choice.referential for choice in choices}
    if len(of) != 1:
        raise BadValue("choices", ", ".join(sorted(of)), "choices of one referential")
    return of.pop()
