"""A small country, and stores made of it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import HealthCheck, settings

from matching.store import OPEN_END, UNKNOWN_START, Name, Row, Store, open_store, write_store

untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""For properties: a busy machine is no failure."""

LEVELS = ("region", "province", "prefecture_of_arrondissements", "commune", "arrondissement")
TODAY = 20_000
CHANGED = 19_000


def row(code: str, level: str, parent: str | None, *texts: str, **fields) -> Row:
    """A row with French and Arabic preferred names, as the letters have it."""
    names = tuple(
        Name(text, "ar", "Arab", "preferred") if text[0] > "\u0600" else Name(text, "fr", "Latn", "preferred")
        for text in texts
    )
    given = {
        "valid_from": UNKNOWN_START,
        "valid_to": OPEN_END,
        "rendered": b'{"code":"%s"}' % code.encode(),
        "names": names,
    }
    return Row(code=code, level=level, parent=parent, **(given | fields))


def country() -> list[Row]:
    """Two regions and what lies in them; one commune was recoded, one abolished."""
    return [
        row("01", "region", None, "Fès-Meknès", "فاس-مكناس", shape=b"full", simplified=b"few"),
        row("02", "region", None, "Casablanca-Settat", "الدار البيضاء-سطات"),
        row("01.1", "province", "01", "Taza", "تازة", importance=500.0),
        row("01.2", "province", "01", "Taounate", "تاونات"),
        row("02.1", "province", "02", "Casablanca", "الدار البيضاء"),
        row("02.1.1", "prefecture_of_arrondissements", "02.1", "Aïn-Chock", "عين الشق"),
        row("01.1.1", "commune", "01.1", "Taza", "تازة", importance=300.0),
        row("01.1.2", "commune", "01.1", "Oulad Zbair", "أولاد زباير"),
        row("01.1.3", "commune", "01.1", "Ajdir", "أجدير"),
        row("01.1.4", "commune", "01.1", "Bni Lent", "بني لنت"),
        row("01.2.1", "commune", "01.2", "Ajdir", "أجدير"),
        row("01.2.2", "commune", "01.2", "Rhafsai", "غفساي"),
        row("01.2.3", "commune", "01.2", "Sidi M'hamed Ben Lahcen", "سيدي امحمد بن لحسن"),
        row("01.2.4", "commune", "01.2", "Ouartzarh", "اورتزاغ"),
        row("02.1.2", "commune", "02.1", "Casablanca", "الدار البيضاء", importance=3_000_000.0),
        row("02.1.3", "commune", "02.1", "Méchouar de Casablanca", "مشور الدار البيضاء"),
        row("02.1.1.1", "arrondissement", "02.1.1", "Aïn-Chock", "عين الشق"),
        row("02.1.1.2", "arrondissement", "02.1.1", "Maârif", "المعاريف"),
        row("01.1.9", "commune", "01.1", "Matmata", "مطماطة", valid_to=CHANGED, successors=("01.1.5",)),
        row("01.1.5", "commune", "01.1", "Matmata", "مطماطة", valid_from=CHANGED),
        row("01.2.9", "commune", "01.2", "Tissa Ancienne", valid_to=CHANGED),
    ]


def stored(
    folder: Path, rows: Iterable[Row], levels: Sequence[str] = LEVELS, profile: str = "place-names"
) -> Store:
    """These rows, written and opened again."""
    write_store(folder, rows, profile=profile, content_root="root", levels=levels)
    return open_store(folder)
