"""What counts in a place name, an address, an activity, a code: data, and the few functions that read it."""

import re
from dataclasses import dataclass

from matching.text import fold

# Words that say what a place is and are no part of its name, folded; and what is said, as words of a level.
_QUALIFIERS = {
    "commune": "mun municipalite municipality mu cr cu c r cne commune com جماعه بلديه",
    "arrondissement": "arrond arrondissement arr ar مقاطعه",
    "province": "prov province اقليم",
    "prefecture": "pref prefecture عماله",
    "region": "region جهه",
    "cercle": "cercle دائره",
    "": "ville delegation wilaya مدينه مندوبيه",
}
_HINTS = {word: hint for hint, words in _QUALIFIERS.items() for word in words.split()} | {
    "c r": "commune",
    "c u": "commune",
    "commune rurale": "commune",
    "commune urbaine": "commune",
    "prefecture d arrondissements": "prefecture arrondissement",
    "prefecture arrondissements": "prefecture arrondissement",
    "جماعه قرويه": "commune",
    "جماعه حضريه": "commune",
    "الجماعه القرويه": "commune",
    "الجماعه الحضريه": "commune",
}
# Short forms that are words of names too: read as qualifiers only in capitals, or between parentheses.
_CAPITALS = frozenset({"mu", "cr", "cu", "ar", "arr", "com", "mun", "c", "r"})
_LINKS = frozenset({"de", "du", "des", "d", "la", "l", "of"})
# Words that begin the name of what a place lies in: "Bni Lent prov. Taza".
_ABOVE = frozenset({"prov", "province", "pref", "prefecture", "region", "اقليم", "عماله", "جهه"})
_HINT_WORDS = frozenset(word for hint in _HINTS for word in hint.split())
_MARKS = frozenset("([,،;")
_PARENTHESES = re.compile(r"[(\[]([^()\[\]]*)[)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Split:
    """A text taken apart: the name itself, the kind of place it says it is, where it says that it lies."""

    core: str
    hint: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """How a referential's names are indexed and compared."""

    name: str
    fuzzy: bool = True
    """Groups of three letters are indexed. Addresses go without: exact keys and prefixes suffice there."""
    across_scripts: bool = True
    """Skeletons are indexed, so that a name is found by its spelling in another script."""
    documents: bool = False
    """Names are indexed as documents too, by stems and groups of letters: many words tell what they are."""
    qualified: bool = False
    """Names come with qualifiers: "(Mun.)", "CR", "Commune de", "جماعة"."""

    def split(self, text: str) -> Split:
        """A text that is looked for, without its qualifiers and without the place it says that it lies in."""
        return split_place(text) if self.qualified else Split(text)

    def core(self, text: str) -> str:
        """The part of an indexed name that is compared: what it says about its place in parentheses stays."""
        if not self.qualified:
            return text
        split = split_place(text)
        return text if split.within else split.core

    def light(self, text: str) -> str:
        """An indexed name as it is compared for equality: its core, folded."""
        light = fold(text)
        return fold(self.core(text)) if self.qualified and may_be_qualified(text, light) else light


def may_be_qualified(text: str, light: str) -> bool:
    """A quick test of a text and of what `fold` made of it; where False, `split_place` changes nothing."""
    return not (_HINT_WORDS.isdisjoint(light.split()) and _MARKS.isdisjoint(text))


def split_place(text: str) -> Split:
    """Take qualifiers off a place name. What would leave nothing is left as it is."""
    hint = within = ""
    core = text.strip()
    found = _PARENTHESES.search(core) if core.endswith((")", "]")) or "(" in core else None
    if found is not None and core[: found.start()].strip():
        inner = fold(found.group(1))
        hint = _HINTS.get(inner, "")
        within = "" if inner in _HINTS else found.group(1).strip()
        core = core[: found.start()].strip()
    for separator in (",", "،", ";"):
        first, found_separator, rest = core.partition(separator)
        if found_separator and first.strip() and rest.strip():
            core, within = first.strip(), rest.strip()
    words = core.split()
    for number in range(1, len(words) - 1):
        if fold(words[number]) in _ABOVE:
            core, within = " ".join(words[:number]), " ".join(words[number:])
            break
    core, hint = _without_edges(core, hint)
    return Split(core, hint, _without_edges(within, "")[0])


def _without_edges(text: str, hint: str) -> tuple[str, str]:
    """The text without qualifiers before and after it."""
    words = text.split()
    for count in (2, 1):
        if len(words) > count and (said := _said(words[:count], text)) is not None:
            rest = words[count:]
            while len(rest) > 1 and fold(rest[0]) in _LINKS:
                rest = rest[1:]
            if fold(rest[0]).startswith("d ") and len(rest[0]) > 3:  # d'Ifrane
                rest[0] = rest[0][2:]
            return " ".join(rest), said or hint
    if len(words) > 1 and (said := _said(words[-1:], text)) is not None:
        return " ".join(words[:-1]), said or hint
    return text, hint


def _said(words: list[str], text: str) -> str | None:
    """What these words say as a qualifier; None where they are part of the name."""
    folded = fold(" ".join(words))
    if folded in _CAPITALS and not words[-1].endswith(".") and (not words[0].isupper() or text.isupper()):
        return None
    return _HINTS.get(folded)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile("place-names", qualified=True),
        Profile("addresses", fuzzy=False, across_scripts=False),
        Profile("activities", across_scripts=False, documents=True),
        Profile("codes", across_scripts=False),
    )
}


def profile_named(name: str) -> Profile:
    """Raises ValueError with the names there are."""
    try:
        return PROFILES[name]
    except KeyError:
        raise ValueError(f"no matching profile {name!r}; there are {', '.join(PROFILES)}") from None


_ALIKE = {"prefecture": ("prefecture", "province"), "province": ("province", "prefecture")}


def level_agrees(level: str, hint: str) -> bool:
    """Whether a level, by its name, is what a qualifier says; "arrondissement" is no prefecture of them."""
    words = fold(level).split()
    first, _, rest = hint.partition(" ")
    if not words or not words[0].startswith(_ALIKE.get(first, (first,))):
        return False
    return not rest or any(word.startswith(rest) for word in words[1:])
