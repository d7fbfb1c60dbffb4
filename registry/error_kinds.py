"""The one table of errors (D7): for each stable slug its HTTP status, its exit code and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Kind:
    """How one family of errors is rendered: HTTP status, exit code of the command line, what to do."""

    title: str
    status: int
    exit_code: int
    advice: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "unknown-referential": Kind(
            "Unknown referential", 404, 4, "List the referentials with GET /api/v1/referentials."
        ),
        "unknown-version": Kind(
            "Unknown version",
            404,
            4,
            "List the versions with GET /api/v1/referentials/{referential}/versions.",
        ),
        "unknown-code": Kind(
            "Unknown code", 404, 4, "Try one of the nearest codes, or search by name with match or suggest."
        ),
        "unknown-correspondence": Kind(
            "Unknown correspondence", 404, 4, "List the correspondences with GET /api/v1/correspondences."
        ),
        "unknown-address": Kind(
            "Nothing at this address", 404, 4, "The addresses are described at /api/v1/openapi.json."
        ),
        "removed-version": Kind(
            "Version removed",
            410,
            4,
            "Use a later version; the log at /api/v1/log keeps the entry of this one.",
        ),
        "not-in-log": Kind("Not in the log", 404, 4, "GET /api/v1/log says how many leaves the log has."),
        "before-records": Kind(
            "Before the records begin",
            404,
            4,
            "Ask for a date from records_from on: earlier states are not known.",
        ),
        "not-valid-then": Kind(
            "Code not valid on that date", 404, 4, "Ask for a date within one of the periods given."
        ),
        "bad-value": Kind("Value not accepted", 400, 2, "Correct the value named in the errors."),
        "bad-body": Kind(
            "Request body not accepted", 400, 2, "Send a JSON body as the OpenAPI document describes."
        ),
        "bad-cursor": Kind(
            "Cursor not accepted",
            400,
            2,
            "Start again from the first page, with the same filters on every page.",
        ),
        "not-signed-in": Kind(
            "Not signed in", 401, 3, "Sign in at /api/v1/session, or send a token: Authorization: Bearer …"
        ),
        "not-allowed": Kind(
            "Not allowed", 403, 3, "Ask an administrator for the role, or use a token with the scope."
        ),
        "unknown-change-set": Kind(
            "Unknown change set", 404, 4, "List the change sets with GET /api/v1/change-sets."
        ),
        "unknown-subscription": Kind(
            "Unknown subscription", 404, 4, "List your subscriptions with GET /api/v1/subscriptions."
        ),
        "unknown-job": Kind("Unknown harmonisation", 404, 4, "List yours with GET /api/v1/harmonisations."),
        "too-many-jobs": Kind(
            "Too many files kept", 429, 6, "Delete a harmonisation that you no longer need, then try again."
        ),
        "job-given-up": Kind(
            "Work given up", 500, 70, "Try again with a part of the file; the operator has a log."
        ),
        "no-space": Kind(
            "No space left", 507, 6, "Try again later; the operator should free space on the disk."
        ),
        "unknown-choice": Kind(
            "Unknown choice", 404, 4, "List those of your administration with GET /api/v1/choices."
        ),
        "unknown-error-report": Kind(
            "Unknown error report", 404, 4, "List the error reports with GET /api/v1/error-reports."
        ),
        "stale-revision": Kind(
            "Edited meanwhile", 412, 5, "Read the change set again, and edit what it says now."
        ),
        "revision-required": Kind(
            "Which revision is edited?", 428, 2, "Read the change set, and send its ETag in If-Match."
        ),
        "not-ready": Kind(
            "Change set not ready", 409, 5, "Settle everything that is named, then submit it again."
        ),
        "no-version-yet": Kind(
            "Draft not complete",
            422,
            2,
            "Confirm the events that are proposed, or state what happened; validation tells the rest.",
        ),
        "wrong-credentials": Kind(
            "Sign-in refused",
            401,
            3,
            "Check the e-mail and the password; an administrator can set another password.",
        ),
        "unconfirmed-request": Kind(
            "Request not confirmed",
            403,
            3,
            "Send the csrf_token of GET /api/v1/session in the header X-CSRF-Token.",
        ),
        "unknown-person": Kind(
            "Unknown person", 404, 4, "An administrator lists the people with GET /api/v1/people."
        ),
        "unknown-token": Kind("Unknown token", 404, 4, "List your tokens with GET /api/v1/tokens."),
        "too-many-requests": Kind(
            "Too many requests", 429, 6, "Try again after the seconds in Retry-After, and then less often."
        ),
        "conflict": Kind(
            "Conflict with the current state", 409, 5, "Read the current state, then try again."
        ),
        "bad-file": Kind("File not accepted", 422, 2, "Correct the rows named, then hand the file in again."),
        "too-large": Kind("Too large", 413, 2, "Send less at once; the limit is named."),
        "wrong-method": Kind(
            "Method not allowed", 405, 2, "Use one of the methods named in the Allow header."
        ),
        "wrong-media-type": Kind("Media type not supported", 415, 2, "Send application/json."),
        "bad-request": Kind("Request not understood", 400, 2, "Correct the request."),
        "bad-setting": Kind(
            "Setting not accepted", 500, 2, "Correct the environment variable that is named."
        ),
        "unknown-format": Kind("Unknown format", 404, 2, "Use one of the formats that are named."),
        "not-writable": Kind("More than the format can hold", 422, 2, "Filter the items, or export CSV."),
        "snapshot-damaged": Kind(
            "Published data cannot be read",
            503,
            6,
            "The operator should run `marjaa snapshot verify` and rebuild.",
        ),
        "snapshot-stale": Kind(
            "Search index of another release", 503, 6, "The operator should run `marjaa snapshot build`."
        ),
        "unavailable": Kind("Not available now", 503, 6, "Try again after the time in Retry-After."),
        "failure": Kind(
            "Internal failure", 500, 70, "The failure was logged; report the time of the request."
        ),
    }
)
