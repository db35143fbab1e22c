"""Whole processes timed side by side: paired, interleaved, warmed up, output discarded."""

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Command:
    """A command line to time.

    `writes` is removed and `prepare` called before each run, outside the measured time.
    """

    label: str
    words: tuple[str, ...]
    writes: Path | None = None
    target: float | None = None
    cwd: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], object] | None = None
    answers: tuple[int, ...] = (0,)  # exit codes that are no failure

    def run(self, variables: Mapping[str, str]) -> float:
        """The seconds that one run took; a run that fails is an error."""
        if self.writes:
            shutil.rmtree(self.writes, ignore_errors=True)
        if self.prepare:
            self.prepare()
        started = time.perf_counter()
        done = subprocess.run(
            self.words,
            cwd=self.cwd,
            env={**variables, **self.variables},
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        took = time.perf_counter() - started
        if done.returncode not in self.answers:
            raise SystemExit(f"{self.label} ended with {done.returncode}: {' '.join(self.words)}")
        return took


@dataclass(frozen=True)
class Row:
    """One command's times, and how long ours took in comparison."""

    command: str
    milliseconds: list[float]
    median: float
    ratio: float
    ratio_range: tuple[float, float]
    target: float | None


def compare(ours: Command, peers: Sequence[Command], pairs: int, variables: Mapping[str, str]) -> list[Row]:
    """Time ours and its peers in turn; a ratio is the median over the rounds of ours / peer."""
    commands = [ours, *peers]
    return rows(commands, rounds(commands, pairs, variables))


def rounds(commands: Sequence[Command], pairs: int, variables: Mapping[str, str]) -> list[list[float]]:
    """The milliseconds of every command in turn, round after round, after a warm-up."""
    for command in commands:
        command.run(variables)
    return [[command.run(variables) * 1000 for command in commands] for _ in range(pairs)]


def rows(commands: Sequence[Command], times: Sequence[Sequence[float]]) -> list[Row]:
    """The first command beside the others."""
    return [_row(command, times, column) for column, command in enumerate(commands)]


def table(title: str, rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [f"### {title}", "", "| command | median ms | min-max | ours / it | min-max | target |"]
    lines.append("|---|--:|--:|--:|--:|:--|")
    return "\n".join([*lines, *map(_line, rows), ""])


def _row(command: Command, times: Sequence[Sequence[float]], column: int) -> Row:
    own = [took[column] for took in times]
    ratios = [took[0] / took[column] for took in times]
    spread = (min(ratios), max(ratios))
    return Row(command.label, own, statistics.median(own), statistics.median(ratios), spread, command.target)


def _line(row: Row) -> str:
    spread = f"{min(row.milliseconds):.0f}-{max(row.milliseconds):.0f}"
    low, high = row.ratio_range
    return (
        f"| `{row.command}` | {row.median:.0f} | {spread} | {row.ratio:.2f} | {low:.2f}-{high:.2f} | {_verdict(row)} |"
    )


def _verdict(row: Row) -> str:
    if row.target is None:
        return ""
    return f"at most {row.target}: {'met' if row.ratio <= row.target else 'MISSED'}"
