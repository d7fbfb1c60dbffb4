"""Who keeps which data is for those who are signed in."""

from __future__ import annotations

import uuid

from registry.accounts.actors import PUBLIC, Actor
from registry.applicability.data_sets import affected_data_sets
from registry.applicability.impacts import PUBLISHED, providers_for


def test_the_public_is_told_of_what_is_published_and_nothing_else() -> None:
    assert providers_for(PUBLIC) == PUBLISHED
    assert affected_data_sets not in PUBLISHED


def test_whoever_is_signed_in_is_told_of_data_sets_too() -> None:
    assert set(providers_for(Actor(uuid.UUID(int=1), "Edith"))) == {affected_data_sets, *PUBLISHED}
