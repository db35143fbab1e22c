"""Repositories written down as one text each, and the history in which they grew."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from textwrap import dedent

from audited import HISTORY, repository

from aiscaffold.audit import audit
from aiscaffold.repo import Repo
from aiscaffold.report import Report
from aiscaffold.rule import TIERS
from aiscaffold.rules import load
from aiscaffold.snapshot import open_snapshot

RULES = load()

Tree = dict[str, str]
OPENS_FILE = re.compile(r"^=== (\S+)\n", re.MULTILINE)

STEPS = (  # of a history that tells what was done
    "Read the raw table and drop empty rows",
    "Split by time instead of at random",
    "Add the baseline that repeats the last value",
    "Fit a linear model on the lagged values",
    "Compare both by mean absolute error",
    "Catch missing values before the model sees them",
    "Test that the split keeps the order",
    "Run the tests on every push",
    "Explain the set-up in the documentation",
    "Pin what the results were made with",
    "Write down what the model cannot do",
)


@dataclass(frozen=True)
class Pair:
    """A project done for real and its fluent imitation; `refused` are the rules that must not credit the trick.

    Where a machine cannot tell the two apart, `refused` is empty, and only the order is asked for.
    """

    name: str
    kind: str
    real: Tree = field(repr=False)
    fake: Tree = field(repr=False)
    refused: tuple[str, ...] = ()


def tree(text: str) -> Tree:
    """The files of a text in which a line `=== path` opens each."""
    _, *parts = OPENS_FILE.split(dedent(text).lstrip("\n"))
    return {
        path: content.strip("\n") + "\n" if content.strip() else ""
        for path, content in zip(parts[::2], parts[1::2], strict=True)
    }


def grown(files: Mapping[str, str], *subjects: str, days: float = 4) -> Tree:
    """A tree with a history in which all files grow evenly, a commit for each subject."""
    commits, before = [], dict.fromkeys(files, "")
    for number, subject in enumerate(subjects, 1):
        now = {path: _first_share(text, number / len(subjects)) for path, text in files.items()}
        changed = {path: text for path, text in now.items() if text != before[path]}
        commits.append({"subject": subject, "days": days * number, "files": changed})
        before = now
    return {**files, HISTORY: json.dumps(commits)}


def dumped(files: Mapping[str, str], *later: str, subject: str = "Add files via upload") -> Tree:
    """A tree that one commit brought; the later ones change nothing."""
    rest = [{"subject": each, "days": 4 * number, "files": {}} for number, each in enumerate(later, 1)]
    return {**files, HISTORY: json.dumps([{"subject": subject, "days": 0, "files": dict(files)}, *rest])}


def _first_share(text: str, share: float) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[: ceil(len(lines) * share)])


def judged(files: Tree, folder: Path, kind: str = "") -> Report:
    """What the audit says of a tree as a real repository."""
    return audit(Repo(open_snapshot(repository(files, folder)), declared_kind=(kind, "")), RULES)


def rank(report: Report) -> tuple[bool, int, int]:
    """Where it stands: below all where it is no project at all, then by tier, then by the low end of the score."""
    return report.is_scored, TIERS.index(report.tier), report.score[0]


def told(report: Report) -> str:
    """A report in a few lines, for a test that fails."""
    blocked = [f"{each.rule.code}: {each.first.remark}" for each in report.blocking]
    return f"{report.subject.kind} {report.tier} {report.interval}, held back by {blocked}"


def credited(report: Report) -> Sequence[str]:
    """The codes of the rules that earn their weight."""
    return [finding.rule.code for finding in report.passes]
