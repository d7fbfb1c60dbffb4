"""What is done to which columns of a file: written down, so that it can be done again to the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, get_args

from matching.choices import Choice
from referentials.canonical import JSON
from registry.errors import BadValue

FORMAT: Final = "marjaa-recipe/1"
MOST_BYTES = 20_000_000
"""Of a recipe; its choices take most of it."""
MOST_COLUMNS = 20

Role = Literal["name", "code"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class ColumnPlan:
    """One column that becomes codes of one referential.

    `role` says whether its cells are names or codes; only names may have a `within_column`. `version` is a
    label, or None for the newest. The content root, the key version and the calibration of the index are
    None until the plan is resolved; where they are given, another index is refused. `choices` are what
    somebody settled about its texts, the last of equal ones first to hold.
    """

    referential: str
    column: str
    within_column: str | None = None
    levels: tuple[str, ...] = ()
    role: Role = "name"
    version: str | None = None
    content_root: str | None = None
    key_version: str | None = None
    calibration: str | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a file. `at` is the day that the codes are of.

    Without `sheet`, `encoding` and `delimiter` they are found out. `explain` appends what each answer rests
    on.
    """

    columns: tuple[ColumnPlan, ...]
    at: date
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    explain: bool = False

    @property
    def wanted(self) -> tuple[str, ...]:
        """The titles of the columns that the file must have."""
        titles = [title for plan in self.columns for title in (plan.column, plan.within_column)]
        return tuple(dict.fromkeys(title for title in titles if title is not None))


def check_recipe(recipe: Recipe) -> None:
    """Raises BadValue for a recipe that contradicts itself, whatever the file."""
    if not 0 < len(recipe.columns) <= MOST_COLUMNS:
        raise BadValue("columns", len(recipe.columns), f"1 to {MOST_COLUMNS} columns")
    referentials = [plan.referential for plan in recipe.columns]
    for plan in recipe.columns:
        if referentials.count(plan.referential) > 1:
            # the appended columns are called by the referential alone, in an order that never changes
            raise BadValue("referential", plan.referential, "one column for each referential")
        if plan.role not in ROLES:
            raise BadValue("role", plan.role, f"one of {', '.join(ROLES)}")
        if plan.role == "code" and plan.within_column is not None:
            raise BadValue("within_column", plan.within_column, "nothing beside codes, which say it")
        if plan.within_column == plan.column:
            raise BadValue("within_column", plan.within_column, "another column than the texts'")


def recipe_document(recipe: Recipe) -> dict[str, JSON]:
    """The recipe as a JSON object."""
    return {
        "format": FORMAT,
        "at": recipe.at.isoformat(),
        "sheet": recipe.sheet,
        "encoding": recipe.encoding,
        "delimiter": recipe.delimiter,
        "explain": recipe.explain,
        "columns": [
            {
                "referential": plan.referential,
                "column": plan.column,
                "within_column": plan.within_column,
                "levels": list(plan.levels),
                "role": plan.role,
                "version": plan.version,
                "content_root": plan.content_root,
                "key_version": plan.key_version,
                "calibration": plan.calibration,
                "choices": [
                    {"text": choice.text, "within": choice.within, "code": choice.code}
                    for choice in plan.choices
                ],
            }
            for plan in recipe.columns
        ],
    }


def recipe_bytes(recipe: Recipe) -> bytes:
    """The recipe as the bytes of a file: UTF-8 JSON, the same for equal recipes."""
    return (json.dumps(recipe_document(recipe), ensure_ascii=False, indent=1) + "\n").encode()


def read_recipe(data: bytes) -> Recipe:
    """The recipe in the bytes of a file; raises BadValue, which names the member that is not accepted."""
    if len(data) > MOST_BYTES:
        raise BadValue("recipe", f"{len(data)} bytes", f"at most {MOST_BYTES} bytes")
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        raise BadValue("recipe", data[:80].decode("utf-8", "replace"), "a recipe, as JSON") from None
    return recipe_of(document)


def recipe_of(document: object) -> Recipe:
    """The recipe in a JSON object that was read; raises BadValue, which names the member."""
    members = _members(document, "recipe", _RECIPE_MEMBERS, ("columns", "at"))
    if members.get("format", FORMAT) != FORMAT:
        raise BadValue("format", members["format"], FORMAT)
    columns = members["columns"]
    if not isinstance(columns, list):
        raise BadValue("columns", columns, "a list")
    recipe = Recipe(
        columns=tuple(_plan(each, f"columns[{number}]") for number, each in enumerate(columns)),
        at=_day(members["at"]),
        sheet=_text(members, "sheet", ""),
        encoding=_text(members, "encoding", ""),
        delimiter=_delimiter(members),
        explain=_flag(members, "explain"),
    )
    check_recipe(recipe)
    return recipe


def without_versions(recipe: Recipe) -> Recipe:
    """The recipe for the newest versions, whatever it was made with; the choices stay."""
    return replace(
        recipe,
        columns=tuple(
            replace(plan, version=None, content_root=None, key_version=None, calibration=None)
            for plan in recipe.columns
        ),
    )


_RECIPE_MEMBERS = ("format", "at", "sheet", "encoding", "delimiter", "explain", "columns")
_PLAN_MEMBERS = (
    "referential",
    "column",
    "within_column",
    "levels",
    "role",
    "version",
    "content_root",
    "key_version",
    "calibration",
    "choices",
)
_CHOICE_MEMBERS = ("text", "within", "code")


def _plan(document: object, where: str) -> ColumnPlan:
    members = _members(document, where, _PLAN_MEMBERS, ("referential", "column"))
    levels = _list(members, "levels", where)
    if not all(isinstance(level, str) for level in levels):
        raise BadValue(f"{where}.levels", levels, "a list of texts")
    role = members.get("role", "name")
    if role not in ROLES:
        raise BadValue(f"{where}.role", role, f"one of {', '.join(ROLES)}")
    choices = _list(members, "choices", where)
    return ColumnPlan(
        referential=_needed(members, "referential", where),
        column=_needed(members, "column", where),
        within_column=_text(members, "within_column", where),
        levels=tuple(levels),
        role=role,
        version=_text(members, "version", where),
        content_root=_text(members, "content_root", where),
        key_version=_text(members, "key_version", where),
        calibration=_text(members, "calibration", where),
        choices=tuple(_choice(each, f"{where}.choices[{number}]") for number, each in enumerate(choices)),
    )


def _list(members: Mapping[str, object], name: str, where: str) -> list[Any]:
    value = members.get(name)
    if value is not None and not isinstance(value, list):
        raise BadValue(f"{where}.{name}", value, "a list")
    return value or []


def _choice(document: object, where: str) -> Choice:
    members = _members(document, where, _CHOICE_MEMBERS, ("text",))
    return Choice(
        _needed(members, "text", where), _text(members, "within", where), _text(members, "code", where)
    )


def _members(
    document: object, where: str, known: tuple[str, ...], needed: tuple[str, ...]
) -> dict[str, object]:
    if not isinstance(document, dict):
        raise BadValue(where, document, "a JSON object")
    for name in document:
        if name not in known:
            raise BadValue(where, name, f"members among {', '.join(known)}")
    for name in needed:
        if document.get(name) is None:
            raise BadValue(where, "", f"a member {name}")
    return document


def _text(members: Mapping[str, object], name: str, where: str) -> str | None:
    value = members.get(name)
    if value is not None and not isinstance(value, str):
        raise BadValue(f"{where}.{name}".lstrip("."), value, "a text")
    return value


def _needed(members: Mapping[str, object], name: str, where: str) -> str:
    value = _text(members, name, where)
    if not value:
        raise BadValue(f"{where}.{name}", "", "a text that is not empty")
    return value


def _delimiter(members: Mapping[str, object]) -> str | None:
    value = _text(members, "delimiter", "")
    if value is not None and (len(value) != 1 or value in '"\r\n\0'):
        raise BadValue("delimiter", value, "one sign, as ; or a tab")
    return value


def _flag(members: Mapping[str, object], name: str) -> bool:
    value = members.get(name, False)
    if not isinstance(value, bool):
        raise BadValue(name, value, "true or false")
    return value


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else _no_day(value)
    except ValueError:
        return _no_day(value)


def _no_day(value: object) -> date:
    raise BadValue("at", value, "a date as 2024-09-01")
