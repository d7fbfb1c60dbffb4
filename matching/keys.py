"""Keys: what two spellings of one name share, within a script and across scripts.

A *key* keeps consonants and the three vowels that Arabic distinguishes; a *skeleton* keeps the consonants
only and is the same for the Latin, the Arabic and the Tifinagh spelling of a Moroccan name. Both are written
with few ASCII letters: c = ch, sh, ش; x = kh, خ; q = gh, rh, غ; k = k, q, c, g, ك, ق; u = ou, w; i = y.
"""

import re
from typing import NamedTuple

from matching.text import fold

KEY_VERSION = "1"
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
    ("ulad", "oulad ouled awlad aoulad aulad old oulade ouladi wlad welad اولاد ولاد ⵓⵍⴰⴷ"),
    ("bni", "beni bni bani banu banou بني بنو"),
    ("ait", "ait ayt aite ayet ايت ⴰⵢⵜ"),
    ("sidi", "sidi sid sidy s سيدي سيد ⵙⵉⴷⵉ"),
    ("mulai", "moulay my mly moulai mulay mulai maoulay مولاي ⵎⵓⵍⴰⵢ"),
    ("mumad", "mohammed mohamed mohammad mohamad muhammad muhammed med md محمد ⵎⵓⵃⵎⵎⴷ"),
    ("ain", "ain aine ayn ein عين ⵄⵉⵏ"),
    ("bin", "ben bin ibn بن ابن ⴱⵏ"),
    ("suk", "souk souq soq suq suk soug سوق ⵙⵓⵇ"),
    ("uad", "oued ouad oud wad wadi ouadi uad uadi واد وادي ⵡⴰⴷ"),
    ("ala", "allah alah الله"),
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

# What is spoken as one sound, in capitals while other rules may still read the letters; then each letter.
_DIGRAPHS = (
    ("sch", "C"), ("ch", "C"), ("sh", "C"), ("kh", "X"), ("gh", "Q"), ("rh", "Q"), ("ph", "f"),
)  # fmt: skip
_SOFT = re.compile("(g)(?:u(?=[eiy]))|g(?=[eiy])|(q)u(?=[aeiy])|c(?=[eiy])")
_SOFT_LETTERS = frozenset("gqc")
_LETTERS = str.maketrans("CXQqgcwoey", "cxqkkkuuii")
_SPOKEN_VOWELS = frozenset("aeiouy")

_ARABIC_LETTERS = {
    "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d",
    "ر": "r", "ز": "z", "س": "s", "ش": "c", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "a",
    "غ": "q", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "u",
    "ي": "i",
}  # fmt: skip

_TIFINAGH_LETTERS = {
    "ⴰ": "a", "ⴱ": "b", "ⴲ": "b", "ⴳ": "k", "ⴴ": "k", "ⴵ": "j", "ⴶ": "j", "ⴷ": "d", "ⴸ": "d",
    "ⴹ": "d", "ⴺ": "d", "ⴻ": "i", "ⴼ": "f", "ⴽ": "k", "ⴾ": "k", "ⴿ": "k", "ⵀ": "h", "ⵁ": "h",
    "ⵂ": "h", "ⵃ": "h", "ⵄ": "a", "ⵅ": "x", "ⵆ": "x", "ⵇ": "k", "ⵈ": "k", "ⵉ": "i", "ⵊ": "j",
    "ⵋ": "j", "ⵌ": "j", "ⵍ": "l", "ⵎ": "m", "ⵏ": "n", "ⵐ": "ni", "ⵑ": "nk", "ⵒ": "b", "ⵓ": "u",
    "ⵔ": "r", "ⵕ": "r", "ⵖ": "q", "ⵗ": "q", "ⵘ": "j", "ⵙ": "s", "ⵚ": "s", "ⵛ": "c", "ⵜ": "t",
    "ⵝ": "t", "ⵞ": "c", "ⵟ": "t", "ⵠ": "b", "ⵡ": "u", "ⵢ": "i", "ⵣ": "z", "ⵤ": "z", "ⵥ": "z",
    "ⵦ": "i", "ⵧ": "u",
}  # fmt: skip

_FIRST_U = re.compile(r"^a?u(?=[^aiu]|$)")
_U_BEFORE_VOWEL = re.compile(r"u(?=[aiu])")
_I_BEFORE_VOWEL = re.compile(r"i(?=[aiuw])")
_DIGITS = frozenset("0123456789")
_SILENT = str.maketrans("", "", "aiuh")


def _undoubled(word: str) -> str:
    """The word with each letter that is doubled written once; digits stay."""
    pairs = zip(word, word[1:] + " ", strict=False)
    return "".join([letter for letter, after in pairs if letter != after or letter in _DIGITS])


def _skeleton(spoken: str) -> str:
    """A word's consonants without h; u and i count as w and y at its start and before a vowel."""
    skeleton = spoken
    if "u" in spoken:
        skeleton = _U_BEFORE_VOWEL.sub("w", _FIRST_U.sub("w", spoken))
    if "i" in spoken:
        skeleton = _I_BEFORE_VOWEL.sub("y", skeleton)
    return skeleton.translate(_SILENT)


def _word_of(spelling: str, spoken: str, role: str = "", article: bool = False) -> _Word:
    """From how it is spoken, in the alphabet of keys with h. A word that leaves nothing stands for itself."""
    key = (_undoubled(spoken.replace("h", "")) if "h" in spoken else spoken) or spelling
    return _Word(key, _skeleton(spoken) or key, role, article)


def _soften(found: re.Match[str]) -> str:
    if found[1] or found[2]:  # gu, qu: hard
        return "k"
    return "j" if found[0] == "g" else "s"


def _speak_latin(word: str, partial: bool) -> str:
    for letters, sound in _DIGRAPHS:
        if letters in word:
            word = word.replace(letters, sound)
    if not _SOFT_LETTERS.isdisjoint(word):
        word = _SOFT.sub(_soften, word)
    if not partial and len(word) > 2 and word[-1] == "e" and word[-2] not in _SPOKEN_VOWELS:
        word = word[:-1]
    word = _undoubled(word.replace("dj", "j").replace("ou", "u").translate(_LETTERS))
    return "abdal" + word[5:] if word.startswith("abdil") else word


def _speak_letters(word: str, letters: dict[str, str]) -> str:
    # A final ه is most often ta marbuta written without its dots.
    word = word[:-1] + "ا" if len(word) > 2 and word.endswith("ه") else word
    return _undoubled("".join(letters.get(letter, letter) for letter in word))


_PARTICLE_OF = {
    spelling: _word_of(key, key) for key, spellings in _PARTICLES for spelling in spellings.split()
}


def _role(word: str) -> str:
    if word in _ARTICLES:
        return "article"
    if word in _LINKING:
        return "linking"
    if word in _ASSIMILATED:
        return "assimilated"
    if word in _SERVANT:
        return "servant"
    return "letter" if word in _GLUED_LETTERS else ""


def _read_word(word: str, partial: bool = False) -> _Word:
    particle = _PARTICLE_OF.get(word)
    if particle is not None:
        return particle
    first = word[0]
    if "a" <= first <= "z":
        return _word_of(word, _speak_latin(word, partial), _role(word))
    if "\u0600" <= first <= "\u06ff":
        return _read_arabic(word)
    if "\u2d30" <= first <= "\u2d7f":
        return _word_of(word, _speak_letters(word, _TIFINAGH_LETTERS))
    return _Word(word, word)


def _read_arabic(word: str) -> _Word:
    article = len(word) >= 4 and word.startswith("ال")
    spoken = _speak_letters(word[2:] if article else word, _ARABIC_LETTERS)
    read = _word_of(word, spoken, _role(word), article)
    if spoken.startswith("i"):  # at the start it is a consonant, whether the vowel after it is written or not
        return read._replace(skeleton="y" + _skeleton("h" + spoken[1:]))
    return read


_words: dict[str, _Word] = {}
_special: set[str] = set()


def _learn(spelling: str) -> _Word:
    if len(_words) > _CACHE_LIMIT:
        _words.clear()
    word = _words[spelling] = _read_word(spelling)
    if word.role or word.article:
        _special.add(spelling)
    return word


def keys_of(text: str, *, partial: bool = False) -> Keys:
    """The keys of a text; with `partial`, its last word is still being typed.

    Empty strings where the text has no letter or digit.
    """
    return keys_of_folded(fold(text), partial=partial)


def keys_of_folded(light: str, *, partial: bool = False) -> Keys:
    """As `keys_of`, for a text that `fold` gave."""
    spellings = light.split()
    words = [_words.get(spelling) or _learn(spelling) for spelling in spellings]
    if partial and words:
        words[-1] = _read_word(spellings[-1], partial=True)._replace(role="")
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
            if word.role == "linking" and kept:
                continue
        kept.append(word if glue is None else _glued(glue, word))
        glue = None
    return kept, articled


def _glued(first: _Word, second: _Word) -> _Word:
    if first.role == "servant" and second.article:
        first = _SERVANT_OF
    return _Word(_undoubled(first.key + second.key), first.skeleton + second.skeleton)


_HEADING = "Bab Dar Douar Kasba Ksar Hay Imi Had Tnine Tlat Arbaa Khemis Jemaa Sebt"
GENERIC = frozenset(key for key, _ in _PARTICLES) | frozenset(keys_of(word).key for word in _HEADING.split())
"""Keys of words that head very many names (markets are named by their day) and tell few of them apart."""
