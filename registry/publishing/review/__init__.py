"""The way of a change set from its draft to a version: submission, approval, schedule, withdrawal."""

from registry.publishing.drafts.rebasing import RebaseReport, rebase
from registry.publishing.review.approving import OwnWork, approve, request_changes
from registry.publishing.review.comments import (
    CommentView,
    comment,
    comments_of,
    comments_of_version,
    open_consultation,
)
from registry.publishing.review.readiness import Missing, NotReady, needed_class
from registry.publishing.review.reports import (
    ErrorReportView,
    UnknownReport,
    answer_report,
    list_error_reports,
    read_error_report,
    report_error,
)
from registry.publishing.review.scheduling import Due, publish_approved, publish_due, schedule
from registry.publishing.review.submitting import submit
from registry.publishing.review.withdrawing import propose_withdrawal, withdraw

__all__ = [
    "CommentView",
    "Due",
    "ErrorReportView",
    "Missing",
    "NotReady",
    "OwnWork",
    "RebaseReport",
    "UnknownReport",
    "answer_report",
    "approve",
    "comment",
    "comments_of",
    "comments_of_version",
    "list_error_reports",
    "needed_class",
    "open_consultation",
    "propose_withdrawal",
    "publish_approved",
    "publish_due",
    "read_error_report",
    "rebase",
    "report_error",
    "request_changes",
    "schedule",
    "submit",
    "withdraw",
]
