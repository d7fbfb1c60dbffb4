"""A small page about one item, to be shown in a frame of the client; everything in it is escaped."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from registry.protocols.reconciliation.properties import property_of
from registry.protocols.reconciliation.service import Service
from registry.protocols.reconciliation.telling import direction, status_of

STYLE = (
    "body{font:14px/1.4 sans-serif;margin:8px;color:#222}h1{font-size:16px;margin:0 0 4px}"
    "p{margin:2px 0}.quiet{color:#555}.ended{color:#a40000}"
)
# Any page may frame it; nothing in it runs, and its only style is this one.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors *"
)
_MOST_OTHER_NAMES = 8
_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def preview_page(service: Service, row: int) -> str:
    """The page, in the service's language, with names in all of theirs. Raises DamagedStore."""
    return _templates.get_template("page.html").render(style=STYLE, **_shown(service, row))


def preview_fragment(service: Service, row: int) -> str:
    """What the page says, for a client that puts it into a page of its own. Raises DamagedStore."""
    return _templates.get_template("fragment.html").render(**_shown(service, row))


def fragment_of_word(name: str, id: str) -> str:
    """The same of a property or a type."""
    return _templates.from_string("<p>{{ name }} <span>({{ id }})</span></p>").render(name=name, id=id)


def _shown(service: Service, row: int) -> dict[str, Any]:
    with service.reading(row) as item:
        return _told(service, row, item)


def _told(service: Service, row: int, item: Mapping[str, Any]) -> dict[str, Any]:
    store = service.store
    order = {language: place for place, language in enumerate(service.snapshot.referential.languages)}
    names = sorted(item["names"].items(), key=lambda each: (order.get(each[0], len(order)), each[0]))
    return {
        "language": service.language,
        "direction": direction(service.language),
        "code": store.code(row),
        "title": service.row_name(row),
        "level": service.level_name(store.level(row)),
        "names": [(language, direction(language), text) for language, text in names],
        "others": [name["text"] for name in item["other_names"][:_MOST_OTHER_NAMES]],
        "above": [service.row_name(each) for each in service.ancestors(row)],
        "ended": status_of(service, row),
        "valid_from": item.get("valid_from"),
        "valid_to": item.get("valid_to"),
        "successors": store.successors(row),
        "words": {id: property_of(service, id).name for id in ("valid-from", "valid-to", "successors")},
        "address": service.items,
    }
