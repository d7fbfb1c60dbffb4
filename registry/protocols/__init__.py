"""Other people's contracts: a package each, answered from snapshots alone, no database."""

from __future__ import annotations

from flask import Flask

from registry.protocols.reconciliation.draft import draft_blueprint
from registry.protocols.reconciliation.routes import Count, blueprint_of
from registry.protocols.reconciliation.service import ROOT

PREFIXES = (ROOT,)
"""Below these, any page of the web may read answers."""


def register(app: Flask, count: Count) -> None:
    """Add the contracts; `count` counts a request that costs work, and raises TooManyRequests."""
    app.register_blueprint(blueprint_of(count))
    app.register_blueprint(draft_blueprint())
