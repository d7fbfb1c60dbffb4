"""The words by which titles of columns are understood, in French, Arabic and English: data, not code.

All are folded (no accents, no case), as `referentials.sheets.headers.folded` does it.
"""

from __future__ import annotations

LANGUAGES: dict[str, frozenset[str]] = {
    "fr": frozenset({"fr", "fra", "fre", "francais", "francaise", "french", "الفرنسية", "بالفرنسية"}),
    "ar": frozenset({"ar", "ara", "arabe", "arabic", "العربية", "بالعربية", "عربي"}),
    "en": frozenset({"en", "eng", "anglais", "english", "الانجليزية", "بالانجليزية"}),
    "zgh": frozenset({"zgh", "tamazight", "amazigh", "amazighe", "tifinagh", "الامازيغية", "بالامازيغية"}),
}
NAMES = frozenset(
    {"nom", "name", "names", "noms", "libelle", "intitule", "label", "designation", "appellation"}
    | {"denomination", "titre", "title", "toponyme", "toponym", "الاسم", "اسم", "التسمية", "العنوان"}
)
# Names where items are places; attributes of addresses.
PLACES = frozenset({"localite", "locality", "lieu", "place", "quartier", "village", "douar", "المكان"})
OTHER_NAMES = frozenset(
    {"variants", "variant", "variantes", "variante", "autres", "autre", "alias", "aliases", "synonymes"}
    | {"synonyms", "alternative", "alternatives", "alternate", "alternatenames", "alt", "other", "others"}
    | {"اخرى", "مرادفات"}
)
CODES = frozenset(
    {"code", "codes", "id", "identifiant", "identifier", "cod", "notation", "key", "cle", "ref", "reference"}
    | {"رمز", "الرمز", "كود", "الكود", "المعرف"}
)
# A code of something else.
NOT_CODES = frozenset({"postal", "postale", "zip", "بريدي", "البريدي"})
PARENTS = frozenset(
    {"parent", "parente", "superieur", "superieure", "broader", "upper", "rattachement", "الاصل", "الاعلى"}
)
LEVELS = frozenset({"level", "niveau", "echelon", "المستوى"})
LONGITUDES = frozenset({"longitude", "lon", "long", "lng", "x", "خط الطول"})
LATITUDES = frozenset({"latitude", "lat", "y", "خط العرض"})
SHAPES = frozenset({"wkt", "shape", "geometry", "geom", "the geom", "geometrie", "forme", "الشكل"})
STARTS = frozenset(
    {"valid from", "date debut", "debut validite", "debut", "date effet", "depuis", "since", "start date"}
    | {"تاريخ البداية", "ابتداء من"}
)
ACTIONS = frozenset({"action", "operation", "العملية"})

# What stands between the words that count.
FILLERS = frozenset({"de", "du", "des", "la", "le", "les", "l", "d", "of", "the", "in", "ب", "en"})

ATTRIBUTES: dict[str, frozenset[str]] = {
    "area_km2": frozenset({"superficie", "superficie km2", "surface km2", "area", "area km2", "المساحة"}),
    "capital": frozenset({"chef lieu", "capitale", "المركز"}),
    "commune": frozenset(
        {"commune", "code commune", "commune code", "commune insee", "الجماعة", "رمز الجماعة"}
    ),
    "elevation_m": frozenset({"altitude", "elevation", "elevation m", "الارتفاع"}),
    "excludes": frozenset({"exclusions", "exclut", "ne comprend pas", "excludes"}),
    "feature": frozenset({"type", "nature", "classe", "feature", "feature code", "النوع"}),
    "includes": frozenset({"comprend", "inclusions", "includes", "contenu"}),
    "locality": frozenset({"localite", "lieu dit", "quartier", "city", "locality", "الحي"}),
    "number": frozenset({"numero", "number", "housenumber", "house number", "الرقم"}),
    "population": frozenset({"population", "pop", "habitants", "inhabitants", "السكان", "عدد السكان"}),
    "postcode": frozenset({"code postal", "cp", "postcode", "postal code", "zip", "الرمز البريدي"}),
    "remark": frozenset({"remarque", "remarques", "note", "notes", "remark", "ملاحظة"}),
    "street": frozenset({"rue", "voie", "street", "nom voie", "الشارع", "الزنقة"}),
    "suffix": frozenset({"suffixe", "suffix", "repetition", "rep"}),
    "type": frozenset({"type", "milieu", "statut", "النوع"}),
}

# A figure of a year: the beginnings of titles such as "Population 2024".
MEASURES: dict[str, str] = {
    "population": "population",
    "pop": "population",
    "السكان": "population",
    "menages": "households",
    "households": "households",
}

# The values of an action.
SETTING = frozenset(
    {"set", "add", "ajout", "ajouter", "modification", "modifier", "update", "اضافة", "تعديل"}
)
REMOVING = frozenset({"remove", "delete", "suppression", "supprimer", "retirer", "حذف"})
