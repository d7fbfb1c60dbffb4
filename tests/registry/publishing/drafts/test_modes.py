"""What a draft comes to does not depend on how it is entered: as a whole list, or as what changes."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from referentials.drafting import Draft, UnfitList, draft_from_changes, draft_from_list
from referentials.listing import ListedChange, ListedItem, ListedLink
from referentials.relisting import relist
from referentials.snapshot import Content, ContentHeader, open_content, write_content
from registry.publishing.compilation import merged
from registry.publishing.drafts.listing import WorkingList
from registry.publishing.drafts.opening import ChangeSetView

THEN, NOW = date(2014, 9, 1), date(2024, 9, 1)
LEVELS = ("region", "province", "commune")


@dataclass
class Edited:
    """A list while it is edited: the items by code, what was touched, and the events that tell of it."""

    items: dict[str, ListedItem]
    touched: set[str] = field(default_factory=set)
    removed: set[str] = field(default_factory=set)
    changes: list[ListedChange] = field(default_factory=list)

    def set(self, item: ListedItem) -> None:
        self.items[item.code] = item
        self.touched.add(item.code)

    def let_go(self, code: str) -> ListedItem:
        self.touched.discard(code)
        return self.items.pop(code)

    def tell(self, kind: str, sources: Sequence[str], targets: Sequence[str]) -> None:
        links = (tuple(map(ListedLink, sources)), tuple(map(ListedLink, targets)))
        self.changes.append(ListedChange(kind, NOW, *links, "a decree"))

    def children(self, code: str) -> list[ListedItem]:
        return [item for item in self.items.values() if item.parent == code]

    def give_children(self, code: str, to: str, *, listed: bool) -> None:
        """Let the children of a code be those of another; `listed` where they have to be listed for it."""
        for child in self.children(code):
            self.items[child.code] = replace(child, parent=to)
            if listed:
                self.touched.add(child.code)


@st.composite
def bases(draw: st.DrawFn) -> list[ListedItem]:
    """A small tree: one to three regions, their provinces, their communes."""
    items: list[ListedItem] = []
    parents: list[str | None] = [None]
    for level in LEVELS:
        found: list[str | None] = []
        for parent in parents:
            for number in range(1, draw(st.integers(1, 3)) + 1):
                code = f"{parent or ''}{number}"
                found.append(code)
                items.append(ListedItem(code, level, parent, {"fr": f"Lieu {code}"}))
        parents = found
    return items


@st.composite
def edits(draw: st.DrawFn, base: Sequence[ListedItem]) -> Edited:
    """Some edits of a base, each of codes that no other one touches, and told as the events ask."""
    edited = Edited({item.code: item for item in base})
    codes = draw(st.permutations(sorted(edited.items)))
    for number, code in enumerate(codes[: draw(st.integers(0, 6))]):
        item = edited.items.get(code)
        if item is None or item != next(each for each in base if each.code == code):
            continue  # another edit had it
        match draw(st.sampled_from(["rename", "recode", "swap", "absorb", "merge", "move", "level", "same"])):
            case "rename":
                edited.set(replace(item, names={"fr": f"Autre {code}"}))
            case "recode":
                new = f"9{number}{code}"
                edited.set(replace(edited.let_go(code), code=new))
                edited.give_children(code, new, listed=draw(st.booleans()))
                edited.tell("recode", [code], [new])
            case "swap":
                _swap(edited, base, item)
            case "absorb":
                _absorb(edited, base, item)
            case "merge":
                new = f"8{number}{code}"
                edited.set(replace(edited.let_go(code), code=new, names={"fr": f"Fusion {code}"}))
                edited.give_children(code, new, listed=True)
                edited.tell("merge", [code], [new])
            case "move":
                others = [each.code for each in edited.items.values() if _is_parent_level(each, item)]
                if others:
                    edited.set(replace(item, parent=draw(st.sampled_from(others))))
            case "level":
                edited.set(replace(item, level="arrondissement"))
                edited.give_children(code, code, listed=True)
            case "same":
                edited.set(item)
    return edited


def _siblings(edited: Edited, base: Sequence[ListedItem], item: ListedItem) -> Iterator[ListedItem]:
    """Untouched items of the same level."""
    named = {link.code for change in edited.changes for link in (*change.sources, *change.targets)}
    for other in base:
        untouched = other.code not in named and edited.items.get(other.code) == other
        if untouched and other.code not in edited.touched and other.level == item.level and other != item:
            yield other


def _swap(edited: Edited, base: Sequence[ListedItem], item: ListedItem) -> None:
    other = next(_siblings(edited, base, item), None)
    if other is None:
        return
    theirs, own = edited.children(other.code), edited.children(item.code)
    edited.set(replace(item, code=other.code))
    edited.set(replace(other, code=item.code))
    for child in theirs:
        edited.items[child.code] = replace(child, parent=item.code)
    for child in own:
        edited.items[child.code] = replace(child, parent=other.code)
    edited.tell("recode", [item.code], [other.code])
    edited.tell("recode", [other.code], [item.code])


def _absorb(edited: Edited, base: Sequence[ListedItem], item: ListedItem) -> None:
    other = next(_siblings(edited, base, item), None)
    if other is None:
        return
    edited.let_go(item.code)
    edited.removed.add(item.code)
    edited.give_children(item.code, other.code, listed=True)
    edited.tell("absorption", [item.code, other.code], [other.code])


def _is_parent_level(one: ListedItem, item: ListedItem) -> bool:
    return item.level in LEVELS[1:] and one.level == LEVELS[LEVELS.index(item.level) - 1]


def content(folder: Path, ordinal: int, base: Content | None, draft: Draft) -> Content:
    place = folder / str(ordinal)
    header = ContentHeader("units", ordinal, str(ordinal), THEN)
    write_content(place, header, merged(base, draft.added, draft.withdrawn))
    return open_content(place)


def working(base: Content, edited: Edited) -> WorkingList:
    """The list that a draft of these changes proposes."""
    absent: Mapping[str, None] = dict.fromkeys(ChangeSetView.__slots__)
    view = ChangeSetView(**{**absent, "id": uuid.uuid4(), "mode": "changes"})  # type: ignore[arg-type]  # the mode is all that counts
    listed = tuple(edited.items[code] for code in sorted(edited.touched))
    changes = tuple(edited.changes)
    return WorkingList(view, base, listed, (None,) * len(listed), frozenset(edited.removed), changes)


def comparable(items: Sequence[ListedItem]) -> list[ListedItem]:
    return sorted((replace(item, valid_from=None) for item in items), key=lambda item: item.code)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_changes_come_to_the_same_as_the_whole_list(data: st.DataObject) -> None:
    listed = data.draw(bases())
    edited = data.draw(edits(listed))
    with TemporaryDirectory() as folder:
        base = content(Path(folder), 1, None, draft_from_list("units", 1, None, listed, [], THEN))
        whole, changes = list(edited.items.values()), edited.changes
        working_list = working(base, edited)
        full = _drafted(lambda: draft_from_list("units", 2, base, whole, changes, NOW))
        removed = edited.removed
        some = _drafted(
            lambda: draft_from_changes("units", 2, base, working_list.edits, removed, changes, NOW)
        )
        assert some == full
        assert comparable(working_list.items) == comparable(whole)
        if isinstance(full, Draft):
            after = content(Path(folder), 2, base, full)
            assert comparable(list(relist(after))) == comparable(whole)


def _drafted(make: Callable[[], Draft]) -> Draft | Counter[str]:
    """The draft, or what keeps the list from being one; in which order neither says."""
    try:
        draft = make()
    except UnfitList as error:
        return Counter(error.problems)
    return replace(draft, withdrawn=tuple(sorted(draft.withdrawn, key=str)))
