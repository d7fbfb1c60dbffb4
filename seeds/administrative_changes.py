"""The change events between the lists of 2014 and 2024.

The true days are unknown: the package says that the communes were renumbered in 2015, the lists only prove
that it happened between the two censuses. Each event says so, and takes effect with the list of 2024.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from referentials.listing import ListedChange, ListedLink
from seeds.census import PACKAGE, Commune, cercle_of, province_of

_WHEN = "The true date lies between the two censuses."
_RENUMBERED = f"{_WHEN} The package says that these communes were renumbered in 2015."
_INFERRED = f"Inferred from the communes' crosswalk, not from a decree. {_WHEN}"
_BY_NAME = "exact_name_in_province"
_SHARE_BASIS = "count of communes"


def commune_changes(communes: Iterable[Commune], earliest: date, effective_on: date) -> list[ListedChange]:
    """For each recoded commune: its recode, and its new name, status and parent where these differ.

    Every event starts from the code before and leads to the code after.
    """
    changes: list[ListedChange] = []
    for commune in communes:
        if commune.method is None:
            continue
        for kind, note in _what_changed(commune):
            changes.append(
                ListedChange(
                    type=kind,
                    effective_on=effective_on,
                    sources=(ListedLink(commune.code_2014),),
                    targets=(ListedLink(commune.unit.code),),
                    basis=f"crosswalk 2014–2024 of {PACKAGE}, method {commune.method}",
                    note=note,
                    earliest_on=earliest,
                    latest_on=effective_on,
                )
            )
    return changes


def _what_changed(commune: Commune) -> Iterable[tuple[str, str]]:
    before, after = cercle_of(commune.code_2014), cercle_of(commune.unit.code)
    yield "recode", _recode_note(commune)
    renamed = [
        f"{language}: {commune.names_2014[language]} → {name}"
        for language, name in commune.unit.names.items()
        if commune.names_2014[language] != name
    ]
    if renamed:
        yield "rename", f"The lists write the name differently ({'; '.join(renamed)}). {_WHEN}"
    if before and not after:
        yield "redefinition", f"The type went from rural to urban, as the cercle part 01 says. {_WHEN}"
    if after and not before:
        yield "redefinition", f"The type went from urban to rural, as the cercle part says. {_WHEN}"
    parents = (before or province_of(commune.code_2014), after or province_of(commune.unit.code))
    if parents[0] != parents[1]:
        yield "reparent", f"From {parents[0]} to {parents[1]}, as the codes say. {_WHEN}"


def _recode_note(commune: Commune) -> str:
    if commune.method == _BY_NAME:
        return _RENUMBERED
    return (
        "Paired because it was the only commune of the province left over on both sides: the names "
        f"{commune.names_2014['fr']!r} and {commune.unit.name_fr!r} are not equal. {_RENUMBERED}"
    )


def cercle_changes(
    moves: Iterable[tuple[str | None, str | None]], earliest: date, effective_on: date
) -> list[ListedChange]:
    """Events for the cercles that appear or disappear, from where each commune's cercle went.

    `moves` has one pair (cercle before, cercle after) per commune, None for a commune in no cercle. A
    source's share is the part of its communes that the event concerns; a target's, the part of those that it
    got.
    """
    flows = _Flows(moves)
    splits = [code for code in flows.ended if flows.is_split(code)]
    explained = {target for code in splits for target in flows.into[code]}
    changes = [_split(flows, code) for code in splits]
    changes += [_abolition(flows, code) for code in flows.ended if code not in splits]
    changes += [_arrival(flows, code) for code in flows.new if code not in explained]
    return [
        ListedChange(
            kind,
            effective_on,
            tuple(sources),
            tuple(targets),
            basis=f"communes of the crosswalk 2014–2024 of {PACKAGE}",
            note=f"{note} {_INFERRED}",
            earliest_on=earliest,
            latest_on=effective_on,
        )
        for kind, sources, targets, note in changes
    ]


_Change = tuple[str, Sequence[ListedLink], Sequence[ListedLink], str]


class _Flows:
    """How many communes went from each cercle to each."""

    def __init__(self, moves: Iterable[tuple[str | None, str | None]]) -> None:
        self.into: Mapping[str | None, Counter[str | None]] = defaultdict(Counter)
        self.out_of: Mapping[str | None, Counter[str | None]] = defaultdict(Counter)
        for before, after in moves:
            self.into[before][after] += 1
            self.out_of[after][before] += 1
        before_codes = {code for code in self.into if code is not None}
        after_codes = {code for code in self.out_of if code is not None}
        self.ended = sorted(before_codes - after_codes)
        self.new = sorted(after_codes - before_codes)
        self.stayed = before_codes & after_codes

    def is_split(self, code: str) -> bool:
        """Whether all its communes went to new cercles that hold nothing else."""
        targets = self.into[code]
        return len(targets) > 1 and all(
            target in self.new and len(self.out_of[target]) == 1 for target in targets
        )

    def targets(self, code: str) -> list[ListedLink]:
        """The cercles that a cercle's communes went to, with their parts of them."""
        total = self.into[code].total()
        return [
            _shared(target, count, total)
            for target, count in sorted((t, n) for t, n in self.into[code].items() if t is not None)
        ]


def _shared(code: str, count: int, total: int) -> ListedLink:
    return ListedLink(code, round(count / total, 6), f"{_SHARE_BASIS}: {count} of {total}")


def _split(flows: _Flows, code: str) -> _Change:
    note = "All its communes went to new cercles that hold no others."
    return "split", [ListedLink(code)], flows.targets(code), note


def _abolition(flows: _Flows, code: str) -> _Change:
    targets = flows.targets(code)
    urban = flows.into[code][None]
    parts = [f"{urban} of its communes became urban and belong to no cercle."] if urban else []
    if targets:
        parts.append("Its code is gone; its communes went to cercles that hold others too.")
    return "abolition", [ListedLink(code)], targets, " ".join(parts)


def _arrival(flows: _Flows, code: str) -> _Change:
    """A new cercle that is no part of a split: cut out of cercles that stay, or else simply new."""
    sources = [
        _shared(source, count, flows.into[source].total())
        for source, count in sorted((s, n) for s, n in flows.out_of[code].items() if s in flows.stayed)
    ]
    if not sources:
        return "creation", [], [ListedLink(code)], "No cercle that stays gave communes to it."
    parts = [f"{flows.out_of[code][link.code]} of the communes of {link.code}" for link in sources]
    parts += [f"{n} of {s}, which ended" for s, n in flows.out_of[code].items() if s in flows.ended]
    return "extraction", sources, [ListedLink(code)], f"It got {', '.join(parts)}."
