"""What listed changes say of codes: which they end, keep and give; and where they contradict one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from referentials.events import EVENTS, Effect
from referentials.listing import ListedChange, ListedLink
from referentials.standing_codes import StandingCodes


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A code of which changes say what cannot all be true, and what that is."""

    code: str
    problem: str


def ends_code(change: ListedChange, code: str) -> bool:
    """Whether a change says that another code takes the place of this one, or that it ends."""
    went = any(link.code == code for link in change.sources)
    return EVENTS[change.type].succeeds and went and all(link.code != code for link in change.targets)


def keeps_item(change: ListedChange) -> bool:
    """Whether a change says that its only source and its only target are one item."""
    return EVENTS[change.type].keeps_item and len(change.sources) == len(change.targets) == 1


def returns(change: ListedChange) -> bool:
    """Whether a change says that an item that had ended is there again."""
    return EVENTS[change.type].effect is Effect.RETURNS


def codes_ended(changes: Sequence[ListedChange]) -> set[str]:
    """The codes whose place another code takes, or that end, by these changes."""
    known = [change for change in changes if change.type in EVENTS]
    return {link.code for change in known for link in change.sources if ends_code(change, link.code)}


def codes_kept(changes: Sequence[ListedChange], current: StandingCodes) -> tuple[dict[str, str], list[str]]:
    """New code → code before, where a change keeps the item; and what keeps changes from being so."""
    known = [change for change in changes if change.type in EVENTS]
    free = {
        link.code
        for change in known
        for link in change.sources
        if ends_code(change, link.code) or (keeps_item(change) and link.code != change.targets[0].code)
    }
    kept: dict[str, str] = {}
    problems: list[str] = []
    for change in filter(keeps_item, known):
        before, after = change.sources[0].code, change.targets[0].code
        if before != after and after in current and after not in free:
            # A correction may say that another item is meant; nothing else gives an item's code away.
            if not EVENTS[change.type].withdraws:
                problems.append(f"{change.type} of {before!r} leads to {after!r}, which another item has")
        elif kept.setdefault(after, before) != before:
            problems.append(f"code {after!r} takes the place of both {kept[after]!r} and {before!r}")
    return kept, problems


def successors(changes: Sequence[ListedChange]) -> Iterator[tuple[str, str]]:
    """Each code that ends by a change, with the one code that takes its place."""
    for change in changes:
        if change.type in EVENTS and len(change.targets) == 1:
            yield from (
                (link.code, change.targets[0].code) for link in change.sources if ends_code(change, link.code)
            )


def contradictions(changes: Sequence[ListedChange], listed: Collection[str]) -> Iterator[Contradiction]:
    """Where changes contradict each other, or the codes that the version to be has (`listed`); by code.

    A code ends once, and is then gone, unless a change gives it to another item; an item has its code from a
    change that keeps the item, or begins with it, not both; and what is created comes of nothing else.
    """
    known = [change for change in changes if change.type in EVENTS]
    given = {link.code for change in known for link in change.targets}
    present = frozenset(listed)
    ending: defaultdict[str, list[ListedChange]] = defaultdict(list)
    coming: defaultdict[str, list[ListedChange]] = defaultdict(list)
    for change in known:
        for code in dict.fromkeys(link.code for link in change.sources):
            if ends_code(change, code):
                ending[code].append(change)
        for code in dict.fromkeys(link.code for link in change.targets):
            coming[code].append(change)
    for code, enders in sorted(ending.items()):
        if len(enders) > 1:
            yield Contradiction(code, f"code {code!r} ends more than once: {_told(enders)}")
        elif code in present and code not in given:
            told = f"code {code!r} ends by a change, and the list has it: {_told(enders)}"
            yield Contradiction(code, told)
    for code, givers in sorted(coming.items()):
        if any(_excludes(one, other, code) for one in givers for other in givers if one is not other):
            yield Contradiction(
                code, f"code {code!r} comes of changes that exclude each other: {_told(givers)}"
            )


def clash(one: ListedChange, other: ListedChange) -> bool:
    """Whether two changes cannot both be true, whatever else is."""
    return any(True for _ in contradictions([one, other], ()))


def compatible(proposed: Iterable[ListedChange], stated: Iterable[ListedChange]) -> list[int]:
    """The places of the proposed changes that contradict neither what is stated nor one before them."""
    about: defaultdict[str, list[ListedChange]] = defaultdict(list)
    for change in stated:
        _note(about, change)
    kept: list[int] = []
    for place, change in enumerate(proposed):
        near = {id(other): other for code in _codes_of(change) for other in about[code]}
        if not any(clash(change, other) for other in near.values()):
            kept.append(place)
            _note(about, change)
    return kept


def _note(about: defaultdict[str, list[ListedChange]], change: ListedChange) -> None:
    for code in _codes_of(change):
        about[code].append(change)


def _codes_of(change: ListedChange) -> dict[str, None]:
    return dict.fromkeys(link.code for link in (*change.sources, *change.targets))


def _excludes(one: ListedChange, other: ListedChange, code: str) -> bool:
    """Whether two changes that lead to a code say otherwise where its item comes from."""
    if one.type == "creation":
        return _begins(other) or _renumbers(other, code)
    return _renumbers(one, code) and _begins(other)


def _renumbers(change: ListedChange, code: str) -> bool:
    """Whether a change says that an item that was there gets this code."""
    if not keeps_item(change):
        return False
    return change.sources[0].code != code or returns(change)


def _begins(change: ListedChange) -> bool:
    """Whether a change says that its targets are new items, made of nothing or of all of its sources."""
    return change.type in ("creation", "merge", "split")


def _told(changes: Sequence[ListedChange]) -> str:
    return "; ".join(
        f"{change.type} of {_codes(change.sources)} to {_codes(change.targets)}" for change in changes
    )


def _codes(links: Sequence[ListedLink]) -> str:
    return ", ".join(link.code for link in links) or "nothing"


def said_twice(changes: Sequence[ListedChange]) -> list[str]:
    """What is said more than once, in the same words."""
    said = Counter(
        (
            change.type,
            change.effective_on,
            tuple(sorted(link.code for link in change.sources)),
            tuple(sorted(link.code for link in change.targets)),
        )
        for change in changes
    )
    return [
        f"{kind} of {', '.join(sources) or 'nothing'} on {day} comes {count} times"
        for (kind, day, sources, _), count in said.items()
        if count > 1
    ]
