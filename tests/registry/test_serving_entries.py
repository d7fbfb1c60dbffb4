"""The index of a code, as HTTP and the command line tell it."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from referentials.listing import OtherName
from registry.app import create_app
from registry.cli import main
from tests.registry.small_library import Edition, publish, settings, unit

ADDRESS = "/api/v1/referentials/trades/items"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library with one class that has an index, and one that has none."""
    folder = tmp_path_factory.mktemp("index")
    names = (
        OtherName("épicerie", "fr", "Latn", "entry", "marjaa"),
        OtherName("بقال", "ary", "Arab", "entry", "marjaa"),
        OtherName("boucherie", "fr", "Latn", "exclusion", "decree"),
        OtherName("Alimentation", "fr", "Latn", "alternative", "decree"),
    )
    shop = replace(unit("4711", "class", None, "Commerce alimentaire"), other_names=names)
    editions = [Edition("1", date(2020, 1, 1), [shop, unit("4722", "class", None, "Boucherie")])]
    publish(folder / "snapshots", "trades", editions, ("class",), languages=("fr",))
    return folder


@pytest.fixture(scope="module")
def client(data):
    return create_app(settings(data)).test_client()


def test_entries_and_exclusions_are_told_with_their_source(client):
    answer = client.get(f"{ADDRESS}/4711/entries")

    told = answer.get_json()
    assert (told["code"], told["status"], told["version"]) == ("4711", "valid", "1")
    assert [(each["language"], each["text"], each["source"]) for each in told["entries"]] == [
        ("ary", "بقال", "marjaa"),
        ("fr", "épicerie", "marjaa"),
    ]
    assert told["exclusions"] == [
        {"text": "boucherie", "language": "fr", "script": "Latn", "source": "decree"}
    ]
    assert answer.headers["ETag"]


def test_entries_are_no_other_names_of_the_item(client):
    item = client.get(f"{ADDRESS}/4711").get_json()
    assert [name["text"] for name in item["other_names"]] == ["Alimentation"]


def test_a_code_without_an_index_has_an_empty_one(client):
    told = client.get(f"{ADDRESS}/4722/entries?version=1&at=2021-01-01").get_json()
    assert (told["entries"], told["exclusions"], told["at"]) == ([], [], "2021-01-01")


def test_an_unknown_code_is_not_found(client):
    assert client.get(f"{ADDRESS}/9/entries").status_code == 404
    assert client.get(f"{ADDRESS}/4711/entries?colour=red").status_code == 400


def test_the_command_line_tells_the_same(data, client):
    asked = [
        "lookup",
        "trades",
        "4711",
        "--entries",
        "--at",
        "2021-01-01",
        "--snapshots",
        str(data / "snapshots"),
    ]
    table = CliRunner().invoke(main, asked)
    assert table.exit_code == 0, table.output
    assert "épicerie" in table.stdout
    assert "3 of trades 1 4711" in table.stdout
    document = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    assert document == client.get(f"{ADDRESS}/4711/entries?at=2021-01-01").get_json()
