"""The change events of a draft: proposed from the comparison with its base, or stated; an editor decides.

Functions that change something expect that their caller went through the gate of edits (`opening.touch`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from referentials.canonical import JSON
from referentials.events import EVENTS
from referentials.listed_changes import clash, compatible, contradictions
from referentials.listing import ListedChange
from referentials.listing_bytes import change_bytes, change_of
from referentials.proposing import ProposedChange, propose_changes
from registry.accounts import audit
from registry.accounts.actors import Actor
from registry.errors import BadValue, BadValues, Conflict
from registry.models import Base
from registry.publishing.drafts.confirmed import confirmed_changes
from registry.publishing.drafts.listing import working_list
from registry.publishing.drafts.unexplained import unexplained_codes

_EVENT = Base.metadata.tables["draft_event"]


@dataclass(frozen=True, slots=True)
class DraftEvent:
    """An event of a draft: proposed, confirmed or rejected.

    `confidence` (0..1) and `reason` are those of the proposal; None for what a person stated.
    """

    position: int
    status: str
    change: ListedChange
    confidence: float | None
    reason: str | None


def propose(
    connection: Connection, root: Path, change_set: uuid.UUID, *, actor: Actor | None = None
) -> list[DraftEvent]:
    """Propose events for what no confirmed event explains, instead of those proposed before.

    Confirmed and rejected ones stay; what was rejected, or contradicts what is confirmed, is not proposed.
    `root` is the snapshots' root. A first version has nothing to explain. Raises UnknownChangeSet,
    MalformedRecord, DamagedSnapshot.
    """
    listed = working_list(connection, root, change_set)
    decided = [event for event in list_events(connection, change_set) if event.status != "proposed"]
    dropped = delete(_EVENT).where(_EVENT.c.change_set == change_set, _EVENT.c.status == "proposed")
    connection.execute(dropped)
    stated = [event.change for event in decided if event.status == "confirmed"]
    found: list[ProposedChange] = []
    if listed.base is not None:
        found = propose_changes(
            listed.base,
            listed.items,
            stated,
            listed.change_set.effective_on,
            rejected=[event.change for event in decided if event.status == "rejected"],
        )
    found = [found[place] for place in compatible([each.change for each in found], stated)]
    first = max((event.position + 1 for event in decided), default=0)
    events = [
        DraftEvent(position, "proposed", each.change, each.confidence, each.reason)
        for position, each in enumerate(found, first)
    ]
    _write(connection, change_set, events)
    _leave_trail(connection, actor, "proposed events", change_set, {"events": len(events)})
    return events


def list_events(connection: Connection, change_set: uuid.UUID) -> list[DraftEvent]:
    """All events of a draft, in the order of their positions; raises MalformedRecord."""
    columns = (_EVENT.c.position, _EVENT.c.status, _EVENT.c.payload, _EVENT.c.confidence, _EVENT.c.reason)
    chosen = select(*columns).where(_EVENT.c.change_set == change_set).order_by(_EVENT.c.position)
    return [
        DraftEvent(row.position, row.status, change_of(row.payload), row.confidence, row.reason)
        for row in connection.execute(chosen)
    ]


def confirm(
    connection: Connection, change_set: uuid.UUID, positions: Sequence[int], *, actor: Actor | None = None
) -> None:
    """Stand behind events, whatever was said of them before.

    Raises BadValue(s) for positions without one, Conflict where confirmed events would contradict each other.
    """
    _require_compatible(list_events(connection, change_set), positions)
    _decide(connection, change_set, positions, "confirmed", actor)


def reject(
    connection: Connection, change_set: uuid.UUID, positions: Sequence[int], *, actor: Actor | None = None
) -> None:
    """Say that events did not happen; raises BadValue(s) for positions without one."""
    _decide(connection, change_set, positions, "rejected", actor)


def state_event(
    connection: Connection, change_set: uuid.UUID, change: ListedChange, *, actor: Actor | None = None
) -> DraftEvent:
    """State an event, which is confirmed by that.

    A proposal or rejection of the same event by type and codes gives way to it. Raises BadValue for an event
    without codes or of an unknown type, for shares outside 0..1 and text that cannot be kept, and Conflict
    where the same event is stated already for the same day, or a confirmed one contradicts it. Proposals that
    contradict it are dropped.
    """
    _require_sound(change)
    for event in list_events(connection, change_set):
        if _mark(event.change) != _mark(change):
            if clash(event.change, change):
                if event.status == "confirmed":
                    raise _contradiction(event, change)
                if event.status == "proposed":
                    _drop(connection, change_set, event.position)
            continue
        if event.status == "confirmed":
            if event.change.effective_on == change.effective_on:
                raise Conflict(f"The draft states this {change.type} already, as event {event.position}.")
        else:
            _drop(connection, change_set, event.position)
    newest = select(func.max(_EVENT.c.position)).where(_EVENT.c.change_set == change_set)
    highest = connection.execute(newest).scalar()
    stated = DraftEvent(0 if highest is None else highest + 1, "confirmed", change, None, None)
    _write(connection, change_set, [stated])
    _leave_trail(connection, actor, "stated event", change_set, _told(stated))
    return stated


def proposed_to_confirm(
    connection: Connection, change_set: uuid.UUID, at_least: float = 0.0
) -> tuple[list[int], list[int]]:
    """The positions of all proposals of that confidence or more, and of those left out of them.

    Left out is what contradicts a confirmed event, or a proposal of more confidence.
    """
    events = list_events(connection, change_set)
    wanted = [event for event in events if event.status == "proposed" and (event.confidence or 0) >= at_least]
    wanted.sort(key=lambda event: (-(event.confidence or 0), event.position))
    stated = [event.change for event in events if event.status == "confirmed"]
    places = compatible([event.change for event in wanted], stated)
    chosen = {wanted[place].position for place in places}
    return sorted(chosen), sorted({event.position for event in wanted} - chosen)


def _require_compatible(events: Sequence[DraftEvent], positions: Sequence[int]) -> None:
    """Raises Conflict for the first of these events that contradicts a confirmed one or another of them."""
    stated = [event for event in events if event.status == "confirmed"]
    asked = [event for event in events if event.position in set(positions) and event.status != "confirmed"]
    kept = compatible([event.change for event in asked], [event.change for event in stated])
    for place in sorted(set(range(len(asked))) - set(kept))[:1]:
        change = asked[place].change
        others = stated + [asked[number] for number in kept if number < place]
        raise _contradiction(next(each for each in others if clash(change, each.change)), change)


def _contradiction(event: DraftEvent, change: ListedChange) -> Conflict:
    told = next(contradictions([event.change, change], ())).problem
    return Conflict(
        f"Event {event.position} contradicts it: {told}. Reject that one first, or leave this out."
    )


def _drop(connection: Connection, change_set: uuid.UUID, position: int) -> None:
    its_row = (_EVENT.c.change_set == change_set, _EVENT.c.position == position)
    connection.execute(delete(_EVENT).where(*its_row))


def confirmed(connection: Connection, change_set: uuid.UUID) -> list[ListedChange]:
    """The events that the draft stands behind, in the order of their positions; raises MalformedRecord."""
    return confirmed_changes(connection, change_set)


def unexplained(connection: Connection, root: Path, change_set: uuid.UUID) -> list[str]:
    """The codes, sorted, that appear or disappear without a confirmed event that names them.

    Of a first version there are none. Raises UnknownChangeSet, MalformedRecord and DamagedSnapshot.
    """
    appearing, disappearing = unexplained_codes(working_list(connection, root, change_set))
    return sorted({*appearing, *disappearing})


def _decide(
    connection: Connection, change_set: uuid.UUID, positions: Sequence[int], status: str, actor: Actor | None
) -> None:
    known = {event.position: event for event in list_events(connection, change_set)}
    missing = [position for position in dict.fromkeys(positions) if position not in known]
    if missing:
        expected = "the position of an event of the draft"
        raise BadValues([("positions", position, expected) for position in missing])
    changing = [position for position in dict.fromkeys(positions) if known[position].status != status]
    if not changing:
        return
    chosen = update(_EVENT).where(_EVENT.c.change_set == change_set, _EVENT.c.position == bindparam("at"))
    connection.execute(chosen.values(status=status), [{"at": position} for position in changing])
    events = [_told(known[position]) for position in changing]
    _leave_trail(connection, actor, f"{status} events", change_set, {"events": events})


def _write(connection: Connection, change_set: uuid.UUID, events: Sequence[DraftEvent]) -> None:
    rows = [
        {
            "change_set": change_set,
            "position": event.position,
            "status": event.status,
            "confidence": event.confidence,
            "reason": event.reason,
            "payload": change_bytes(event.change),
        }
        for event in events
    ]
    if rows:
        connection.execute(insert(_EVENT), rows)


def _require_sound(change: ListedChange) -> None:
    links = (*change.sources, *change.targets)
    if change.type not in EVENTS:
        raise BadValue("type", change.type, f"one of {', '.join(EVENTS)}")
    if not links:
        raise BadValue("sources", "", "a code that the event starts from or leads to")
    for link in links:
        if not link.code.strip():
            raise BadValue("code", link.code, "a code")
        if link.share is not None and not 0 <= link.share <= 1:
            raise BadValue("share", link.share, "a part from 0 to 1")
    if not change.basis.strip():
        raise BadValue("basis", change.basis, "the text that the event rests on")


def _mark(change: ListedChange) -> tuple[str, frozenset[str], frozenset[str]]:
    """What makes two events the same one, whoever states them."""
    sources, targets = (frozenset(link.code for link in links) for links in (change.sources, change.targets))
    return change.type, sources, targets


def _told(event: DraftEvent) -> dict[str, JSON]:
    return {
        "position": event.position,
        "type": event.change.type,
        "sources": [link.code for link in event.change.sources],
        "targets": [link.code for link in event.change.targets],
    }


def _leave_trail(
    connection: Connection, actor: Actor | None, action: str, change_set: uuid.UUID, after: dict[str, JSON]
) -> None:
    """An entry where it is known who acts; that the draft was edited, `touch` has recorded in any case."""
    if actor is not None:
        audit.record(connection, actor, action, "change_set", change_set, after=after)
