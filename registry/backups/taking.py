"""Takes a backup of an installation that may be in use, and restores one into an empty one.

Snapshots are copied before the database: what is published in between is then in the database only, from
which it is compiled again. The other way round readers would have been shown what no database knows.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path

from sqlalchemy import Engine

from referentials.canonical import canonical
from referentials.snapshot import write_whole
from registry.backups.checksums import Checksum, checksums
from registry.backups.dumping import dump_database, load_database, require_empty
from registry.catalogue import NAME, read_catalogue
from registry.clock import now
from registry.config import log_key_file
from registry.errors import Conflict, DomainError
from registry.locks import file_lock
from registry.logbook import CHECKPOINT, KEYS, LEAVES
from registry.migrations import current_revision, upgrade
from registry.publishing.publish import complete

FORMAT = 1
MANIFEST = "backup.json"
SNAPSHOTS = "snapshots"
SECRETS = "keys"
SHELF = (NAME, LEAVES, KEYS, CHECKPOINT)


class BadBackup(DomainError):
    """A folder that is not a whole backup; says why."""

    slug = "bad-file"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: the schema's revision, the database's file, its SHA-256 (hex) and its tables."""

    created_at: str
    revision: str | None
    file: str
    sha256: str
    tables: Mapping[str, Checksum]
    snapshots: bool
    keys: bool

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(table.rows for table in self.tables.values())


def take_backup(
    engine: Engine, root: Path, folder: Path, *, snapshots: bool = True, keys: bool = False
) -> Backup:
    """Back an installation up into a new folder; `backup.json` comes last, so that a part is no backup.

    `keys` adds the private key that signs the log: whoever has the backup can then sign as the installation.
    Raises Conflict where the folder is not empty, Unavailable where the database cannot be copied.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not an empty folder.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # the database has people's addresses and the hashes of their passwords
    if snapshots:
        _copy_snapshots(root, folder / SNAPSHOTS)
    secrets = log_key_file(root).parent
    keys = keys and secrets.is_dir()
    if keys:
        _copy_keys(log_key_file(root), folder / SECRETS)
    dumped = dump_database(engine, folder)
    backup = Backup(
        created_at=now(),
        revision=current_revision(engine),
        file=dumped.file,
        sha256=_sha256(folder / dumped.file),
        tables=dumped.checksums,
        snapshots=snapshots,
        keys=keys,
    )
    write_whole(folder / MANIFEST, canonical({"format": FORMAT, **asdict(backup)}))
    return backup


def restore_backup(engine: Engine, root: Path, folder: Path) -> Backup:
    """Restore a backup into an empty installation, and compile what it lacks.

    Raises BadBackup for a folder that is not a whole backup, Conflict where the installation is not empty or
    what was restored is not what was backed up; Incomplete where a version cannot be compiled.
    """
    backup = read_backup(folder)
    require_empty(engine)
    if root.exists() and any(not path.name.startswith(".") for path in root.iterdir()):
        raise Conflict(f"{root} is not empty: restore into an installation without snapshots.")
    load_database(engine, folder / backup.file)
    with engine.connect() as connection:
        restored = checksums(connection)
    differing = [name for name, table in backup.tables.items() if restored.get(name) != table]
    if differing:
        raise Conflict(f"What was restored is not what was backed up: table {differing[0]}.")
    if backup.snapshots:
        shutil.copytree(folder / SNAPSHOTS, root, dirs_exist_ok=True)
    if backup.keys:
        _copy_keys(folder / SECRETS / log_key_file(root).name, log_key_file(root).parent)
    upgrade(engine)
    complete(engine, root)
    return backup


def read_backup(folder: Path) -> Backup:
    """What a backup says of itself; raises BadBackup where it is not whole."""
    try:
        fields = json.loads((folder / MANIFEST).read_bytes())
        if fields.pop("format") != FORMAT:
            raise BadBackup(f"{folder / MANIFEST}: of a format that is not known here.")
        tables = {name: Checksum(**table) for name, table in fields.pop("tables").items()}
        backup = Backup(**fields, tables=tables)
        same = _sha256(folder / backup.file) == backup.sha256
    except FileNotFoundError as error:
        raise BadBackup(f"{error.filename} is not there: this is not a whole backup.") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadBackup(f"{folder / MANIFEST}: not what `marjaa backup` writes ({error}).") from error
    if not same:
        raise BadBackup(f"{folder / backup.file} was changed since the backup was taken.")
    return backup


def _copy_snapshots(root: Path, target: Path) -> None:
    """Each referential while nothing is put in its place; the catalogue and the log last, together."""
    target.mkdir()
    for referential in sorted(read_catalogue(root).referentials):
        with file_lock(root, f"{referential}.lock"):
            if (root / referential).is_dir():
                shutil.copytree(root / referential, target / referential)
    if not root.is_dir():
        return
    with file_lock(root, "catalogue.lock"):
        for name in SHELF:
            if (root / name).is_file():
                shutil.copy2(root / name, target / name)


def _copy_keys(key: Path, target: Path) -> None:
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in sorted(key.parent.glob(f"{key.stem}.*")):
        shutil.copy2(path, target / path.name)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
