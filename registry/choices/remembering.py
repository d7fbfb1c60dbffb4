"""Choices as rows: added, superseded, withdrawn, listed; each administration has its own only."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from matching.choices import Choice as Settled
from matching.text import fold
from registry.accounts import audit
from registry.accounts.actors import Actor, NotAllowed, require
from registry.clock import now
from registry.errors import BadValue, Conflict, DomainError, UnknownReferential
from registry.models import Administration, Choice, Referential

LONGEST_TEXT = 1_000
_AT_ONCE = 400  # texts of one statement, well below what SQLite takes as parameters


class UnknownChoice(DomainError):
    """The administration has no such choice, or has withdrawn or superseded it."""

    slug = "unknown-choice"

    def __init__(self, choice: int) -> None:
        super().__init__(f"Your administration has no choice {choice} that holds.", choice=choice)


@dataclass(frozen=True, slots=True)
class ChoiceView:
    """A choice that holds; `data_set` is None where it is for all, `code` where there is none to find."""

    id: int
    administration: str
    referential: str
    data_set: str | None
    text: str
    within: str | None
    code: str | None
    chosen_by: str
    chosen_at: str
    source: str | None

    @property
    def settled(self) -> Settled:
        """The choice as matching takes it."""
        return Settled(self.text, self.within, self.code)


_COLUMNS = tuple(Choice.__table__.c[each.name] for each in dataclasses.fields(ChoiceView))


@dataclass(frozen=True, slots=True)
class _Key:
    """What a choice is about, as it is compared (as `matching.choices` compares)."""

    folded: str
    within: str

    @classmethod
    def of(cls, choice: Settled) -> _Key:
        return cls(fold(choice.text) or choice.text.strip(), fold(choice.within or ""))


def administration_of(actor: Actor) -> str:
    """The administration whose choices the actor sees and makes; raises NotSignedIn and NotAllowed."""
    require(actor, "keep-data-sets", administration=actor.administration)
    if actor.administration is None:
        raise NotAllowed("Choices are an administration's, and you belong to none.")
    return actor.administration


def require_member(actor: Actor, referential: str) -> str:
    """The administration of those who settle its choices, or edit the referential; raises NotAllowed."""
    if actor.administration is None or not actor.may("edit", referential=referential):
        return administration_of(actor)
    return actor.administration


def remember(
    connection: Connection,
    actor: Actor | str,
    administration: str,
    referential: str,
    choices: Sequence[Settled],
    *,
    data_set: str | None = None,
    source: str | None = None,
) -> int:
    """Let these choices hold from now on; how many are new or differ from what held.

    The caller has asked whether the actor may. Of several about the same text the last one counts. Codes are
    not looked at here. Raises UnknownReferential; BadValue for an administration, or a text that is blank or
    too long; Conflict where somebody settles the same at this moment.
    """
    _require_known(connection, administration, referential)
    for choice in choices:
        _require_text(choice)
    wanted = {_Key.of(choice): choice for choice in choices}
    held = _latest(connection, administration, referential, data_set or "", list(wanted))
    moment = now()
    rows = [
        {
            "administration": administration,
            "referential": referential,
            "data_set": data_set or "",
            "text": choice.text,
            "folded": key.folded,
            "within": choice.within,
            "within_folded": key.within,
            "number": held[key].number + 1 if key in held else 1,
            "status": "settled",
            "code": choice.code,
            "chosen_by": actor if isinstance(actor, str) else actor.id,
            "chosen_at": moment,
            "source": source,
        }
        for key, choice in wanted.items()
        if key not in held or not held[key].says(choice.code)
    ]
    if rows:
        _insert(connection, rows)
        told = {"choices": len(rows), "referential": referential, "data_set": data_set, "source": source}
        audit.record(connection, actor, "settled", "choice", administration, after=told)
    return len(rows)


def withdraw(connection: Connection, actor: Actor | str, administration: str, choice: int) -> None:
    """Let a choice hold no more; raises UnknownChoice."""
    view = read_choice(connection, administration, choice)
    row = connection.execute(select(Choice.__table__).where(Choice.id == choice)).one()
    values = {**row._asdict(), "number": row.number + 1, "status": "withdrawn", "chosen_at": now()}
    values["chosen_by"] = actor if isinstance(actor, str) else actor.id
    del values["id"]
    _insert(connection, [values])
    before = {"referential": view.referential, "text": view.text, "within": view.within, "code": view.code}
    audit.record(connection, actor, "withdrew", "choice", choice, before=before)


def read_choice(connection: Connection, administration: str, choice: int) -> ChoiceView:
    """A choice of an administration that holds; raises UnknownChoice."""
    row = connection.execute(_holding(administration).where(Choice.id == choice)).one_or_none()
    if row is None:
        raise UnknownChoice(choice)
    return _view(row)


def list_choices(
    connection: Connection,
    administration: str,
    *,
    referential: str | None = None,
    data_set: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[ChoiceView]:
    """The choices of an administration that hold, oldest first, those behind number `after`."""
    chosen = _holding(administration).where(Choice.id > after)
    if referential is not None:
        chosen = chosen.where(Choice.referential == referential)
    if data_set is not None:
        chosen = chosen.where(Choice.data_set == data_set)
    return [_view(row) for row in connection.execute(chosen.order_by(Choice.id).limit(limit))]


def choices_for(
    connection: Connection, administration: str, referential: str, data_set: str | None
) -> list[ChoiceView]:
    """The choices that hold for a file: those for all data sets, then those for its own, which count more."""
    found = list_choices(connection, administration, referential=referential)
    general = [view for view in found if view.data_set is None]
    return general + [view for view in found if view.data_set is not None and view.data_set == data_set]


@dataclass(frozen=True, slots=True)
class _Held:
    """The newest row about a text."""

    number: int
    status: str
    code: str | None

    def says(self, code: str | None) -> bool:
        return self.status == "settled" and self.code == code


def _latest(
    connection: Connection, administration: str, referential: str, data_set: str, keys: Sequence[_Key]
) -> dict[_Key, _Held]:
    found: dict[_Key, _Held] = {}
    for start in range(0, len(keys), _AT_ONCE):
        texts = {key.folded for key in keys[start : start + _AT_ONCE]}
        rows = connection.execute(
            select(Choice.folded, Choice.within_folded, Choice.number, Choice.status, Choice.code)
            .where(
                Choice.administration == administration,
                Choice.referential == referential,
                Choice.data_set == data_set,
                Choice.folded.in_(texts),
            )
            .order_by(Choice.number)
        )
        found |= {_Key(row[0], row[1]): _Held(*row[2:]) for row in rows}
    return found


def _holding(administration: str) -> Select[tuple[object, ...]]:
    """Rows that hold: settled, and with none of a higher number about the same."""
    later = aliased(Choice)
    same: list[ColumnElement[bool]] = [
        getattr(later, name) == getattr(Choice, name)
        for name in ("administration", "referential", "data_set", "folded", "within_folded")
    ]
    superseded = select(later.id).where(*same, later.number == Choice.number + 1).exists()
    return select(*_COLUMNS).where(
        Choice.administration == administration, Choice.status == "settled", ~superseded
    )


def _insert(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(Choice), [dict(row) for row in rows])
    except IntegrityError as error:
        raise Conflict("Somebody of your administration settled the same text at this moment.") from error


def _view(row: Sequence[object]) -> ChoiceView:
    view = ChoiceView(*row)  # type: ignore[arg-type]  # the columns are those of the fields
    return view if view.data_set else dataclasses.replace(view, data_set=None)


def _require_known(connection: Connection, administration: str, referential: str) -> None:
    if connection.scalar(select(Referential.id).where(Referential.id == referential)) is None:
        raise UnknownReferential(referential)
    if connection.scalar(select(Administration.id).where(Administration.id == administration)) is None:
        raise BadValue("administration", administration, "the id of an administration")


def _require_text(choice: Settled) -> None:
    for name, text in (("text", choice.text), ("within", choice.within), ("code", choice.code)):
        if text is None:
            continue
        blank = name != "within" and not text.strip()
        if blank or len(text) > LONGEST_TEXT or "\0" in text:
            raise BadValue(name, text, f"a text of 1 to {LONGEST_TEXT} characters")
