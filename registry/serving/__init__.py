"""Answers from a published snapshot, the same for HTTP and the command line: plain functions, no Flask.

`lookup` answers one code, `listing` lists items page by page, `finding` matches texts and suggests names;
`exporting` writes files, `past` tells history and projection;
`moments` says which day an answer is about.
"""

from registry.serving.exporting import export
from registry.serving.finding import answer_matches, answer_suggestions
from registry.serving.listing import Filters, Listing, Page, open_listing, read_page
from registry.serving.lookup import look_up
from registry.serving.moments import Moment, moment, moment_of, parse_day
from registry.serving.past import history_of, project_code

__all__ = [
    "Filters",
    "Listing",
    "Moment",
    "Page",
    "answer_matches",
    "answer_suggestions",
    "export",
    "history_of",
    "look_up",
    "moment",
    "moment_of",
    "open_listing",
    "parse_day",
    "project_code",
    "read_page",
]
