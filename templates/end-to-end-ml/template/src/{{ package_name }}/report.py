"""Render what the documents say in numbers, check that it is current, or measure it all again."""

import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import batched
from pathlib import Path
from time import perf_counter
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.pipeline import Pipeline

from . import provenance, tables
from .config import Settings, settings_or_exit
from .data import DataError, Parts, load_parts
from .evaluate import MetricsError, Report, read_metrics
from .model import build_model, fit, score
from .registry import ArtefactError, load_model, read_manifest
from .retrain import measure

README = "README.md"
DOCUMENTS = (README, "docs/MODEL_CARD.md", "docs/DECISIONS.md")
FIGURE_NAME = "docs/figures.svg"
DEMO_NAME = "docs/demo.gif"
NO_DEMO = "`uv run poe demo --record` records the demo; `uv run poe report` then shows it here."
INCOMPLETE = "metrics.json lacks the later months or the gate: run the evaluate command"
OWNER = "owner"
REGION = re.compile(
    r'(?P<open><!-- aiscaffold:gen id="(?P<id>[\w-]+)"[^>]*-->\n)'
    r"(?P<body>.*?)"
    r"(?P<close><!-- /aiscaffold:gen -->)",
    re.DOTALL,
)
SWAP = re.compile(
    r"^(?:#|<!--) aiscaffold:swap (?P<id>[\w-]+) - (?P<text>.+?)(?: -->)?$", re.MULTILINE
)
SWAP_FILES = ("config.toml", "src/**/*.py", "tests/**/*.py", "data/*.md", "pyproject.toml")
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


def swap_list(root: Path) -> str:
    """Return the places in the code that are meant to be replaced."""
    files = [path for pattern in SWAP_FILES for path in sorted(root.glob(pattern))]
    found = [
        f"`{path.relative_to(root).as_posix()}`, {match['id']}: {match['text']}"
        for path in files
        for match in SWAP.finditer(path.read_text(encoding="utf-8"))
    ]
    return tables.bullets(found)


def summary(root: Path) -> str:
    """Return the project's one sentence on itself."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["description"])


def render_regions(settings: Settings, owner: str) -> dict[str, str]:
    """Return the text of every generated region, given the recorded sentence on the owner."""
    metrics, root, monitoring = _read_metrics(settings), settings.root, settings.monitoring
    results = tables.results_table(metrics)
    return {
        "summary": summary(root),
        "demo": f"![Demo]({DEMO_NAME})" if (root / DEMO_NAME).is_file() else NO_DEMO,
        "notice": provenance.notice(root, metrics["data"]["sha256"], results),
        "provenance": provenance.scaffolded_from(root),
        OWNER: provenance.owner_sentence(root, owner),
        "data": tables.data_list(metrics),
        "results": results,
        "honesty": tables.honesty_list(metrics),
        "decision": tables.decision_sentence(metrics),
        "slices": tables.slices_table(metrics),
        "months": tables.months_table(metrics, monitoring),
        "lessons": tables.lessons_list(metrics, monitoring),
        "gate": tables.gate_table(metrics, settings.retraining),
        "details": tables.details_list(read_manifest(settings)),
        "api": api_example(settings, metrics),
        "swap": swap_list(root),
    }


def read_regions(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the generated regions as each document holds them."""
    return {
        name: {match["id"]: match["body"].strip("\n") for match in REGION.finditer(text)}
        for name in DOCUMENTS
        for text in [(settings.root / name).read_text(encoding="utf-8")]
    }


def stale_regions(settings: Settings) -> list[str]:
    """Return the regions, as document#region, and the figure where they are not current."""
    recorded = read_regions(settings)
    owner = recorded[README].get(OWNER, "")
    current = render_regions(settings, owner)
    if provenance.is_owner_excused(settings.root, owner):
        current[OWNER] = owner
    stale = [
        f"{document}#{name}"
        for document, regions in recorded.items()
        for name, text in regions.items()
        if text != current.get(name, text)
    ]
    return stale if _is_figure_current(settings) else [*stale, FIGURE_NAME]


def write_report(settings: Settings) -> None:
    """Render the regions of every document, and the figure."""
    regions = render_regions(settings, read_regions(settings)[README].get(OWNER, ""))
    for path in [settings.root / name for name in DOCUMENTS]:
        text = REGION.sub(lambda match: _fill(match, regions), path.read_text(encoding="utf-8"))
        path.write_text(text, encoding="utf-8", newline="\n")
    _draw_figure(settings)


def reproduce(settings: Settings) -> list[str]:
    """Return what differs from the committed numbers, saying each stage and its seconds."""
    parts = _stage("load", lambda: load_parts(settings))
    model = _stage("train", lambda: fit(build_model(settings), parts.train, settings))
    foreign = _stage("artefact", lambda: artefact_differences(model, parts, settings))
    measured = _stage("measure", lambda: measure(model, parts, settings))
    stale = _stage("report", lambda: stale_regions(settings))
    tolerance = settings.evaluation.number_tolerance
    found = [*differences(read_metrics(settings), measured, tolerance)]
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


def main(arguments: list[str]) -> int:
    """Write the report; with --check tell what is stale, with --reproduce what differs."""
    settings = settings_or_exit()
    try:
        if "--reproduce" in arguments:
            return _reproduce(settings)
        return _report(settings, is_check="--check" in arguments)
    except REFUSALS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _report(settings: Settings, *, is_check: bool) -> int:
    recorded = read_regions(settings)
    owner = recorded[README].get(OWNER, "")
    marked = {name for regions in recorded.values() for name in regions}
    missing = [name for name in render_regions(settings, owner) if name not in marked]
    if missing:
        print(f"the documents lack the marks of the generated regions: {', '.join(missing)}")
        return 1
    if is_check:
        return _check(settings, owner)
    write_report(settings)
    return 0


def _check(settings: Settings, owner: str) -> int:
    stale = stale_regions(settings)
    if stale:
        print(f"stale: {', '.join(stale)}; run: poe report")
    elif owner != provenance.owner_sentence(settings.root, owner):
        print("note: README does not name the owner's first commit; poe report mends it")
    return 1 if stale else 0


def _reproduce(settings: Settings) -> int:
    found = reproduce(settings)
    if not found:
        print("numbers match README")
        return 0
    print("numbers differ from README:", *found, sep="\n  ")
    print("to accept them, run the train and evaluate commands, then: poe report")
    return 1


def _stage[T](name: str, work: Callable[[], T]) -> T:
    start = perf_counter()
    result = work()
    print(f"{name:9} {perf_counter() - start:6.1f} s", flush=True)
    return result


def _agree(recorded: Any, measured: Any, tolerance: float) -> bool:
    if isinstance(recorded, float) and isinstance(measured, float):
        return abs(recorded - measured) <= tolerance
    return bool(recorded == measured)


def _read_metrics(settings: Settings) -> Report:
    metrics = read_metrics(settings)
    # Neither is in a report of the template's first versions.
    if {"months", "gate"} <= metrics.keys():
        return metrics
    raise MetricsError(INCOMPLETE)


def _fill(match: re.Match[str], regions: dict[str, str]) -> str:
    text = regions.get(match["id"], match["body"].strip("\n"))
    return f"{match['open']}{text}\n{match['close']}" if text else match["open"] + match["close"]


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
