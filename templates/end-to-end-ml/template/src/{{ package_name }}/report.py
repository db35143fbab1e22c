"""Render what the documents say in numbers, check that it is current, or measure it all again."""

import json
import sys
from hashlib import sha256
from itertools import batched

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.pipeline import Pipeline

from . import documents, tables
from .config import Settings, settings_or_exit
from .data import DataError, Parts, load_parts
from .documents import README, stage
from .evaluate import MetricsError, Report, read_metrics
from .model import build_model, fit, score
from .registry import ArtefactError, load_model, read_manifest
from .retrain import measure

DOCUMENTS = (README, "docs/MODEL_CARD.md", "docs/DECISIONS.md")
DATASHEET_NAME = "data/DATASHEET.md"
FIGURE_NAME = "docs/figures.svg"
DEMO_NAME = "docs/demo.gif"
NO_DEMO = "`uv run poe demo --record` records the demo; `uv run poe report` then shows it here."
REMEDY = "to accept them, run the train and evaluate commands, then: poe report"
INCOMPLETE = "metrics.json lacks the later months or the gate: run the evaluate command"
SWAP_FILES = ("config.toml", "src/**/*.py", "tests/**/*.py", "data/*.md", "pyproject.toml")
# SHA-256 of the template's table, datasheet and results: what still has them is not the owner's.
TEMPLATE = {
    "data": "b70bcf1b4ee1ae46e2755a3855b509dfbd4e7441e2e4d0f9d5135d810f650a00",
    "datasheet": "875eed45e95dfff5b7ac58d39fda29cababee811a09c32f2f02c075618dfa198",
    "results": "4d058fc76d4ed8d82064bf25df6c8883766e23de0a8477d0c3500e030631121d",
}
# A real one is new for every row.
EXAMPLE_ID = "6f1c8e0a-4a57-4c39-9d0b-2f8f2f6f3c11"
PAIRS_PER_LINE = 4
REFUSALS = (ArtefactError, DataError, MetricsError, OSError)


def api_example(settings: Settings, metrics: Report) -> str:
    """Return one call of the service and its answer."""
    example, threshold = metrics["example"], settings.serving.decision_threshold
    answer = {
        "id": EXAMPLE_ID,
        "probability": round(example["probability"], 4),
        "decision": example["probability"] >= threshold,
        "threshold": threshold,
        "model": read_manifest(settings).version,
    }
    pairs = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in example["request"].items()]
    lines = [", ".join(few) for few in batched(pairs, PAIRS_PER_LINE)]
    request = "{\n  " + ",\n  ".join(lines) + "\n}"
    call = "curl -s http://127.0.0.1:8000/v1/predict -H 'content-type: application/json' -d '"
    return f"```console\n$ {call}{request}'\n{json.dumps(answer)}\n```"


def template_digests(settings: Settings, metrics: Report) -> dict[str, str]:
    """Return the digests of what the owner has to replace, by the names of TEMPLATE."""
    return {
        "data": str(metrics["data"]["sha256"]),
        "datasheet": documents.file_digest(settings.root / DATASHEET_NAME),
        "results": documents.text_digest(tables.results_table(metrics)),
    }


def render_regions(settings: Settings) -> dict[str, str]:
    """Return the text of every generated region."""
    metrics, root, monitoring = _read_metrics(settings), settings.root, settings.monitoring
    return {
        **documents.common_regions(root, SWAP_FILES),
        "demo": f"![Demo]({DEMO_NAME})" if (root / DEMO_NAME).is_file() else NO_DEMO,
        "notice": documents.notice(template_digests(settings, metrics), TEMPLATE),
        "data": tables.data_list(metrics),
        "results": tables.results_table(metrics),
        "honesty": tables.honesty_list(metrics),
        "decision": tables.decision_sentence(metrics),
        "slices": tables.slices_table(metrics),
        "months": tables.months_table(metrics, monitoring),
        "lessons": tables.lessons_list(metrics, monitoring),
        "gate": tables.gate_table(metrics, settings.retraining),
        "details": tables.details_list(read_manifest(settings)),
        "api": api_example(settings, metrics),
    }


def stale_regions(settings: Settings) -> list[str]:
    """Return the regions, as document#region, and the figure where they are not current."""
    stale = documents.stale(settings.root, DOCUMENTS, render_regions(settings))
    return stale if _is_figure_current(settings) else [*stale, FIGURE_NAME]


def write_report(settings: Settings) -> None:
    """Render the regions of every document, and the figure."""
    documents.write_regions(settings.root, DOCUMENTS, render_regions(settings))
    _draw_figure(settings)


def reproduce(settings: Settings) -> list[str]:
    """Return what differs from the committed numbers, saying each stage and its seconds."""
    parts = stage("load", lambda: load_parts(settings))
    model = stage("train", lambda: fit(build_model(settings), parts.train, settings))
    foreign = stage("artefact", lambda: artefact_differences(model, parts, settings))
    measured = stage("measure", lambda: measure(model, parts, settings))
    stale = stage("report", lambda: stale_regions(settings))
    tolerance = settings.evaluation.number_tolerance
    found = [*documents.differences(read_metrics(settings), measured, tolerance)]
    return [*foreign, *found, *(f"{name} is stale" for name in stale)]


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


def main(arguments: list[str]) -> int:
    """Write the report; with --check tell what is stale, with --reproduce what differs."""
    settings = settings_or_exit()
    try:
        if "--reproduce" in arguments:
            return documents.tell_differences(reproduce(settings), REMEDY)
        return _report(settings, is_check="--check" in arguments)
    except REFUSALS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _report(settings: Settings, *, is_check: bool) -> int:
    if documents.tell_missing(settings.root, DOCUMENTS, render_regions(settings)):
        return 1
    if is_check:
        return documents.tell_stale(settings.root, stale_regions(settings))
    write_report(settings)
    return 0


def _read_metrics(settings: Settings) -> Report:
    metrics = read_metrics(settings)
    # Neither is in a report of the template's first versions.
    if {"months", "gate"} <= metrics.keys():
        return metrics
    raise MetricsError(INCOMPLETE)


def _fingerprint(settings: Settings) -> str:
    metrics = _read_metrics(settings)
    shown = [metrics["calibration"], metrics["months"], settings.monitoring.calibration_gap]
    return sha256(json.dumps(shown).encode("utf-8")).hexdigest()


def _is_figure_current(settings: Settings) -> bool:
    # Fonts differ between systems, so the figure is compared by what it shows.
    path = settings.root / FIGURE_NAME
    return path.is_file() and _fingerprint(settings) in path.read_text(encoding="utf-8")


def _draw_figure(settings: Settings) -> None:
    metrics, allowed = _read_metrics(settings), settings.monitoring.calibration_gap
    months = metrics["months"]
    figure = Figure(figsize=(10 if months else 5, 4), layout="constrained")
    panels = figure.subplots(ncols=2 if months else 1, squeeze=False)[0]
    _draw_calibration(panels[0], metrics["calibration"])
    if months:
        _draw_months(panels[1], months, allowed)
    fixed = {"Date": None, "Description": _fingerprint(settings)}
    with mpl.rc_context({"svg.hashsalt": "figures", "svg.fonttype": "none"}):
        figure.savefig(settings.root / FIGURE_NAME, format="svg", metadata=fixed)


def _draw_calibration(axes: Axes, points: list[Report]) -> None:
    scores, rates = ([point[key] for point in points] for key in ("mean_score", "observed_rate"))
    axes.axline((0, 0), slope=1, color="grey", linestyle="--", label="perfect")
    axes.plot(scores, rates, marker="o", label="model")
    axes.set(xlabel="mean score", ylabel="observed rate", xlim=(0, None), ylim=(0, None))
    axes.set_title("Test rows, in groups of rising score")
    axes.legend()


def _draw_months(axes: Axes, months: list[Report], allowed: float) -> None:
    places = range(len(months))
    scores, rates = ([month[key] for month in months] for key in ("mean_score", "observed_rate"))
    low, high = ([rate + sign * allowed for rate in rates] for sign in (-1, 1))
    axes.fill_between(places, low, high, alpha=0.2, label="no alarm")
    axes.plot(places, rates, marker="o", label="observed rate")
    axes.plot(places, scores, marker="s", label="mean score")
    axes.set(ylim=(0, None), title="Later months, the model left alone")
    axes.set_xticks(places, [month["month"] for month in months], rotation=45)
    axes.legend()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
