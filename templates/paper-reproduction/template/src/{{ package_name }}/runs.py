"""Measure runs, and record them in an append-only file whose rows are sealed one upon another."""

import importlib.metadata
import json
import math
import os
import platform
import re
import signal
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from traceback import format_exception_only
from typing import Any, NamedTuple

from . import experiment
from .data import DataError, Files, files_of, unknown
from .paper import Project, Series

RUNS_NAME = "results/runs.csv"
ENVIRONMENT_NAME = "results/environment.json"
LOCK_NAME = "results/runs.lock"
RESTORE = "restore the file from git, and run again what is then missing"
MERGE_MARKS = ("<<<<<<<", "=======", ">>>>>>>")
SEAL_DIGITS = 16
ENVIRONMENT_DIGITS = 8
VALUE_DIGITS = 10
FIRST_SEED = 1
# Whom the method is compared with is part of what measured it.
COMPARE_GROUP = "compare"
# Windows waits for no more at once.
MOST_WORKERS = 60
LOCK_TRIALS = 50
LOCK_PAUSE = 0.1

# A claim's id with a variant's, which is empty for the claim itself.
Key = tuple[str, str]
Identity = tuple[str, str, int, str]
Wanted = Mapping[Key, Sequence[int]]
# What is run, and of it the protocol and the seed.
Task = tuple[str, Mapping[str, Any], int]
Measured = tuple[Mapping[str, float], float]


class RunsError(ValueError):
    """What is wrong with the results or with a measurement, in one line."""


class Run(NamedTuple):
    """One repeat of a claim's protocol, or of a variant of it: a row of `runs.csv`."""

    claim: str
    variant: str
    seed: int
    value: float
    seconds: float
    commit: str = ""
    environment: str = ""
    wording: str = ""
    seal: str = ""

    @property
    def identity(self) -> Identity:
        """What no two rows share."""
        return self.claim, self.variant, self.seed, self.wording


HEADER = ",".join(Run._fields)


def read_runs(root: Path) -> list[Run]:
    """Return the recorded runs; a file whose seals are broken is refused."""
    try:
        return parse_runs((root / RUNS_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        message = f"{RUNS_NAME} is no UTF-8 text: {RESTORE}"
        raise RunsError(message) from None


def parse_runs(text: str) -> list[Run]:
    """Return the runs that a text of `runs.csv` holds, once every row is found intact."""
    header, *rows = text.removesuffix("\n").split("\n")
    if header != HEADER:
        raise _damage(1, f"the header is not {HEADER}")
    runs: list[Run] = []
    seen: set[Identity] = set()
    for number, row in enumerate(rows, start=2):
        run = _parse_row(number, row, runs[-1].seal if runs else "")
        if run.identity in seen:
            raise _damage(number, f"seed {run.seed} of {_name(run)} is recorded twice")
        seen.add(run.identity)
        runs.append(run)
    return runs


def append_runs(root: Path, runs: Iterable[Run]) -> None:
    """Seal the runs and add them below the recorded ones, all or none."""
    path, new = root / RUNS_NAME, [*runs]
    if not new:
        return
    with _exclusive(root / LOCK_NAME):
        recorded = read_runs(root)
        known = [run.identity for run in [*recorded, *new]]
        if len({*known}) < len(known):
            message = "some of these runs are recorded already: are two commands at work?"
            raise RunsError(message)
        before = path.read_bytes() if recorded else f"{HEADER}\n".encode()
        gap = b"" if before.endswith(b"\n") else b"\n"
        rows = _seal_rows(recorded[-1].seal if recorded else "", new)
        _replace(path, before + gap + "".join(rows).encode("utf-8"))


def record_environment(root: Path) -> str:
    """Note what the runs are measured with; return the note's short name."""
    path, found = root / ENVIRONMENT_NAME, _describe_environment(root)
    digest = sha256(json.dumps(found, sort_keys=True).encode("utf-8")).hexdigest()
    name = digest[:ENVIRONMENT_DIGITS]
    with _exclusive(root / LOCK_NAME):
        try:
            known = dict(json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {})
        except (TypeError, ValueError) as error:
            message = f"{ENVIRONMENT_NAME} is no JSON: {error}; {RESTORE}"
            raise RunsError(message) from error
        if name not in known:
            _replace(path, (json.dumps(known | {name: found}, indent=2) + "\n").encode("utf-8"))
    return name


def runs_of(series: Series, runs: Iterable[Run]) -> list[Run]:
    """Return the runs that a claim or variant asks for, as it is worded now; no others count."""
    wanted, seeds = (*series.key, series.wording), seeds_of(series)
    own = [run for run in runs if (run.claim, run.variant, run.wording) == wanted]
    return [run for run in own if run.seed in seeds]


def seeds_of(series: Series) -> range:
    """Return the seeds that a claim or variant asks for."""
    return range(FIRST_SEED, FIRST_SEED + series.runs)


def missing_seeds(series: Series, runs: Iterable[Run]) -> list[int]:
    """Return the seeds that a claim or variant asks for and that were not run yet."""
    done = {run.seed for run in runs_of(series, runs)}
    return [seed for seed in seeds_of(series) if seed not in done]


def measure_claims(project: Project, wanted: Wanted, workers: int | None = None) -> list[Run]:
    """Return the unsealed runs of these seeds of claims and variants; write nothing."""
    return [run for batch in measure_batches(project, wanted, workers) for run in batch]


def measure_batches(
    project: Project, wanted: Wanted, workers: int | None = None
) -> Iterator[list[Run]]:
    """Yield the runs of one measurement after the other; equal protocols share theirs."""
    shared: defaultdict[str, list[Series]] = defaultdict(list)
    for each in project.series:
        shared[json.dumps(each.protocol, sort_keys=True, default=str)].append(each)
    planned = [
        ([each for each in group if seed in wanted.get(each.key, [])], seed)
        for group in shared.values()
        for seed in sorted({seed for each in group for seed in wanted.get(each.key, [])})
    ]
    tasks = [(group[0].id, group[0].protocol, seed) for group, seed in planned]
    files = files_of(project).read_all()
    measured = _map(files, tasks, project.settings.workers if workers is None else workers)
    for (group, seed), found in zip(planned, measured, strict=True):
        yield [_run(each, seed, found) for each in group]


def _damage(number: int, what: str) -> RunsError:
    return RunsError(f"{RUNS_NAME}, row {number}: {what}: {RESTORE}")


def _name(run: Run) -> str:
    return f"{run.claim}, {run.variant}" if run.variant else run.claim


def _parse_row(number: int, row: str, previous: str) -> Run:
    if row.startswith(MERGE_MARKS):
        raise _damage(number, "a merge left its mark")
    fields = row.split(",")
    if len(fields) != len(Run._fields):
        raise _damage(number, f"it has {len(fields)} fields, not {len(Run._fields)}")
    claim, variant, seed, value, seconds, *others = fields
    try:
        run = Run(claim, variant, int(seed), float(value), float(seconds), *others)
    except ValueError as error:
        raise _damage(number, f"no number ({error})") from None
    if not math.isfinite(run.value):
        raise _damage(number, f"{value} is no finite number")
    if run.seal != _seal(previous, fields[:-1]):
        raise _damage(number, "its seal is broken; it or a row above was edited, moved or deleted")
    return run


def _seal(previous: str, fields: Iterable[str]) -> str:
    return sha256((previous + ",".join(fields)).encode("utf-8")).hexdigest()[:SEAL_DIGITS]


def _seal_rows(previous: str, runs: Iterable[Run]) -> Iterator[str]:
    for run in runs:
        numbers = [repr(run.seed), repr(run.value), f"{run.seconds:.3f}"]
        fields = [run.claim, run.variant, *numbers, run.commit, run.environment, run.wording]
        previous = _seal(previous, fields)
        yield ",".join([*fields, previous]) + "\n"


@contextmanager
def _exclusive(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(exist_ok=True)
    for _ in range(LOCK_TRIALS):
        try:
            lock.open("x").close()
            break
        except FileExistsError:
            time.sleep(LOCK_PAUSE)
    else:
        message = f"{LOCK_NAME} exists: if no other run is writing, a killed one left it: delete it"
        raise RunsError(message)
    try:
        yield
    finally:
        lock.unlink()


def _replace(path: Path, content: bytes) -> None:
    # Written aside first: whoever is interrupted leaves the old file whole.
    new = path.with_suffix(".new")
    new.write_bytes(content)
    new.replace(path)


def _describe_environment(root: Path) -> dict[str, Any]:
    content = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    compared = content.get("dependency-groups", {}).get(COMPARE_GROUP, [])
    listed = [*content["project"]["dependencies"], *compared]
    names = sorted(re.split(r"[^\w.-]", each)[0] for each in listed if isinstance(each, str))
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "packages": {name: version for name in names if (version := _version(name))},
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _measure(files: Files, task: Task) -> Measured:
    name, protocol, seed = task
    start = time.perf_counter()
    try:
        return experiment.measure(protocol, seed, files), time.perf_counter() - start
    except DataError:
        raise
    except Exception as error:
        # Told here as a text: not every exception finds its way out of a worker.
        text = " ".join("".join(format_exception_only(error)).split())
        message = f"{name}, seed {seed}: {text}"
        raise RunsError(message) from error


def _map(files: Files, tasks: Sequence[Task], workers: int) -> Iterator[Measured]:
    count = min(workers or os.cpu_count() or 1, len(tasks), MOST_WORKERS)
    if count <= 1:
        yield from (_measure(files, task) for task in tasks)
        return
    # Every system can spawn; forking copies threads and locks in whatever state they are.
    # On Ctrl-C a worker dies without a word: the parent tells.
    stop = (signal.SIGINT, signal.SIG_DFL)
    pool = ProcessPoolExecutor(count, get_context("spawn"), signal.signal, stop)
    try:
        yield from pool.map(partial(_measure, files), tasks)
    except BrokenExecutor as error:
        message = "a worker process died, perhaps for lack of memory: set fewer workers"
        raise RunsError(message) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _run(series: Series, seed: int, found: Measured) -> Run:
    values, seconds = found
    place = f"{series.id}, seed {seed}"
    if series.quantity not in values:
        message = f"{place}: {unknown('quantity', series.quantity, values)}"
        raise RunsError(message)
    value = float(values[series.quantity])
    if not math.isfinite(value):
        message = f"{place}: measured {value}, which is no finite number"
        raise RunsError(message)
    rounded = float(f"{value:.{VALUE_DIGITS}g}")
    return Run(*series.key, seed, rounded, seconds, wording=series.wording)
