"""Passwords: kept as argon2id hashes (RFC 9106), refused where they are short or easily guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from registry.errors import DomainError

SHORTEST = 12  # characters
LONGEST = 200
# zxcvbn's scale ends at 4; from 3 on a guesser needs more than 10^8 guesses.
SAFE = 3
# What zxcvbn reads of a password: its time grows faster than the text.
_JUDGED = 72

_hasher = PasswordHasher()


class WeakPassword(DomainError):
    """A password that is too short, too long, or easily guessed; the message never repeats it."""

    slug = "bad-value"


def hash_password(password: str, known: Iterable[str] = ()) -> str:
    """The hash to keep; raises WeakPassword. `known` are words that a guesser tries first, as the name."""
    plain = _normal(password)
    _check(plain, known)
    return _hasher.hash(plain)


def is_password(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash is kept; takes as long where none is kept."""
    try:
        return _hasher.verify(kept or _nobodys(), _normal(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def _check(password: str, known: Iterable[str]) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPassword(
            f"A password has {SHORTEST} to {LONGEST} characters.", errors=_refused("a longer or shorter one")
        )
    words = ["marjaa", *(part for word in known for part in (word, *word.replace("@", " ").split()))]
    judged = zxcvbn(password[:_JUDGED], user_inputs=words)
    if judged["score"] < SAFE:
        advice = " ".join(filter(None, [judged["feedback"]["warning"], *judged["feedback"]["suggestions"]]))
        raise WeakPassword(
            f"The password is easily guessed. {advice}".strip(),
            errors=_refused("a password that is not common"),
        )


def _refused(expected: str) -> list[dict[str, str]]:
    return [{"name": "password", "value": "", "expected": expected}]


def _normal(password: str) -> str:
    """The same characters however a keyboard composes them (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password.encode("utf-8", "replace").decode())


@cache
def _nobodys() -> str:
    return _hasher.hash("of nobody")
