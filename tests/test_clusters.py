"""The recipes of docs/users/clusters.md run as they are printed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pyarrow as pa
import pytest

from matching.store import Store
from tests.matching.samples import country, stored

PAGE = Path(__file__).parents[1] / "docs" / "users" / "clusters.md"


def recipes() -> list[str]:
    return [block.split("```")[0] for block in PAGE.read_text(encoding="utf-8").split("```python\n")[1:]]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return stored(tmp_path / "2" / "search", country())


def test_the_recipe_for_one_machine_answers_every_row(store: Store) -> None:
    plan, machine, _ = recipes()
    names = {"snapshot": str(store.folder.parent)}
    exec(plan, names)
    exec(machine.replace("processes=2", "processes=1"), names)  # the processes are tested where they are
    answered = names["answered"]
    assert isinstance(answered, pa.Table)
    assert answered.column("administrative-units_outcome").to_pylist()[-1] == "none"
    assert answered.num_rows == 3


@pytest.mark.skipif(importlib.util.find_spec("dask") is None, reason="Dask is not installed")
@pytest.mark.filterwarnings("ignore")  # Dask's own
def test_the_recipe_for_dask_gives_what_one_process_gives(store: Store) -> None:
    import dask
    import dask.dataframe as dd

    plan, machine, dask_recipe = recipes()
    names = {"snapshot": str(store.folder.parent)}
    exec(plan, names)
    exec(machine.replace("processes=2", "processes=1"), names)
    alone = names["answered"]
    names["frame"] = dd.from_pandas(names["table"].to_pandas(), npartitions=2)
    exec(dask_recipe, names)
    with dask.config.set(scheduler="threads"):
        found = names["answered"].compute().sort_index()
    codes = "administrative-units_code"
    assert found[codes].fillna("").tolist() == alone.column(codes).fill_null("").to_pylist()
