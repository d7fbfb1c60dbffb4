"""The files of a harmonisation, in the folder of its job; nobody else's account reads them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final

from registry.harmonising.output import WRITERS
from registry.harmonising.recipe import Recipe, read_recipe, recipe_bytes

_MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
FORMATS: Mapping[str, str] = MappingProxyType(
    {suffix.removeprefix("."): _MEDIA_TYPES[suffix.removeprefix(".")] for suffix in WRITERS}
)
"""What a result may be written as, and the media type of each."""

_PRIVATE: Final = 0o700


@dataclass(frozen=True, slots=True)
class Folder:
    """Where the files of one job are."""

    path: Path

    def make(self) -> Path:
        """Make the folder; the one for the file that is coming."""
        self.path.mkdir(mode=_PRIVATE, parents=True)
        self.source_folder.mkdir(mode=_PRIVATE)
        return self.source_folder

    def remove(self) -> None:
        """Remove the folder with all that it holds, if it is there."""
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def source_folder(self) -> Path:
        """The folder that holds the uploaded file alone, under its own name."""
        return self.path / "source"

    @property
    def source(self) -> Path:
        """The uploaded file."""
        return next(self.source_folder.iterdir())

    @property
    def work(self) -> Path:
        """Where a run keeps its distinct values and its checkpoint."""
        return self.path / "work"

    @property
    def proposal(self) -> Path:
        """How the file is read, and what is proposed for its columns, as JSON."""
        return self.path / "proposal.json"

    @property
    def report(self) -> Path:
        """The report as JSON."""
        return self.path / "report.json"

    @property
    def page(self) -> Path:
        """The report as a page."""
        return self.path / "report.html"

    @property
    def resolved(self) -> Path:
        """The recipe that replays to the same bytes, once a run was through."""
        return self.path / "recipe.json"

    def result(self, form: str) -> Path:
        """The harmonised file in a format."""
        return self.path / f"result.{form}"

    def keep_recipe(self, recipe: Recipe) -> str:
        """Write down what is asked for, with all choices; the name by which it is found again.

        Equal recipes have one name, so that nobody who asks at the same time changes what another asked.
        """
        data = recipe_bytes(recipe)
        name = sha256(data).hexdigest()[:32]
        path = self._recipe(name)
        path.parent.mkdir(mode=_PRIVATE, exist_ok=True)
        if not path.exists():
            partial = path.with_suffix(".part")
            partial.write_bytes(data)
            partial.replace(path)
        return name

    def recipe(self, name: str) -> Recipe:
        """What was written down under a name."""
        return read_recipe(self._recipe(name).read_bytes())

    def _recipe(self, name: str) -> Path:
        return self.path / "recipes" / f"{name}.json"
