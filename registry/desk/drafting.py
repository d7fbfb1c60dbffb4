"""The blueprints of change sets, from the opened draft to the version and the reports of errors in it."""

from __future__ import annotations

from registry.desk import (
    change_sets,
    consultations,
    draft_checks,
    draft_comparisons,
    draft_events,
    draft_files,
    draft_items,
    error_reports,
    previews,
    reviews,
)

# In the order of the work, which is that of the OpenAPI document.
BLUEPRINTS = (
    change_sets.blueprint,
    draft_files.blueprint,
    draft_items.blueprint,
    draft_checks.blueprint,
    draft_events.blueprint,
    draft_comparisons.blueprint,
    previews.blueprint,
    consultations.blueprint,
    reviews.blueprint,
    error_reports.blueprint,
)
