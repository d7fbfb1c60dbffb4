"""The words of an activity as they are compared: light stems of French, English and Arabic, no stop words.

The stems are our own and light on purpose: number, gender, article, clitics. What lies further apart
("coiffeur", "coiffure") is brought together by groups of letters (`terms`). The language of a text that is
looked for is not known, so what is done depends on its script only; entries and texts go through the same.
Search folders hold what this page makes of a text: a change here raises `layout.BUILDER_VERSION`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from matching.text import fold

# Folded. The letters that an apostrophe leaves behind fall with all single letters.
_STOP_WORDS = {
    "fr": "qu non le la les un une des de du et ou en au aux sur sous pour par avec sans dans qui que ce "
    "ces son sa ses leur leurs nca notamment compris est sont chez entre divers diverses tout toute tous",
    "en": "the an and or of for in on to with by at from nec other than its their incl including",
    "ar": "في من على الى او عن مع ذلك هذا هذه التي الذي بما فيها غير",
    "ary": "ديال ديالي تاع متاع مول dyal dial ta3 mta3 moul mol fi wa",
}
_STOP = frozenset(word for words in _STOP_WORDS.values() for word in words.split())
_EXCEPT = re.compile(
    r"(?:\s*[,;(]\s*hors|(?:\s*[,;(]\s*|\s+)(?:sauf|à l[’']exception|à l[’']exclusion|non compris"
    r"|except|excluding|other than|not including|باستثناء|ما عدا|عدا|فيما عدا|بخلاف))\b[^,;)]*\)?",
    re.IGNORECASE,
)
# What is done, as it is said in several words and languages; compared after stemming. The things that it is
# done to are no part of this table: they are the business of a referential's entries.
_DOINGS = {
    "trade": "commerce negoce vente vendeur vendre marchand marchande commercant sale selling seller trade "
    "trader بيع تجاره تاجر بائع بياع bi3 bay3",
    "retail": "detail boutique magasin echoppe hanout retail shop store dukkan دكان متجر محل حانوت تقسيط",
    "broker": "intermediaire centrale intermediary وسيط وسطاء",
    "wholesale": "gros grossiste importation importateur exportation exportateur wholesale wholesaler "
    "importer جمله استيراد",
    "make": "fabrication fabrique fabricant production producteur manufacture manufacturing making maker "
    "usine factory صنع صناعه انتاج مصنع معمل",
    "mine": "extraction mining quarrying استخراج",
    "grow": "culture cultivateur plantation growing grower زراعه زرع",
    "raise": "elevage eleveur raising breeding breeder تربيه مربي",
    "repair": "reparation reparateur entretien depannage maintenance reparer repair repairing servicing "
    "اصلاح صيانه تصليح",
    "rent": "location loueur rental renting rent leasing كراء تاجير ايجار",
    "carry": "transport transporteur transportation haulage نقل",
    "teach": "enseignement formation ecole cours education teaching school training تعليم مدرسه تكوين تدريس",
    "build": "construction constructeur batiment building بناء تشييد",
}
_MOST_REMEMBERED = 65_536


def words_of(text: str) -> list[str]:
    """The folded words of a text without stop words and single letters; all where nothing else is left."""
    words = fold(text).split()
    return [word for word in words if len(word) > 1 and word not in _STOP] or words


def told(text: str) -> str:
    """A title without what it says it is not: "Fabrication d'articles textiles, sauf habillement"."""
    return _EXCEPT.sub(" ", text).strip() or text


def stems_of(text: str) -> list[str]:
    """The stems of a text's words, in their order."""
    return [stem(word) for word in words_of(text)]


@lru_cache(_MOST_REMEMBERED)
def stem(word: str) -> str:
    """The stem of one folded word; what is done has one stem in all languages."""
    light = light_stem(word)
    return _DONE.get(light, light)


def light_stem(word: str) -> str:
    """A folded word without number, gender, article and clitics, by its script."""
    if word.isascii():
        return word if word.isdigit() else _latin(word)
    return _arabic(word)


def _latin(word: str) -> str:
    """French and English: plurals, then feminines; three letters always stay."""
    if len(word) > 5 and word.endswith("aux"):
        word = word[:-3] + "al" if not word.endswith("eaux") else word[:-1]
    elif len(word) > 4 and word.endswith("ies"):
        word = word[:-2]
    elif len(word) > 3 and word[-1] in "sx" and word[-2] not in "s":
        word = word[:-1]
    for feminine, masculine in (
        ("euse", "eur"),
        ("trice", "teur"),
        ("iere", "ier"),
        ("enne", "en"),
        ("ive", "if"),
    ):
        if len(word) > len(feminine) + 1 and word.endswith(feminine):
            return word[: -len(feminine)] + masculine
    if len(word) > 3 and word[-1] == "e":
        word = word[:-1]
    if len(word) > 4 and word.endswith("y"):
        word = word[:-1] + "i"
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word


_ARTICLES = ("وبال", "وال", "بال", "كال", "فال", "ولل", "لل", "ال")
_ENDINGS = ("ات", "ون", "ين", "ان", "يه", "ها", "ه", "ي")


def _arabic(word: str) -> str:
    """Arabic: conjunction, preposition and article before, number and gender behind; three letters stay."""
    for article in _ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 2:
            word = word[len(article) :]
            break
    else:
        if (len(word) >= 5 and word[0] == "و") or (len(word) >= 6 and word[0] in "بلك"):
            word = word[1:]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


_DONE = {light_stem(word): f"={doing}" for doing, words in _DOINGS.items() for word in words.split()}
_BITS = {f"={doing}": 1 << place for place, doing in enumerate(_DOINGS)}
TRADE, RETAIL, WHOLESALE, BROKER = (
    _BITS[f"={doing}"] for doing in ("trade", "retail", "wholesale", "broker")
)


def is_doing(stem: str) -> bool:
    """Whether a stem says what is done, in whichever word."""
    return stem in _BITS


def doings_of(stems: Iterable[str]) -> int:
    """What is done, as bits: who sells by retail, by wholesale or for others trades in any case."""
    doings = 0
    for each in stems:
        doings |= _BITS.get(each, 0)
    return doings | TRADE if doings & (RETAIL | WHOLESALE | BROKER) else doings
