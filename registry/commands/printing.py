"""What commands print: JSON as it is, and lines for people; tables are in `tables`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import click


def print_json(document: object) -> None:
    """A document as one line of UTF-8 JSON; bytes are JSON already."""
    text = document.decode() if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False)
    click.echo(text)


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Lines of a name and a value; empty values are left out."""
    kept = [(name, str(value)) for name, value in fields if value not in (None, "", [], {})]
    width = max((len(name) for name, _ in kept), default=0)
    for name, value in kept:
        click.echo(f"{click.style(name.ljust(width), dim=True)}  {value}")


def line_of_names(names: Mapping[str, str]) -> str:
    """The names of an item in one line, French first, then Arabic, then others."""
    order = sorted(names, key=lambda language: ({"fr": 0, "ar": 1, "en": 2}.get(language, 3), language))
    return " · ".join(dict.fromkeys(names[language] for language in order))


def period_of(start: str | None, end: str | None) -> str:
    """A validity `[start, end)` in words."""
    since = f"since {start}" if start else "since an unknown day"
    return since if end is None else f"{since}, until {end} (excluded)"
