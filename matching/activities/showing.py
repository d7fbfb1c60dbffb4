"""A row that was found, as a candidate is shown: its title in the language of the entry that led there."""

from typing import NamedTuple

from matching.activities.deciding import NEAR, Found
from matching.queries import Candidate
from matching.store import Store
from matching.text import script_of

_MOST_REMEMBERED = 100_000


class _Said(NamedTuple):
    """What is shown of a row that a designation led to."""

    code: str
    name: str
    matched: str
    language: str | None
    script: str
    level: str
    parent: str | None


class Shown:
    """Candidates of one store; remembers what it read for them."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._said: dict[tuple[int, int], _Said] = {}

    def candidate(self, found: Found) -> Candidate:
        """The row with its code, its title, what matched and the parts of its score."""
        said = self._said.get((found.row, found.name)) or self._read(found.row, found.name)
        return Candidate(
            row=found.row,
            code=said.code,
            name=said.name,
            score=1.0 if found.exact else NEAR if found.near else round(found.score, 4),
            matched_name=said.matched,
            language=said.language,
            script=said.script,
            level=said.level,
            parent=said.parent,
            parts=parts_of(found),
        )

    def _read(self, row: int, name: int) -> _Said:
        store = self.store
        code, matched = store.code(row), store.name(name)
        titles = [each for each in store.names(row) if each.use == "preferred"]
        same = [each for each in titles if each.language == matched.language]
        alike = [each for each in titles if each.script == matched.script]
        title = next(iter((*same, *alike, *titles)), None)
        said = _Said(
            code=code,
            name=code if title is None else title.text,
            matched=matched.text,
            language=matched.language,
            script=matched.script or script_of(matched.text),
            level=store.level(row),
            parent=store.parent(row),
        )
        if len(self._said) >= _MOST_REMEMBERED:
            self._said.clear()
        self._said[row, name] = said
        return said


def parts_of(found: Found) -> dict[str, float]:
    """What speaks for it and against it, by name."""
    parts = {"words": found.words, "letters": found.letters}
    if found.exact or found.near:
        parts["entry"] = 1.0 if found.exact else NEAR
    if found.doing != 1:
        parts["doing"] = found.doing
    if found.excluded:
        parts["excluded"] = 1.0
    if found.former:
        parts["former_name"] = 1.0
    if found.ended:
        parts["ended"] = 1.0
    if found.shared:
        parts["shared"] = round(found.shared, 4)
    return parts
