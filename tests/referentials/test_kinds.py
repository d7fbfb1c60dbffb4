"""The kinds of referential."""

import re

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


@pytest.mark.parametrize("code", ["a/b", "a,b", "a*", "1..2", "..", ".", "a b", ""])
@pytest.mark.parametrize("each", KINDS.values(), ids=KINDS)
def test_no_code_has_signs_that_mean_something_in_addresses_and_filters(each, code):
    assert not re.fullmatch(each.code_pattern, code)


@pytest.mark.parametrize("code", ["MA-01", "NM_00:2024", "a.b", "ISO 9001".replace(" ", "-"), "a.", "é"])
def test_other_codes_are_free_where_a_kind_does_not_say_more(code):
    assert re.fullmatch(KINDS["code-lists"].code_pattern, code)


@pytest.mark.parametrize("each", KINDS.values(), ids=KINDS)
def test_every_kind_is_matched_by_a_profile_that_exists(each):
    assert each.profile in PROFILES
