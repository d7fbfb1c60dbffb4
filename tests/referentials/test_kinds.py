"""The kinds of referential."""

import pytest

from matching.profiles import PROFILES
from referentials.kinds import KINDS, UnknownKind, kind


def test_a_kind_is_found_by_its_id():
    assert kind("place-names").profile == "place-names"


def test_an_unknown_kind_is_an_error_with_the_nearest_ids():
    with pytest.raises(UnknownKind, match="did you mean 'place-names'") as raised:
        kind("place-name")
    assert raised.value.nearest[0] == "place-names"
    with pytest.raises(UnknownKind, match="there are administrative-units, place-names"):
        kind("zzz")


@pytest.mark.parametrize("each", KINDS.values(), ids=KINDS)
def test_every_kind_is_matched_by_a_profile_that_exists(each):
    assert each.profile in PROFILES
