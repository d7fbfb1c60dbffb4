"""Sign-ins and anonymous requests are slowed, never locked out: what has to wait is told how long."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import request

from registry.accounts.identity import normal_email
from registry.api.rates import client_address, pace, pace_post
from registry.desk.working import desk
from registry.volatile import Pace

SIGN_IN_SECONDS = 15 * 60.0
# Many people share an address, and an account may be tried from many.
WIDER = 5
# What works over a whole draft counts as so many requests.
COSTLY = 10


@dataclass(frozen=True, slots=True)
class SignIn:
    """An attempt to sign in, counted before the password is looked at, so that many at once count too."""

    here: str
    account: str
    address: str

    def forgive(self) -> None:
        """It was right: it does not count, nor do the mistakes before it from here."""
        services = desk()
        wide = _wide(services.settings.rate_sign_in)
        services.volatile.forget(self.here)
        services.volatile.give_back(self.account, wide)
        services.volatile.give_back(self.address, wide)


def pace_sign_in(email: str) -> SignIn:
    """Count an attempt to sign in to an account; raises TooManyRequests.

    The one who mistypes waits a minute or two; whoever guesses, from one address or many, gets no further.
    """
    services = desk()
    limit = services.settings.rate_sign_in
    account, address = normal_email(email), client_address(request.environ, services.settings.proxies)
    attempt = SignIn(f"sign-in {address} {account}", f"sign-in to {account}", f"sign-in from {address}")
    paces = [
        (attempt.here, Pace(limit, SIGN_IN_SECONDS)),
        (attempt.account, _wide(limit)),
        (attempt.address, _wide(limit)),
    ]
    pace(services.volatile, paces, "Too many failed sign-ins")
    return attempt


def pace_public(*, costly: bool = False) -> None:
    """Count a request of the public that changes something, or is costly; raises TooManyRequests.

    Of the costly ones, which work for seconds over a long list, it may send a tenth as many.
    """
    services = desk()
    if not costly:
        pace_post(services.volatile, services.settings, request.environ)
        return
    address = client_address(request.environ, services.settings.proxies)
    limit = max(1, services.settings.rate_post // COSTLY)
    pace(services.volatile, [(f"costly {address}", Pace(limit, 60.0))], "Too many requests from one address")


def pace_person(person: UUID) -> None:
    """Count what a signed-in person has worked out at length: files that come, previews of them.

    As many in a minute as the public may ask for of what is costly. Raises TooManyRequests.
    """
    services = desk()
    limit = max(1, services.settings.rate_post // COSTLY)
    pace(services.volatile, [(f"costly of {person}", Pace(limit, 60.0))], "Too many requests of one person")


def _wide(limit: int) -> Pace:
    return Pace(WIDER * limit, SIGN_IN_SECONDS)
