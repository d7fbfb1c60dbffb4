"""Which item has each code of a content now, and which one had it last: an index for drafting.

A million states are looked through once for their codes; the states themselves are read when they are asked
for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView
from uuid import UUID

import orjson

from referentials.records import State
from referentials.snapshot import Content


class StandingCodes:
    """The codes of the states that go on (have no end yet), and of those that ended."""

    def __init__(self, content: Content | None) -> None:
        self.content = content
        self._standing: dict[str, str] = {}
        self._ended: dict[str, tuple[str, str]] = {}
        for payload in () if content is None else content.payloads("state"):
            fields = orjson.loads(payload)
            code, item, end = fields["code"], fields["item"], fields.get("valid_to")
            if end is None:
                self._standing[code] = item
            else:
                self._ended[code] = max(self._ended.get(code, ("", "")), (end, item))

    def __contains__(self, code: object) -> bool:
        """Whether an item has the code now."""
        return code in self._standing

    def codes(self) -> KeysView[str]:
        """The codes that items have now."""
        return self._standing.keys()

    def item(self, code: str) -> UUID:
        """The item that has a code now; raises KeyError."""
        return UUID(self._standing[code])

    def state(self, code: str) -> State | None:
        """The state that has a code now; None where nobody has it."""
        item = self._standing.get(code)
        return None if item is None else self.state_of(UUID(item))

    def state_of(self, item: UUID) -> State | None:
        """An item's state that goes on; None where it has ended."""
        known = [] if self.content is None else self.content.states_of(item)
        return next((state for state in known if state.valid_to is None), None)

    def last_of(self, code: str) -> State | None:
        """The last state of the item that had a code last; None where it goes on, or nobody ever had it."""
        if code in self._standing or code not in self._ended or self.content is None:
            return None
        states = self.content.states_of(UUID(self._ended[code][1]))
        return states[-1] if states[-1].valid_to is not None else None

    def children_of(self, items: Iterable[UUID]) -> Iterator[State]:
        """The states that go on whose parent is one of these items."""
        wanted = {str(item).encode() for item in items}
        if not wanted or self.content is None:
            return
        for payload in self.content.payloads("state"):
            # Only dates and hexadecimal digits come after a state's parent: no text passes for it.
            start = payload.rfind(b',"parent":"') + 11
            if start > 10 and payload[start : start + 36] in wanted:
                state = self.state_of(UUID(orjson.loads(payload)["item"]))
                if state is not None and str(state.parent).encode() in wanted:
                    yield state
