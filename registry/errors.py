"""Domain errors, and the one table that renders them (decision D7).

A domain error names what is wrong, where and with which value. `KINDS` says for each stable slug how it
reads over HTTP (RFC 9457 problem document) and on the command line (message, exit code); `registry.foreign`
maps the errors of `matching` and `referentials` to the same slugs.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from registry.foreign import FOREIGN

TYPE_PREFIX = "/problems/"
LONGEST_SHOWN = 200
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


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


class DomainError(Exception):
    """What went wrong in the domain's terms; `members` are extra members of the problem document."""

    slug = "bad-value"

    def __init__(self, detail: str, **members: object) -> None:
        super().__init__(detail)
        self.detail = detail
        self.members: dict[str, object] = {
            name: value for name, value in members.items() if value is not None
        }


class UnknownReferential(DomainError):
    """No referential has this id; `nearest` are ids that resemble it."""

    slug = "unknown-referential"

    def __init__(self, referential: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(
            f"There is no referential {shown(referential)}.{_try(nearest)}",
            referential=cut(referential),
            nearest=list(nearest),
        )


class UnknownVersion(DomainError):
    """The referential has no such version; `known` are its version labels."""

    slug = "unknown-version"

    def __init__(self, referential: str, version: str, known: Sequence[str] = ()) -> None:
        super().__init__(
            f"{referential} has no published version {shown(version)}.{_known('Its versions', known)}",
            referential=referential,
            version=cut(version),
            known=list(known),
        )


class RemovedVersion(DomainError):
    """The version was published, and its snapshot had to be removed."""

    slug = "removed-version"

    def __init__(self, referential: str, version: str, reason: str) -> None:
        super().__init__(
            f"{referential} {version} was removed: {reason}", referential=referential, version=version
        )


class UnknownCode(DomainError):
    """No state of the version ever had this code; `nearest` are codes that resemble it."""

    slug = "unknown-code"

    def __init__(self, referential: str, code: str, version: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(
            f"{referential} {version} has no code {shown(code)}.{_try(nearest)}",
            referential=referential,
            version=version,
            code=cut(code),
            nearest=list(nearest),
        )


class UnknownCorrespondence(DomainError):
    """No correspondence has this id; `nearest` are ids that resemble it."""

    slug = "unknown-correspondence"

    def __init__(self, correspondence: str, nearest: Sequence[str] = ()) -> None:
        super().__init__(
            f"There is no correspondence {shown(correspondence)}.{_try(nearest)}",
            correspondence=cut(correspondence),
            nearest=list(nearest),
        )


class BadValue(DomainError):
    """A named input has a value that is not accepted; `expected` says what is."""

    slug = "bad-value"

    def __init__(self, name: str, value: object, expected: str, **members: object) -> None:
        super().__init__(
            f"{name}: {shown(value)} is not accepted; expected {expected}.",
            errors=[{"name": cut(name), "value": cut(str(value)), "expected": expected}],
            **members,
        )


class BadValues(DomainError):
    """Several named inputs are not accepted: all of them at once, as (name, value, expected)."""

    slug = "bad-value"

    def __init__(self, errors: Sequence[tuple[str, object, str]], slug: str = "bad-value") -> None:
        self.slug = slug
        said = (
            f"{cut(name)}: {shown(value)} is not accepted; expected {wanted}."
            for name, value, wanted in errors
        )
        super().__init__(
            " ".join(said),
            errors=[
                {"name": cut(name), "value": cut(str(value)), "expected": expected}
                for name, value, expected in errors
            ],
        )


class BadCursor(DomainError):
    """A cursor that was not issued for this query."""

    slug = "bad-cursor"


class BeforeRecords(DomainError):
    """The date lies before the referential's records begin: nothing is known, which is not "nothing was"."""

    slug = "before-records"

    def __init__(self, referential: str, at: date, records_from: date, basis: str | None = None) -> None:
        because = f" ({basis})" if basis else ""
        begin = records_from.isoformat()
        super().__init__(
            f"{referential} does not know {at.isoformat()}: its records begin on {begin}{because}.",
            referential=referential,
            at=at.isoformat(),
            records_from=records_from.isoformat(),
        )


class NotValidThen(DomainError):
    """The code exists, but no item held it on that date; `periods` say when one did."""

    slug = "not-valid-then"

    def __init__(
        self, referential: str, code: str, at: date, periods: Sequence[Mapping[str, str | None]]
    ) -> None:
        super().__init__(
            f"No item of {referential} held the code {shown(code)} on {at.isoformat()}.",
            referential=referential,
            code=cut(code),
            at=at.isoformat(),
            periods=[dict(period) for period in periods],
        )


class Conflict(DomainError):
    """The state moved on since the caller read it."""

    slug = "conflict"


class TooLarge(DomainError):
    """More than a stated limit: `limit` names how much is accepted."""

    slug = "too-large"

    def __init__(self, what: str, limit: int, unit: str) -> None:
        super().__init__(f"{what}: at most {limit} {unit}.", limit=limit, unit=unit)


class Unavailable(DomainError):
    """Something the answer needs cannot be reached now; `retry_after` in seconds."""

    slug = "unavailable"

    def __init__(self, detail: str, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class TooManyRequests(DomainError):
    """More than is let through in a time; `retry_after` in seconds."""

    slug = "too-many-requests"

    def __init__(self, what: str, retry_after: int) -> None:
        super().__init__(f"{what}: try again in {retry_after} seconds.")
        self.retry_after = retry_after


class BadSetting(DomainError):
    """An environment variable that cannot be used."""

    slug = "bad-setting"

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={shown(value)}: expected {expected}.", setting=name)


@dataclass(frozen=True, slots=True)
class Problem:
    """A rendered error: a problem document over HTTP, a message with an exit code on the command line."""

    slug: str
    title: str
    status: int
    exit_code: int
    detail: str
    advice: str
    members: Mapping[str, object]
    retry_after: int | None = None

    def document(self) -> dict[str, object]:
        """The members of the RFC 9457 problem document."""
        return {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "advice": self.advice,
            **self.members,
        }

    def message(self) -> str:
        """The same for a person at a terminal: what is wrong, then what to do."""
        return f"{self.title}: {self.detail}\n{self.advice}"


def problem_of(error: BaseException) -> Problem:
    """Render any error; one that the table does not know is a `failure` that shows no internals."""
    if isinstance(error, DomainError):
        retry_after = getattr(error, "retry_after", None)
        return make_problem(error.slug, error.detail, error.members, retry_after)
    for family, slug, say in FOREIGN:
        if isinstance(error, family):
            return make_problem(slug, say(error))
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return make_problem("unavailable", "There is no space left to write to; nothing is half-written.")
    return make_problem("failure", "The request could not be answered.")


def make_problem(
    slug: str, detail: str, members: Mapping[str, object] | None = None, retry_after: int | None = None
) -> Problem:
    """A problem of a known kind; `slug` must be one of `KINDS`."""
    kind = KINDS[slug]
    if kind.status == 503 and retry_after is None:
        retry_after = 30
    return Problem(
        slug, kind.title, kind.status, kind.exit_code, detail, kind.advice, members or {}, retry_after
    )


def shown(value: object) -> str:
    """A value as a message shows it: quoted, printable and never long."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in repr(cut(str(value)))
    )


def cut(value: str) -> str:
    """The value without what would make an answer long or impossible to encode."""
    text = value.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def _try(nearest: Sequence[str]) -> str:
    return f" Nearest: {', '.join(nearest)}." if nearest else ""


def _known(what: str, known: Sequence[str]) -> str:
    return f" {what}: {', '.join(known)}." if known else ""
