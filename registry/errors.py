"""Domain errors, and how they are rendered (decision D7).

A domain error names what is wrong, where and with which value. `error_kinds.KINDS` says for each stable slug
how it reads over HTTP (RFC 9457 problem document) and on the command line (message, exit code);
`registry.foreign` maps the errors of `matching` and `referentials` to the same slugs.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from registry.error_kinds import KINDS
from registry.foreign import FOREIGN

TYPE_PREFIX = "/problems/"
LONGEST_SHOWN = 200
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


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
