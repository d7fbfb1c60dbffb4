"""A publication warns where the database holds more than it is meant for."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from referentials.listing import ListedItem
from registry.publishing import supported
from tests.publishing import add_units, publish_list

ITEMS = [ListedItem(code, "region", None, {"fr": f"Région {code}"}) for code in ("01", "02", "03")]


@pytest.mark.parametrize(("most", "warned"), [(2, True), (3, False)])
def test_more_items_than_sqlite_is_meant_for_are_warned_of(
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    most: int,
    warned: bool,
) -> None:
    monkeypatch.setattr(supported, "MOST_ON_SQLITE", most)
    add_units(engine)
    publish_list(engine, tmp_path, "2024", date(2024, 9, 1), ITEMS)
    said = f"SQLite holds 3 items now, and is supported up to {most}" in caplog.text
    assert said == (warned and engine.dialect.name == "sqlite")
