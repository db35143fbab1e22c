"""Run the whole pipeline from the data and compare with the committed numbers; write nothing."""

import sys
from collections.abc import Callable, Iterator
from time import perf_counter
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline

from .config import Settings, settings_or_exit
from .data import DataError, Parts, load_parts
from .evaluate import MetricsError, evaluate, read_metrics
from .model import build_model, fit, score
from .registry import ArtefactError, load_model
from .report import stale_regions


def differences(recorded: Any, measured: Any, tolerance: float, path: str = "") -> Iterator[str]:
    """Yield one line for each value that differs by more than the tolerance."""
    if isinstance(recorded, dict) and isinstance(measured, dict):
        for key in sorted({*recorded, *measured}):
            pair = recorded.get(key), measured.get(key)
            yield from differences(*pair, tolerance, f"{path}.{key}".lstrip("."))
    elif isinstance(recorded, list) and isinstance(measured, list):
        paired = dict(enumerate(recorded)), dict(enumerate(measured))
        yield from differences(*paired, tolerance, path)
    elif not _agree(recorded, measured, tolerance):
        yield f"{path}: recorded {recorded}, measured {measured}"


def reproduce(settings: Settings) -> list[str]:
    """Return what differs from the committed numbers, saying each stage and its seconds."""
    parts = _stage("load", lambda: load_parts(settings))
    model = _stage("train", lambda: fit(build_model(settings), parts.train, settings))
    foreign = _stage("artefact", lambda: artefact_differences(model, parts, settings))
    measured = _stage("evaluate", lambda: evaluate(model, parts, settings))
    stale = _stage("report", lambda: stale_regions(settings))
    tolerance = settings.evaluation.number_tolerance
    found = [*differences(read_metrics(settings), measured, tolerance)]
    return [*foreign, *found, *(f"README.md: region {name} is stale" for name in stale)]


def artefact_differences(model: Pipeline, parts: Parts, settings: Settings) -> list[str]:
    """Return how the saved model differs from a freshly trained one on the test rows."""
    try:
        saved = load_model(settings)
    except ArtefactError as error:
        return [str(error)]
    fresh = score(model, parts.test, settings.columns)
    # The mean, not the largest: on another processor a tie may split one row elsewhere.
    difference = float(np.abs(fresh - saved.score(parts.test)).mean())
    if difference <= settings.evaluation.number_tolerance:
        return []
    return [f"model: a freshly trained one scores {difference:.4f} differently on average"]


def main() -> int:
    """Reproduce and tell the result."""
    settings = settings_or_exit()
    try:
        found = reproduce(settings)
    except (ArtefactError, DataError, MetricsError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if not found:
        print("numbers match README")
        return 0
    print("numbers differ from README:", *found, sep="\n  ")
    print("to accept them, run the train and evaluate commands, then: poe report")
    return 1


def _agree(recorded: Any, measured: Any, tolerance: float) -> bool:
    if isinstance(recorded, float) and isinstance(measured, float):
        return abs(recorded - measured) <= tolerance
    return bool(recorded == measured)


def _stage[T](name: str, work: Callable[[], T]) -> T:
    start = perf_counter()
    result = work()
    print(f"{name:9} {perf_counter() - start:6.1f} s", flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
