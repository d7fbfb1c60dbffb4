"""`marjaa account`, and how commands act for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from registry.accounts import passwords
from registry.accounts.actors import NotSignedIn
from registry.accounts.identity import sign_in
from registry.cli import main
from registry.commands.acting import acting
from registry.config import Settings
from registry.volatile import Limits, Volatile
from tests.store import add_referential

PASSWORD = "marmot-thirteen-Tafraout"
AMINA = ("amina@example.org", "--name", "Amina")
UNDOABLE = [
    (("disable", "nobody@example.org"), 4),
    (("disable", "amina@example.org"), 5),
    (("revoke", "amina@example.org", "administrator"), 5),
    (("grant", "amina@example.org", "editor", "--referential", "unheard-of"), 4),
    (("grant", "amina@example.org", "data_manager", "--referential", "units"), 2),
    (("grant", "amina@example.org", "king"), 2),
    (("token", "amina@example.org", "--label", "x", "--scope", "everything"), 2),
    (("token", "amina@example.org", "--label", "x", "--scope", "edit", "--days", "366"), 2),
]
Account = Callable[..., Result]


@pytest.fixture
def account(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Runs an account command on a database with the referential `units`; `typed` is what a person types."""
    with engine.begin() as connection:
        add_referential(connection)
    monkeypatch.setenv("MARJAA_DATA", str(tmp_path))
    monkeypatch.setenv("MARJAA_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def run(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner().invoke(main, ["account", *arguments], input=typed)

    return run


def test_the_first_administrator_is_made_with_a_password_that_is_asked_for_twice(
    account: Account, engine: Engine
):
    differs = account("create-administrator", *AMINA, typed=f"{PASSWORD}\nanother\n")
    assert differs.exit_code != 0
    made = account("create-administrator", *AMINA, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    assert "amina@example.org is an administrator." in made.output
    with engine.connect() as connection:
        assert sign_in(connection, "amina@example.org", PASSWORD)
    again = account("create-administrator", *AMINA, "--password-stdin", typed=PASSWORD)
    assert again.exit_code == 5, again.output


def test_an_administrator_without_a_good_password_is_not_made(account: Account):
    for typed in ("", "\n", "password1234\n", "short\n", "amina@example.org\n"):
        refused = account("create-administrator", *AMINA, "--password-stdin", typed=typed)
        assert refused.exit_code == 2, refused.output
    assert account("list", "--json").output == '{"items": [], "next": null}\n'


def test_accounts_are_added_listed_and_changed(account: Account):
    account("create-administrator", *AMINA, "--password-stdin", typed=PASSWORD)
    added = account(
        "add",
        "Badr@Example.org",
        "--name",
        "Badr",
        "--role",
        "editor,data_manager",
        "--referential",
        "units",
        "--no-password",
    )
    assert added.output == "badr@example.org: data_manager, editor of units.\n"
    assert account("grant", "badr@example.org", "approver").exit_code == 0
    left = account("revoke", "badr@example.org", "editor", "--referential", "units")
    assert left.output == "badr@example.org: approver, data_manager.\n"
    account("disable", "badr@example.org")
    listed = account("list").output
    assert listed.index("amina@example.org") < listed.index("badr@example.org") < listed.index("disabled 20")
    account("enable", "badr@example.org")
    assert "disabled" not in account("list").output


def test_what_cannot_be_done_is_said_and_changes_nothing(account: Account):
    account("create-administrator", *AMINA, "--password-stdin", typed=PASSWORD)
    before = account("list", "--json").output
    for arguments, exit_code in UNDOABLE:
        refused = account(*arguments)
        assert (refused.exit_code, bool(refused.stderr)) == (exit_code, True), arguments
    assert account("list", "--json").output == before


def test_another_password_and_disabling_end_the_sessions(account: Account, engine: Engine, tmp_path: Path):
    account("create-administrator", *AMINA, "--password-stdin", typed=PASSWORD)
    account("create-administrator", "b@example.org", "--name", "B", "--password-stdin", typed=PASSWORD)
    with engine.connect() as connection:
        person = sign_in(connection, "amina@example.org", PASSWORD)
    volatile, limits = Volatile(tmp_path / "volatile.sqlite"), Limits(60, 60)
    for command in (("password", "--password-stdin"), ("disable",)):
        volatile.start_session("a session", str(person), limits)
        assert (
            account(command[0], "amina@example.org", *command[1:], typed="a heron at Merja Zerga").exit_code
            == 0
        )
        assert volatile.find_session("a session", limits) is None
    volatile.close()


def test_a_command_acts_for_the_person_of_the_token(account: Account, engine: Engine):
    account("create-administrator", *AMINA, "--password-stdin", typed=PASSWORD)
    printed = account("token", "amina@example.org", "--label", "laptop", "--scope", "edit")
    assert printed.stdout.startswith("marjaa_")
    with engine.connect() as connection:
        actor = acting(with_token(printed.stdout.strip()), connection)
        assert (actor.name, actor.scopes) == ("Amina", frozenset({"edit"}))
        for token, said in (("", "marjaa account token"), ("marjaa_x", "revoked")):
            with pytest.raises(NotSignedIn, match=said):
                acting(with_token(token), connection)


def with_token(token: str) -> Settings:
    return Settings.from_environment({"MARJAA_TOKEN": token})
