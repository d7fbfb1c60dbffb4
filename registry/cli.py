"""The `marjaa` command: a thin door to the domain (D7), whose commands are imported when they are called.

So `marjaa lookup` starts without a web framework and without a database. An error of the domain becomes a
message on standard error and the exit code that `registry.errors` gives it; nobody sees a traceback.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from importlib import import_module

import click


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command is, and what `marjaa --help` says of it without importing it."""

    module: str
    attribute: str
    summary: str


# In the order of `marjaa --help`.
COMMANDS = {
    "serve": Place("registry.commands.serve", "serve", "Answer over HTTP."),
    "worker": Place("registry.commands.worker", "worker", "Publish what is due, tell subscribers."),
    "seed": Place("registry.commands.seed", "seed", "Publish what a new installation starts with."),
    "lookup": Place("registry.commands.lookup", "lookup", "Say what a code is, today or on a date."),
    "list": Place("registry.commands.listing", "list_items", "List the items of a referential."),
    "match": Place("registry.commands.match", "match", "Find the item that a text means."),
    "harmonise": Place(
        "registry.commands.harmonise", "harmonise", "Write a file with the codes that a column means."
    ),
    "evaluate": Place("registry.commands.evaluate", "evaluate", "Say how well texts of a file are matched."),
    "choices": Place(
        "registry.commands.choices", "choices", "What administrations settled for texts of their files."
    ),
    "calibrate": Place(
        "registry.commands.calibrate", "calibrate", "Fit scores to probabilities (for contributors)."
    ),
    "compare": Place("registry.commands.compare", "compare", "Say what changes from one version to another."),
    "recode": Place("registry.commands.recode", "recode", "Write a file with the codes of another date."),
    "correspondence": Place(
        "registry.commands.correspondences", "correspondence", "Maps between referentials."
    ),
    "export": Place("registry.commands.export", "export", "Write a version as CSV, JSON, GeoJSON or XLSX."),
    "import": Place(
        "registry.commands.importing", "import_", "Read a file into a draft of the next version."
    ),
    "nomenclature": Place(
        "registry.commands.nomenclatures", "nomenclature", "Publish a nomenclature from its file."
    ),
    "referential": Place(
        "registry.commands.referentials", "referential", "Register a referential that is to have versions."
    ),
    "draft": Place("registry.commands.drafts", "draft", "Work on drafts, review and publish them."),
    "error-reports": Place(
        "registry.commands.error_reports", "error_reports", "Errors that were reported in published items."
    ),
    "inventory": Place(
        "registry.commands.inventory", "inventory", "Administrations, and the data sets that they keep."
    ),
    "snapshot": Place("registry.commands.snapshots", "snapshot", "Build, verify and list compiled versions."),
    "verify": Place(
        "registry.commands.verify", "verify", "Check that a copy of a version is what was published."
    ),
    "log": Place("registry.commands.log", "log", "The log of publications, and the keys that sign it."),
    "backup": Place("registry.commands.backup", "backup", "Copy the database and the snapshots."),
    "restore": Place("registry.commands.backup", "restore", "Restore a backup into an empty installation."),
    "account": Place("registry.commands.accounts", "account", "Keep people, their roles and tokens."),
    "db": Place("registry.commands.database", "database", "Bring the database to this release's schema."),
}

EPILOG = """\b
Start here:
  marjaa serve                                    seed, then answer on http://127.0.0.1:8000
  marjaa lookup administrative-units 04.491.01.07
  marjaa match administrative-units "Sidi Sliman" --level commune

\b
Exit codes: 0 done, 2 input not accepted, 3 not allowed, 4 not found, 5 conflict, 6 not available, 70 failure.
"""


class LazyCommands(MutableMapping[str, click.Command]):
    """Commands by name, each imported when it is first asked for."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._commands: dict[str, click.Command | Place] = dict(places)

    def __getitem__(self, name: str) -> click.Command:
        found = self._commands[name]
        if isinstance(found, Place):
            found = self._commands[name] = getattr(import_module(found.module), found.attribute)
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._commands)

    def __len__(self) -> int:
        return len(self._commands)


class CommandLine(click.Group):
    """A group that keeps its commands in order and says domain errors in one place."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the table, not of the alphabet."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with their summaries, none of them imported."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.summary) for name, place in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; any error that is not click's own becomes a message."""
        use_utf8()
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if ctx.params["traceback"]:
                raise
            from registry.commands.failures import tell  # it knows the errors of all parts

            ctx.exit(tell(error, ctx))


def use_utf8() -> None:
    """Write UTF-8 to files and pipes whatever the locale is: names are in Arabic too."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace") if stream.isatty() else reconfigure(encoding="utf-8")


@click.group(
    cls=CommandLine,
    commands=LazyCommands(COMMANDS),
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="marjaa", message="%(package)s %(version)s")
@click.option("--traceback", is_flag=True, help="Show where in the program an unexpected failure came from.")
def main(traceback: bool) -> None:
    """Marjaa: a country's shared reference data, published in versions that can be cited.

    Every command tells its own options and examples: marjaa COMMAND --help.
    """
