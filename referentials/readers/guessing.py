"""Guesses from titles and values which column plays which role, and says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matching.text import script_of
from referentials.canonical import JSON
from referentials.kinds import Kind
from referentials.readers import titles as words
from referentials.readers.mapping import Guess, Mapping, unused_titles
from referentials.readers.source import GEOMETRY
from referentials.readers.values import UnfitValue, number_of, text_of
from referentials.sheets.headers import folded

_STATED = re.compile(
    r"(name_[a-z]{2,3}|other_names(?:_[a-z]{2,3})?|attribute[_:.][A-Za-z]\w*(?:\.[A-Za-z]\w*)?"
    r"|attributes\.[A-Za-z]\w*|names\.[a-z]{2,3}|observation_\w+_\d{4}(?:-\d\d-\d\d)?)"
)
_FIGURE = re.compile(r"([^\W\d_]+)[ _-]*((?:19|20)\d\d)")
_BREAKS = re.compile(r"[\s_\-./:()'’]+")


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    phrase: str  # folded, words parted by one blank
    values: tuple[str, ...]  # those of the sample that are not empty
    filled: float  # the share of them

    @property
    def words(self) -> frozenset[str]:
        """The words of the title."""
        return frozenset(self.phrase.split())

    @property
    def distinct(self) -> bool:
        """Whether every row of the sample has a value of its own."""
        return self.filled == 1 and len(set(self.values)) == len(self.values)


Found = tuple[str, _Column, str]  # role, column, why


def guess_mapping(
    titles: Sequence[str],
    sample: Sequence[Sequence[JSON]],
    kind: Kind,
    levels: Sequence[str],
    languages: Sequence[str],
    default_level: str | None = None,
) -> Guess:
    """Which column plays which role, from titles in French, Arabic or English and from sampled values.

    Each role comes with the reason. What is not sure enough is left out: the titles unused are listed.
    `default_level` is the level of all rows, where the caller knows it.
    """
    columns = [_column(title, at, sample) for at, title in enumerate(titles) if title]
    guessing = _Guessing(columns, kind, tuple(levels), tuple(languages), default_level)
    roles: dict[str, _Column] = {}
    reasons: dict[str, str] = {}
    taken: set[str] = set()
    for role, column, why in guessing.found():
        if role not in roles and column.title not in taken:
            roles[role] = column
            reasons[role] = why
            taken.add(column.title)
    mapping = Mapping({role: column.title for role, column in roles.items()})
    return Guess(mapping, reasons, unused_titles(titles, mapping), guessing.level)


def _column(title: str, at: int, sample: Sequence[Sequence[JSON]]) -> _Column:
    values = [text_of(row[at]) for row in sample if at < len(row)]
    filled = tuple(value for value in values if value)
    phrase = " ".join(_BREAKS.sub(" ", folded(title)).split())
    return _Column(title, phrase, filled, len(filled) / len(values) if values else 0)


@dataclass(slots=True)
class _Guessing:
    columns: list[_Column]
    kind: Kind
    levels: tuple[str, ...]
    languages: tuple[str, ...]
    level: str | None

    def found(self) -> Iterator[Found]:
        """Roles in order of certainty: the first that claims a column has it."""
        yield from self._stated()
        yield from self._level()
        yield from self._codes()
        yield from self._places()
        yield from self._phrases()
        yield from self._names()
        yield from self._attributes()
        yield from self._figures()
        yield from self._code_by_values()

    def _stated(self) -> Iterator[Found]:
        """Titles that are roles, as exports write them, and the shapes of features."""
        for column in self.columns:
            if column.title == GEOMETRY:
                yield "shape", column, "the features' own geometries"
            if _STATED.fullmatch(column.title):
                role = re.sub(r"^attributes?[_:.]", "attribute_", column.title)
                role = re.sub(r"^names\.", "name_", role)
                if role.startswith("attribute_") and not self._has_attribute(role):
                    continue
                yield role, column, f"titled {column.title!r}"

    def _has_attribute(self, role: str) -> bool:
        known = self.kind.attributes
        return known is None or role.removeprefix("attribute_").partition(".")[0] in known

    def _level(self) -> Iterator[Found]:
        for column in self.columns:
            if column.words <= words.LEVELS and column.words:
                yield "level", column, f"titled {column.title!r}"
        for column in self.columns:
            if column.filled == 1 and column.values and set(column.values) <= set(self.levels):
                yield "level", column, "its values are levels of the referential"

    def _codes(self) -> Iterator[Found]:
        """The column of the codes, by its title; with codes of several levels, the parent's, too."""
        of_level = dict(self._codes_of_levels())
        exact = [column for column in self.columns if column.words and column.words <= words.CODES]
        for column in sorted(exact, key=lambda column: column.phrase != "code"):
            yield "code", column, f"titled {column.title!r}"
        if not exact and of_level:
            level = self.level if self.level in of_level else self._narrowest(of_level)
            if level is not None and level in of_level:
                self.level = self.level or level
                yield "code", of_level[level], f"titled {of_level[level].title!r}: the codes of {level!r}"
        for column in self.columns:
            if column.words & words.PARENTS:
                yield "parent", column, f"titled {column.title!r}"
        if self.level in self.levels:
            for wider in reversed(self.levels[: self.levels.index(self.level)]):
                if wider in of_level:
                    column = of_level[wider]
                    yield (
                        "parent",
                        column,
                        f"titled {column.title!r}: the codes of {wider!r}, the level above",
                    )
                    break
        for column in self.columns:
            other = column.words & (words.PARENTS | words.NOT_CODES)
            if column.words & words.CODES and not other and column.distinct:
                yield "code", column, f"titled {column.title!r}, and no value comes twice"

    def _codes_of_levels(self) -> Iterator[tuple[str, _Column]]:
        for column in self.columns:
            rest = column.words - words.CODES - words.FILLERS
            if column.words & words.CODES and len(rest) == 1:
                for level in self.levels:
                    if rest == {folded(level)}:
                        yield level, column

    def _narrowest(self, found: dict[str, _Column]) -> str | None:
        return next(
            (level for level in reversed(self.levels) if level in found and found[level].distinct), None
        )

    def _places(self) -> Iterator[Found]:
        for role, known, limit in (
            ("longitude", words.LONGITUDES, 180),
            ("latitude", words.LATITUDES, 90),
        ):
            for column in self.columns:
                if column.phrase in known and _in_degrees(column.values, limit):
                    yield role, column, f"titled {column.title!r}, with numbers within ±{limit}"

    def _phrases(self) -> Iterator[Found]:
        for role, known in (
            ("shape", words.SHAPES),
            ("valid_from", words.STARTS),
            ("action", words.ACTIONS),
        ):
            for column in self.columns:
                if column.phrase in known:
                    yield role, column, f"titled {column.title!r}"

    def _names(self) -> Iterator[Found]:
        plain = []
        of_level = {folded(self.level)} if self.level else set()
        if self.kind.id == "place-names":
            of_level |= words.PLACES
        for column in self.columns:
            language, rest = _language_of(column.words)
            other = bool(rest & words.OTHER_NAMES) and rest <= words.OTHER_NAMES | words.NAMES
            if other:
                role = "other_names" if language is None else f"other_names_{language}"
                yield role, column, f"titled {column.title!r}"
            elif language is not None and rest <= words.NAMES | of_level:
                role = f"name_{language}" if language in self.languages else f"other_names_{language}"
                yield role, column, f"titled {column.title!r}"
            elif rest and rest <= words.NAMES | of_level:
                plain.append(column)
        for column in plain:
            language, why = self._language_by_values(column)
            if language is not None:
                yield f"name_{language}", column, f"titled {column.title!r}; {why}"

    def _language_by_values(self, column: _Column) -> tuple[str | None, str]:
        arabic = sum(script_of(value) == "Arab" for value in column.values)
        if 2 * arabic > len(column.values):
            return ("ar" if "ar" in self.languages else None), "most values are in Arabic script"
        latin = [language for language in self.languages if language not in ("ar", "zgh")]
        return (latin[0] if latin else None), "its language is taken for the first of the referential"

    def _attributes(self) -> Iterator[Found]:
        for name, type_name in (self.kind.attributes or {}).items():
            for column in self.columns:
                known = words.ATTRIBUTES.get(name, frozenset())
                if column.phrase in known or column.phrase == name.replace("_", " "):
                    role = f"attribute_{name}"
                    if type_name == "object" and not all(value.startswith("{") for value in column.values):
                        role += ".code" if any(map(str.isdigit, "".join(column.values[:20]))) else ".name"
                    yield role, column, f"titled {column.title!r}"

    def _figures(self) -> Iterator[Found]:
        for column in self.columns:
            figure = _FIGURE.fullmatch(column.phrase)
            measure = words.MEASURES.get(figure[1]) if figure else None
            if figure and measure:
                yield f"observation_{measure}_{figure[2]}", column, f"titled {column.title!r}"

    def _code_by_values(self) -> Iterator[Found]:
        for column in self.columns:
            if (
                not column.words & words.NOT_CODES
                and column.distinct
                and all(_looks_like_a_code(value) for value in column.values)
            ):
                yield "code", column, "every row has a short value of its own, with a digit and no blank"


def _language_of(found: frozenset[str]) -> tuple[str | None, frozenset[str]]:
    """The language that a title names, and its other words; `en` is also a French preposition."""
    for language in sorted(words.LANGUAGES, key=lambda language: language == "en"):
        if found & words.LANGUAGES[language]:
            return language, found - words.LANGUAGES[language] - words.FILLERS
    return None, found - words.FILLERS


def _in_degrees(values: Sequence[str], limit: float) -> bool:
    """Whether most values are degrees: those that are not are for the rows' problems."""
    sample = values[:50]
    return 2 * sum(_is_within(value, limit) for value in sample) >= len(sample)


def _is_within(value: str, limit: float) -> bool:
    try:
        return abs(number_of(value)) <= limit
    except UnfitValue:
        return False


def _looks_like_a_code(value: str) -> bool:
    return len(value) <= 30 and " " not in value and any(map(str.isdigit, value))
