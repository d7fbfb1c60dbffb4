"""Rules about texts: names in the languages and scripts they should be in, and nothing that deceives."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping

from matching.text import fold, script_of
from referentials.canonical import JSON
from referentials.formulas import is_formula
from referentials.listing import ListedItem
from referentials.rules.checked import CheckedList, Finding, Severity, finding, shown

LONGEST_NAME = 1_000

# The scripts (ISO 15924) that a language is written in; Tamazight is transcribed in Latin letters, too.
SCRIPTS: Mapping[str, frozenset[str]] = {
    "ar": frozenset({"Arab"}),
    "en": frozenset({"Latn"}),
    "es": frozenset({"Latn"}),
    "fr": frozenset({"Latn"}),
    "zgh": frozenset({"Tfng", "Latn"}),
}
# In other kinds, titles and acronyms ("ISO 19115") may stay in the letters they come in.
_PLACE_NAMES = "place-names"

# Control characters and halves of surrogate pairs; marks, embeddings, overrides and isolates (Unicode
# Bidirectional Algorithm, UAX 9), which make a text read otherwise than it is; traces of a wrong encoding.
# Joiners (U+200C, U+200D) are spelling, and stay.
_DECEPTIVE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]"
)


def missing_names(checked: CheckedList) -> Iterator[Finding]:
    """An item has a name in each of the referential's languages; a list may do without (warning)."""
    for row, item in checked.numbered():
        for language in checked.languages:
            if not item.names.get(language, "").strip():
                problem = f"there is no name in the language {language!r}"
                yield finding("missing_names", "warning", (row, item), f"name_{language}", "", problem)


def overlong_names(checked: CheckedList) -> Iterator[Finding]:
    """A name is a name, not a text (error)."""
    for row, item in checked.numbered():
        for column, text in _names(item):
            if len(text) > LONGEST_NAME:
                problem = f"the name has {len(text):,} characters; at most {LONGEST_NAME:,} are allowed"
                yield finding("overlong_names", "error", (row, item), column, text, problem)


def deceptive_characters(checked: CheckedList) -> Iterator[Finding]:
    """A text reads as it is: no control characters or direction controls, no wrong encoding (error)."""
    for row, item in checked.numbered():
        for column, text in _texts(item):
            found = _DECEPTIVE.search(text)
            if found is not None:
                name = unicodedata.name(found[0], "a control character")
                problem = f"holds U+{ord(found[0]):04X} ({name})"
                yield finding("deceptive_characters", "error", (row, item), column, text, problem)


def formula_like_text(checked: CheckedList) -> Iterator[Finding]:
    """A text that is no number does not start as a formula does: a spreadsheet would run it (error)."""
    for row, item in checked.numbered():
        for column, text in _texts(item):
            if is_formula(text):
                sign = text.lstrip()[:1]
                problem = f"{shown(text)} starts with {sign!r}; a spreadsheet would take it for a formula"
                yield finding("formula_like_text", "error", (row, item), column, text, problem)


def wrong_scripts(checked: CheckedList) -> Iterator[Finding]:
    """A text is in a script of its language (error in names of places; else, and in other names, warning).

    Only letters count; languages whose scripts are not known here are left alone.
    """
    of_names: Severity = "error" if checked.kind.profile == _PLACE_NAMES else "warning"
    for row, item in checked.numbered():
        for language, text in item.names.items():
            problem = _script_problem(language, text)
            if problem is not None:
                yield finding("wrong_scripts", of_names, (row, item), f"name_{language}", text, problem)
        for other in item.other_names:
            problem = _script_problem(other.language or "", other.text)
            if problem is not None:
                yield finding("wrong_scripts", "warning", (row, item), "other_names", other.text, problem)


def homonyms(checked: CheckedList) -> Iterator[Finding]:
    """Within one parent, two items of a level differ in name by more than case and accents (warning)."""
    alike: defaultdict[tuple[str, str, str, str], list[tuple[str, int]]] = defaultdict(list)
    for at, item in enumerate(checked.items):
        within = _place_of(item)
        for language, text in item.names.items():
            key = fold(text)
            if key:
                alike[within, item.level, language, key].append((item.code, at))
    for (_, _, language, _), group in alike.items():
        if len(group) < 2:
            continue
        first, _ = min(group)
        for code, at in group:
            if code == first:
                continue
            item = checked.items[at]
            problem = f"the {item.level} {first!r} beside it has the same name"
            place = (checked.rows[at], item)
            yield finding("homonyms", "warning", place, f"name_{language}", item.names[language], problem)


def _script_problem(language: str, text: str) -> str | None:
    expected = SCRIPTS.get(language)
    if expected is None:
        return None
    script = script_of(text)
    if script in expected or script == "Zyyy":  # no letters at all
        return None
    wanted = " or ".join(sorted(expected))
    return f"{shown(text)} is in the script {script}; a text in {language!r} is in {wanted}"


def _place_of(item: ListedItem) -> str:
    """What an item lies in: its parent, or the items of other referentials that it names."""
    return item.parent or " ".join(sorted(filter(None, map(_code_of, item.attributes.values()))))


def _code_of(value: JSON) -> str:
    code = value.get("code") if isinstance(value, dict) else None
    return code if isinstance(code, str) else ""


def _names(item: ListedItem) -> Iterator[tuple[str, str]]:
    for language, text in item.names.items():
        yield f"name_{language}", text
    for other in item.other_names:
        yield "other_names", other.text


def _texts(item: ListedItem) -> Iterator[tuple[str, str]]:
    yield "code", item.code
    yield from _names(item)
    for name, value in item.attributes.items():
        if isinstance(value, str):
            yield f"attribute_{name}", value
