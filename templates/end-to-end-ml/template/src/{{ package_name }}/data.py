"""What a valid row is, for the table and the API alike; load, validate, split and add rows."""

import gzip
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.tseries.api import guess_datetime_format
from pandera.errors import SchemaErrors
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    Strict,
    StringConstraints,
    WithJsonSchema,
    create_model,
)
from sklearn.model_selection import train_test_split

from .config import Columns, Settings, Split

LONGEST_CATEGORY = 60

# OpenAPI's name for a time without a zone: its date-time has to have one.
LocalTime = Annotated[
    NaiveDatetime, WithJsonSchema({"type": "string", "format": "date-time-local"})
]
Category = Annotated[
    str, Strict(), StringConstraints(min_length=1, max_length=LONGEST_CATEGORY, pattern=r"\S")
]


class DataError(ValueError):
    """The data do not keep their contract."""


class Parts(NamedTuple):
    """Rows to learn from and rows to be judged by."""

    train: pd.DataFrame
    test: pd.DataFrame


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
    time: dict[str, Any] = {columns.time: (LocalTime, ...)}
    categorical = dict.fromkeys(columns.categorical, (Category, ...))
    numeric = {name: (_numeric_type(columns, name) | None, None) for name in columns.numeric}
    fields = {**time, **categorical, **numeric}
    return create_model("Row", __config__=ConfigDict(extra="forbid"), **fields)


def requests_to_frame(requests: Sequence[BaseModel]) -> pd.DataFrame:
    """Return requests as the rows that training would have seen."""
    return pd.DataFrame([request.model_dump() for request in requests])


# aiscaffold:swap data - Bring a CSV file with the columns of config.toml, one row per prediction.
def load_rows(path: Path, columns: Columns) -> pd.DataFrame:
    """Return the validated rows of a CSV file in time order."""
    text = dict.fromkeys(columns.categorical, "str")
    rows = pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
    valid = validate_rows(rows, columns)
    # Stable: rows of one moment keep the order of the file, however long it is.
    return valid.sort_values(columns.time, ignore_index=True, kind="stable")


def read_rows(settings: Settings) -> pd.DataFrame:
    """Return the validated rows of the table that the settings name."""
    try:
        return load_rows(settings.data_path, settings.columns)
    except DataError:
        raise
    # Another encoding, an empty file, lines of different lengths, a reader that misses a column.
    except (KeyError, ValueError) as error:
        reason = " ".join(str(error).split())
        message = f"{settings.paths.data} is no table: {reason}"
        raise DataError(message) from error


def validate_rows(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Return the rows without foreign columns, or refuse them naming what is wrong."""
    try:
        return frame_schema(columns).validate(rows, lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases
        # A column that is missing has no place in the table: only the failure names it.
        named = failures.assign(column=failures["column"].fillna(failures["failure_case"]))
        found = named[["column", "check"]].drop_duplicates().itertuples()
        raise DataError("; ".join(f"{row.column}: {row.check}" for row in found)) from errors


def split_by_time(rows: pd.DataFrame, columns: Columns, split: Split) -> Parts:
    """Return the rows before and after the day from which we pretend not to know the future."""
    train = _between(rows, columns.time, split.train_from, split.test_from)
    test = _between(rows, columns.time, split.test_from, split.test_until)
    return Parts(train, test)


def split_at_random(parts: Parts, seed: int) -> Parts:
    """Return the same rows, wrongly shuffled: what a careless evaluation would do."""
    rows = pd.concat(parts)
    train, test = train_test_split(rows, test_size=len(parts.test), random_state=seed)
    return Parts(train, test)


def load_parts(settings: Settings) -> Parts:
    """Return the training and test rows that the settings name."""
    rows = read_rows(settings)
    parts = split_by_time(rows, settings.columns, settings.split)
    for name, part in parts._asdict().items():
        if part[settings.columns.target].nunique() < 2:  # noqa: PLR2004 - both answers
            message = f"the {name} rows do not hold both answers: look at the dates of the split"
            raise DataError(message)
    return parts


def content_digest(path: Path) -> str:
    """Return the SHA-256 of the table itself, whatever program compressed it."""
    return sha256(_content(path)).hexdigest()


def rows_digest(rows: pd.DataFrame) -> str:
    """Return the SHA-256 of these rows, wherever they stand in a table."""
    return sha256(rows.to_csv(index=False, lineterminator="\n").encode("utf-8")).hexdigest()


def append_rows(rows: pd.DataFrame, path: Path, time: str) -> None:
    """Add rows to the end of a CSV file; what it held stays as it is, byte for byte."""
    content = _content(path)
    first = pd.read_csv(BytesIO(content), dtype="str", nrows=1)
    # Times of several formats in one column could not be read again.
    spelling = guess_datetime_format(first[time].item())
    added = rows.reindex(columns=first.columns)
    lines = added.to_csv(header=False, index=False, lineterminator="\n", date_format=spelling)
    longer = content.rstrip(b"\n") + b"\n" + lines.encode("utf-8")
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(gzip.compress(longer, mtime=0) if path.suffix == ".gz" else longer)
    beside.replace(path)


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content


def _between(rows: pd.DataFrame, time: str, start: date, end: date) -> pd.DataFrame:
    inside = (rows[time] >= pd.Timestamp(start)) & (rows[time] < pd.Timestamp(end))
    return rows[inside]


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
