"""From a content back to the list that it came from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import shapely

from referentials.drafting import Draft, draft_from_list
from referentials.listing import ListedItem, ListedObservation, OtherName
from referentials.relisting import codes_of, relist, relist_item
from referentials.snapshot import ContentHeader, open_content, write_content

THEN = date(2014, 9, 1)
REGION = ListedItem("01", "region", None, {"fr": "Nord"}, valid_from=THEN)
NAMED = ListedItem(
    "01.05",
    "commune",
    "01",
    {"fr": "Tafraout"},
    {"type": "rural"},
    shapely.box(-6, 33, -5, 34),
    (
        OtherName("Tafraoute", "fr", "Latn", "alternative", "made up"),
        OtherName("Tafrawt", "fr", "Latn", "alternative", "made up"),
    ),
    (
        ListedObservation("population", date(2004, 9, 1), 900, "person", "made up"),
        ListedObservation("population", THEN, 1000, "person", "made up"),
    ),
    THEN,
)


def test_a_list_comes_back_item_by_item_and_as_a_whole(tmp_path: Path) -> None:
    draft = draft_from_list("units", 1, None, [REGION, NAMED], [], THEN)
    write_content(tmp_path / "content", ContentHeader("units", 1, "2014", THEN), draft.added)
    content = open_content(tmp_path / "content")
    whole = sorted(relist(content), key=lambda item: item.code)
    assert whole == [REGION, NAMED]
    codes = codes_of(content)
    assert {item: relist_item(content, item, codes) for item in codes} == {
        item: whole[["01", "01.05"].index(code)] for item, code in codes.items()
    }
    assert draft_from_list("units", 2, content, whole, [], date(2024, 9, 1)) == Draft((), ())
