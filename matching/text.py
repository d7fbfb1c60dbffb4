"""Normalising text: what is never a difference between two spellings of one name, whatever the script."""

import re
import unicodedata
from collections.abc import Sequence

# Letters that Unicode does not decompose, as European gazetteers write them in plain ASCII.
_UNDECOMPOSED = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h",
    "ɣ": "gh", "ɛ": "a", "ə": "e", "ǧ": "g",
}  # fmt: skip

# Arabic letters written one for another: Persian and Urdu forms, ta marbuta, alef maksura, Maghrebi g.
_ARABIC = {
    "ی": "ي", "ى": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "گ": "ك", "ڭ": "ك", "ݣ": "ك", "ڨ": "ق", "ڢ": "ف",
    "ڧ": "ق",
    "ة": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ە": "ه", "ٱ": "ا", "ڤ": "ف", "پ": "ب", "چ": "ش",
    "ء": "", "ـ": "",
}  # fmt: skip

_BLOCKS: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "Latn"), (0x0250, 0x02AF, "Latn"), (0x0370, 0x03FF, "Grek"), (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"), (0x0590, 0x05FF, "Hebr"), (0x0600, 0x06FF, "Arab"), (0x0750, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"), (0x07C0, 0x07FF, "Nkoo"), (0x08A0, 0x08FF, "Arab"), (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"), (0x0A00, 0x0A7F, "Guru"), (0x0A80, 0x0AFF, "Gujr"), (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"), (0x0C00, 0x0C7F, "Telu"), (0x0C80, 0x0CFF, "Knda"), (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"), (0x0E00, 0x0E7F, "Thai"), (0x0E80, 0x0EFF, "Laoo"), (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"), (0x10A0, 0x10FF, "Geor"), (0x1100, 0x11FF, "Hang"), (0x1200, 0x139F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"), (0x1800, 0x18AF, "Mong"), (0x1E00, 0x1EFF, "Latn"), (0x1F00, 0x1FFF, "Grek"),
    (0x2D30, 0x2D7F, "Tfng"), (0x3040, 0x309F, "Hira"), (0x30A0, 0x30FF, "Kana"), (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"), (0xAC00, 0xD7AF, "Hang"), (0xFB50, 0xFDFF, "Arab"), (0xFE70, 0xFEFF, "Arab"),
    (0xFF21, 0xFF5A, "Latn"), (0x20000, 0x2FA1F, "Hani"),
)  # fmt: skip


SCRIPTS = ("Zyyy", *sorted({script for _, _, script in _BLOCKS}), "Zzzz")
"""The scripts that are told apart: Zyyy is no letter at all, Zzzz a script that is not known here."""


class _Folding(dict[int, str | None]):
    """A table for `str.translate` that works a code point out once, when it is first met."""

    def __missing__(self, code: int) -> str | None:
        folded = _fold_code_point(chr(code))
        self[code] = folded
        return folded


def _fold_code_point(character: str) -> str | None:
    if character in _ARABIC:
        return _ARABIC[character] or None
    if character in _UNDECOMPOSED:
        return _UNDECOMPOSED[character]
    category = unicodedata.category(character)
    if category in ("Mn", "Me", "Lm", "Cf", "Sk"):  # diacritics, harakat, modifier letters, joiners
        return None
    if category == "Nd":
        return str(unicodedata.digit(character))
    if category[0] in "LMN":
        return character.lower()
    return " "


_FOLDING = _Folding({10: "\n"})
_ASCII = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)} | {10: "\n"}
_SETTLED = re.compile("[a-z0-9 \\n\u0621-\u064a\u2d30-\u2d7f]*")
_BLANKS = re.compile(r"\s+")


def fold(text: str) -> str:
    """The text as compared for equality: NFKC, without case, diacritics, harakat, tatweel or punctuation.

    Words are separated by one blank; digits are ASCII. Idempotent.
    """
    return " ".join(_fold_lines(text).split())


def fold_many(texts: Sequence[str]) -> list[str]:
    """As `fold` for each, but blanks are left as they fall: for `str.split`."""
    joined = "\n".join(texts)
    if joined.count("\n") != max(len(texts) - 1, 0):
        return [fold(text) for text in texts]
    return _fold_lines(joined).split("\n") if texts else []


def _fold_lines(text: str) -> str:
    if text.isascii():
        return text.translate(_ASCII)
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDING)
    if not _SETTLED.fullmatch(folded):
        # A compatibility form may hold capitals or composed letters in its turn: once more is stable.
        folded = unicodedata.normalize("NFKD", folded.casefold()).translate(_FOLDING)
    return folded


def tidy(text: str) -> str:
    """The text in NFC with single blanks, as it is shown."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def script_of(text: str) -> str:
    """The ISO 15924 code of the script most letters of the text are in; 'Zyyy' where it has none."""
    if text.isascii():
        return "Latn" if any(map(str.isalpha, text)) else "Zyyy"
    counts: dict[str, int] = {}
    for character in text:
        if character.isalpha():
            script = _script_of_code(ord(character))
            counts[script] = counts.get(script, 0) + 1
    if not counts:
        return "Zyyy"
    return max(counts, key=lambda script: (counts[script], script))


def _script_of_code(code: int) -> str:
    for first, last, script in _BLOCKS:
        if first <= code <= last:
            return script
    return "Zzzz"
