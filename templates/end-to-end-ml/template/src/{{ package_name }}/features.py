"""Turn rows into features: the same pure function for training and serving."""

import pandas as pd

from .config import Columns

MINUTES_PER_HOUR = 60


# aiscaffold:swap features - Derive what your model needs from columns known in advance.
def build_features(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Return the model's inputs, computed row by row."""
    categorical = rows[[*columns.categorical]].astype("str")
    numeric = rows[[*columns.numeric]].astype("float64")
    return pd.concat([categorical, _calendar(rows[columns.time]), numeric], axis="columns")


def numeric_features(columns: Columns) -> list[str]:
    """Return the names of the features that are numbers."""
    return [f"{columns.time}_hour", f"{columns.time}_weekday", *columns.numeric]


def _calendar(time: pd.Series) -> pd.DataFrame:
    hour = time.dt.hour + time.dt.minute / MINUTES_PER_HOUR
    weekday = time.dt.day_of_week.astype("float64")
    return pd.DataFrame({f"{time.name}_hour": hour, f"{time.name}_weekday": weekday})
