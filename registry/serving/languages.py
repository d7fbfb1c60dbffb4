"""Names in one language: the one asked for, else one that stands in for it, and which one that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry.errors import BadValue
from registry.library import Library

# Where the wanted language has no name, these are tried, then any other in order of its tag.
FALLBACK = ("fr", "ar", "en")


def known_language(library: Library, tag: str | None) -> str | None:
    """The language of a tag as `fr` or `fr-MA`; raises BadValue for one that no referential has names in."""
    if tag is None:
        return None
    language = tag.partition("-")[0].lower()
    known = {one for entry in library.referentials() for one in entry.languages} | set(FALLBACK)
    if language not in known:
        raise BadValue("lang", tag, f"one of {', '.join(sorted(known))}")
    return language


def used_language(available: Sequence[str], wanted: str) -> str | None:
    """Which of the available languages answers a wish; None where there is none."""
    order = (wanted, *FALLBACK, *sorted(available))
    return next((language for language in order if language in available), None)


def in_language(names: Mapping[str, str], wanted: str) -> tuple[dict[str, str], str | None]:
    """The name in the language that answers a wish, alone, and that language; none where there is no name."""
    used = used_language(list(names), wanted)
    return ({} if used is None else {used: names[used]}), used
