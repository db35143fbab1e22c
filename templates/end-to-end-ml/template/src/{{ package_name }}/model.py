"""The features, the model, and the two baselines it has to beat."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
from threadpoolctl import ThreadpoolController

from .config import Columns, Settings

Scores = NDArray[np.float64]

# One thread is fastest for tables of this size, gives the same sums on every machine, and does
# not fight with other processes for the cores.
THREADS = ThreadpoolController()

MINUTES_PER_HOUR = 60
UNKNOWN = -1
# Histogram gradient boosting keeps at most 255 values of a categorical feature.
MOST_CATEGORIES = 250
RARE = 20


# aiscaffold:swap features - Derive what your model needs from columns known in advance.
def build_features(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Return the model's inputs, row by row: the same for training and serving."""
    categorical = rows[[*columns.categorical]].astype("str")
    numeric = rows[[*columns.numeric]].astype("float64")
    return pd.concat([categorical, _calendar(rows[columns.time]), numeric], axis="columns")


def numeric_features(columns: Columns) -> list[str]:
    """Return the names of the features that are numbers."""
    return [f"{columns.time}_hour", f"{columns.time}_weekday", *columns.numeric]


# aiscaffold:swap model - Build your own estimator with fit and predict_proba; name its types.
# The only types beyond skops' own list that the artefact may hold; each was read before it
# was put here. A type from this package never belongs here: renaming would break the file.
TRUSTED = frozenset(
    {
        "functools.partial",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.utils.validation.check_array",
    }
)


def build_model(settings: Settings) -> Pipeline:
    """Return the unfitted model; it treats an unknown category as a missing value."""
    columns = settings.columns
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value",
        unknown_value=UNKNOWN,
        max_categories=MOST_CATEGORIES,
    )
    inputs = make_column_transformer(
        (encoder, [*columns.categorical]),
        ("passthrough", numeric_features(columns)),
    )
    return make_pipeline(inputs, _boosting(settings))


def build_baselines(columns: Columns) -> dict[str, Pipeline]:
    """Return the unfitted baselines by name."""
    return {
        "constant": make_pipeline(DummyClassifier(strategy="prior")),
        "logistic": _logistic(columns),
    }


def fit(model: Pipeline, rows: pd.DataFrame, settings: Settings) -> Pipeline:
    """Return the model fitted on the rows."""
    features = build_features(rows, settings.columns)
    with THREADS.limit(limits=1):
        return model.fit(features, rows[settings.columns.target])


def score(model: Pipeline, rows: pd.DataFrame, columns: Columns) -> Scores:
    """Return the probability of the positive class for each row."""
    # Only OpenMP's limit belongs to the calling thread: requests must not disturb each other.
    with THREADS.limit(limits=1, user_api="openmp"):
        scores: Scores = model.predict_proba(build_features(rows, columns))[:, 1]
    return scores


def _calendar(time: pd.Series) -> pd.DataFrame:
    hour = time.dt.hour + time.dt.minute / MINUTES_PER_HOUR
    weekday = time.dt.day_of_week.astype("float64")
    return pd.DataFrame({f"{time.name}_hour": hour, f"{time.name}_weekday": weekday})


def _boosting(settings: Settings) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        categorical_features=[*range(len(settings.columns.categorical))],
        early_stopping=False,
        random_state=settings.model.seed,
        **settings.model.model_dump(exclude={"seed"}),
    )


def _logistic(columns: Columns) -> Pipeline:
    numeric = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    inputs = make_column_transformer(
        (one_hot, [*columns.categorical]),
        (numeric, numeric_features(columns)),
    )
    return make_pipeline(inputs, LogisticRegression(max_iter=1_000))
