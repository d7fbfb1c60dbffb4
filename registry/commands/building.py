"""Compiles snapshots again: indexes from the content beside them, contents from the database."""

from __future__ import annotations

from collections.abc import Sequence

from registry.catalogue import VersionEntry, read_catalogue, write_catalogue
from registry.commands.opening import opened_database
from registry.commands.progress import progress
from registry.config import Settings
from registry.indexing import Place, Recipe, rebuild_search
from registry.library import Library
from registry.locks import file_lock
from registry.migrations import upgrade
from registry.publishing.compilation import snapshot_condition
from registry.publishing.publish import complete


def complete_all() -> list[str]:
    """Finish what interrupted publications left, with the database; what was compiled, by name."""
    settings = Settings.from_environment()
    with opened_database(settings) as engine:
        upgrade(engine)
        compiled = complete(engine, settings.snapshots, thoroughly=True)
    library = Library(settings.snapshots)
    labels = {
        (one.referential, one.ordinal): _name(one)
        for entry in library.referentials()
        for one in entry.versions
    }
    return [labels[each] for each in compiled]


def unusable(library: Library) -> list[VersionEntry]:
    """The versions of a folder whose index or content is damaged or of another release; reads every byte."""
    return [
        version
        for entry in library.referentials()
        for version in entry.versions
        if version.removed_because is None
        and snapshot_condition(library.root / version.folder, version.content_root, thoroughly=True)
        not in ("whole", "pruned")
    ]


def rebuild(library: Library, versions: Sequence[VersionEntry]) -> list[str]:
    """Compile the indexes of these versions anew from their content; raises DamagedSnapshot."""
    with progress() as tell:
        for done, version in enumerate(versions):
            tell(_name(version), done, len(versions))
            entry = library.referential(version.referential)
            with file_lock(library.root, f"{entry.id}.lock"):
                place = Place(library.root, entry.id, library.root / version.folder)
                rebuild_search(place, Recipe(entry.kind, entry.levels))
    if versions:
        # The same catalogue again, so that whoever has an old index open opens the new one.
        with file_lock(library.root, "catalogue.lock"):
            write_catalogue(library.root, read_catalogue(library.root))
    return [_name(version) for version in versions]


def _name(version: VersionEntry) -> str:
    return f"{version.referential} {version.label}"
