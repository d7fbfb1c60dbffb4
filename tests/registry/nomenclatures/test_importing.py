"""A file becomes a published referential, once."""

from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine, select

from matching.matcher import Query, match
from referentials.tables import TableError
from registry.accounts.actors import Actor, Grant, NotAllowed
from registry.errors import Conflict
from registry.library import Library
from registry.models import Version
from registry.nomenclatures.description import description_named, read_description
from registry.nomenclatures.importing import import_nomenclature
from tests.registry.nomenclatures.test_reading import HEAD, WIDE

ADMINISTRATOR = Actor(uuid4(), "Amal", grants=frozenset({Grant("administrator")}))
ROWS = "DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,1011,Meat\n10,Food,1012,Fish\n"


@pytest.fixture
def import_rows(engine: Engine, tmp_path: Path):
    def run(rows: str = ROWS, *, actor: Actor = ADMINISTRATOR, head: str = HEAD):
        (tmp_path / "trades.toml").write_text(head + WIDE, encoding="utf-8")
        (tmp_path / "trades.csv").write_text(rows, encoding="utf-8")
        described = read_description(tmp_path / "trades.toml")
        steps: list[str] = []
        done = import_nomenclature(
            engine,
            tmp_path / "snapshots",
            actor,
            tmp_path / "trades.csv",
            described,
            told=lambda what, _done, _total: steps.append(what),
        )
        assert steps[0] == "reading trades.csv"
        return done

    return run


def test_a_file_is_published_with_its_hash_and_a_second_time_left_alone(engine, import_rows, tmp_path):
    first = import_rows()
    again = import_rows()

    assert (first.published, again.published) == (True, False)
    assert first.items == {"division": 1, "class": 2}
    store = Library(tmp_path / "snapshots").snapshot("trades").store
    assert match(store, Query("fish"), at=20_100).candidates[0].code == "1012"
    with engine.connect() as connection:
        provenance = connection.scalar(select(Version.provenance).where(Version.referential == "trades"))
    assert provenance[-1]["title"] == "The file trades.csv"
    assert provenance[-1]["sha256"] == first.sha256


def test_another_file_under_the_same_label_is_a_conflict(import_rows):
    import_rows()
    with pytest.raises(Conflict, match="trades 1 was published from another file"):
        import_rows(ROWS.replace("Fish", "Fishes"))


def test_another_label_is_the_next_version(import_rows, tmp_path):
    import_rows()
    head = HEAD.replace('label = "1"', 'label = "2"').replace("2025-01-01", "2026-01-01")
    assert import_rows(ROWS.replace("Fish", "Fishes"), head=head).published
    versions = Library(tmp_path / "snapshots").referential("trades").versions
    assert [version.label for version in versions] == ["1", "2"]


def test_a_referential_of_another_kind_keeps_its_id(import_rows):
    import_rows()
    with pytest.raises(Conflict, match="trades is there already"):
        import_rows(head=HEAD.replace('kind = "activities"', 'kind = "code-lists"'))


def test_only_an_administrator_imports(import_rows):
    with pytest.raises(NotAllowed):
        import_rows(actor=Actor(uuid4(), "Driss", grants=frozenset({Grant("editor")})))


def test_a_file_that_cannot_be_used_leaves_nothing_behind(import_rows, engine):
    with pytest.raises(TableError, match="row 2"):
        import_rows("DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,,Meat\n")
    with engine.connect() as connection:
        assert connection.scalar(select(Version.ordinal).where(Version.referential == "trades")) is None


def test_naf_rev_2_is_published_from_the_real_file(scratch, tmp_path, shared_data):
    path = shared_data / "activities" / "naf_rev2_fr.csv"
    done = import_nomenclature(
        scratch, tmp_path, ADMINISTRATOR, path, description_named("naf-rev2"), told=lambda *_: None
    )

    assert done.items == {"section": 21, "division": 88, "group": 272, "class": 615, "subclass": 732}
    store = Library(tmp_path).snapshot("naf-rev2").store
    answer = match(store, Query("salon de coiffure"), at=20_000)
    assert answer.candidates[0].code == "96.02A"
    assert store.parent(answer.candidates[0].row) == "96.02"
