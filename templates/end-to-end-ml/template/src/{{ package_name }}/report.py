"""Render what the README says in numbers from the reports, or check that it is current."""

import json
import re
import sys
import tomllib
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from . import provenance
from .config import Settings, settings_or_exit
from .evaluate import MetricsError, Report, read_metrics
from .registry import ArtefactError, read_manifest

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
TITLES = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier", "lift": "lift@10 %"}
CONSTANTS = {
    "training": "for the rate of all training rows",
    "last_month": "for that of the last training month",
    "unknowable": "for the test rows' own, which nobody can know in advance",
}
FIGURE_NAME = "docs/calibration.svg"
OWNER = "owner"


def results_table(metrics: Report) -> str:
    """Return each model's metrics with their intervals."""
    rows = [
        [f"**{name}**" if name == "model" else name, *(_interval(each[key]) for key in TITLES)]
        for name, each in metrics["models"].items()
    ]
    return _table(["", *TITLES.values()], rows)


def honesty_list(metrics: Report) -> str:
    """Return what the numbers do and do not show."""
    differences, data = metrics["differences"]["logistic"], metrics["data"]
    by_time, chance = metrics["models"]["model"]["roc_auc"], metrics["random_split"]
    split = f"Split by time, ROC-AUC is {by_time['value']:.3f}"
    careless = f"a random split would have promised {_rounded(chance['roc_auc'])}"
    score = f"The mean score is {metrics['mean_score']:.3f}"
    rates = [f"{data[part]['positive_rate']:.3f}" for part in ("test", "train")]
    baseline = "Against the logistic baseline,"
    lines = [
        f"{split}; {careless} on the {chance['rows']:,} rows of the same dates that it held out.",
        f"{baseline} ROC-AUC changes by {_verdict(differences['roc_auc'])}.",
        f"{baseline} Brier changes by {_verdict(differences['brier'])}.",
        f"{score}; observed were {rates[0]} in the test rows and {rates[1]} in training.",
        constants_sentence(metrics),
    ]
    return _bullets(lines)


def constants_sentence(metrics: Report) -> str:
    """Return how the models compare with quoting one rate for every row."""
    constants, models = metrics["constants"], metrics["models"]
    quoted = [f"{constants[key]['brier']:.4f} {text}" for key, text in CONSTANTS.items()]
    unknowable = constants["unknowable"]["brier"]
    judged = [
        f"the {name}'s {brier:.4f} is {'better' if brier < unknowable else 'worse'} than that"
        for name in ("logistic", "model")
        for brier in [models[name]["brier"]["value"]]
    ]
    return f"Quoting one rate for every row, Brier is {', '.join(quoted)}; {', '.join(judged)}."


def data_list(metrics: Report) -> str:
    """Return the rows and dates of both parts."""
    parts = {name: metrics["data"][name] for name in ("train", "test")}
    return _bullets(
        f"{name}: {part['rows']:,} rows, {part['first']} to {part['last']}, "
        f"{_percent(part['positive_rate'])} positive"
        for name, part in parts.items()
    )


def decision_sentence(metrics: Report) -> str:
    """Return what the one decision threshold means in practice."""
    decision = metrics["decision"]
    share, precision, recall = (_percent(decision[k]) for k in ("share", "precision", "recall"))
    return (
        f"At the threshold {decision['threshold']} the model flags {share} of the test rows; "
        f"{precision} of these are positive, and they hold {recall} of all positives."
    )


def slices_table(metrics: Report) -> str:
    """Return the metrics of each large enough slice."""
    rows = [
        [f"{column} {name}", f"{each['rows']:,}", *(_rounded(each[key]) for key in _SLICE_KEYS)]
        for column, slices in metrics["slices"].items()
        for name, each in slices.items()
    ]
    return _table(["slice", "rows", "observed rate", "mean score", "ROC-AUC", "Brier"], rows)


def api_example(settings: Settings, metrics: Report) -> str:
    """Return one call of the service and its answer."""
    example, threshold = metrics["example"], settings.serving.decision_threshold
    answer = {
        "probability": round(example["probability"], 4),
        "decision": example["probability"] >= threshold,
        "threshold": threshold,
        "model": read_manifest(settings).version,
    }
    request = json.dumps(example["request"], indent=2)
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
    return _bullets(found)


def summary(root: Path) -> str:
    """Return the project's one sentence on itself."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["description"])


def render_regions(settings: Settings, recorded: dict[str, str]) -> dict[str, str]:
    """Return the text of every generated region."""
    metrics = read_metrics(settings)
    results = results_table(metrics)
    return {
        "summary": summary(settings.root),
        "notice": provenance.notice(settings, metrics["data"]["sha256"], results),
        "provenance": provenance.scaffolded_from(settings.root),
        OWNER: provenance.owner_sentence(settings.root, recorded.get(OWNER, "")),
        "data": data_list(metrics),
        "results": results,
        "honesty": honesty_list(metrics),
        "decision": decision_sentence(metrics),
        "slices": slices_table(metrics),
        "api": api_example(settings, metrics),
        "swap": swap_list(settings.root),
    }


def read_regions(settings: Settings) -> dict[str, str]:
    """Return the generated regions as the README holds them."""
    text = _readme(settings).read_text(encoding="utf-8")
    return {match["id"]: match["body"].strip("\n") for match in REGION.finditer(text)}


def stale_regions(settings: Settings) -> list[str]:
    """Return the names of the regions, and of the figure, that are not current."""
    recorded = read_regions(settings)
    current = render_regions(settings, recorded)
    if provenance.is_owner_excused(settings.root, recorded.get(OWNER, "")):
        current[OWNER] = recorded[OWNER]
    stale = [name for name, text in current.items() if recorded.get(name) != text]
    return stale if _is_figure_current(settings) else [*stale, FIGURE_NAME]


def write_report(settings: Settings) -> None:
    """Render the README's regions and the figure."""
    readme = _readme(settings)
    regions = render_regions(settings, read_regions(settings))
    text = REGION.sub(lambda match: _fill(match, regions), readme.read_text(encoding="utf-8"))
    readme.write_text(text, encoding="utf-8", newline="\n")
    _draw_calibration(settings)


def main(arguments: list[str]) -> int:
    """Write the report, or with --check tell what is stale; say in one line what keeps from it."""
    settings = settings_or_exit()
    try:
        return _report(settings, is_check="--check" in arguments)
    except (ArtefactError, MetricsError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _report(settings: Settings, *, is_check: bool) -> int:
    recorded = read_regions(settings)
    missing = [name for name in render_regions(settings, recorded) if name not in recorded]
    if missing:
        print(f"README.md lacks the marks of the generated regions: {', '.join(missing)}")
        return 1
    if is_check:
        return _check(settings, recorded[OWNER])
    write_report(settings)
    return 0


def _check(settings: Settings, owner: str) -> int:
    stale = stale_regions(settings)
    if stale:
        print(f"stale: {', '.join(stale)}; run: poe report")
    elif owner != provenance.owner_sentence(settings.root, owner):
        print("note: README does not name the owner's first commit; poe report mends it")
    return 1 if stale else 0


_SLICE_KEYS = ("observed_rate", "mean_score", "roc_auc", "brier")


def _readme(settings: Settings) -> Path:
    return settings.root / "README.md"


def _fill(match: re.Match[str], regions: dict[str, str]) -> str:
    text = regions.get(match["id"], match["body"].strip("\n"))
    return f"{match['open']}{text}\n{match['close']}" if text else match["open"] + match["close"]


def _interval(metric: dict[str, float]) -> str:
    return f"{metric['value']:.3f} ({metric['low']:.3f} to {metric['high']:.3f})"


def _verdict(difference: dict[str, float]) -> str:
    significant = difference["low"] > 0 or difference["high"] < 0
    numbers = f"{difference['value']:+.4f} ({difference['low']:+.4f} to {difference['high']:+.4f})"
    return f"{numbers}: {'' if significant else '*not* '}significant"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _figure_path(settings: Settings) -> Path:
    return settings.root / FIGURE_NAME


def _fingerprint(settings: Settings) -> str:
    return sha256(json.dumps(read_metrics(settings)["calibration"]).encode("utf-8")).hexdigest()


def _is_figure_current(settings: Settings) -> bool:
    # Fonts differ between systems, so the figure is compared by what it shows.
    path = _figure_path(settings)
    return path.is_file() and _fingerprint(settings) in path.read_text(encoding="utf-8")


def _draw_calibration(settings: Settings) -> None:
    points = read_metrics(settings)["calibration"]
    _figure_path(settings).parent.mkdir(exist_ok=True)
    figure = Figure(figsize=(5, 4), layout="constrained")
    axes = figure.subplots()
    scores, rates = ([point[key] for point in points] for key in ("mean_score", "observed_rate"))
    axes.axline((0, 0), slope=1, color="grey", linestyle="--", label="perfect")
    axes.plot(scores, rates, marker="o", label="model")
    axes.set(xlabel="mean score", ylabel="observed rate", xlim=(0, None), ylim=(0, None))
    axes.legend()
    fixed = {"Date": None, "Description": _fingerprint(settings)}
    with mpl.rc_context({"svg.hashsalt": "calibration", "svg.fonttype": "none"}):
        figure.savefig(_figure_path(settings), format="svg", metadata=fixed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
