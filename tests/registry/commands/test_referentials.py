"""`marjaa referential register`, and what comes after it: a first version from a file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from registry.accounts.actors import Grant
from registry.accounts.managing import create_person
from registry.accounts.tokens import issue_token
from registry.cli import main
from registry.database import begin_write

NAMES = 'names = { fr = "Adresses", ar = "عناوين", en = "Addresses" }'
ADDRESSES = f"""
id = "addresses"
kind = "addresses"
{NAMES}
owner = "Commune de Tiznit"
licence = "CC BY 4.0"
attribution = "Commune de Tiznit"
periodicity = "P1Y"
languages = ["fr", "ar"]
stage = "drafted"
records_from = 2024-01-01
records_basis = "The commune's decision"

[[levels]]
id = "street"
{NAMES}

[[levels]]
id = "address"
{NAMES}
code_pattern = "(?P<parent>[0-9]+_[0-9]+)_[0-9]{{5}}(_[a-z]+)?"
"""
BAL = """cle_interop;commune_insee;commune_nom;voie_nom;voie_nom_ara;numero;suffixe;long;lat;position
10001_0100_99999;10001;Tiznit;Avenue Hassan II;شارع الحسن الثاني;99999;;-9.73;29.69;segment
10001_0100_00001;10001;Tiznit;Avenue Hassan II;شارع الحسن الثاني;1;;-9.731;29.691;entrée
10001_0100_00001_bis;10001;Tiznit;Avenue Hassan II;شارع الحسن الثاني;1;bis;-9.732;29.692;entrée
10001_0100_00001_bis;10001;Tiznit;Avenue Hassan II;شارع الحسن الثاني;1;bis;-9.733;29.693;parcelle
"""
As = Callable[..., Result]


@pytest.fixture
def people(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], As]:
    """Runs commands as somebody new with a role, on each of the two databases."""
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("MARJAA_DATABASE_URL", engine.url.render_as_string(hide_password=False))

    def acting(role: str) -> As:
        with begin_write(engine) as connection:
            person = create_person(connection, "test", f"{role}@example.org", role, grants=[Grant(role)])
            scopes = ["administer", "edit", "approve", "read-drafts"]
            scopes = (
                scopes
                if role == "administrator"
                else ["read-drafts", {"editor": "edit"}.get(role, "approve")]
            )
            _, secret = issue_token(connection, "test", person.id, "tests", scopes)

        def run(*arguments: object) -> Result:
            told = [str(argument) for argument in arguments]
            return CliRunner().invoke(main, told, env={"MARJAA_TOKEN": secret})

        return run

    return acting


def described(tmp_path: Path, text: str = ADDRESSES) -> Path:
    path = tmp_path / "addresses.toml"
    path.write_text(text, encoding="utf-8")
    return path


def good(answer: Result) -> Result:
    assert answer.exit_code == 0, answer.output
    return answer


def test_a_referential_is_registered_and_its_first_version_comes_of_a_bal_file(people, tmp_path):
    administrator, editor, approver = map(people, ("administrator", "editor", "approver"))
    answer = good(administrator("referential", "register", described(tmp_path)))
    assert "Registered: addresses" in answer.stdout
    assert "marjaa import addresses" in answer.stdout
    (tmp_path / "tiznit.csv").write_text(BAL, encoding="utf-8")
    answer = good(
        editor(
            *("import", "addresses", tmp_path / "tiznit.csv", "--label", "1", "--effective-on", "2024-01-01"),
            *("--basis", "The commune's list", "--json"),
        )
    )
    made = json.loads(answer.stdout)
    assert (made["files"][0]["format"], made["files"][0]["items"], made["check"]["errors"]) == ("bal", 3, 0)
    report = json.loads(good(editor("draft", "validate", "addresses/1", "--json")).stdout)
    for rule in report["open_questions"]:
        good(editor("draft", "word", "addresses/1", rule, "Looked at."))
    good(
        editor(
            *("draft", "edit", "addresses/1", "--legal-basis", "Decision 1", "--change-class", "additive"),
            *("--note", "fr=Nouveau", "--note", "ar=جديد", "--note", "en=New"),
        )
    )
    answer = good(editor("draft", "submit", "addresses/1"))
    root = re.search("[0-9a-f]{64}", answer.stdout)
    assert root is not None
    good(approver("draft", "approve", "addresses/1", root[0]))
    good(approver("draft", "publish", "addresses/1"))
    answer = good(editor("lookup", "addresses", "10001_0100_00001_bis"))
    assert "1 bis Avenue Hassan II" in answer.stdout
    assert "1 bis شارع الحسن الثاني" in answer.stdout


def test_codes_that_do_not_look_as_their_level_states_are_errors(people, tmp_path):
    administrator, editor = map(people, ("administrator", "editor"))
    good(administrator("referential", "register", described(tmp_path)))
    (tmp_path / "tiznit.csv").write_text(BAL.replace("10001_0100_00001;", "A1;"), encoding="utf-8")
    answer = editor(
        *("import", "addresses", tmp_path / "tiznit.csv", "--label", "1", "--effective-on", "2024-01-01")
    )
    assert "error  codes_off_pattern: 1" in good(answer).stdout


def test_only_administrators_register(people, tmp_path):
    answer = people("editor")("referential", "register", described(tmp_path))
    assert (answer.exit_code, "administer" in answer.stderr) == (3, True)


def test_all_that_is_wrong_in_a_description_is_said_by_its_key(people, tmp_path):
    text = ADDRESSES.replace('kind = "addresses"', 'kind = "streets"').replace(
        'id = "street"', 'id = "A street"'
    )
    answer = people("administrator")("referential", "register", described(tmp_path, text))
    assert answer.exit_code == 2
    assert "kind: 'streets' is not accepted; expected one of administrative-units" in answer.stderr
    assert "levels.0.id" in answer.stderr


@pytest.mark.parametrize(
    ("text", "said"), [("id = ", "no TOML"), ("id = 1979-05-27T07:32:00", "id"), ("", "id")]
)
def test_a_file_that_describes_nothing_is_refused(people, tmp_path, text, said):
    answer = people("administrator")("referential", "register", described(tmp_path, text))
    assert (answer.exit_code, said in answer.stderr) == (2, True)


def test_a_file_that_is_not_there_is_named(people, tmp_path):
    answer = people("administrator")("referential", "register", tmp_path / "nowhere.toml")
    assert (answer.exit_code, "nowhere.toml" in answer.stderr) == (2, True)
