"""What the service tells about its model; every label has a bounded set of values."""

from collections.abc import Sequence

import pandas as pd
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from .config import Columns
from .registry import LoadedModel

SCORE_BUCKETS = tuple(step / 10 for step in range(1, 11))


class Monitor:
    """Counts what goes into the model and what comes out of it."""

    def __init__(self, columns: Columns) -> None:
        """Create the metrics in a registry of their own."""
        self.registry = CollectorRegistry()
        self._columns = columns
        self._decisions = self._counter("decisions", "Predictions by decision.", "decision")
        self._missing = self._counter("missing_values", "Inputs without a value.", "column")
        self._refused = self._counter("refused_requests", "Requests that broke the contract.")
        self._scores = Histogram(
            "model_score", "Predicted probabilities.", buckets=SCORE_BUCKETS, registry=self.registry
        )
        self._model = Gauge("model_info", "The loaded model.", ["version"], registry=self.registry)

    def record_model(self, model: LoadedModel) -> None:
        """Show which model answers."""
        self._model.labels(version=model.manifest.version).set(1)

    def record_predictions(
        self, rows: pd.DataFrame, scores: Sequence[float], decisions: Sequence[bool]
    ) -> None:
        """Count one batch of predictions."""
        for score, decision in zip(scores, decisions, strict=True):
            self._scores.observe(score)
            self._decisions.labels(decision=str(decision).lower()).inc()
        for column, count in rows[[*self._columns.numeric]].isna().sum().items():
            self._missing.labels(column=column).inc(count)

    def record_refusal(self) -> None:
        """Count one request that broke the contract."""
        self._refused.inc()

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"model_{name}", text, labels, registry=self.registry)
