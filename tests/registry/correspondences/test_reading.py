"""A correspondence is read from a table, or from a document; all that is wrong is said at once."""

from __future__ import annotations

import json

import pytest

from referentials.tables import MissingColumn, parse_table
from registry.catalogue import AssociationEntry, MemberEntry
from registry.correspondences.documents import document_of, parse_document
from registry.correspondences.errors import UnfitCorrespondence
from registry.correspondences.reading import associations_of
from tests.registry.small_library import CORRESPONDENCE


def read(text: str) -> tuple[AssociationEntry, ...]:
    return associations_of(parse_table(text.encode(), "map.csv", wanted=["source", "target", "relation"]))


def test_each_row_is_an_association() -> None:
    text = "source;target;relation;share;note\n01;12;exact;1;\n\n03;09;related;0.2;09.551\n03;10;related;;\n"
    assert read(text) == (
        AssociationEntry((MemberEntry("01", None),), (MemberEntry("12", 1.0),), "exact", None),
        AssociationEntry((MemberEntry("03", None),), (MemberEntry("09", 0.2),), "related", "09.551"),
        AssociationEntry((MemberEntry("03", None),), (MemberEntry("10", None),), "related", None),
    )


def test_shares_and_notes_may_be_left_out() -> None:
    assert len(read("target,source,relation\n1,a,exact\n")) == 1


def test_a_signed_number_is_a_code_as_any_other() -> None:
    text = "source,target,relation,note\n-1,+2,exact,-0.5\n"
    assert read(text) == (
        AssociationEntry((MemberEntry("-1", None),), (MemberEntry("+2", None),), "exact", "-0.5"),
    )


def test_everything_that_is_wrong_is_named_by_row_column_and_value() -> None:
    text = (
        "source,target,relation,share,note\n"
        "a,1,same,,\n"
        "b,,exact,,\n"
        "c,1,narrow,0.5,\n"
        "d,1,related,half,\n"
        "e,1,related,0.7,\n"
        "e,2,related,0.7,\n"
        "e,1,related,,\n"
        "=f,1,exact,,@x\n"
    )
    with pytest.raises(UnfitCorrespondence) as refused:
        read(text)
    found = [(fault.row, fault.column, fault.value) for fault in refused.value.faults]
    assert found == [
        (2, "relation", "same"),
        (3, "target", ""),
        (4, "share", "0.5"),
        (5, "share", "half"),
        (7, "share", "0.7"),
        (8, "target", "1"),
        (9, "source", "=f"),
        (9, "note", "@x"),
    ]
    assert "row 2, column 'relation': 'same' is none of exact, close" in refused.value.detail


def test_a_table_without_its_columns_or_rows_is_refused() -> None:
    with pytest.raises(MissingColumn, match="relation"):
        read("source,target\na,1\n")
    with pytest.raises(UnfitCorrespondence, match="has no row below it"):
        read("source,target,relation\n,,\n")


def test_a_document_is_read_back_as_it_was_written() -> None:
    read_back = parse_document(json.dumps(document_of(CORRESPONDENCE)).encode(), "x.json")
    assert read_back.associations == CORRESPONDENCE.associations
    assert (read_back.id, read_back.ordinal, read_back.published_at) == (CORRESPONDENCE.id, 0, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": "Not An Id"}, "id: 'Not An Id' is no id"),
        ({"licence": ""}, "licence: '' is missing"),
        ({"associations": []}, "associations: '' are missing"),
        ({"associations": 3}, "is no correspondence as JSON"),
        ({"associations": [{"sources": [], "targets": [{"code": "1"}], "relation": "odd"}]}, "is none of"),
        (
            {
                "associations": [
                    {"sources": [{"code": "1"}], "targets": [{"code": "1", "share": 2}], "relation": "exact"}
                ]
            },
            "is no share from 0 to 1",
        ),
    ],
)
def test_a_document_that_cannot_be_one_is_refused(change: dict[str, object], said: str) -> None:
    document = document_of(CORRESPONDENCE) | change
    with pytest.raises(UnfitCorrespondence) as refused:
        parse_document(json.dumps(document).encode(), "x.json")
    assert said in refused.value.detail


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(UnfitCorrespondence, match="is no correspondence as JSON"):
        parse_document(b"not json", "x.json")
