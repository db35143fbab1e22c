"""Load, validate and split the labelled rows."""

import gzip
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pandera.errors import SchemaErrors
from sklearn.model_selection import train_test_split

from .config import Columns, Settings, Split
from .schema import frame_schema


class DataError(ValueError):
    """The data do not keep their contract."""


class Parts(NamedTuple):
    """Rows to learn from and rows to be judged by."""

    train: pd.DataFrame
    test: pd.DataFrame


# aiscaffold:swap data - Read your own labelled rows; keep one row per prediction.
def load_rows(path: Path, columns: Columns) -> pd.DataFrame:
    """Return the validated rows of a CSV file in time order."""
    text = dict.fromkeys(columns.categorical, "str")
    rows = pd.read_csv(path, dtype=text, keep_default_na=False, na_values=[""])
    return validate_rows(rows, columns).sort_values(columns.time, ignore_index=True)


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
    rows = _readable_rows(settings)
    parts = split_by_time(rows, settings.columns, settings.split)
    for name, part in parts._asdict().items():
        if part[settings.columns.target].nunique() < 2:  # noqa: PLR2004 - both answers
            message = f"the {name} rows do not hold both answers: look at the dates of the split"
            raise DataError(message)
    return parts


def content_digest(path: Path) -> str:
    """Return the SHA-256 of the table itself, whatever program compressed it."""
    content = path.read_bytes()
    return sha256(gzip.decompress(content) if path.suffix == ".gz" else content).hexdigest()


def _readable_rows(settings: Settings) -> pd.DataFrame:
    try:
        return load_rows(settings.data_path, settings.columns)
    except DataError:
        raise
    except ValueError as error:  # another encoding, an empty file, lines of different lengths
        reason = " ".join(str(error).split())
        message = f"{settings.paths.data} is no table: {reason}"
        raise DataError(message) from error


def _between(rows: pd.DataFrame, time: str, start: date, end: date) -> pd.DataFrame:
    inside = (rows[time] >= pd.Timestamp(start)) & (rows[time] < pd.Timestamp(end))
    return rows[inside]
