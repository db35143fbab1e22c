"""Has the world moved away from what the model learned? Ask the database, live or in a replay.

Inputs and scores can be compared with training at once, but they only hint. The calibration gap
knows, but has to wait for the labels.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel
from sklearn.metrics import roc_auc_score

from .config import Columns, Settings
from .data import read_rows
from .database import Entry, Ledger, Performance, Window
from .model import Scores, build_model, fit, score

if TYPE_CHECKING:
    from .registry import LoadedModel

SCORE = "score"
BINS = 10
MOST_CATEGORIES = 20
# An empty bin would make the index infinite.
SMALLEST_SHARE = 1e-4
DIGITS = 6
GAP_ALARM = "calibration gap"
SHIFT = re.compile(r"(?P<column>.+?)(?P<amount>[+-]\d+(\.\d+)?)")
HEADER = (
    "month     rate   score  gap     AUC    Brier    last m.  retrain  PSI    highest input PSI"
)

Month = dict[str, Any]


class ShiftError(ValueError):
    """What should be shifted is no numeric column, or by no number."""


class Distribution(BaseModel, frozen=True, extra="forbid"):
    """The shares of a column's values: by number or category, then the missing or other ones."""

    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()


Profile = dict[str, Distribution]


class Health(NamedTuple):
    """What a window of predictions shows; None is what too few rows cannot tell."""

    predictions: int
    labelled: int
    mean_score: float | None
    observed_rate: float | None
    brier: float | None
    calibration_gap: float | None
    score_psi: float | None
    feature_psi: dict[str, float]

    def needs_retraining(self, settings: Settings) -> bool:
        """Tell whether labels, not mere suspicion, say that the model is off."""
        return GAP_ALARM in alarms(self, settings)


def profile(rows: pd.DataFrame, scores: Scores, columns: Columns) -> Profile:
    """Return how the inputs and the scores are distributed."""
    categorical = {name: _describe_categories(rows[name]) for name in columns.categorical}
    numeric = {name: _describe_numbers(rows[name].to_numpy("float64")) for name in columns.numeric}
    return {**categorical, **numeric, SCORE: _describe_numbers(scores)}


def psi(reference: Distribution, values: ArrayLike) -> float:
    """Return the population stability index: 0 for the same shares, above 0.25 for others."""
    shares = reference.shares, _shares(reference, values)
    expected, found = (np.maximum(each, SMALLEST_SHARE) for each in shares)
    return float(((found - expected) * np.log(found / expected)).sum())


def examine(ledger: Ledger, reference: Profile, window: Window, settings: Settings) -> Health:
    """Return how the stored predictions of a window compare with training and with the truth."""
    rows, found = ledger.rows(window), ledger.performance(window)
    enough = settings.monitoring.smallest_window
    known = reference if found.predictions >= enough else {}
    moved = {name: psi(each, rows[name]) for name, each in known.items()}
    return Health(
        predictions=found.predictions,
        labelled=found.labelled,
        mean_score=found.mean_score,
        observed_rate=found.observed_rate,
        brier=found.brier,
        calibration_gap=_gap(found) if found.labelled >= enough else None,
        score_psi=moved.pop(SCORE, None),
        feature_psi=moved,
    )


def examine_live(ledger: Ledger, model: "LoadedModel", settings: Settings) -> Health:
    """Return the health of the newest predictions that the model's service stored."""
    ledger.migrate()
    newest = settings.monitoring.window_rows
    window = Window(model=model.manifest.version, newest=newest)
    return examine(ledger, model.manifest.reference, window, settings)


def alarms(health: Health, settings: Settings) -> list[str]:
    """Return what is out of its limits; seasonal inputs are expected to move."""
    limits = settings.monitoring
    found = [GAP_ALARM] if abs(health.calibration_gap or 0) > limits.calibration_gap else []
    if (health.score_psi or 0) > limits.score_psi:
        found.append("score PSI")
    watched = {k: v for k, v in health.feature_psi.items() if k not in limits.seasonal}
    return [*found, *(f"feature PSI: {k}" for k, v in watched.items() if v > limits.feature_psi)]


def replay(settings: Settings, shift: str = "") -> list[Month]:
    """Return what monitoring would have shown, month by month, of a model that is left alone."""
    columns = settings.columns
    rows = _shifted(_read_rows(settings), shift, settings)
    is_later = rows[columns.time] >= pd.Timestamp(settings.monitoring.replay_from)
    past, later = rows[~is_later], rows[is_later]
    if later.empty or past[columns.target].nunique() < 2:  # noqa: PLR2004 - both answers
        return []
    pipeline = fit(build_model(settings), past, settings)
    scores = score(pipeline, later, columns)
    with TemporaryDirectory() as folder, closing(Ledger(f"sqlite:///{folder}/replay.db")) as ledger:
        ledger.migrate()
        _store(ledger, later, scores, settings)
        reference = profile(past, score(pipeline, past, columns), columns)
        return [*_months(ledger, reference, later.assign(**{SCORE: scores}), rows, settings)]


def needs_retraining(months: list[Month]) -> bool:
    """Tell whether the labels of the newest month say that the model is off."""
    return bool(months) and GAP_ALARM in months[-1]["alarms"]


def months_text(months: list[Month]) -> str:
    """Return the months as a table for the terminal, and their alarms below."""
    if not months:
        return "there is no month to replay: look at monitoring.replay_from and at the dates"
    raised = [f"{each['month']}  {name}" for each in months for name in each["alarms"]]
    lines = [HEADER, *map(_month_line, months), "", "alarms:", *(raised or ["none"])]
    return "\n".join(lines)


def health_text(health: Health, settings: Settings) -> str:
    """Return the health for the terminal; what is not known yet is a dash."""
    moved = sorted(health.feature_psi.items(), key=lambda each: -each[1])
    lines = [
        f"{health.predictions:,} predictions, {health.labelled:,} of them labelled",
        f"mean score {_text(health.mean_score)}, observed rate {_text(health.observed_rate)}",
        f"calibration gap {_text(health.calibration_gap)}, Brier {_text(health.brier)}",
        f"score PSI {_text(health.score_psi)}",
        *(f"feature PSI {value:6.3f}  {name}" for name, value in moved),
        f"alarms: {', '.join(alarms(health, settings)) or 'none'}",
    ]
    return "\n".join(lines)


def _gap(found: Performance) -> float | None:
    mean, rate = found.labelled_mean_score, found.observed_rate
    return None if mean is None or rate is None else mean - rate


def _describe_numbers(values: NDArray[np.float64]) -> Distribution:
    known = values[~np.isnan(values)]
    steps = np.linspace(0, 1, BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known, steps)).tolist() if len(known) else []
    empty = Distribution(edges=tuple(edges))
    return empty.model_copy(update={"shares": _shares(empty, values)})


def _describe_categories(values: pd.Series) -> Distribution:
    # Sorted by name first, so that equally frequent ones have one order.
    counts = values.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    empty = Distribution(categories=tuple(counts.index[:MOST_CATEGORIES]))
    return empty.model_copy(update={"shares": _shares(empty, values)})


def _shares(reference: Distribution, values: ArrayLike) -> tuple[float, ...]:
    if reference.categories:
        last = len(reference.categories)
        # An unknown category's place is -1.
        places = pd.Index(reference.categories).get_indexer(pd.Index(np.asarray(values)))
        places = np.where(places < 0, last, places)
    else:
        last, numbers = len(reference.edges) + 1, np.asarray(values, dtype="float64")
        # A value on an edge belongs below it: among many zeros the others still stand out.
        places = np.searchsorted(reference.edges, numbers, side="left")
        places = np.where(np.isnan(numbers), last, places)
    counts = np.bincount(places, minlength=last + 1)
    return tuple((counts / max(len(places), 1)).tolist())


def _read_rows(settings: Settings) -> pd.DataFrame:
    rows = read_rows(settings)
    return rows[rows[settings.columns.time] >= pd.Timestamp(settings.split.train_from)]


def _shifted(rows: pd.DataFrame, shift: str, settings: Settings) -> pd.DataFrame:
    if not shift:
        return rows
    match, numeric = SHIFT.fullmatch(shift), settings.columns.numeric
    if match is None or match["column"] not in numeric:
        message = f"'{shift}' is no numeric column plus or minus a number: {', '.join(numeric)}"
        raise ShiftError(message)
    is_later = rows[settings.columns.time] >= pd.Timestamp(settings.monitoring.replay_from)
    column = match["column"]
    return rows.assign(**{column: rows[column] + float(match["amount"]) * is_later})


def _store(ledger: Ledger, rows: pd.DataFrame, scores: Scores, settings: Settings) -> None:
    columns, threshold = settings.columns, settings.serving.decision_threshold
    ids, times = [f"{at}" for at in rows.index], rows[columns.time]
    asked: list[Any] = rows[[*columns.inputs]].to_dict("records")
    ledger.record_predictions(
        [
            Entry(name, time, time, "replay", each, each >= threshold, inputs)
            for name, time, each, inputs in zip(ids, times, scores.tolist(), asked, strict=True)
        ]
    )
    # A day's labels come together, when the last of them has waited long enough.
    delay = pd.Timedelta(days=1 + settings.monitoring.label_delay_days)
    labels = pd.Series(rows[columns.target].to_numpy(), index=ids)
    for day, some in labels.groupby(times.dt.normalize().to_numpy()):
        ledger.record_labels(dict(zip(some.index, some.tolist(), strict=True)), day + delay)


def _months(
    ledger: Ledger, reference: Profile, served: pd.DataFrame, rows: pd.DataFrame, settings: Settings
) -> Iterator[Month]:
    time = settings.columns.time
    delay = pd.Timedelta(days=settings.monitoring.label_delay_days)
    for month, some in served.groupby(served[time].dt.to_period("M")):
        if len(some) >= settings.monitoring.smallest_window:
            end = (month + 1).start_time
            window = Window(start=month.start_time, end=end, as_of=end + delay)
            health = examine(ledger, reference, window, settings)
            # Of earlier months, the labels that are still under way are taken as known.
            before = rows[rows[time] < some[time].min()]
            yield _describe_month(some, before, settings) | _describe_health(health, settings)


def _describe_month(served: pd.DataFrame, before: pd.DataFrame, settings: Settings) -> Month:
    columns, labels = settings.columns, served[settings.columns.target]
    months = before[columns.time].dt.to_period("M")
    is_past = before[columns.time] < pd.Timestamp(settings.monitoring.replay_from)
    constants = {
        "training": before[columns.target][is_past].mean(),
        "last_month": before[columns.target][months == months.max()].mean(),
        "own": labels.mean(),
    }
    retrained = fit(build_model(settings), before, settings)
    both = 0 < labels.mean() < 1
    return {
        "month": f"{served[columns.time].min():%Y-%m}",
        "roc_auc": _number(roc_auc_score(labels, served[SCORE])) if both else None,
        "constants": {k: _number(((labels - v) ** 2).mean()) for k, v in constants.items()},
        "retrained_brier": _number(((score(retrained, served, columns) - labels) ** 2).mean()),
    }


def _describe_health(health: Health, settings: Settings) -> Month:
    top = max(health.feature_psi, key=health.feature_psi.__getitem__)
    return {
        "predictions": health.predictions,
        "observed_rate": _number(health.observed_rate),
        "mean_score": _number(health.mean_score),
        "gap": _number(health.calibration_gap),
        "brier": _number(health.brier),
        "score_psi": _number(health.score_psi),
        "top_feature": top,
        "top_feature_psi": _number(health.feature_psi[top]),
        "alarms": alarms(health, settings),
    }


def _number(value: float | None) -> float | None:
    return None if value is None else round(float(value), DIGITS)


def _month_line(month: Month) -> str:
    rates = f"{month['observed_rate']:.3f}  {month['mean_score']:.3f}  {month['gap']:+.3f}"
    briers = month["brier"], month["constants"]["last_month"], month["retrained_brier"]
    compared = f"{briers[0]:.4f}   {briers[1]:.4f}   {briers[2]:.4f}"
    drift = f"{month['score_psi']:.3f}  {month['top_feature']} {month['top_feature_psi']:.2f}"
    return f"{month['month']}  {rates}  {_text(month['roc_auc']):>5}  {compared}  {drift}"


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
