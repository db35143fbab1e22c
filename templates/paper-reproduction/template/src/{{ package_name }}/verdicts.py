"""Judge claims by the rules that were written before the runs, and variants by their effect."""

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .paper import Claim, Condition, Project, Series, Settings
from .runs import RUNS_NAME, Run, runs_of, seeds_of

VERDICTS_NAME = "results/verdicts.json"
BOOTSTRAP_SEED = 0
INTERVAL = (0.025, 0.975)
# Noise of adding up in another order stands behind this digit.
MEAN_DIGITS = 10
RECORDED_DIGITS = 6
DRAWN_AT_ONCE = 1_000_000
LEAST_SHOWN = 1e-6


class Verdict(StrEnum):
    """What the runs say about a claim."""

    REPRODUCED = "reproduced"
    FALSIFIED = "falsified"
    NOT_REPRODUCED = "not reproduced"
    INCONCLUSIVE = "inconclusive"
    REDUCED = "reduced-scale"
    NOT_RUN = "not run"


class Estimate(NamedTuple):
    """A mean with its standard error and its 95 % bootstrap interval; NaN is what nobody knows."""

    mean: float
    standard_error: float
    low: float
    high: float


class Finding(NamedTuple):
    """What the runs of a claim came to."""

    claim: str
    verdict: Verdict
    runs: int
    mean: float
    standard_error: float
    low: float
    high: float
    difference: float
    claimed_in_interval: bool
    earlier: int = 0
    acknowledged: str = ""


class Effect(NamedTuple):
    """What a variant does to its claim's number, both being run with the same seeds."""

    variant: str
    claim: str
    runs: int
    mean: float
    difference: float
    low: float
    high: float


def judge(claim: Claim, values: Sequence[float], settings: Settings) -> Finding:
    """Judge a claim by the values of its runs, whatever their order."""
    found = estimate(values, settings.bootstrap)
    return Finding(
        claim.id,
        _verdict(claim, len(values), found),
        len(values),
        *found,
        difference=_tidy(found.mean - claim.value),
        claimed_in_interval=found.low <= claim.value <= found.high,
    )


def estimate(values: Sequence[float], bootstrap: int) -> Estimate:
    """Return the mean of the values, and how well they tell it."""
    count = len(values)
    if not count:
        return Estimate(math.nan, math.nan, math.nan, math.nan)
    ordered = np.sort(np.array(values, dtype=np.float64))
    mean = math.fsum(ordered) / count
    error = float(ordered.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
    low, high = np.quantile(_resampled_means(ordered, bootstrap), INTERVAL)
    return Estimate(*map(_tidy, (mean, error, float(low), float(high))))


def findings(project: Project, runs: Sequence[Run]) -> list[Finding]:
    """Return a finding for every claim, from the runs of its present wording."""
    return [_finding(project, claim, runs) for claim in project.claims]


def effects(project: Project, runs: Sequence[Run]) -> list[Effect]:
    """Return the effect of every variant, from the seeds that its claim was run with, too."""
    found = []
    for variant in project.variants:
        changed = {run.seed: run.value for run in runs_of(variant, runs)}
        claim = project.claim(variant.claim)
        plain = {run.seed: run.value for run in runs_of(claim, runs) if run.seed in changed}
        bootstrap = project.settings.bootstrap
        mean = estimate([changed[seed] for seed in plain], 1).mean
        difference = estimate([changed[seed] - plain[seed] for seed in plain], bootstrap)
        shown = (difference.mean, difference.low, difference.high)
        found.append(Effect(variant.id, claim.id, len(plain), mean, *shown))
    return found


def problems(project: Project, runs: Sequence[Run], found: Iterable[Finding]) -> list[str]:
    """Return what an honest reproduction must not leave as it is, in one line each."""
    edited = [
        f"{_kind(each.key)} {each.id} was edited after its run: run it again"
        for each in project.series
        if not runs_of(each, runs) and any((run.claim, run.variant) == each.key for run in runs)
    ]
    strange = [
        f"{_kind(each.key)} {each.id} has runs of seeds that it does not ask for: they do not count"
        for each in project.series
        if any(_is_strange(each, run) for run in runs)
    ]
    unsaid = [line for each in found for line in _unacknowledged(each)]
    return [*_lost_rows(project, runs), *edited, *strange, *unsaid]


def notes(project: Project, runs: Sequence[Run], found: Iterable[Finding]) -> list[str]:
    """Return what a reader of the verdicts should know besides, in one line each."""
    lines = []
    for each in found:
        if each.acknowledged and each.verdict is Verdict.FALSIFIED:
            lines.append(f"{each.claim}: falsified, and the reason given is: {each.acknowledged}")
        if each.earlier:
            lines.append(f"{each.claim}: {each.earlier} runs of an earlier wording are kept")
    known = {series.key for series in project.series}
    gone = Counter(
        (run.claim, run.variant) for run in runs if (run.claim, run.variant) not in known
    )
    for key, count in gone.items():
        lines.append(f"{_kind(key)} {key[1] or key[0]} is gone, its {count} runs are kept")
    return lines


def record(project: Project, runs: Sequence[Run]) -> dict[str, Any]:
    """Return what `verdicts.json` holds: the length of the runs, findings and effects by id."""
    return {
        "runs": _extent(runs),
        "findings": {each.claim: _json(each._asdict()) for each in findings(project, runs)},
        "effects": {each.variant: _json(each._asdict()) for each in effects(project, runs)},
    }


def decimals(spread: float) -> int:
    """Return how many decimals show two digits of a spread, such as a standard error."""
    return max(1 - math.floor(math.log10(spread)), 0)


def show(number: float, spread: float, sign: str = "") -> str:
    """Return a number with the decimals that its spread deserves; one without spread in full."""
    if not 0 < spread < math.inf:
        return f"{number:{sign}z.6g}"
    return (
        f"{number:{sign}z.{decimals(spread)}f}" if spread > LEAST_SHOWN else f"{number:{sign}.3g}"
    )


def _verdict(claim: Claim, count: int, found: Estimate) -> Verdict:
    if not count:
        return Verdict.NOT_RUN
    if count < claim.runs:
        return Verdict.REDUCED
    if claim.accept.holds(found.mean, claim.value):
        return Verdict.REPRODUCED
    if all(_held(claim.falsify, found, claim.value)):
        return Verdict.FALSIFIED
    if any(_held(claim.accept, found, claim.value)):
        return Verdict.INCONCLUSIVE
    return Verdict.NOT_REPRODUCED


def _held(condition: Condition, found: Estimate, value: float) -> list[bool]:
    # Both ends may be far from the claimed value and the value lie between them: the nearest
    # mean of the interval counts, too.
    nearest = min(max(value, found.low), found.high)
    means = (found.low, nearest, found.mean, found.high)
    return [condition.holds(mean, value) for mean in means]


def _resampled_means(values: NDArray[np.float64], bootstrap: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(BOOTSTRAP_SEED)
    count = len(values)
    step = max(1, DRAWN_AT_ONCE // count)
    sizes = [min(step, bootstrap - start) for start in range(0, bootstrap, step)]
    drawn = [values[generator.integers(count, size=(size, count))].mean(axis=1) for size in sizes]
    return np.concatenate(drawn)


def _finding(project: Project, claim: Claim, runs: Sequence[Run]) -> Finding:
    current = runs_of(claim, runs)
    recorded = sum((run.claim, run.variant) == claim.key for run in runs)
    return judge(claim, [run.value for run in current], project.settings)._replace(
        earlier=recorded - len(current), acknowledged=project.acknowledged.get(claim.id, "")
    )


def _extent(runs: Sequence[Run]) -> dict[str, Any]:
    return {"rows": len(runs), "last_seal": runs[-1].seal if runs else ""}


def _lost_rows(project: Project, runs: Sequence[Run]) -> Iterator[str]:
    # No seal of `runs.csv` misses the rows that stood below it.
    try:
        text = (project.root / VERDICTS_NAME).read_text(encoding="utf-8")
        known = json.loads(text)["runs"]
        is_whole = _extent(runs[: known["rows"]]) == known
    except (OSError, ValueError, LookupError, TypeError):
        return
    if not is_whole:
        yield f"{RUNS_NAME} has lost rows that {VERDICTS_NAME} knows: restore it from git"


def _is_strange(series: Series, run: Run) -> bool:
    is_own = (run.claim, run.variant, run.wording) == (*series.key, series.wording)
    return is_own and run.seed not in seeds_of(series)


def _unacknowledged(finding: Finding) -> Iterable[str]:
    name, is_falsified = finding.claim, finding.verdict is Verdict.FALSIFIED
    if is_falsified and not finding.acknowledged:
        yield f"claim {name} is falsified, and paper.toml, [acknowledged], does not say why"
    if finding.acknowledged and not is_falsified:
        yield (
            f"claim {name} is {finding.verdict}, not falsified: "
            "take it out of paper.toml, [acknowledged]"
        )


def _kind(key: tuple[str, str]) -> str:
    return "variant" if key[1] else "claim"


def _tidy(number: float) -> float:
    return float(f"{number:.{MEAN_DIGITS}g}")


def _json(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: _rounded(each) if type(each) is float else each for name, each in fields.items()}


def _rounded(number: float) -> float | None:
    if math.isnan(number):
        return None
    # Six decimals, or six digits where that says more.
    few = float(f"{number:.{RECORDED_DIGITS}g}")
    return few if abs(number) < 1 else round(number, RECORDED_DIGITS)
