"""Who is asked about the uses of codes that go: of all that is known, what somebody may learn of it."""

from __future__ import annotations

from registry.accounts.actors import Actor
from registry.applicability.data_sets import affected_data_sets
from registry.publishing.dependents import affected_correspondences, affected_referentials
from registry.publishing.impact import ImpactProvider

PUBLISHED: tuple[ImpactProvider, ...] = (affected_correspondences, affected_referentials)


def providers_for(actor: Actor) -> tuple[ImpactProvider, ...]:
    """The providers for `registry.publishing.impact.impact`.

    Data sets are for those who are signed in, as their inventory is.
    """
    return PUBLISHED if actor.person is None else (affected_data_sets, *PUBLISHED)
