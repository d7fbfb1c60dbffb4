"""`marjaa nomenclature`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from registry.cli import main
from tests.registry.nomenclatures.test_reading import HEAD, WIDE


@pytest.fixture
def marjaa(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path / "var"))
    monkeypatch.delenv("MARJAA_DATABASE_URL", raising=False)
    monkeypatch.delenv("MARJAA_TOKEN", raising=False)

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=typed)

    return run


def test_what_can_be_imported_is_listed_with_the_columns_of_its_file(marjaa):
    assert "NACE_CODE, FR_DESC, EN_DESC" in marjaa("nomenclature", "list").stdout
    ids = [item["id"] for item in json.loads(marjaa("nomenclature", "list", "--json").stdout)["items"]]
    assert ids == ["nace-rev2-1", "naf-rev2"]


def test_one_description_is_wanted(marjaa):
    for arguments in ((), ("--as", "naf-rev2", "--description", "x.toml")):
        answer = marjaa("nomenclature", "import", "x.csv", *arguments)
        assert (answer.exit_code, "one of them" in answer.stderr) == (2, True)


def test_an_import_takes_a_token_and_says_how_to_get_one(marjaa):
    answer = marjaa("nomenclature", "import", "x.csv", "--as", "naf-rev2")
    assert (answer.exit_code, "MARJAA_TOKEN" in answer.stderr) == (3, True)


def test_an_administrator_imports_a_nomenclature_of_their_own(marjaa, tmp_path, monkeypatch):
    (tmp_path / "trades.toml").write_text(HEAD + WIDE, encoding="utf-8")
    (tmp_path / "trades.csv").write_text("DIV,DIV_FR,CLASS,CLASS_FR\n10,Food,1011,Meat\n10,Food,1012,Fish\n")
    assert marjaa("db", "upgrade").exit_code == 0
    created = marjaa(
        "account",
        "create-administrator",
        "amal@example.org",
        "--name",
        "Amal",
        "--password-stdin",
        typed="marmot-thirteen-Tafraout",
    )
    assert created.exit_code == 0, created.output
    token = marjaa("account", "token", "amal@example.org", "--label", "import", "--scope", "administer")
    monkeypatch.setenv("MARJAA_TOKEN", token.stdout.split()[-1])
    asked = (
        "nomenclature",
        "import",
        str(tmp_path / "trades.csv"),
        "--description",
        str(tmp_path / "trades.toml"),
    )

    first, again = marjaa(*asked), marjaa(*asked, "--json")

    assert "trades 1 published: 1 of level division, 2 of level class" in first.stdout, first.output
    assert json.loads(again.stdout)["published"] is False
