"""A row that was found, as a candidate is shown: its title in the language of the entry that led there."""

from matching.activities.deciding import NEAR, Found
from matching.queries import Candidate
from matching.store import Name, Store
from matching.text import script_of


class Shown:
    """Candidates of one store; remembers the titles of its rows."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._names: dict[int, Name] = {}
        self._titles: dict[int, tuple[str, list[Name], str, str | None]] = {}

    def candidate(self, found: Found) -> Candidate:
        """The row with its code, its title, what matched and the parts of its score."""
        code, titles, level, parent = self._titles.get(found.row) or self._read(found.row)
        matched = self._names.get(found.name)
        if matched is None:
            matched = self._names[found.name] = self.store.name(found.name)
        title = next((name for name in titles if name.language == matched.language), None)
        if title is None:
            title = next(
                (name for name in titles if name.script == matched.script), titles[0] if titles else None
            )
        return Candidate(
            row=found.row,
            code=code,
            name=title.text if title is not None else code,
            score=1.0 if found.exact else NEAR if found.near else round(found.score, 4),
            matched_name=matched.text,
            language=matched.language,
            script=matched.script or script_of(matched.text),
            level=level,
            parent=parent,
            parts=parts_of(found),
        )

    def _read(self, row: int) -> tuple[str, list[Name], str, str | None]:
        store = self.store
        titles = [name for name in store.names(row) if name.use == "preferred"]
        self._titles[row] = store.code(row), titles, store.level(row), store.parent(row)
        return self._titles[row]


def parts_of(found: Found) -> dict[str, float]:
    """What speaks for it and against it, by name."""
    parts = {"words": round(found.words, 4), "letters": round(found.letters, 4)}
    if found.exact or found.near:
        parts["entry"] = 1.0 if found.exact else NEAR
    if found.doing != 1:
        parts["doing"] = round(found.doing, 4)
    if found.excluded:
        parts["excluded"] = 1.0
    if found.former:
        parts["former_name"] = 1.0
    if found.ended:
        parts["ended"] = 1.0
    if found.shared:
        parts["shared"] = round(found.shared, 4)
    return parts
