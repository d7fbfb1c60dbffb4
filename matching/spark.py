"""A column of an Apache Spark data frame matched on its cluster: needs the extra `spark` (D9).

Each Python worker of Spark opens the index once, from the same folder on every machine or a shared one.
"""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema

from matching.batch import BatchMatcher, BatchPlan


def match_frame(frame: DataFrame, plan: BatchPlan) -> DataFrame:
    """The frame with the columns of the answers, as `mapInArrow` gives them; lazily, as Spark does.

    Raises BadBatch for columns that are wrong.
    """
    schema = from_arrow_schema(plan.schema(to_arrow_schema(frame.schema)))
    return frame.mapInArrow(BatchMatcher(plan), schema)
