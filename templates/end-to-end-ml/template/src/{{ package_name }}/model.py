"""The model and the two baselines it has to beat."""

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
from .features import build_features, numeric_features

Scores = NDArray[np.float64]

# One thread is fastest for tables of this size, gives the same sums on every machine, and does
# not fight with other processes for the cores.
THREADS = ThreadpoolController()

UNKNOWN = -1
# Histogram gradient boosting keeps at most 255 values of a categorical feature.
MOST_CATEGORIES = 250
RARE = 20


# aiscaffold:swap model - Build your own estimator; it needs fit and predict_proba.
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


def _boosting(settings: Settings) -> HistGradientBoostingClassifier:
    chosen = settings.model
    return HistGradientBoostingClassifier(
        categorical_features=[*range(len(settings.columns.categorical))],
        early_stopping=False,
        learning_rate=chosen.learning_rate,
        max_iter=chosen.max_iter,
        max_leaf_nodes=chosen.max_leaf_nodes,
        min_samples_leaf=chosen.min_samples_leaf,
        random_state=chosen.seed,
    )


def _logistic(columns: Columns) -> Pipeline:
    numeric = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    one_hot = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=RARE)
    inputs = make_column_transformer(
        (one_hot, [*columns.categorical]),
        (numeric, numeric_features(columns)),
    )
    return make_pipeline(inputs, LogisticRegression(max_iter=1_000))
