"""Keys: what two spellings of one name share, within a script and across scripts.

A *key* keeps consonants and the three vowels that Arabic distinguishes; a *skeleton* keeps the consonants
only and is the same for the Latin, the Arabic and the Tifinagh spelling of a Moroccan name. Both are written
with the few letters of `sounds`.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from matching import sounds
from matching.text import fold

KEY_VERSION = "2"
"""Raise it with any change that gives some text another key: stores built with another version are stale."""

_CACHE_LIMIT = 300_000
_LEAST_OF_PARTICLE = 2


class Keys(NamedTuple):
    """What one text is found by."""

    light: str
    key: str
    in_order: str
    """The key's words sorted: equal for texts that differ in the order of words only."""
    skeletons: tuple[str, ...]
    """The first is the main one; others have the article kept as l, or ج read as g."""


class _Word(NamedTuple):
    key: str
    skeleton: str
    role: str = ""
    """Empty, or: article, linking (both dropped), assimilated (an article before the right consonant),
    letter, servant (both glued to what follows)."""
    article: bool = False
    """The word had a glued article (ال) that was taken off."""


# One spelling of the words that head Moroccan place names: (key, spellings).
_PARTICLES: tuple[tuple[str, str], ...] = (
    ("ulad", "oulad ouled awlad aoulad aulad old ould oulade ouladi wlad welad اولاد ولاد ⵓⵍⴰⴷ"),
    ("bni", "beni bni bani banu banou بني بنو"),
    ("ait", "ait ayt aite ayet ايت ⴰⵢⵜ"),
    ("sidi", "sidi sid si sidy s سيدي سيد ⵙⵉⴷⵉ"),
    ("mulai", "moulay my mly moulai mulay mulai maoulay مولاي ⵎⵓⵍⴰⵢ"),
    ("mumad", "mohammed mohamed mohammad mohamad muhammad muhammed med md محمد ⵎⵓⵃⵎⵎⴷ"),
    ("ain", "ain aine ayn ein عين ⵄⵉⵏ"),
    ("bin", "ben bin ibn بن ابن ⴱⵏ"),
    ("suk", "souk souq soq suq suk soug سوق ⵙⵓⵇ"),
    ("uad", "oued ouad oud wad wadi ouadi uad uadi واد وادي ⵡⴰⴷ"),
    ("ala", "allah alah الله"),
    ("bu", "bou bu abou abu بو ابو ⴱⵓ"),
    ("lala", "lalla lala للا لالا ⵍⴰⵍⵍⴰ"),
    ("tnin", "tnine tnin tnaine اثنين الاثنين"),
    ("tlata", "tlat tleta tlata tlate telata ثلاثاء الثلاثاء"),
    ("arba", "arbaa larbaa arba larba اربعاء الاربعاء"),
    ("xmis", "khemis khmis lkhmis خميس الخميس"),
    ("sibt", "sebt essebt sabt assebt سبت السبت"),
    ("zauia", "zaouia zaouiat zaouiet zawiya zawia zawya zawyat zaouya زاويه"),
)

_ARTICLES = frozenset({"el", "al", "l", "ال"})
_LINKING = frozenset({"de", "des", "du", "d", "et"})
_SERVANT = frozenset({"abd", "عبد"})
_ASSIMILATED = frozenset(
    {"ad", "ed", "et", "at", "ar", "er", "as", "es", "ach", "ech", "an", "en", "az", "ez"}
)

# A consonant before an apostrophe: M'diq, N'zala, R'mel. Not v, x, i: those are numerals.
_GLUED_LETTERS = frozenset("bhmnrtz")

# An article written as one with its word: Elborouj, Almansouria.
_GLUED_ARTICLE = re.compile("[ae]l(?=[bcdfghjkmnpqrstvwxz][a-z]{2})")

_ROLES = {
    **dict.fromkeys(_ARTICLES, "article"),
    **dict.fromkeys(_ASSIMILATED, "assimilated"),
    **dict.fromkeys(_LINKING, "linking"),
    **dict.fromkeys(_SERVANT, "servant"),
    **dict.fromkeys(_GLUED_LETTERS, "letter"),
}


def _words_of(
    spellings: Sequence[str], spoken: Sequence[str], articles: Sequence[bool] | None = None
) -> list[_Word]:
    """From how they are spoken, with h; a word that leaves nothing stands for itself."""
    return [
        _Word(key or spelling, skeleton or key or spelling, _ROLES.get(spelling, ""), article)
        for spelling, key, skeleton, article in zip(
            spellings,
            sounds.without_h(spoken),
            sounds.skeletons(spoken),
            articles or [False] * len(spellings),
            strict=True,
        )
    ]


def _read_latin(spellings: Sequence[str], partial: bool = False) -> list[_Word]:
    found = [None if partial else _GLUED_ARTICLE.match(word) for word in spellings]
    bare = [word if at is None else word[2:] for word, at in zip(spellings, found, strict=True)]
    return _words_of(spellings, sounds.latin(bare, partial=partial), [at is not None for at in found])


def _read_arabic(spellings: Sequence[str]) -> list[_Word]:
    articles = [len(word) >= 4 and word.startswith("ال") for word in spellings]
    bare = [word[2:] if article else word for word, article in zip(spellings, articles, strict=True)]
    spoken = sounds.arabic(bare)
    # At the start ي is a consonant, whether the vowel after it is written or not.
    skeletons = sounds.skeletons(["h" + word[1:] if word.startswith("i") else word for word in spoken])
    return [
        word._replace(skeleton="y" + skeleton) if begun.startswith("i") else word
        for word, skeleton, begun in zip(
            _words_of(spellings, spoken, articles), skeletons, spoken, strict=True
        )
    ]


_words: dict[str, _Word] = {}
_special: set[str] = set()


def _keep(spellings: Sequence[str], words: Iterable[_Word]) -> None:
    for spelling, word in zip(spellings, words, strict=True):
        _words[spelling] = word
        if word.role or word.article:
            _special.add(spelling)


def _learn(unknown: Iterable[str]) -> None:
    """Read words that were not met before, those of each script together."""
    if len(_words) > _CACHE_LIMIT:
        _words.clear()
        _special.clear()
        _keep(list(_PARTICLE_OF), _PARTICLE_OF.values())
    scripts: dict[str, list[str]] = {"latin": [], "arabic": [], "tifinagh": [], "": []}
    for spelling in unknown:
        first = spelling[0]
        if "a" <= first <= "z":
            scripts["latin"].append(spelling)
        elif "\u0600" <= first <= "\u06ff":
            scripts["arabic"].append(spelling)
        else:
            scripts["tifinagh" if "\u2d30" <= first <= "\u2d7f" else ""].append(spelling)
    if latin := scripts["latin"]:
        _keep(latin, _read_latin(latin))
    if arabic := scripts["arabic"]:
        _keep(arabic, _read_arabic(arabic))
    if tifinagh := scripts["tifinagh"]:
        _keep(tifinagh, _words_of(tifinagh, sounds.tifinagh(tifinagh)))
    _keep(scripts[""], [_Word(word, word) for word in scripts[""]])


_PARTICLE_OF = {
    spelling: _words_of([key], [key])[0]._replace(role="")
    for key, spellings in _PARTICLES
    for spelling in spellings.split()
}
_keep(list(_PARTICLE_OF), _PARTICLE_OF.values())


def keys_of(text: str, *, partial: bool = False) -> Keys:
    """The keys of a text; with `partial`, its last word is still being typed.

    Empty strings where the text has no letter or digit.
    """
    return keys_of_folded(fold(text), partial=partial)


def keys_of_folded(light: str, *, partial: bool = False) -> Keys:
    """As `keys_of`, for a text that `fold` gave."""
    spellings = light.split()
    if not partial or not spellings:
        return keys_of_many([light])[0]
    if any(spelling not in _words for spelling in spellings):
        _learn([spelling for spelling in spellings if spelling not in _words])
    words = [_words[spelling] for spelling in spellings]
    words[-1] = _partial(spellings[-1])
    return _keys(light, spellings, words)


def _partial(spelling: str) -> _Word:
    """A word that is still being typed."""
    if spelling in _PARTICLE_OF:
        return _PARTICLE_OF[spelling]
    if "a" <= spelling[0] <= "z":
        return _read_latin([spelling], partial=True)[0]._replace(role="")
    return _words[spelling]._replace(role="")


def keys_of_many(lights: Sequence[str]) -> list[Keys]:
    """As `keys_of_folded` for each: new words are read together, which is ten times faster."""
    spelled = [light.split() for light in lights]
    unknown = {spelling: None for spellings in spelled for spelling in spellings if spelling not in _words}
    if unknown:
        _learn(unknown)
    return [
        _keys(light, spellings, [_words[spelling] for spelling in spellings])
        for light, spellings in zip(lights, spelled, strict=True)
    ]


def _keys(light: str, spellings: Sequence[str], words: list[_Word]) -> Keys:
    articled = False
    if not _special.isdisjoint(spellings):
        words, articled = _joined(words)
    parts = [word[0] for word in words]
    key = in_order = " ".join(parts)
    if len(parts) > 1:
        parts.sort()
        in_order = " ".join(parts)
    skeleton = "".join([word[1] for word in words])
    skeletons: tuple[str, ...] = (skeleton, "l" + skeleton) if articled and skeleton else (skeleton,)
    if "ج" in light:
        skeletons = (*skeletons, *(variant.replace("j", "k") for variant in skeletons))
    return Keys(light, key, in_order, skeletons)


def completions_of(light: str) -> set[str]:
    """The keys that a folded text may come to where its last word is a heading word not typed to its end."""
    *before, last = light.split() or [""]
    if len(last) < _LEAST_OF_PARTICLE:
        return set()
    keys = {word.key for spelling, word in _PARTICLE_OF.items() if spelling.startswith(last)}
    if last[:2] in ("al", "el") and len(last) > len("al"):  # perhaps an article, glued
        keys.add(_partial(last[2:]).key)
    return {" ".join([*(keys_of_folded(word).key for word in before), key]) for key in keys}


_SERVANT_OF = _Word("abdal", "bdl", "servant")


def _joined(words: list[_Word]) -> tuple[list[_Word], bool]:
    """The words without articles and linking words; single letters and "Abd el" glued to what follows.

    Second: whether the first word had an article.
    """
    kept: list[_Word] = []
    articled = words[0].article
    glue: _Word | None = None
    last = len(words) - 1
    for number, word in enumerate(words):
        if number < last:
            if glue is None and word.role in ("letter", "servant"):
                glue = word
                continue
            if word.role == "article":
                glue = _SERVANT_OF if glue is not None and glue.role == "servant" else glue
                articled = articled or number == 0
                continue
            if word.role == "assimilated" and words[number + 1].key[:1] == word.key[-1:]:
                articled = articled or number == 0
                continue
            if word.role == "linking" and (kept or words[number + 1].key[:1] == word.key[-1:]):
                continue
        kept.append(word if glue is None else _glued(glue, word))
        glue = None
    return kept, articled


def _glued(first: _Word, second: _Word) -> _Word:
    if first.role == "servant" and second.article:
        first = _SERVANT_OF
    return _Word(sounds.undoubled(first.key + second.key), first.skeleton + second.skeleton)


_HEADING = "Bab Dar Douar Kasba Ksar Hay Imi Had Tnine Tlat Arbaa Khemis Jemaa Sebt"
GENERIC = frozenset(key for key, _ in _PARTICLES) | frozenset(keys_of(word).key for word in _HEADING.split())
"""Keys of words that head very many names (markets are named by their day) and tell few of them apart."""
