"""How the words of place names sound: consonants, and the three vowels that Arabic distinguishes.

Written with few ASCII letters: c = ch, sh, ش; x = kh, خ; q = gh, rh, غ; k = k, q, c, g, ك, ق; u = ou, w;
i = y. Many words are read at once, because most of the work is then done on one long string.
"""

import re
from collections.abc import Iterable, Sequence

# What is spoken as one sound, in capitals while other rules may still read the letters; then each letter.
_DIGRAPHS = (
    ("sch", "C"), ("ch", "C"), ("sh", "C"), ("kh", "X"), ("gh", "Q"), ("rh", "Q"), ("ph", "f"),
)  # fmt: skip
_SOFT = (
    (re.compile("gu(?=[eiy])"), "k"), (re.compile("g(?=[eiy])"), "j"), (re.compile("qu(?=[aeiy])"), "k"),
    (re.compile("c(?=[eiy])"), "s"),
)  # fmt: skip
_SILENT_E = re.compile(r"(?<=[^\n][^aeiouy\n])e$", re.MULTILINE)
_LETTERS = str.maketrans("CXQqgcwoey", "cxqkkkuuii")
_DOUBLED = re.compile(r"([^0-9\n])\1+")
_SERVANT = re.compile("^abdil", re.MULTILINE)

_ARABIC = str.maketrans({
    "ا": "a", "ب": "b", "ت": "t", "ث": "t", "ج": "j", "ح": "h", "خ": "x", "د": "d", "ذ": "d",
    "ر": "r", "ز": "z", "س": "s", "ش": "c", "ص": "s", "ض": "d", "ط": "t", "ظ": "d", "ع": "a",
    "غ": "q", "ف": "f", "ق": "k", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "u",
    "ي": "i",
})  # fmt: skip
# A final ه is most often ta marbuta written without its dots.
_FINAL_HA = re.compile(r"(?<=[^\n][^\n])ه$", re.MULTILINE)

_TIFINAGH = str.maketrans({
    "ⴰ": "a", "ⴱ": "b", "ⴲ": "b", "ⴳ": "k", "ⴴ": "k", "ⴵ": "j", "ⴶ": "j", "ⴷ": "d", "ⴸ": "d",
    "ⴹ": "d", "ⴺ": "d", "ⴻ": "i", "ⴼ": "f", "ⴽ": "k", "ⴾ": "k", "ⴿ": "k", "ⵀ": "h", "ⵁ": "h",
    "ⵂ": "h", "ⵃ": "h", "ⵄ": "a", "ⵅ": "x", "ⵆ": "x", "ⵇ": "k", "ⵈ": "k", "ⵉ": "i", "ⵊ": "j",
    "ⵋ": "j", "ⵌ": "j", "ⵍ": "l", "ⵎ": "m", "ⵏ": "n", "ⵐ": "ni", "ⵑ": "nk", "ⵒ": "b", "ⵓ": "u",
    "ⵔ": "r", "ⵕ": "r", "ⵖ": "q", "ⵗ": "q", "ⵘ": "j", "ⵙ": "s", "ⵚ": "s", "ⵛ": "c", "ⵜ": "t",
    "ⵝ": "t", "ⵞ": "c", "ⵟ": "t", "ⵠ": "b", "ⵡ": "u", "ⵢ": "i", "ⵣ": "z", "ⵤ": "z", "ⵥ": "z",
    "ⵦ": "i", "ⵧ": "u",
})  # fmt: skip

_FIRST_U = re.compile("^a?u(?=[^aiu]|$)", re.MULTILINE)
_U_BEFORE_VOWEL = re.compile("u(?=[aiu])")
_I_BEFORE_VOWEL = re.compile("i(?=[aiuw])")
_WITHOUT_VOWELS = str.maketrans("", "", "aiuh")


def undoubled(words: str) -> str:
    """Words, one a line, with each letter that is doubled written once; digits stay."""
    return _DOUBLED.sub(r"\1", words)


def latin(words: Iterable[str], *, partial: bool = False) -> list[str]:
    """Latin words, folded, as they sound, with h; with `partial`, their ends are still being typed."""
    lines = "\n".join(words)
    for letters, sound in _DIGRAPHS:
        lines = lines.replace(letters, sound)
    for soft, sound in _SOFT:
        lines = soft.sub(sound, lines)
    if not partial:
        lines = _SILENT_E.sub("", lines)
    lines = undoubled(lines.replace("dj", "j").replace("ou", "u").translate(_LETTERS))
    return _SERVANT.sub("abdal", lines).split("\n")


def arabic(words: Iterable[str]) -> list[str]:
    """Arabic words, folded and without their article, as they sound."""
    return undoubled(_FINAL_HA.sub("ا", "\n".join(words)).translate(_ARABIC)).split("\n")


def tifinagh(words: Iterable[str]) -> list[str]:
    """Tifinagh words as they sound."""
    return undoubled("\n".join(words).translate(_TIFINAGH)).split("\n")


def without_h(spoken: Sequence[str]) -> list[str]:
    """Spoken words as keys have them."""
    return undoubled("\n".join(spoken).replace("h", "")).split("\n")


def skeletons(spoken: Sequence[str]) -> list[str]:
    """Their consonants without h; u and i count as w and y at a word's start and before a vowel."""
    lines = _U_BEFORE_VOWEL.sub("w", _FIRST_U.sub("w", "\n".join(spoken)))
    return _I_BEFORE_VOWEL.sub("y", lines).translate(_WITHOUT_VOWELS).split("\n")
