"""A column matched on Apache Spark is what one process makes of it. Needs the extra `spark`, and Java."""

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from matching.batch import BatchMatcher, BatchPlan
from matching.store import Store
from tests.matching.samples import TODAY

MISSING = [
    what
    for what, there in (
        ("the extra spark", importlib.util.find_spec("pyspark")),
        ("java", shutil.which("java")),
    )
    if not there
]
pytestmark = pytest.mark.skipif(
    bool(MISSING) and not os.environ.get("CI"), reason=f"needs {' and '.join(MISSING)}"
)
ROWS = [("Ajdir", "Taza"), ("Rhafsay", None), (None, None), ("nothing like it", "Taza"), ("غفساي", "")] * 40


@pytest.fixture
def spark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    assert not MISSING, f"the tests need {' and '.join(MISSING)}"
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]), prepend=os.pathsep)
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.warehouse.dir": str(tmp_path),
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.mark.filterwarnings("ignore")  # Spark's own
def test_a_cluster_gives_what_one_process_gives(spark: Any, store: Store) -> None:
    from matching.spark import match_frame

    plan = BatchPlan(store.folder, "place", TODAY, "units", "2024", within="in")
    frame = spark.createDataFrame(ROWS, "place string, `in` string").repartition(3)
    found = [row.asDict() for row in match_frame(frame, plan).collect()]
    batch = pa.RecordBatch.from_pylist([{"place": row["place"], "in": row["in"]} for row in found])
    [alone] = BatchMatcher(plan)([batch])
    assert len(found) == len(ROWS)
    assert found == alone.to_pylist()
