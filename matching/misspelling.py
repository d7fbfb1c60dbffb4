"""How a name comes to be written otherwise: one function for each kind of noise.

Each takes a name and a source of chance, and gives the name back where it has nothing to change. The tables
say what is varied: general reasoning about how Moroccan names are written, nothing from a labelled file.
"""

import re
from collections.abc import Sequence
from random import Random

from matching.text import fold, script_of

_LEAST_WORD = 4
_LEAST_KEPT = 0.55
"""The share of a word that is left, at least, where it is cut off."""

# Sounds, and how they are spelt by other habits (French, English, Spanish, or from how it is spoken).
_LATIN_SOUNDS = {
    "ou": ("u", "w", "o"), "u": ("ou",), "w": ("ou",), "oua": ("wa",), "oui": ("wi",), "ch": ("sh",),
    "sh": ("ch",), "k": ("q", "c"), "q": ("k",), "c": ("k",), "gh": ("rh",), "rh": ("gh",), "gue": ("ge",),
    "gui": ("gi",), "dj": ("j",), "j": ("dj",), "i": ("y",), "y": ("i",), "ai": ("ay", "ei"), "ay": ("ai",),
    "dh": ("d",), "th": ("t",), "ss": ("s",), "aa": ("a",), "ia": ("iya",), "ya": ("ia",), "ane": ("an",),
    "ine": ("in",), "ene": ("en",), "ell": ("el",), "mm": ("m",), "tt": ("t",), "rr": ("r",), "zz": ("z",),
}  # fmt: skip
# Longer ones first, and those that no habit changes too, so that the h of kh is never looked at alone.
_SOUND = re.compile(
    "|".join(sorted({*_LATIN_SOUNDS, "kh", "gn"}, key=lambda each: (-len(each), each))), re.IGNORECASE
)
_HABITS, _HABIT_WEIGHTS = (1, 2, 3, 4), (2, 4, 4, 3)
"""In how many sounds somebody's spelling differs at once, and how often."""
_ARABIC_LETTERS = (
    ("أ", "ا"), ("إ", "ا"), ("آ", "ا"), ("ا", "أ"), ("ؤ", "و"), ("ئ", "ي"), ("ئ", "ء"), ("ء", ""),
    ("ق", "ك"), ("گ", "ك"), ("ڭ", "ك"), ("ك", "گ"), ("ض", "ظ"), ("ذ", "د"), ("ث", "ت"), ("ط", "ت"),
    ("ص", "س"),
)  # fmt: skip
_LATIN_PARTICLES = (
    ("Oulad", "Ouled", "Awlad", "Aoulad", "Ould", "Old"), ("Sidi", "Sid", "S/", "Si"),
    ("Moulay", "My", "Mly"),
    ("Mohammed", "Mohamed", "Med", "Mohammad"), ("Ain", "Aïn", "Ayn", "Aine"), ("Ait", "Aït", "Ayt"),
    ("Beni", "Bni", "Bani"), ("Ben", "Bin", "B."), ("Bou", "Bu", "Abou"), ("Souk", "Soq", "Souq"),
    ("Zaouiat", "Zaouia", "Zawiyat", "Zaouiet"), ("Oued", "Ouad", "Wad"), ("Lalla", "Lala"),
    ("Tnine", "Tnin"),
    ("Tlat", "Tleta", "Tlata"), ("Arbaa", "Larbaa"), ("Khemis", "Khmis"), ("Sebt", "Essebt"),
)  # fmt: skip
_ARABIC_PARTICLES = (
    ("أولاد", "اولاد", "ولاد"), ("سيدي", "سيد", "س."), ("مولاي", "م."), ("محمد", "امحمد"),
    ("آيت", "ايت", "أيت"),
    ("بني", "بنى"), ("بن", "ابن"), ("عين", "العين"), ("سوق", "السوق"), ("زاوية", "زاويه"),
)  # fmt: skip
_LATIN_BEFORE = (
    "Commune de {}",
    "CR {}",
    "Cne {}",
    "C.R. {}",
    "Commune rurale de {}",
    "Commune {}",
    "Municipalité de {}",
)
_LATIN_AFTER = ("{} (Mun.)", "{} (M)", "{} (Commune)", "{} (Mun)")
_ARABIC_BEFORE = ("جماعة {}", "الجماعة القروية {}", "بلدية {}", "جماعة  {}")
_OTHER_VOWEL = {"a": "e", "e": "a", "i": "e", "u": "o"}
_ADDED_BEFORE = ("Souk", "Douar", "Zaouia", "Village de", "Centre de", "Ville de", "Dechra", "Ksar", "Villa")
_ADDED_AFTER = ("Centre", "Ville", "Jdida", "Plage", "El Oued", "Gare", "Nord", "Sud")
# Arabic letters as those write them who write one letter for one, without the vowels that are not written.
_LETTER_BY_LETTER = str.maketrans(
    dict(zip("ابتثجحخدذرزسشصضطظعغفقكلمنهويىةأإآؤئگڭ", (
        "a", "b", "t", "th", "j", "h", "kh", "d", "d", "r", "z", "s", "sh", "s", "d", "t", "z", "a", "gh",
        "f", "q", "k", "l", "m", "n", "h", "w", "y", "a", "t", "a", "i", "a", "w", "y", "g", "g",
    ), strict=True))
)  # fmt: skip
_ACCENTS = {"a": "âà", "e": "éèê", "i": "ïî", "o": "ô", "u": "ûù", "c": "ç"}
_HARAKAT = "\u064b\u064e\u064f\u0650\u0651\u0652"
_LATIN_KEYS = ("azertyuiop", "qsdfghjklm", "wxcvbn", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_ARABIC_KEYS = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ")
_FOREIGN_LETTERS = "ⴰⴱⴳⴷⴹⴻⴼⴽⵀⵃⵄⵅⵇⵉⵊⵍⵎⵏⵓⵔⵖⵙⵚⵛⵜⵟⵡⵢⵣ"


def sounds(text: str, draw: Random) -> str:
    """Sounds in another spelling, wherever they occur: ou/w/u, ch/sh, k/q/c, gh/rh, i/y."""
    for _ in range(draw.choices(_HABITS, _HABIT_WEIGHTS)[0]):
        there = {sound.lower() for sound in _SOUND.findall(text)} & _LATIN_SOUNDS.keys()
        if not there:
            break
        mine = draw.choice(sorted(there))
        text = _rewritten(text, mine, draw.choice(_LATIN_SOUNDS[mine]))
    return text


def _rewritten(text: str, mine: str, other: str) -> str:
    """Every place where that sound is written so, written otherwise; a capital stays one."""

    def replaced(found: re.Match[str]) -> str:
        if found[0].lower() != mine:
            return found[0]
        return other.capitalize() if found[0][0].isupper() else other

    return _SOUND.sub(replaced, text)


def doubled(text: str, draw: Random) -> str:
    """A doubled letter written once, or a single one twice."""
    pairs = [
        place for place in range(1, len(text)) if text[place] == text[place - 1] and text[place].isalpha()
    ]
    if pairs and draw.random() < 0.6:
        place = draw.choice(pairs)
        return text[:place] + text[place + 1 :]
    singles = [place for place in range(1, len(text)) if text[place].isalpha() and text[place - 1].isalpha()]
    if not singles:
        return text
    place = draw.choice(singles)
    return text[:place] + text[place] + text[place:]


def accents(text: str, draw: Random) -> str:
    """An accent put on a letter."""
    places = [place for place, letter in enumerate(text) if letter in _ACCENTS]
    if not places:
        return text
    place = draw.choice(places)
    return text[:place] + draw.choice(_ACCENTS[text[place]]) + text[place + 1 :]


def vowels(text: str, draw: Random) -> str:
    """A short vowel between consonants left out or written as another: Slimane, Slmane; Mehdi, Mahdi."""
    places = [
        found.start(1) for found in re.finditer("(?<=[^aeiouyé\\W])([aeiu])(?=[^aeiouyé\\W]|\\b)", text)
    ]
    if not places:
        return text
    place = draw.choice(places)
    return text[:place] + draw.choice(("", _OTHER_VOWEL[text[place]])) + text[place + 1 :]


def article(text: str, draw: Random) -> str:
    """The article el, al or l' lost, added, changed, or glued to its word."""
    found = re.search(r"\b(el|al|l)([ '’-])(?=\w)", text, re.IGNORECASE)
    if found is not None:
        other = draw.choice(("", "El ", "Al ", "El-", "L'", found[1]))
        return text[: found.start()] + other + text[found.end() :]
    return draw.choice(("El ", "Al ", "L'")) + text if " " not in text else text


def article_arabic(text: str, draw: Random) -> str:
    """The article ال lost or added at one word."""
    words = text.split(" ")
    number = draw.randrange(len(words))
    word = words[number]
    words[number] = word[2:] if word.startswith("ال") and len(word) > _LEAST_WORD else "ال" + word
    return " ".join(words)


def _particles(text: str, draw: Random, rows: Sequence[Sequence[str]]) -> str:
    words = text.split(" ")
    known = {fold(written): row for row in rows for written in row}
    places = [number for number, word in enumerate(words) if fold(word) in known]
    if not places:
        return text
    number = draw.choice(places)
    words[number] = draw.choice(known[fold(words[number])])
    return " ".join(words).replace("S/ ", draw.choice(("S/ ", "S/")))


def particles(text: str, draw: Random) -> str:
    """A heading word in another spelling or cut short: Oulad/Ouled/Awlad, Sidi/S/, Moulay/My, Aïn."""
    return _particles(text, draw, _LATIN_PARTICLES)


def particles_arabic(text: str, draw: Random) -> str:
    """An Arabic heading word in another spelling: أولاد/ولاد, آيت/ايت."""
    return _particles(text, draw, _ARABIC_PARTICLES)


def letters_arabic(text: str, draw: Random) -> str:
    """A hamza, an alef or an emphatic letter written another way."""
    pairs = [pair for pair in _ARABIC_LETTERS if pair[0] in text]
    if not pairs:
        return text
    written, other = draw.choice(pairs)
    place = draw.choice([found.start() for found in re.finditer(written, text)])
    return text[:place] + other + text[place + 1 :]


def endings_arabic(text: str, draw: Random) -> str:
    """Ta marbuta as ha, or as ta; ya as alef maksura; and back."""
    pairs = (("ة", "ه"), ("ة", "ت"), ("ه", "ة"), ("ي", "ى"), ("ى", "ي"), ("ى", "ا"), ("ا", "ة"), ("ا", "ى"))
    places = [(found.end() - 1, other) for last, other in pairs for found in re.finditer(last + r"\b", text)]
    if not places:
        return text
    place, other = draw.choice(places)
    return text[:place] + other + text[place + 1 :]


def harakat(text: str, draw: Random) -> str:
    """Vowel signs, or a tatweel, where few write them."""
    place = draw.randrange(1, len(text) + 1)
    return text[:place] + (draw.choice(_HARAKAT) if draw.random() < 0.8 else "ـ") + text[place:]


def spacing(text: str, draw: Random) -> str:
    """Two words glued or hyphenated, a hyphen or an apostrophe read as a blank, or lost."""
    places = [place for place, sign in enumerate(text) if sign in " -'’" and 0 < place < len(text) - 1]
    if not places:
        return text
    place = draw.choice(places)
    return (
        text[:place]
        + draw.choice([sign for sign in ("", "-", " ") if sign != text[place]])
        + text[place + 1 :]
    )


def dropped_word(text: str, draw: Random) -> str:
    """One word left out, most often the first; never all but a short one."""
    words = text.split(" ")
    if len(words) < 2:
        return text
    weights = [
        3 if number == 0 else 2 if len(word) <= _LEAST_WORD else 1 for number, word in enumerate(words)
    ]
    del words[draw.choices(range(len(words)), weights)[0]]
    return " ".join(words) if len("".join(words)) >= _LEAST_WORD else text


def truncated(text: str, draw: Random) -> str:
    """The last word cut off, with or without a full stop."""
    before, blank, last = text.rpartition(" ")
    if len(last) <= _LEAST_WORD + 1:
        return text
    kept = draw.randint(max(3, round(_LEAST_KEPT * len(last))), len(last) - 2)
    return before + blank + last[:kept] + draw.choice(("", ".", ""))


def swapped_words(text: str, draw: Random) -> str:
    """Two neighbouring words in the other order."""
    words = text.split(" ")
    if len(words) < 2:
        return text
    number = draw.randrange(len(words) - 1)
    words[number], words[number + 1] = words[number + 1], words[number]
    return " ".join(words)


def typing_error(text: str, draw: Random) -> str:
    """A letter lost, struck beside its key, struck twice, added, or changed with its neighbour."""
    places = [number for number, sign in enumerate(text) if not sign.isspace()]
    if not places:
        return text
    place = draw.choice(places)
    kind = draw.randrange(4)
    if kind == 0 and len(text) > 3:
        return text[:place] + text[place + 1 :]
    if kind == 1 and place + 1 < len(text):
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + _struck_beside(text[place], draw) + text[place + (kind != 2) :]


def _struck_beside(letter: str, draw: Random) -> str:
    """A letter whose key is beside this one's on some keyboard; any of its script where that is not known."""
    rows = _ARABIC_KEYS if script_of(letter) == "Arab" else _LATIN_KEYS
    lower = letter.lower()
    beside = {
        row[place] for row in rows if lower in row for place in (row.index(lower) - 1, row.index(lower) + 1)
        if 0 <= place < len(row)
    }  # fmt: skip
    other = draw.choice(sorted(beside) or (_FOREIGN_LETTERS if script_of(letter) == "Tfng" else "aeinrst"))
    return other.upper() if letter.isupper() else other


def two_typing_errors(text: str, draw: Random) -> str:
    """Two of them."""
    return typing_error(typing_error(text, draw), draw)


def added_word(text: str, draw: Random) -> str:
    """A word of landscape or settlement that the list does not have: Souk, Douar, Village de, Centre."""
    if draw.random() < 0.6:
        return f"{draw.choice(_ADDED_BEFORE)} {text}"
    return f"{text} {draw.choice(_ADDED_AFTER)}"


def letter_by_letter(text: str, draw: Random) -> str:
    """An Arabic name in Latin letters, one for one, as machines and catalogues write it: wady zm, alrkadt."""
    text = text.translate(_LETTER_BY_LETTER)
    return draw.choice((text.title(), text.lower()))


def qualified(text: str, draw: Random) -> str:
    """What it is said before or after it: "Commune de", "CR", "(Mun.)"."""
    return draw.choice(_LATIN_BEFORE + _LATIN_AFTER).format(text)


def qualified_arabic(text: str, draw: Random) -> str:
    """What it is said before it: جماعة."""
    return draw.choice(_ARABIC_BEFORE).format(text)


def upper_case(text: str, _draw: Random) -> str:
    """All in capitals, as old systems have it."""
    return text.upper()
