"""The HTTP API for those who work on referentials: sign-in, drafts, review, data sets.

It reads the database, which published data never needs; so it is an application of its own, which a worker
imports when it is first asked for (`registry.app`).
"""

from __future__ import annotations

# Where its addresses begin; every other one is answered from the snapshots.
PREFIXES = (
    "/api/v1/administrations",
    "/api/v1/audit",
    "/api/v1/change-sets",
    "/api/v1/choices",
    "/api/v1/correspondence-drafts",
    "/api/v1/data-sets",
    "/api/v1/error-reports",
    "/api/v1/harmonisations",
    "/api/v1/people",
    "/api/v1/session",
    "/api/v1/subscriptions",
    "/api/v1/tokens",
)

# What is asked of the desk at addresses that are read from the snapshots: method and path.
REQUESTS = (("POST", "/api/v1/referentials"),)
