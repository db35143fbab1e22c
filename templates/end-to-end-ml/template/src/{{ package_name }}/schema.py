"""What a valid row is: one column list, checked by pandera at load and by pydantic at the API."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    Strict,
    StringConstraints,
    create_model,
)

from .config import Columns

LONGEST_CATEGORY = 60

Category = Annotated[
    str, Strict(), StringConstraints(min_length=1, max_length=LONGEST_CATEGORY, pattern=r"\S")
]


def frame_schema(columns: Columns) -> pa.DataFrameSchema:
    """Return the schema of labelled rows; columns outside the list are dropped."""
    time = pa.Column("datetime64[us]", coerce=True)
    target = pa.Column(int, pa.Check.isin([0, 1]))
    categorical = {name: _categorical_column() for name in columns.categorical}
    numeric = {name: _numeric_column(columns, name) for name in columns.numeric}
    fields = {columns.time: time, **categorical, **numeric, columns.target: target}
    return pa.DataFrameSchema(fields, strict="filter")


def request_model(columns: Columns) -> type[BaseModel]:
    """Return the model of one request: the same columns without the target."""
    time: dict[str, Any] = {columns.time: (NaiveDatetime, ...)}
    categorical = dict.fromkeys(columns.categorical, (Category, ...))
    numeric = {name: (_numeric_type(columns, name) | None, None) for name in columns.numeric}
    fields = {**time, **categorical, **numeric}
    return create_model("Row", __config__=ConfigDict(extra="forbid"), **fields)


def requests_to_frame(requests: Sequence[BaseModel]) -> pd.DataFrame:
    """Return requests as the rows that training would have seen."""
    return pd.DataFrame([request.model_dump() for request in requests])


def _categorical_column() -> pa.Column:
    lengths = pa.Check.str_length(1, LONGEST_CATEGORY)
    return pa.Column(str, [lengths, pa.Check.str_matches(r"\s*\S")])


def _numeric_column(columns: Columns, name: str) -> pa.Column:
    low, high = columns.ranges.get(name, (None, None))
    finite = pa.Check(lambda values: ~np.isinf(values), error="finite")
    bounds = [] if low is None else [pa.Check.in_range(low, high)]
    return pa.Column(float, [finite, *bounds], nullable=True, coerce=True)


def _numeric_type(columns: Columns, name: str) -> Any:
    low, high = columns.ranges.get(name, (None, None))
    return Annotated[float, Strict(), Field(ge=low, le=high, allow_inf_nan=False)]
