"""Who acts, and what they may do: one table of capabilities, which every door asks (D7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from registry.errors import DomainError

# What each role may do. A grant of `editor` or `approver` may be for one referential only; officers and data
# managers act for their own administration.
CAPABILITIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "administrator": frozenset(
            {"read-drafts", "edit", "approve", "administer", "keep-data-sets", "subscribe"}
        ),
        "editor": frozenset({"read-drafts", "edit", "subscribe"}),
        "approver": frozenset({"read-drafts", "approve", "subscribe"}),
        "administration_officer": frozenset({"keep-data-sets", "subscribe"}),
        "data_manager": frozenset({"keep-data-sets", "subscribe"}),
    }
)
# What a token may be limited to.
SCOPES = tuple(sorted({capability for granted in CAPABILITIES.values() for capability in granted}))


class NotSignedIn(DomainError):
    """Nobody is signed in, and this is not for everybody."""

    slug = "not-signed-in"


class NotAllowed(DomainError):
    """Somebody is signed in, and may not do this."""

    slug = "not-allowed"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role; for one referential, or for all where it is None."""

    role: str
    referential: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `person` is None for the public; `scopes` is None for a session, else a token's limits."""

    person: UUID | None = None
    name: str = ""
    administration: str | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    scopes: frozenset[str] | None = None

    @property
    def id(self) -> str:
        """How rows name the actor: the person's id, or "public"."""
        return "public" if self.person is None else str(self.person)

    def may(
        self, capability: str, *, referential: str | None = None, administration: str | None = None
    ) -> bool:
        """Whether the actor has a capability, for a referential or an administration where one is named."""
        if self.scopes is not None and capability not in self.scopes:
            return False
        return any(
            capability in CAPABILITIES[grant.role]
            and grant.referential in (None, referential)
            and (grant.role == "administrator" or administration in (None, self.administration))
            for grant in self.grants
        )

    def may_somewhere(self, capability: str) -> bool:
        """Whether the actor has a capability for anything at all: a referential, an administration."""
        if self.scopes is not None and capability not in self.scopes:
            return False
        return any(capability in CAPABILITIES[grant.role] for grant in self.grants)


PUBLIC = Actor()


def require(
    actor: Actor, capability: str, *, referential: str | None = None, administration: str | None = None
) -> None:
    """Raises NotSignedIn for the public and NotAllowed for whoever lacks the capability."""
    if not actor.may(capability, referential=referential, administration=administration):
        raise refusal(actor, capability, referential or administration)


def require_somewhere(actor: Actor, capability: str) -> None:
    """As `require`, for a capability for anything at all: what it is needed for is known later."""
    if not actor.may_somewhere(capability):
        raise refusal(actor, capability)


def refusal(actor: Actor, capability: str, of: str | None = None) -> NotSignedIn | NotAllowed:
    """Why an actor may not do something, for a referential or an administration where one is named."""
    what = capability if of is None else f"{capability} ({of})"
    if actor.person is None:
        return NotSignedIn(f"Sign in, or send a token, to do this: {what}.")
    if actor.scopes is not None and capability not in actor.scopes:
        return NotAllowed(f"The token's scopes do not include {capability!r}.")
    return NotAllowed(f"{actor.name} may not do this: {what}.")
