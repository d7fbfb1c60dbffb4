"""`marjaa account`: people, roles and tokens, as whoever runs the installation keeps them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import click
from sqlalchemy import Connection

from registry.accounts.actors import CAPABILITIES, SCOPES, Grant
from registry.accounts.managing import create_person, disable_person, enable_person, set_password
from registry.accounts.people import PersonView, list_people, person_of_email
from registry.accounts.roles import grant_role, revoke_role
from registry.accounts.tokens import DEFAULT_DAYS, MOST_DAYS, issue_token
from registry.commands.opening import opened_database
from registry.commands.options import json_option, parts
from registry.commands.printing import print_json
from registry.commands.tables import print_table
from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue
from registry.migrations import upgrade
from registry.volatile import Volatile

# Who acts, in the audit trail: somebody with access to the machine.
BY = "marjaa account"

FIRST_EPILOG = """\b
Examples:
  marjaa account create-administrator amina@example.org --name "Amina Alaoui"
  marjaa account create-administrator amina@example.org --name Amina --password-stdin < password.txt
"""
LIST_EPILOG = """\b
Example:
  marjaa account list
"""
DISABLE_EPILOG = """\b
Example:
  marjaa account disable badr@example.org
"""
ENABLE_EPILOG = """\b
Example:
  marjaa account enable badr@example.org
"""
RENEW_EPILOG = """\b
Example:
  marjaa account password badr@example.org
"""
ADD_EPILOG = """\b
Examples:
  marjaa account add badr@example.org --name "Badr Bennani" --role editor
  marjaa account add chama@example.org --name Chama --role approver --referential administrative-units
  marjaa account add dina@example.org --name Dina --administration hcp --role data_manager --no-password
"""
ISSUE_EPILOG = """\b
Examples:
  marjaa account token badr@example.org --label "nightly import" --scope edit,read-drafts
  export MARJAA_TOKEN=$(marjaa account token badr@example.org --label laptop --scope edit --days 7)
"""
ROLE_EPILOG = """\b
Examples:
  marjaa account grant badr@example.org approver
  marjaa account revoke badr@example.org editor --referential administrative-units
"""

email_argument = click.argument("email")
role_argument = click.argument("role", type=click.Choice(list(CAPABILITIES)))
referential_option = click.option(
    "--referential", metavar="ID", help="For one referential only; editors and approvers."
)
stdin_option = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it."
)
name_option = click.option("--name", required=True, help="Name of the person, as others see it.")


@dataclass(frozen=True, slots=True)
class Accounts:
    """The database in a transaction, and the sessions."""

    connection: Connection
    volatile: Volatile

    def end_sessions(self, person: PersonView) -> None:
        """Sign the person out everywhere."""
        self.volatile.end_sessions_of(str(person.id))


@click.group()
def account() -> None:
    """People with an account, their roles and tokens.

    Whoever can run these commands on the machine is trusted; the audit trail says what they did.
    """


@account.command(epilog=FIRST_EPILOG)
@email_argument
@name_option
@stdin_option
def create_administrator(email: str, name: str, password_stdin: bool) -> None:
    """Make an account that may do everything; the first one, or another.

    The password is asked for, twice and unseen: there is none by default.
    """
    password = _password(password_stdin)
    with _opened() as accounts:
        made = create_person(
            accounts.connection, BY, email, name, password=password, grants=[Grant("administrator")]
        )
    click.echo(f"{made.email} is an administrator.")


@account.command(epilog=ADD_EPILOG)
@email_argument
@name_option
@click.option("--administration", metavar="ID", help="Administration that the person acts for.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    callback=parts,
    metavar="ROLE",
    help=f"Role: {', '.join(CAPABILITIES)}; repeat it for several.",
)
@referential_option
@click.option("--no-password", is_flag=True, help="The person signs in at the OpenID Connect provider only.")
@stdin_option
def add(
    email: str,
    name: str,
    administration: str | None,
    roles: tuple[str, ...],
    referential: str | None,
    no_password: bool,
    password_stdin: bool,
) -> None:
    """Make an account. Editors and approvers are so for one --referential, or for all."""
    password = None if no_password else _password(password_stdin)
    grants = [Grant(role, referential if role in ("editor", "approver") else None) for role in roles]
    with _opened() as accounts:
        made = create_person(
            accounts.connection,
            BY,
            email,
            name,
            administration=administration,
            password=password,
            grants=grants,
        )
    click.echo(f"{made.email}: {_roles(made)}.")


@account.command("list", epilog=LIST_EPILOG)
@json_option
def list_accounts(as_json: bool) -> None:
    """List the people with an account, their roles, and whether they are disabled."""
    with _opened() as accounts:
        people = list_people(accounts.connection, BY)
    if as_json:
        print_json({"items": [_members(person) for person in people], "next": None})
        return
    rows = [
        (
            person.email,
            person.name,
            person.administration,
            _roles(person),
            person.disabled_at and f"disabled {person.disabled_at}",
        )
        for person in people
    ]
    print_table(("e-mail", "name", "administration", "roles", ""), rows)


@account.command(epilog=DISABLE_EPILOG)
@email_argument
def disable(email: str) -> None:
    """Disable an account: its sessions and tokens end at once. What the person did stays."""
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        disable_person(accounts.connection, BY, person.id)
    accounts.end_sessions(person)
    click.echo(f"{person.email} is disabled.")


@account.command(epilog=ENABLE_EPILOG)
@email_argument
def enable(email: str) -> None:
    """Enable a disabled account; the person signs in again, and needs new tokens."""
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        enable_person(accounts.connection, BY, person.id)
    click.echo(f"{person.email} is enabled.")


@account.command(epilog=ROLE_EPILOG)
@email_argument
@role_argument
@referential_option
def grant(email: str, role: str, referential: str | None) -> None:
    """Give a role, which holds at once."""
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        changed = grant_role(accounts.connection, BY, person.id, Grant(role, referential))
    click.echo(f"{changed.email}: {_roles(changed)}.")


@account.command(epilog=ROLE_EPILOG)
@email_argument
@role_argument
@referential_option
def revoke(email: str, role: str, referential: str | None) -> None:
    """Take a role back, which is gone at once."""
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        changed = revoke_role(accounts.connection, BY, person.id, Grant(role, referential))
    click.echo(f"{changed.email}: {_roles(changed)}.")


@account.command(epilog=RENEW_EPILOG)
@email_argument
@stdin_option
def password(email: str, password_stdin: bool) -> None:
    """Set another password, asked for twice and unseen; the person's sessions end."""
    given = _password(password_stdin)
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        set_password(accounts.connection, BY, person.id, given)
    accounts.end_sessions(person)
    click.echo(f"{person.email} has another password.")


@account.command(epilog=ISSUE_EPILOG)
@email_argument
@click.option("--label", required=True, help="What the token is for, as lists of tokens show it.")
@click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    callback=parts,
    metavar="SCOPE",
    help=f"What it may be used for, of what the person may do: {', '.join(SCOPES)}; repeat it for several.",
)
@click.option(
    "--days",
    type=click.IntRange(1, MOST_DAYS),
    default=DEFAULT_DAYS,
    show_default=True,
    help="How long it holds.",
)
def token(email: str, label: str, scopes: tuple[str, ...], days: int) -> None:
    """Issue a token for programs that act for a person; its secret is printed this once, alone."""
    with _opened() as accounts:
        person = person_of_email(accounts.connection, email)
        issued, secret = issue_token(accounts.connection, BY, person.id, label, scopes, days)
    click.echo(f"Until {issued.expires_at}; it is not shown again:", err=True)
    click.echo(secret)


@contextmanager
def _opened() -> Iterator[Accounts]:
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        upgrade(engine)  # an administrator may be made before anything else is
        with begin_write(engine) as connection:
            yield Accounts(connection, Volatile(settings.volatile))


def _password(from_stdin: bool) -> str:
    if not from_stdin:
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
        return asked
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise BadValue("password", "", "a line on standard input")
    return given


def _roles(person: PersonView) -> str:
    said = (
        held.role if held.referential is None else f"{held.role} of {held.referential}"
        for held in person.grants
    )
    return ", ".join(said) or "no role"


def _members(person: PersonView) -> dict[str, object]:
    return {
        "id": str(person.id),
        "email": person.email,
        "name": person.name,
        "administration": person.administration,
        "roles": [{"role": held.role, "referential": held.referential} for held in person.grants],
        "has_password": person.has_password,
        "created_at": person.created_at,
        "disabled_at": person.disabled_at,
    }
