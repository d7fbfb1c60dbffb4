"""What somebody settled about a text before: handed in by the caller, never looked up here."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.queries import Candidate, Match, Query
from matching.standing import Successions
from matching.store import Store
from matching.text import fold, script_of


@dataclass(frozen=True, slots=True)
class Choice:
    """The code that a text means, where it lies `within` so; no code: it is not in the referential."""

    text: str
    within: str | None
    code: str | None


class Choices:
    """Choices by text and what it lies within, compared as `fold` has them; of equal ones the last holds.

    A choice without `within` holds only for queries without one.
    """

    def __init__(self, choices: Iterable[Choice]) -> None:
        self._by_text = {_folded(choice.text, choice.within): choice for choice in choices}

    def of(self, query: Query) -> Choice | None:
        """The choice that settles the query."""
        return self._by_text.get(_folded(query.text, query.within)) if self._by_text else None


def _folded(text: str, within: str | None) -> tuple[str, str]:
    """A text with nothing to compare (only signs) is compared as it is."""
    return fold(text) or text.strip(), fold(within or "")


class Chosen:
    """Answers from choices, on one store at one day."""

    def __init__(self, store: Store, at: int, choices: Choices) -> None:
        self.store = store
        self.at = at
        self.choices = choices
        self._successions = Successions(store, at)

    def answer(self, query: Query) -> Match | None:
        """The answer that somebody chose; None where nobody did, or the code is not to be had.

        That is so where the version does not know it, it ended without one successor, or its level is not
        asked for.
        """
        choice = self.choices.of(query)
        if choice is None:
            return None
        if choice.code is None:
            return Match("none", (), chosen=True)
        found = self.store.find(choice.code, self.at)
        standing = self._successions.of(found.row) if found is not None else ()
        if len(standing) != 1 or standing[0].ended:
            return None
        row = standing[0].row
        if query.levels and self.store.level(row) not in query.levels:
            return None
        return Match("exact", (self._candidate(row, script_of(query.text)),), chosen=True)

    def _candidate(self, row: int, script: str) -> Candidate:
        """The row by its preferred name, in the text's script where it has one."""
        store = self.store
        preferred = [name for name in store.names(row) if name.use == "preferred"]
        named = next(
            (name for name in preferred if name.script == script), preferred[0] if preferred else None
        )
        shown = named.text if named is not None else store.code(row)
        return Candidate(
            row=row,
            code=store.code(row),
            name=shown,
            score=1.0,
            matched_name=shown,
            language=named.language if named is not None else None,
            script=named.script if named is not None else script_of(shown),
            level=store.level(row),
            parent=store.parent(row),
            parts={"choice": 1.0},
        )
