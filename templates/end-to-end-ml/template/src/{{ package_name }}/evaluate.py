"""Measure the model against its baselines, with the doubt that belongs to each number."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.pipeline import Pipeline

from .config import Columns, Settings
from .data import Parts, content_digest, split_at_random
from .model import Scores, build_baselines, build_model, fit, score

METRICS_NAME = "metrics.json"
DIGITS = 6
TOP_SHARE = 0.1
# One alone is luck.
RANDOM_SPLITS = 10

Labels = NDArray[np.int64]
Metric = Callable[[Labels, Scores], float]
Resample = NDArray[np.intp]
Sampled = dict[str, NDArray[np.float64]]
Report = dict[str, Any]


class MetricsError(RuntimeError):
    """The report on the model is missing or cannot be read."""


def lift_at_top(labels: Labels, scores: Scores) -> float:
    """Return how much more often the riskiest tenth is positive than the average row."""
    count = max(1, round(len(scores) * TOP_SHARE))
    cutoff = np.partition(scores, -count)[-count]
    above, tied = scores > cutoff, scores == cutoff
    # Rows with equal scores share the places left, so that their order does not matter.
    hits = labels[above].sum() + labels[tied].mean() * (count - above.sum())
    return float(hits / count / labels.mean())


METRICS: dict[str, Metric] = {
    "roc_auc": roc_auc_score,
    "pr_auc": average_precision_score,
    "brier": brier_score_loss,
    "lift": lift_at_top,
}


def evaluate(model: Pipeline, parts: Parts, settings: Settings) -> Report:
    """Return everything that the README says in numbers."""
    labels = parts.test[settings.columns.target].to_numpy()
    fitted = _fit_baselines(parts, settings) | {"model": model}
    scores = {name: score(each, parts.test, settings.columns) for name, each in fitted.items()}
    resamples = draw_resamples(parts.test, settings)
    sampled = {name: resample(labels, each, resamples) for name, each in scores.items()}
    baselines = {name: each for name, each in sampled.items() if name != "model"}
    return {
        "data": _describe(parts, settings),
        "models": {name: measure(each) for name, each in sampled.items()},
        "differences": {name: compare(sampled["model"], each) for name, each in baselines.items()},
        "constants": _constants(parts, settings.columns),
        "random_split": _random_splits(parts, settings),
        "mean_score": _number(scores["model"].mean()),
        "decision": _decision(labels, scores["model"], settings.serving.decision_threshold),
        "calibration": calibrate(labels, scores["model"], settings.evaluation.calibration_bins),
        "slices": _slices(parts.test, scores["model"], settings),
        "example": _example(parts.test, scores["model"], settings),
    }


def draw_resamples(rows: pd.DataFrame, settings: Settings) -> list[Resample]:
    """Return the row numbers of whole days drawn with replacement, for each bootstrap sample."""
    # Rows of one day resemble each other: drawn one by one they would promise intervals that are
    # narrower than the truth.
    columns, chosen = settings.columns, settings.evaluation
    days = [*rows.groupby(rows[columns.time].dt.normalize()).indices.values()]
    generator = np.random.default_rng(chosen.seed)
    drawn = generator.integers(len(days), size=(chosen.bootstrap, len(days)))
    samples = [np.concatenate([days[day] for day in draw]) for draw in drawn]
    labels = rows[columns.target].to_numpy()
    # Without both answers in the sample, a ranking has no value.
    return [sample for sample in samples if np.ptp(labels[sample]) > 0]


def resample(labels: Labels, scores: Scores, resamples: list[Resample]) -> Sampled:
    """Return each metric on all rows, followed by its value on every bootstrap sample."""
    draws = [np.arange(len(labels)), *resamples]
    return {
        name: np.array([metric(labels[rows], scores[rows]) for rows in draws])
        for name, metric in METRICS.items()
    }


def measure(sampled: Sampled) -> Report:
    """Return each metric with its 95 % bootstrap interval."""
    return {name: _interval(values) for name, values in sampled.items()}


def compare(sampled: Sampled, other: Sampled) -> Report:
    """Return each metric's difference, both models being judged on the same resamples."""
    return {name: _interval(values - other[name]) for name, values in sampled.items()}


def calibrate(labels: Labels, scores: Scores, bins: int) -> list[Report]:
    """Return the mean score and the observed rate of equally large groups of rising score."""
    groups = np.array_split(np.argsort(scores, kind="stable"), bins)
    return [
        {
            "rows": len(group),
            "mean_score": _number(scores[group].mean()),
            "observed_rate": _number(labels[group].mean()),
        }
        for group in groups
    ]


def write_metrics(report: Report, settings: Settings) -> None:
    """Write the report where the README is rendered from."""
    settings.reports_folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    path = settings.reports_folder / METRICS_NAME
    path.write_text(text, encoding="utf-8", newline="\n")


def read_metrics(settings: Settings) -> Report:
    """Return the report that was last accepted."""
    path = settings.reports_folder / METRICS_NAME
    try:
        report: Report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"{path.name} cannot be used: run the evaluate command"
        raise MetricsError(message) from error
    return report


def _number(value: float) -> float:
    return round(float(value), DIGITS)


def _interval(values: NDArray[np.float64]) -> Report:
    low, high = np.quantile(values[1:], [0.025, 0.975])
    return {"value": _number(values[0]), "low": _number(low), "high": _number(high)}


def _fit_baselines(parts: Parts, settings: Settings) -> dict[str, Pipeline]:
    baselines = build_baselines(settings.columns)
    return {name: fit(each, parts.train, settings) for name, each in baselines.items()}


def _constants(parts: Parts, columns: Columns) -> Report:
    months = parts.train[columns.time].dt.to_period("M")
    known = {"training": parts.train, "last_month": parts.train[months == months.max()]}
    labels = parts.test[columns.target]
    rates = {name: rows[columns.target].mean() for name, rows in known.items()}
    return {
        name: {"rate": _number(rate), "brier": _number(((labels - rate) ** 2).mean())}
        for name, rate in (rates | {"unknowable": labels.mean()}).items()
    }


def _random_splits(parts: Parts, settings: Settings) -> Report:
    first = settings.evaluation.seed
    found = [_random_split(parts, seed, settings) for seed in range(first, first + RANDOM_SPLITS)]
    ranked = np.array([each["roc_auc"] for each in found if each["roc_auc"] is not None])
    rows = min(each["rows"] for each in found)
    if not len(ranked):
        return {"splits": 0, "rows": rows, "roc_auc": None}
    described = {"mean": ranked.mean(), "low": ranked.min(), "high": ranked.max()}
    numbers = {name: _number(value) for name, value in described.items()}
    return {"splits": len(ranked), "rows": rows, "roc_auc": numbers}


def _random_split(parts: Parts, seed: int, settings: Settings) -> Report:
    columns = settings.columns
    shuffled = split_at_random(parts, seed)
    model = fit(build_model(settings), shuffled.train, settings)
    # Months differ in difficulty, so only rows of the test dates are compared with the test rows.
    rows = shuffled.test[shuffled.test[columns.time] >= parts.test[columns.time].min()]
    return _slice(rows[columns.target].to_numpy(), score(model, rows, columns))


def _decision(labels: Labels, scores: Scores, threshold: float) -> Report:
    chosen, positive = scores >= threshold, labels == 1
    flagged, hits = int(chosen.sum()), int((chosen & positive).sum())
    return {
        "threshold": threshold,
        "share": _number(flagged / len(scores)),
        "precision": _number(hits / (flagged or 1)),
        "recall": _number(hits / (int(positive.sum()) or 1)),
    }


def _describe(parts: Parts, settings: Settings) -> Report:
    named = {"train": parts.train, "test": parts.test}
    described = {name: _describe_part(rows, settings) for name, rows in named.items()}
    return {"sha256": content_digest(settings.data_path), **described}


def _describe_part(rows: pd.DataFrame, settings: Settings) -> Report:
    time = rows[settings.columns.time]
    return {
        "rows": len(rows),
        "first": f"{time.min():%Y-%m-%d}",
        "last": f"{time.max():%Y-%m-%d}",
        "positive_rate": _number(rows[settings.columns.target].mean()),
    }


def _slices(rows: pd.DataFrame, scores: Scores, settings: Settings) -> Report:
    labels = rows[settings.columns.target].to_numpy()
    report: Report = {}
    for column in settings.evaluation.slices:
        values = rows[column].to_numpy()
        names = sorted({*values})
        slices = {name: _slice(labels[values == name], scores[values == name]) for name in names}
        large = settings.evaluation.smallest_slice
        report[column] = {name: each for name, each in slices.items() if each["rows"] >= large}
    return report


def _slice(labels: Labels, scores: Scores) -> Report:
    both = 0 < labels.sum() < len(labels)
    return {
        "rows": len(labels),
        "observed_rate": _number(labels.mean()),
        "mean_score": _number(scores.mean()),
        "brier": _number(((scores - labels) ** 2).mean()),
        "roc_auc": _number(roc_auc_score(labels, scores)) if both else None,
    }


def _example(rows: pd.DataFrame, scores: Scores, settings: Settings) -> Report:
    riskiest = int(np.argmax(scores))
    row = rows[[*settings.columns.inputs]].iloc[riskiest]
    request = json.loads(row.dropna().to_json(date_format="iso", date_unit="s"))
    return {"request": request, "probability": _number(scores[riskiest])}
