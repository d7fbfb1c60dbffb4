"""Typed access to a TOML table, with errors that name the table and the key."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime

from seeds.model import Names, SeedError

LANGUAGES = ("fr", "ar", "en")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Table:
    """One TOML table. Every key must be asked for: `finish` refuses the ones that nobody knows."""

    def __init__(self, where: str, values: Mapping[str, object]) -> None:
        self.where = where
        self._values = values
        self._asked: set[str] = set()

    def error(self, key: str, problem: str) -> SeedError:
        """An error about one key of this table."""
        return SeedError(self.where, f"key {key!r} {problem}")

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self._required(key)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, f"must be a text that is not blank, not {value!r}")
        return value

    def optional_text(self, key: str) -> str | None:
        """A text, or None where the key is absent."""
        return self.text(key) if self._has(key) else None

    def id(self, key: str) -> str:
        """An identifier: lower-case letters, digits and single hyphens."""
        value = self.text(key)
        if not _ID.fullmatch(value):
            raise self.error(key, f"must be lower-case letters, digits and hyphens, not {value!r}")
        return value

    def choice(self, key: str, allowed: Collection[str]) -> str:
        """One of the allowed texts."""
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, f"must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def day(self, key: str) -> date:
        """A TOML local date."""
        value = self._required(key)
        if not isinstance(value, date) or isinstance(value, datetime):
            raise self.error(key, f"must be a date such as 2024-09-01, not {value!r}")
        return value

    def optional_day(self, key: str) -> date | None:
        """A date, or None where the key is absent."""
        return self.day(key) if self._has(key) else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of at least one text."""
        value = self._required(key)
        if not isinstance(value, list) or not value or not all(isinstance(text, str) for text in value):
            raise self.error(key, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def names(self, key: str) -> Names:
        """A text in each of the languages fr, ar and en."""
        inner = self.table(key)
        found = {language: inner.text(language).strip() for language in LANGUAGES}
        inner.finish()
        return found

    def texts_by_key(self, key: str) -> Mapping[str, str]:
        """A table of texts, with at least one."""
        inner = self.table(key)
        found = {name: inner.text(name) for name in inner._values}
        if not found:
            raise self.error(key, "must have at least one text")
        return found

    def optional_whole(self, key: str) -> int | None:
        """A whole number from 0 on, or None where the key is absent."""
        if not self._has(key):
            return None
        value = self._values[key]
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, f"must be a whole number from 0 on, not {value!r}")
        return value

    def table(self, key: str) -> Table:
        """A table inside this one."""
        value = self._required(key)
        if not isinstance(value, dict):
            raise self.error(key, f"must be a table, not {value!r}")
        return Table(f"{self.where}, {key}", value)

    def tables(self, key: str) -> list[Table]:
        """A list of at least one table; each is called by its id or label where it has one."""
        value = self._required(key)
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            raise self.error(key, f"must be a list of tables, not {value!r}")
        return [
            Table(f"{self.where}, {key} {row.get('id') or row.get('label') or position!r}", row)
            for position, row in enumerate(value, start=1)
        ]

    def finish(self) -> None:
        """Raises SeedError where the table has keys that were never asked for."""
        unknown = sorted(self._values.keys() - self._asked)
        if unknown:
            raise self.error(unknown[0], f"is unknown; known here: {', '.join(sorted(self._asked))}")

    def _has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def _required(self, key: str) -> object:
        if not self._has(key):
            raise self.error(key, "is missing")
        return self._values[key]
