"""What one root answers from: a version, a day, a language, and the addresses that it tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from matching.store import DamagedStore, Store, StoreError
from registry.errors import BadValue
from registry.library import Library, Snapshot
from registry.serving import Moment, moment_of
from registry.serving.languages import FALLBACK, in_language
from registry.serving.rendering import read_item

ROOT = "/reconcile"
DRAFT = "v1"
VERSIONS = "versions"
_TAKEN = (DRAFT, VERSIONS)
LANGUAGES = FALLBACK
"""Languages in which a service speaks of itself; the first is the one that stands in for others."""


@dataclass(frozen=True, slots=True)
class Service:
    """A referential as one of its versions has it on a day, spoken of in one of `LANGUAGES`.

    `public` is the base of absolute addresses. `label` is the version that the address names, None where it
    names none: then the newest version answers, for today.
    """

    library: Library
    snapshot: Snapshot
    at: Moment
    public: str
    label: str | None
    language: str
    told: dict[str, str] = field(default_factory=dict, compare=False)
    """What lies in these codes, as far as it was told."""

    @property
    def store(self) -> Store:
        """The compiled rows of the version."""
        return self.snapshot.store

    @property
    def levels(self) -> tuple[str, ...]:
        """The types of the service, from the top."""
        return self.snapshot.referential.levels

    @property
    def root(self) -> str:
        """The absolute address of the service in version 0.2 of the specification."""
        return self.public + root_of(self.snapshot.referential.id, self.label)

    @property
    def items(self) -> str:
        """The absolute address that items are below: the persistent one of each follows with its code."""
        below = f"/{VERSIONS}/{quote(self.label, safe='')}" if self.label is not None else ""
        return f"{self.public}/api/v1/referentials/{self.snapshot.referential.id}{below}/items/"

    @property
    def name(self) -> str:
        """What the service is called, with the version where the address names one."""
        name = self.word(self.snapshot.referential.names) or self.snapshot.referential.id
        return name if self.label is None else f"{name} {self.label}"

    def word(self, words: Mapping[str, str]) -> str | None:
        """The word in the service's language, or in one that stands in for it."""
        found, used = in_language(words, self.language)
        return None if used is None else found[used]

    def level_name(self, level: str) -> str:
        """What a level is called."""
        return self.word(self.snapshot.referential.level_names.get(level, {})) or level

    @contextmanager
    def reading(self, row: int) -> Iterator[dict[str, Any]]:
        """The item of a row as it was rendered; raises DamagedStore where what is read of it is none."""
        try:
            yield read_item(self.store.rendered(row))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            if isinstance(error, StoreError):
                raise
            raise DamagedStore(self.store.folder / "rendered", f"row {row} is none ({error})") from error

    def row_of(self, code: str) -> int | None:
        """The row that answers for a code on the day (decision D2); None where no state ever had it."""
        found = self.store.find(code, self.at.number)
        return None if found is None else found.row

    def row_name(self, row: int) -> str:
        """A row's name in the service's language or one that stands in for it; the code where it has none."""
        names = [name for name in self.store.names(row) if name.use == "preferred"]
        known = {name.language: name.text for name in names if name.language is not None}
        return self.word(known) or (names[0].text if names else self.store.code(row))

    def language_of(self, row: int, name: str) -> str | None:
        """The language of one of a row's names, where it is known."""
        return next((each.language for each in self.store.names(row) if each.text == name), None)

    def lies_in(self, row: int) -> str:
        """The names of all that a row lies in, the nearest first; worked out once for all children."""
        parent = self.store.parent(row)
        if parent is None:
            return ""
        told = self.told.get(parent)
        if told is None:
            told = self.told[parent] = " > ".join(self.row_name(above) for above in self.ancestors(row))
        return told

    def ancestors(self, row: int) -> list[int]:
        """The rows above, the parent first."""
        found: list[int] = []
        parent = self.store.parent(row)
        while parent is not None and len(found) < len(self.levels):
            above = self.row_of(parent)
            if above is None:
                break
            found.append(above)
            parent = self.store.parent(above)
        return found

    def require_level(self, where: str, level: str) -> str:
        """The level, which is one of the referential; raises BadValue naming where it was given."""
        if level not in self.levels:
            raise BadValue(where, level, f"one of the types {', '.join(self.levels)}")
        return level


def root_of(referential: str, label: str | None) -> str:
    """The path of a service; a version that is labelled as another root is reached below `versions`."""
    if label is None:
        return f"{ROOT}/{referential}"
    before = f"{VERSIONS}/" if label in _TAKEN else ""
    return f"{ROOT}/{referential}/{before}{quote(label, safe='')}"


def open_service(
    library: Library, referential: str, label: str | None, *, today: date, public: str, language: str
) -> Service:
    """The service of a version, by default of the newest one for today.

    Raises UnknownReferential, UnknownVersion, RemovedVersion and BeforeRecords.
    """
    snapshot = library.snapshot(referential, label)
    at = moment_of(snapshot, None, versioned=label is not None, today=today)
    return Service(library, snapshot, at, public, label, language)
