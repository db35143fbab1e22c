"""The command line: list the claims, run them, judge them, and change one thing at a time."""

import math
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, NoReturn

import typer

from .data import DataError
from .history import DIRTY, Order, current_commit, order
from .paper import Claim, PaperError, Project, Series, project_or_exit
from .runs import (
    Run,
    RunsError,
    Wanted,
    append_runs,
    measure_batches,
    missing_seeds,
    read_runs,
    record_environment,
)
from .verdicts import Effect, Finding, Verdict, effects, findings, notes, problems, show

ALL = "all"
WIDTH = 80
NAME_WIDTH = 20
LEAST_NAME_WIDTH = 6
INTERRUPTED = 130
SECONDS_BETWEEN_SAVES = 5.0
EXPECTED = (DataError, OSError, PaperError, RunsError)
DIRTY_REMEDY = "and the runs will say so: commit first"
NUMBERS = ["claimed", "mean ± s.e.", "95 % CI", "diff."]
CHANGES = ["runs", "mean", "change", "95 % CI"]

app = typer.Typer(no_args_is_help=True, pretty_exceptions_show_locals=False)


@app.command("claims")
def list_claims() -> None:
    """List the claims: what the paper says, how many runs there are, what came first."""
    project = project_or_exit()
    runs = _recorded(project)
    head = ["claim", "claimed", "runs", "state", "order in git"]
    rows = [_claim_row(project, runs, each) for each in findings(project, runs)]
    first, *others = _table([head, *rows])
    typer.echo(first)
    for claim, line in zip(project.claims, others, strict=True):
        typer.echo(line)
        typer.echo(f"  {textwrap.shorten(claim.where, WIDTH - 2, placeholder='…')}")


@app.command()
def run(
    claim: Annotated[str, typer.Argument(help="A claim's id, or all.")],
    seeds: Annotated[int | None, typer.Option(min=1, help="At most so many of each.")] = None,
) -> None:
    """Run what a claim asks for and was not run yet, and add it to the results."""
    project = project_or_exit()
    try:
        chosen = project.claims if claim == ALL else (project.claim(claim),)
        _run_missing(project, chosen, seeds)
    except EXPECTED as error:
        _refuse(error)
    typer.echo("to judge it: verify; to show it in the README: poe report")


@app.command()
def verify() -> None:
    """Judge every claim by its runs; exit 1 on what nobody acknowledged or ran again."""
    project = project_or_exit()
    runs = _recorded(project)
    found = findings(project, runs)
    for line in _table([["claim", *NUMBERS, "verdict"], *map(_verdict_row, project.claims, found)]):
        typer.echo(line)
    typer.echo(f"\n{_statement(found)}")
    for each in notes(project, runs, found):
        _wrap("note: ", each)
    for each in _order_notes(project, runs):
        _wrap("note: ", each)
    wrong = problems(project, runs, found)
    for each in wrong:
        _wrap("problem: ", each)
    _wrap("", _count(found))
    if wrong:
        raise typer.Exit(1)


@app.command()
def ablate(
    variant: Annotated[str, typer.Argument(help="A variant's id, or all.")] = ALL,
) -> None:
    """Run what variants ask for and was not run yet, and print what each one changes."""
    project = project_or_exit()
    try:
        chosen = project.variants if variant == ALL else (project.variant(variant),)
        _run_missing(project, chosen)
        found = effects(project, read_runs(project.root))
    except EXPECTED as error:
        _refuse(error)
    names = {each.id for each in chosen}
    shown = [each for each in found if each.variant in names]
    for line in _table([["variant", *CHANGES], *map(_effect_row, shown)]):
        typer.echo(line)
    for each in shown:
        if not each.runs:
            _wrap("note: ", f"{each.variant}: run its claim {each.claim} first, with equal seeds")


def _order_notes(project: Project, runs: Sequence[Run]) -> list[str]:
    orders = {claim.id: order(project, runs, claim) for claim in project.claims}
    told = (Order.POST_HOC, Order.REWORDED)
    return [f"{name}: git shows: {found}" for name, found in orders.items() if found in told]


def _recorded(project: Project) -> list[Run]:
    try:
        return read_runs(project.root)
    except EXPECTED as error:
        _refuse(error)


def _run_missing(project: Project, chosen: Iterable[Series], most: int | None = None) -> None:
    recorded = read_runs(project.root)
    wanted = {each.key: missing_seeds(each, recorded)[:most] for each in chosen}
    count = sum(map(len, wanted.values()))
    if not count:
        typer.echo("nothing is missing: every run asked for is recorded")
        return
    start = len(recorded)
    try:
        _measure(project, wanted, count)
    except KeyboardInterrupt:
        kept = len(read_runs(project.root)) - start
        typer.echo(f"interrupted: {kept} of {count} runs are kept; run it again for the rest")
        raise typer.Exit(INTERRUPTED) from None


def _measure(project: Project, wanted: Wanted, count: int) -> None:
    start, commit = time.monotonic(), current_commit(project.root)
    if commit.endswith(DIRTY):
        head = commit.removesuffix(DIRTY)
        _wrap("note: ", f"the code differs from commit {head}, {DIRTY_REMEDY}")
    # Nothing is drawn where nobody watches.
    with typer.progressbar(length=count, label="measuring", file=sys.stderr) as bar:
        _record(project, wanted, commit, bar.update)
    typer.echo(f"{count} runs in {time.monotonic() - start:.1f} s")


def _record(
    project: Project, wanted: Wanted, commit: str, progress: Callable[[int], object]
) -> None:
    root, saved = project.root, time.monotonic()
    environment = record_environment(root)
    pending: list[Run] = []
    try:
        for batch in measure_batches(project, wanted):
            pending += [run._replace(commit=commit, environment=environment) for run in batch]
            progress(len(batch))
            if time.monotonic() - saved > SECONDS_BETWEEN_SAVES:
                append_runs(root, pending)
                pending, saved = [], time.monotonic()
    finally:
        # Whoever interrupts keeps what is finished.
        append_runs(root, pending)


def _claim_row(project: Project, runs: Sequence[Run], finding: Finding) -> list[str]:
    claim = project.claim(finding.claim)
    value = f"{claim.value:g} {claim.unit}".strip()
    done = f"{finding.runs}/{claim.runs}"
    return [claim.id, value, done, finding.verdict, order(project, runs, claim)]


def _verdict_row(claim: Claim, finding: Finding) -> list[str]:
    if finding.verdict is Verdict.NOT_RUN:
        return [claim.id, f"{claim.value:g}", "-", "-", "-", finding.verdict]
    error = finding.standard_error
    shown = [finding.mean, finding.low, finding.high]
    mean, low, high = (show(number, error) for number in shown)
    doubt = "" if math.isnan(error) else f" ± {show(error, error)}"
    difference = show(finding.difference, error, "+")
    numbers = [f"{claim.value:g}", mean + doubt, f"{low} to {high}", difference]
    return [claim.id, *numbers, finding.verdict]


def _effect_row(effect: Effect) -> list[str]:
    if not effect.runs:
        return [effect.variant, "0", "-", "-", "-"]
    # A 95 % interval is about four standard errors wide.
    error = (effect.high - effect.low) / 4
    shown = [effect.difference, effect.low, effect.high]
    change, low, high = (show(number, error, "+") for number in shown)
    numbers = [show(effect.mean, error), change, f"{low} to {high}"]
    return [effect.variant, str(effect.runs), *numbers]


def _statement(found: Sequence[Finding]) -> str:
    measured = [each for each in found if each.runs]
    if not measured:
        return "No claim was run yet: run all of them with `run all`."
    inside = sum(each.claimed_in_interval for each in measured)
    text = (
        f"The claimed number lies in the mean's 95 % interval for {inside} of {len(measured)} "
        "claims with runs. That is statistics alone; a verdict follows the bounds in claims.toml."
    )
    if any(each.verdict is Verdict.FALSIFIED for each in found):
        text += " A falsified claim is a result, too."
    return textwrap.fill(text, WIDTH)


def _count(found: Sequence[Finding]) -> str:
    counts = Counter(each.verdict for each in found)
    told = ", ".join(f"{counts[each]} {each}" for each in Verdict if counts[each])
    return f"{len(found)} claim{'s' * (len(found) > 1)}: {told}."


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    # Numbers of many digits take the room of the names.
    room = WIDTH - sum(widths[1:]) - len(widths) + 1
    widths[0] = min(widths[0], max(LEAST_NAME_WIDTH, min(NAME_WIDTH, room)))
    return [" ".join(map(_fit, row, widths)).rstrip() for row in rows]


def _fit(text: str, width: int) -> str:
    return text.ljust(width) if len(text) <= width else f"{text[: width - 1]}…"


def _wrap(label: str, text: str) -> None:
    typer.echo(textwrap.fill(label + text, WIDTH, subsequent_indent="  "))


def _refuse(error: Exception) -> NoReturn:
    typer.echo(f"error: {error}", err=True)
    raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
