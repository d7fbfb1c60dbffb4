"""What a recipe's columns are matched with: the versions, and that they are those it was made with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from matching.store import Store
from registry.errors import BadValue, Conflict
from registry.harmonising.calibrating import calibration_used
from registry.harmonising.recipe import ColumnPlan, Recipe, check_recipe
from registry.library import Snapshot
from registry.serving.listing import require_levels
from registry.serving.moments import require_recorded


class Snapshots(Protocol):
    """What opens versions: a Library, or what stands in for one."""

    def snapshot(self, referential: str, label: str | None = None) -> Snapshot:
        """A version by its label, or the newest published one."""
        ...


@dataclass(frozen=True, slots=True)
class Aim:
    """A column with the version that it is matched with, as of a day."""

    plan: ColumnPlan
    snapshot: Snapshot
    at: date

    @property
    def store(self) -> Store:
        """The compiled index."""
        return self.snapshot.store

    @property
    def version(self) -> str:
        """The label of the version."""
        return self.snapshot.version.label


def resolve(recipe: Recipe, snapshots: Snapshots) -> tuple[Recipe, tuple[Aim, ...]]:
    """The recipe with versions, content roots, key versions and calibrations filled in, and what they are of.

    Raises Conflict where the recipe was made with another content, index or calibration than there is now,
    BadValue for a recipe or a level that cannot be used, BeforeRecords, UnknownReferential, UnknownVersion.
    """
    check_recipe(recipe)
    aims = tuple(_aim(plan, recipe.at, snapshots) for plan in recipe.columns)
    return replace(recipe, columns=tuple(aim.plan for aim in aims)), aims


def _aim(plan: ColumnPlan, at: date, snapshots: Snapshots) -> Aim:
    snapshot = snapshots.snapshot(plan.referential, plan.version)
    require_recorded(snapshot, at)
    require_levels(snapshot, plan.levels)
    label = f"{plan.referential} {snapshot.version.label}"
    for choice in plan.choices:
        if choice.code is not None and not snapshot.store.rows_of(choice.code):
            raise BadValue("choices", choice.code, f"for {choice.text!r} a code that {label} has, or had")
    found = {
        "content_root": snapshot.version.content_root,
        "key_version": snapshot.store.key_version,
        "calibration": calibration_used(snapshot.store).name,
    }
    for member, now in found.items():
        then = getattr(plan, member)
        if then is not None and then != now:
            raise Conflict(
                f"The recipe was made with {label} of {_WORDS[member]} {then!r}; here it is {now!r}, so that "
                f"other codes could come out. Leave version, content_root, key_version and calibration out "
                f"of the recipe to match with what is here.",
                referential=plan.referential,
                version=snapshot.version.label,
            )
    resolved = replace(
        plan,
        version=snapshot.version.label,
        content_root=found["content_root"],
        key_version=found["key_version"],
        calibration=found["calibration"],
    )
    return Aim(resolved, snapshot, at)


_WORDS = {"content_root": "the content root", "key_version": "the key version", "calibration": "calibration"}
