"""A small nomenclature of activities, and stores made of it."""

from pathlib import Path

from matching.store import Name, Row, Store
from matching.text import script_of
from tests.matching.samples import row, stored

LEVELS = ("division", "group", "class")
TODAY = 20_000


def said(text: str, language: str = "fr", use: str = "entry") -> Name:
    """A designation of an index."""
    return Name(text, language, script_of(text), use)


def activity(code: str, level: str, parent: str | None, title: str | None, *entries: Name, **fields) -> Row:
    """A row with a French title, where it has one, and its entries."""
    names = (*(() if title is None else (said(title, use="preferred"),)), *entries)
    return row(code, level, parent, **{"names": names, **fields})


def trades() -> list[Row]:
    """Retail trade, personal services and repair; a group without a title, as NMA has them."""
    return [
        activity("47", "division", None, "Commerce de détail"),
        activity("471", "group", "47", None),
        activity("472", "group", "47", "Commerce de détail alimentaire en magasin spécialisé"),
        activity(
            "4711",
            "class",
            "471",
            "Commerce d'alimentation générale",
            said("épicerie"),
            said("bqal", "ary"),
            said("بقال", "ary"),
        ),
        activity("4721", "class", "472", "Commerce de détail de fruits et légumes", said("primeur")),
        activity(
            "4722",
            "class",
            "472",
            "Commerce de détail de viandes",
            said("boucherie"),
            said("جزار", "ar"),
            said("abattoir", use="exclusion"),
        ),
        activity("4729", "class", "472", "Autres commerces de détail alimentaires", said("vente de miel")),
        activity("46", "division", None, "Commerce de gros"),
        activity("463", "group", "46", "Commerce de gros de denrées"),
        activity("4631", "class", "463", "Commerce de gros de fruits et légumes"),
        activity("96", "division", None, "Autres services personnels"),
        activity("960", "group", "96", "Autres services personnels"),
        activity(
            "9602",
            "class",
            "960",
            "Coiffure et soins de beauté",
            said("salon de coiffure"),
            said("حلاقة", "ar"),
        ),
        activity(
            "9609",
            "class",
            "960",
            "Autres services personnels n.c.a.",
            said("tatoueur"),
            said("vente de miel"),
        ),
        activity("10", "division", None, "Industries alimentaires"),
        activity("101", "group", "10", "Viande"),
        activity("1011", "class", "101", "Abattage d'animaux", said("abattoir de viandes")),
    ]


def shop(folder: Path, rows: list[Row] | None = None) -> Store:
    """These rows (or the small nomenclature) as a store of activities."""
    return stored(folder, trades() if rows is None else rows, LEVELS, "activities")
