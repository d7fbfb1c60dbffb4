"""A recipe is written and read back; one that cannot be used is refused with what and where."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.choices import Choice
from registry.errors import BadValue
from registry.harmonising.recipe import (
    ColumnPlan,
    Recipe,
    check_recipe,
    read_recipe,
    recipe_bytes,
    recipe_document,
    without_versions,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
choices = st.builds(Choice, texts, st.none() | texts, st.none() | texts)
plans = st.builds(
    ColumnPlan,
    referential=texts,
    column=st.just("commune"),
    within_column=st.none() | st.just("province"),
    levels=st.lists(texts, max_size=2).map(tuple),
    version=st.none() | texts,
    content_root=st.none() | texts,
    choices=st.lists(choices, max_size=3).map(tuple),
)
PLAN = ColumnPlan("units", "commune", "province")
RECIPE = Recipe((PLAN,), date(2024, 9, 1))


@given(plans, st.none() | texts, st.booleans())
def test_a_recipe_that_is_written_is_read_back_as_it_was(plan, sheet, explain):
    recipe = Recipe((plan,), date(2024, 9, 1), sheet=sheet, delimiter=";", explain=explain)
    assert read_recipe(recipe_bytes(recipe)) == recipe


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"at": "soon"}, "at: 'soon' is not accepted; expected a date as 2024-09-01"),
        ({"at": None}, "expected a member at"),
        ({"format": "marjaa-recipe/9"}, "format: 'marjaa-recipe/9'"),
        ({"columns": []}, "columns: '0' is not accepted; expected 1 to 20 columns"),
        ({"columns": {}}, "expected a list"),
        ({"columns": [[]]}, r"columns\[0\]: '\[\]' is not accepted; expected a JSON object"),
        (
            {"columns": [{"referential": "units"}]},
            r"columns\[0\]: '' is not accepted; expected a member column",
        ),
        ({"threshold": 1}, "recipe: 'threshold' is not accepted; expected members among format, at"),
        ({"delimiter": ";;"}, "delimiter: ';;'"),
        ({"explain": "yes"}, "explain: 'yes' is not accepted; expected true or false"),
        ({"sheet": 2}, "sheet: '2' is not accepted; expected a text"),
    ],
)
def test_a_member_that_is_not_accepted_is_named(change, said):
    document = {**recipe_document(RECIPE), **change}
    with pytest.raises(BadValue, match=said):
        read_recipe(json.dumps(document).encode())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"role": "price"}, r"columns\[0\].role: 'price' is not accepted; expected one of name, code"),
        ({"levels": "commune"}, r"columns\[0\].levels"),
        ({"choices": [{"text": ""}]}, r"choices\[0\].text: '' is not accepted; expected a text that is not"),
        ({"choices": {}}, r"choices: '{}' is not accepted; expected a list"),
        ({"column": 7}, r"columns\[0\].column: '7' is not accepted; expected a text"),
        ({"role": "code"}, "within_column: 'province' is not accepted; expected nothing beside codes"),
        ({"within_column": "commune"}, "another column than the texts'"),
    ],
)
def test_a_member_of_a_column_that_is_not_accepted_is_named(change, said):
    document = recipe_document(RECIPE)
    document["columns"] = [{**document["columns"][0], **change}]
    with pytest.raises(BadValue, match=said):
        read_recipe(json.dumps(document).encode())


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"[" * 100_000, b"7", b'"x"'])
def test_what_is_no_recipe_is_refused(data):
    with pytest.raises(BadValue, match="recipe: "):
        read_recipe(data)


def test_a_referential_may_be_there_for_one_column_only():
    with pytest.raises(BadValue, match="expected one column for each referential"):
        check_recipe(replace(RECIPE, columns=(PLAN, replace(PLAN, column="siege"))))


def test_a_recipe_for_the_newest_versions_keeps_its_choices():
    made = replace(
        PLAN, version="2014", content_root="x", key_version="1", choices=(Choice("a", None, None),)
    )
    [plan] = without_versions(replace(RECIPE, columns=(made,))).columns
    assert (plan.version, plan.content_root, plan.key_version) == (None, None, None)
    assert plan.choices == made.choices
