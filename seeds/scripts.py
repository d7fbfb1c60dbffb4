"""The script that a text is written in, as an ISO 15924 code, by the names of its letters in Unicode."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cache

UNKNOWN = "Zzzz"

# First word of a letter's Unicode name → ISO 15924.
_SCRIPTS = {
    "LATIN": "Latn",
    "ARABIC": "Arab",
    "TIFINAGH": "Tfng",
    "CYRILLIC": "Cyrl",
    "GREEK": "Grek",
    "HEBREW": "Hebr",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "ETHIOPIC": "Ethi",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "GURMUKHI": "Guru",
    "GUJARATI": "Gujr",
    "TAMIL": "Taml",
    "TELUGU": "Telu",
    "KANNADA": "Knda",
    "MALAYALAM": "Mlym",
    "SINHALA": "Sinh",
    "THAI": "Thai",
    "LAO": "Laoo",
    "MYANMAR": "Mymr",
    "KHMER": "Khmr",
    "TIBETAN": "Tibt",
    "HANGUL": "Hang",
    "HIRAGANA": "Hira",
    "KATAKANA": "Kana",
    "CJK": "Hani",
    "OL": "Olck",
}
_JAPANESE = {"Hira", "Kana"}


def script_of(text: str) -> str:
    """The script of most of the letters; `Jpan` for kana mixed with ideographs, `Zzzz` without any letter."""
    counts = Counter(_script_of_letter(letter) for letter in text if letter.isalpha())
    if len(counts) > 1 and counts.keys() & _JAPANESE and counts.keys() <= _JAPANESE | {"Hani"}:
        return "Jpan"
    return max(counts, key=lambda script: (counts[script], script), default=UNKNOWN)


@cache
def _script_of_letter(letter: str) -> str:
    return _SCRIPTS.get(unicodedata.name(letter, "").partition(" ")[0], UNKNOWN)
