"""What the service tells: metrics for Prometheus, logs as JSON or in colours.

Every label of a metric has a bounded set of values.
"""

import logging
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from time import monotonic

import pandas as pd
import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from structlog.typing import Processor

from .config import Settings
from .database import DatabaseError, Ledger, Window
from .drift import Health, examine
from .registry import LoadedModel

SCORE_BUCKETS = tuple(step / 10 for step in range(1, 11))
PROBES = ("/healthz", "/readyz", "/metrics")
GAUGES = {
    "model_window_predictions": "Newest predictions over which drift is measured.",
    "model_labelled_predictions": "Those of them whose label has come.",
    "model_calibration_gap": "Mean score minus observed rate of the labelled ones.",
    "model_score_psi": "Population stability index of the scores against training.",
}


class Monitor:
    """Counts what goes into the model and what comes out of it."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """Create the metrics in a registry of their own."""
        self.registry = CollectorRegistry()
        self._columns = settings.columns
        self._decisions = self._counter("decisions", "Predictions by decision.", "decision")
        self._missing = self._counter("missing_values", "Inputs without a value.", "column")
        self._refused = self._counter("refused_requests", "Requests that broke the contract.")
        self._unstored = self._counter("unstored_requests", "Requests that could not be stored.")
        self._labels = self._counter("labels", "Labels that have come.")
        self._scores = Histogram(
            "model_score", "Predicted probabilities.", buckets=SCORE_BUCKETS, registry=self.registry
        )
        self._model = Gauge("model_info", "The loaded model.", ["version"], registry=self.registry)
        self._drift = DriftCollector(settings, ledger)
        self.registry.register(self._drift)

    def record_model(self, model: LoadedModel) -> None:
        """Show which model answers."""
        self._model.labels(version=model.manifest.version).set(1)
        self._drift.model = model

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

    def record_unstored(self) -> None:
        """Count one request that was not answered because the database was not there."""
        self._unstored.inc()

    def record_labels(self, count: int) -> None:
        """Count labels that have come."""
        self._labels.inc(count)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"model_{name}", text, labels, registry=self.registry)


class DriftCollector(Collector):
    """Reads the newest predictions and labels from the database, at most once in a while."""

    def __init__(self, settings: Settings, ledger: Ledger) -> None:
        """Watch the database on behalf of a model that is still to come."""
        self.model: LoadedModel | None = None
        self._settings, self._ledger = settings, ledger
        self._families: list[GaugeMetricFamily] = []
        self._next = 0.0

    def describe(self) -> list[GaugeMetricFamily]:
        """Promise no metric before the database has been read."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges whose value is known."""
        if self.model is not None and monotonic() >= self._next:
            self._next = monotonic() + self._settings.monitoring.refresh_seconds
            self._families = self._read(self.model)
        yield from self._families

    def _read(self, model: LoadedModel) -> list[GaugeMetricFamily]:
        newest = self._settings.monitoring.window_rows
        window = Window(model=model.manifest.version, newest=newest)
        try:
            health = examine(self._ledger, model.manifest.reference, window, self._settings)
            return [*self._gauges(health), *self._label_age(self._ledger.newest_label())]
        except DatabaseError as error:
            # Metrics must outlive the database: their absence would look like a dead service.
            structlog.get_logger(__name__).error("drift unknown", reason=str(error))
            return []

    def _gauges(self, health: Health) -> Iterator[GaugeMetricFamily]:
        found = (health.predictions, health.labelled, health.calibration_gap, health.score_psi)
        for (name, text), value in zip(GAUGES.items(), found, strict=True):
            if value is not None:
                yield GaugeMetricFamily(name, text, value=value)
        family = GaugeMetricFamily(
            "model_feature_psi", "The same of each input.", labels=["column", "seasonal"]
        )
        for column, value in health.feature_psi.items():
            seasonal = str(column in self._settings.monitoring.seasonal).lower()
            family.add_metric([column, seasonal], value)
        yield family

    def _label_age(self, newest: datetime | None) -> Iterator[GaugeMetricFamily]:
        if newest is not None:
            age = (datetime.now(UTC) - newest).total_seconds()
            yield GaugeMetricFamily(
                "model_label_age_seconds", "Time since the newest label came.", value=age
            )


def configure_logging() -> None:
    """Send every log line, the web server's included, to stderr in one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter(for_people=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("uvicorn.access").addFilter(_is_no_probe)
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _is_no_probe(record: logging.LogRecord) -> bool:
    # The platform asks every few seconds: one line each would drown the others.
    return not any(f" {path} " in record.getMessage() for path in PROBES)


def _shared() -> list[Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(*, for_people: bool) -> structlog.stdlib.ProcessorFormatter:
    final: list[Processor] = (
        [structlog.dev.ConsoleRenderer()]
        if for_people
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=_shared(),
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *final],
    )
