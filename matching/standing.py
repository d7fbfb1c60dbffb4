"""Which rows stand today for a row that was found by an old name or an old code."""

from dataclasses import dataclass

from matching.store import Store

_MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """A row that answers for one found. `former`: it is another one; `ended`: nothing valid replaced it."""

    row: int
    former: bool
    ended: bool


class Successions:
    """Rows followed to what replaced them, on one store at one day; remembers what it followed."""

    def __init__(self, store: Store, at: int) -> None:
        self.store = store
        self.at = at
        self._known: dict[int, tuple[Standing, ...]] = {}

    def of(self, row: int) -> tuple[Standing, ...]:
        """The row itself where it is valid; else those that replaced it; else itself, as ended."""
        standing = self._known.get(row)
        if standing is None:
            valid = self.store.status(row, self.at) == "valid"
            standing = (Standing(row, False, False),) if valid else self._follow(row)
            self._known[row] = standing
        return standing

    def _follow(self, row: int) -> tuple[Standing, ...]:
        ends: dict[int, bool] = {}
        followed: set[str] = set()
        codes = [self.store.code(row)]
        for _ in range(_MOST_STEPS):
            following: list[str] = []
            for code in codes:
                found = self.store.find(code, self.at)
                if found is None or code in followed:
                    continue
                followed.add(code)
                successors = self.store.successors(found.row)
                if found.status == "valid":
                    ends[found.row] = False
                elif successors and found.status in ("superseded", "invalid"):
                    following.extend(successors)
                elif found.status != "invalid":
                    ends[found.row] = True
            codes = following
        return tuple(Standing(end, end != row, ended) for end, ended in ends.items())
