"""What the commands about drafts open: the database, who acts, and the change set that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import Connection, Engine

from registry.accounts.actors import Actor
from registry.commands.acting import acting
from registry.commands.opening import opened_database
from registry.config import Settings
from registry.database import begin_write
from registry.errors import BadValue
from registry.publishing.drafts.access import readable, require_reader
from registry.publishing.drafts.opening import CLOSED, ChangeSetView, list_change_sets, read_change_set

_BEGINNING = re.compile(r"[0-9a-f]{4,32}")
SHORTEST = 8  # characters of an id that tables show

EXPECTED = (
    "the id of a change set, the beginning of one, or REFERENTIAL/LABEL, as `marjaa draft list` shows them"
)

change_set_argument = click.argument("change_set", metavar="CHANGE_SET")


@dataclass(frozen=True, slots=True)
class Work:
    """The services of a command that works on drafts."""

    settings: Settings
    engine: Engine
    actor: Actor

    @property
    def root(self) -> Path:
        """The snapshots' root."""
        return self.settings.snapshots

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that only reads."""
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One unit of work: committed at the end, rolled back by an error."""
        with begin_write(self.engine) as connection:
            yield connection

    def listed(
        self, connection: Connection, referential: str | None = None, statuses: tuple[str, ...] = ()
    ) -> list[ChangeSetView]:
        """The change sets that the actor may read, the newest first."""
        found = list_change_sets(connection, referential=referential, statuses=statuses)
        return readable(connection, self.actor, found, self.settings.today())

    def meant(self, connection: Connection, text: str) -> ChangeSetView:
        """The change set of an id, of the beginning of one, or of REFERENTIAL/LABEL, that the actor may read.

        Of several with a label the one that is still open is meant, else the newest. Raises BadValue,
        UnknownChangeSet, NotSignedIn and NotAllowed.
        """
        identity = _identity(text)
        if identity is not None:
            found = read_change_set(connection, identity)
            require_reader(connection, self.actor, found, self.settings.today())
            return found
        referential, sign, label = text.partition("/")
        if sign:
            alike = [one for one in self.listed(connection, referential) if one.label == label]
            alike = [one for one in alike if one.status not in CLOSED] or alike[:1]
        else:
            plain = text.strip().lower().replace("-", "")
            known = self.listed(connection) if _BEGINNING.fullmatch(plain) else []
            alike = [one for one in known if one.id.hex.startswith(plain)]
        if len(alike) != 1:
            raise BadValue("change_set", text, EXPECTED)
        return alike[0]

    def id_of(self, text: str) -> UUID:
        """The id of the change set that is meant, as `meant` finds it."""
        with self.reading() as connection:
            return self.meant(connection, text).id


@contextmanager
def work() -> Iterator[Work]:
    """The services, with the actor of MARJAA_TOKEN; raises what `acting` raises."""
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        with engine.connect() as connection:
            actor = acting(settings, connection)
        yield Work(settings, engine, actor)


def _identity(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
