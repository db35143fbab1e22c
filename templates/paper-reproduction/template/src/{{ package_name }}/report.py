"""Render what the documents say in numbers, check that it is current, or measure it all again."""

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isclose
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import documents, tables, verdicts
from .data import DataError
from .paper import Claim, Condition, PaperError, Project, Series, project_or_exit
from .runs import Run, RunsError, measure_claims, read_runs, runs_of
from .verdicts import VERDICTS_NAME, Effect, Finding, Verdict

DOCUMENTS = (
    documents.README,
    "DEVIATIONS.md",
    "CITATION.cff",
    "docs/DECISIONS.md",
    "data/DATASHEET.md",
)
# In the order in which they are to be replaced.
SWAP_FILES = ("paper.toml", "claims.toml", "src/*/method.py", "src/*/experiment.py", "tests/*.py")
FIGURE_NAME = "results/figures.svg"
UNREADABLE = (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError)
REFUSALS = (DataError, PaperError, RunsError, *UNREADABLE)
REMEDY = (
    "a recorded row is never edited: find out what changed; a claim that is to be measured anew "
    "gets a new wording, then: run, poe report"
)
# What still has these is not the owner's: digests, and the commit of the runs that came along.
TEMPLATE = {
    "paper": "c87cfca44db0437cb52afe5a76652960ded54b9e6aeaa28237e53cc488c2097c",
    "claims": "0ea63bc39b4859b27bd674d0cd206711d6175a689f70681abb135ca8af709395",
    "results": "template",
    "deviations": "dd192cabf3113a872bfb78fb79f599c2baa1c5eaa202d43371a9743c4d6d2aa8",
    "datasheet": "4c692fd00c8fc20d8129cc3ba19c96bf7a7cb94fc8638581f4beb8cd0d2d743a",
}

STYLES = {
    Verdict.REPRODUCED: ("o", "#0072b2"),
    Verdict.FALSIFIED: ("D", "#d55e00"),
    Verdict.NOT_REPRODUCED: ("X", "#e69f00"),
    Verdict.INCONCLUSIVE: ("s", "#555555"),
    Verdict.REDUCED: ("^", "#cc79a7"),
    "ablation": ("o", "#555555"),
    "deviation": ("D", "#009e73"),
}
ZONES = {"accept": ("accepted", "#d6e9f5"), "falsify": ("would falsify", "#f9e4d4")}
# In inches.
ROW_HEIGHT, LEGEND_HEIGHT = 0.3, 1.7
FEWEST_ROWS = 3
# In accepted differences: what lies further out is drawn at the edge, as an arrow.
LEAST_LIMIT, MOST_LIMIT = 2.6, 8.0


class Row(NamedTuple):
    """A line of the figure: an interval, in accepted differences from the claimed value."""

    label: str
    style: str
    claim: Claim
    middle: float
    low: float
    high: float


def render_regions(project: Project) -> documents.Regions:
    """Return the text of every generated region."""
    root, runs = project.root, read_runs(project.root)
    found, effects = verdicts.findings(project, runs), verdicts.effects(project, runs)
    program = read_program(project)
    return documents.common_regions(root, SWAP_FILES) | {
        "summary": tables.summary(project.paper),
        "notice": documents.notice(digests(project, runs), TEMPLATE),
        "paper": tables.paper_list(project.paper),
        "glance": tables.glance_sentence(found),
        "results": tables.results_table(project, found, program),
        "sources": tables.sources_list(project),
        "deviations": tables.deviations_list(project, effects),
        "effects": tables.effects_table(project, effects, "deviation"),
        "ablation": tables.effects_table(project, effects, "ablation"),
        "measured": tables.measured_list(project, runs),
        "data": tables.data_table(project),
        "bibtex": tables.bibtex_entry(project.paper),
        "citation": tables.citation_references(project.paper),
    }


def read_program(project: Project) -> str:
    """Return the name of the project's command."""
    text = (project.root / "pyproject.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["project"]["name"])


def digests(project: Project, runs: Sequence[Run]) -> dict[str, str]:
    """Return what tells whether paper, claims, results and documents are the template's."""
    wordings = "".join(claim.wording for claim in project.claims)
    own = [run.commit for claim in project.claims for run in runs_of(claim, runs)]
    return {
        "paper": documents.text_digest(tables.bibtex_entry(project.paper)),
        "claims": documents.text_digest(wordings),
        "results": TEMPLATE["results"] if TEMPLATE["results"] in own else "",
        "deviations": _digest_words(project, "DEVIATIONS.md"),
        "datasheet": _digest_words(project, "data/DATASHEET.md"),
    }


def find_stale(project: Project, regions: documents.Regions) -> list[str]:
    """Return what is not current: regions, as document#region, verdicts and figure."""
    found = documents.stale(project.root, DOCUMENTS, regions)
    current = verdicts.record(project, read_runs(project.root))
    if not _are_verdicts_current(project, current):
        found.append(VERDICTS_NAME)
    path = project.root / FIGURE_NAME
    # Fonts differ between systems, so the figure is compared by what it shows.
    if not path.is_file() or fingerprint(project, current) not in path.read_text(encoding="utf-8"):
        found.append(FIGURE_NAME)
    return found


def write_report(project: Project, regions: documents.Regions) -> None:
    """Write the verdicts, the regions of every document, and the figure."""
    current = verdicts.record(project, read_runs(project.root))
    path = project.root / VERDICTS_NAME
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(current, indent=2) + "\n", encoding="utf-8", newline="\n")
    documents.write_regions(project.root, DOCUMENTS, regions)
    _draw_figure(project, current)


def reproduce(project: Project, most: int | None = None) -> list[str]:
    """Return what differs from the recorded rows, or from each series' first ones."""
    runs = read_runs(project.root)
    stage = documents.stage
    claims = stage("claims", lambda: compare(project, project.claims, runs, most))
    variants = stage("variants", lambda: compare(project, project.variants, runs, most))
    stale = stage("report", lambda: find_stale(project, render_regions(project)))
    return [*claims, *variants, *(f"{name} is stale" for name in stale)]


def compare(
    project: Project, series: Iterable[Series], runs: Sequence[Run], most: int | None
) -> list[str]:
    """Return a line for each recorded row that a new measurement contradicts."""
    recorded = {run.identity: run for each in series for run in _first_runs(each, runs, most)}
    wanted: dict[tuple[str, str], list[int]] = {}
    for run in recorded.values():
        wanted.setdefault((run.claim, run.variant), []).append(run.seed)
    pairs = [(recorded[run.identity], run) for run in measure_claims(project, wanted)]
    tolerance = project.settings.number_tolerance
    return [
        f"{', '.join(filter(None, run[:2]))}, seed {run.seed}: "
        f"recorded {known.value}, measured {run.value}"
        for known, run in pairs
        if not isclose(known.value, run.value, rel_tol=tolerance)
    ]


def fingerprint(project: Project, current: dict[str, Any]) -> str:
    """Return a digest of what the figure shows."""
    rules = [
        claim.model_dump(include={"value", "unit", "accept", "falsify"}) for claim in project.claims
    ]
    return documents.text_digest(json.dumps([rules, current]))


def main(arguments: list[str]) -> int:
    """Write the report; with --check tell what is stale, with --reproduce what differs."""
    project = project_or_exit()
    try:
        if "--reproduce" in arguments:
            most = project.settings.quick_seeds if "--quick" in arguments else None
            return documents.tell_differences(reproduce(project, most), REMEDY)
        return _report(project, is_check="--check" in arguments)
    except REFUSALS as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _report(project: Project, *, is_check: bool) -> int:
    regions = render_regions(project)
    if documents.tell_missing(project.root, DOCUMENTS, regions):
        return 1
    if is_check:
        return documents.tell_stale(project.root, find_stale(project, regions))
    write_report(project, regions)
    return 0


def _digest_words(project: Project, name: str) -> str:
    text = (project.root / name).read_text(encoding="utf-8")
    return documents.text_digest(documents.REGION.sub("", text))


def _are_verdicts_current(project: Project, current: dict[str, Any]) -> bool:
    path = project.root / VERDICTS_NAME
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return False
    tolerance = project.settings.number_tolerance
    return not [*documents.differences(recorded, current, tolerance)]


def _first_runs(series: Series, runs: Iterable[Run], most: int | None) -> list[Run]:
    return sorted(runs_of(series, runs), key=lambda run: run.seed)[:most]


def _draw_figure(project: Project, current: dict[str, Any]) -> None:
    runs = read_runs(project.root)
    claims = [_claim_row(project, each) for each in verdicts.findings(project, runs) if each.runs]
    variants = [_effect_row(project, each) for each in verdicts.effects(project, runs) if each.runs]
    panels = {"reproduced minus claimed": claims}
    panels |= {"varied minus own runs": variants} if variants else {}
    height = LEGEND_HEIGHT + ROW_HEIGHT * max(len(claims), len(variants), FEWEST_ROWS)
    figure = Figure(figsize=(7 * len(panels), height), layout="constrained")
    places = figure.subplots(ncols=len(panels), squeeze=False)[0]
    for axes, (title, rows) in zip(places, panels.items(), strict=True):
        _draw_rows(axes, rows)
        axes.set_title(title)
    _draw_legend(figure)
    fixed = {"Date": None, "Description": fingerprint(project, current)}
    with mpl.rc_context({"svg.hashsalt": "figures", "svg.fonttype": "none"}):
        figure.savefig(project.root / FIGURE_NAME, format="svg", metadata=fixed)


def _draw_legend(figure: Figure) -> None:
    # One entry for each kind, however many rows are of it.
    shown = [
        pair for axes in figure.axes for pair in zip(*axes.get_legend_handles_labels(), strict=True)
    ]
    entries = {label: handle for handle, label in shown}
    if entries:
        look: dict[str, Any] = {"loc": "outside lower center", "frameon": False}
        figure.legend([*entries.values()], [*entries], ncols=3 * len(figure.axes), **look)


def _claim_row(project: Project, finding: Finding) -> Row:
    claim = project.claim(finding.claim)
    shown = verdicts.show(finding.mean, finding.standard_error)
    label = f"{claim.id}: {claim.value} → {shown} {claim.unit}".rstrip()
    ends = [
        (each - claim.value) / scale(claim) for each in (finding.mean, finding.low, finding.high)
    ]
    return Row(label, finding.verdict, claim, *ends)


def _effect_row(project: Project, effect: Effect) -> Row:
    claim, variant = project.claim(effect.claim), project.variant(effect.variant)
    shown = verdicts.show(effect.difference, tables.effect_spread(effect), "+")
    label = f"{variant.id}, {claim.id}: {shown} {claim.unit}".rstrip()
    ends = [each / scale(claim) for each in (effect.difference, effect.low, effect.high)]
    return Row(label, variant.kind, claim, *ends)


def scale(claim: Claim) -> float:
    """Return the difference from the claimed value that is just accepted."""
    bounds = [
        each.bound if each.is_distance else abs(each.bound - claim.value)
        for each in (claim.accept, claim.falsify)
    ]
    return next((bound for bound in bounds if bound > 0), 1.0)


def zones(claim: Claim, condition: Condition, limit: float) -> Iterator[tuple[float, float]]:
    """Yield where a condition holds, as start and width in accepted differences."""
    bound = condition.bound
    edges = [-bound, bound] if condition.is_distance else [bound - claim.value]
    inside = [min(max(edge / scale(claim), -limit), limit) for edge in edges]
    for left, right in pairwise([-limit, *inside, limit]):
        middle = claim.value + scale(claim) * (left + right) / 2
        if left < right and condition.holds(middle, claim.value):
            yield left, right - left


def _draw_rows(axes: Axes, rows: list[Row]) -> None:
    furthest = max((abs(end) for row in rows for end in row[3:]), default=0.0)
    limit = min(max(LEAST_LIMIT, 1.1 * furthest), MOST_LIMIT)
    for place, row in enumerate(rows):
        _draw_zones(axes, row, place, limit)
        _draw_interval(axes, row, place, limit)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set(xlim=(-limit, limit), ylim=(max(len(rows), 1) - 0.5, -0.5))
    axes.set_xlabel("difference ÷ the difference that the claim accepts")


def _draw_zones(axes: Axes, row: Row, place: int, limit: float) -> None:
    # A variant is no claim: nothing falsifies it.
    shown = ZONES if isinstance(row.style, Verdict) else {"accept": ZONES["accept"]}
    for name, (label, colour) in shown.items():
        found = [*zones(row.claim, getattr(row.claim, name), limit)]
        axes.broken_barh(found, (place - 0.5, 1), facecolors=colour, label=label)


def _draw_interval(axes: Axes, row: Row, place: int, limit: float) -> None:
    marker, colour = STYLES[row.style]
    axes.plot([row.low, row.high], [place, place], color=colour)
    if abs(row.middle) > limit:
        marker = "<" if row.middle < 0 else ">"
    shown = min(max(row.middle, -limit), limit)
    axes.plot([shown], [place], marker=marker, color=colour, linestyle="", label=str(row.style))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
