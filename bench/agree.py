"""How far the audit agrees with careful readers: its verdicts beside the labels in bench/labels/.

    python bench/agree.py --repos DIR            the table, tuned and held-out half apart
    python bench/agree.py --repos DIR --show     each disagreement of the tuned half
    python bench/agree.py --repos DIR --json F   the numbers, from which `poe docs` writes the page

DIR holds clones as `owner+name` or `owner/name` (bare or not), each with the labelled commit. No network.
"""

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from aiscaffold.inspection import Order, inspect
from aiscaffold.report import Report
from aiscaffold.rule import MUST
from aiscaffold.rules import load

RULES = load()

ROOT = Path(__file__).parents[1]
LABELS = ROOT / "bench" / "labels"
CLAIM = 15  # held-out labels that a claim needs
MEANING = {"yes": "pass", "no": "fail"}
SHARES = (("right fails", "fails"), ("right", "decided"), ("right", "n"))  # the columns, in their order
HALVES = (("tuned", False), ("held out", True))
Numbers = dict[str, int]


class Measured(TypedDict):
    """What is written as JSON: by rule (or group) and half, counts of labels and verdicts."""

    rules: dict[str, dict[str, Numbers]]
    kinds: dict[str, Numbers]
    repositories: int
    labels: int


@dataclass(frozen=True)
class Pair:
    """One clear label beside the verdict."""

    repository: str
    code: str
    label: str
    note: str
    verdict: str
    place: str
    held_out: bool

    @property
    def agrees(self) -> bool:
        """Whether reader and audit say the same."""
        return MEANING[self.label] == self.verdict

    @property
    def is_decided(self) -> bool:
        """Whether the audit says either."""
        return self.verdict in ("pass", "fail")


def held_out(repository: str) -> bool:
    """Whether a repository is in the half that no rule was tuned on."""
    return hashlib.sha256(repository.encode()).digest()[0] % 2 == 1


def main() -> int:
    """Measure and print; the exit code is 1 where the labels are younger than the rules."""
    arguments = _arguments()
    pairs: list[Pair] = []
    kinds: list[tuple[str, str, str]] = []
    for file in sorted(LABELS.glob("*.toml")):
        labelled = tomllib.loads(file.read_text(encoding="utf-8"))
        clone = _clone(Path(arguments.repos), labelled["repository"])
        if clone is None:
            print(f"not in {arguments.repos}: {labelled['repository']}", file=sys.stderr)
            continue
        codes = tuple(labelled["labels"])
        report = inspect(str(clone), Order(at=labelled["commit"], select=codes)).report
        pairs += _pairs(labelled, report)
        kinds.append((labelled["repository"], labelled["kind"], report.subject.kind))
    measured: Measured = {
        "rules": _measured(pairs),
        "kinds": _kinds(kinds),
        "repositories": len(kinds),
        "labels": len(pairs),
    }
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8", newline="\n")
    print("\n".join(table(measured)))
    if arguments.show:
        _show(pairs, kinds)
    return _order_of_commits()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Agreement of the audit with hand-made labels.")
    parser.add_argument("--repos", required=True, help="folder with the clones")
    parser.add_argument("--json", default="", help="write the numbers there")
    parser.add_argument("--show", action="store_true", help="list the disagreements of the tuned half")
    return parser.parse_args()


def _clone(folder: Path, repository: str) -> Path | None:
    names = (repository.replace("/", "+"), repository)
    places = [folder / name / below for name in names for below in ("repo", ".")]
    return next((place for place in places if (place / "HEAD").exists() or (place / ".git").exists()), None)


def _pairs(labelled: dict[str, dict[str, list[str]]], report: Report) -> Iterable[Pair]:
    """The clear labels beside the verdicts; what is not asked of the kind of project takes no part."""
    name = str(labelled["repository"])
    found = {finding.rule.code: finding for finding in report.findings}
    for code, (label, note) in labelled["labels"].items():
        finding = found[code]
        if label in MEANING and finding.verdict != "not-applicable":
            place = f"{finding.first.place} {finding.first.remark}"
            yield Pair(name, code, label, note, finding.verdict, place, held_out(name))


def _measured(pairs: list[Pair]) -> dict[str, dict[str, Numbers]]:
    """For each rule, and for groups of them, the numbers of both halves."""
    groups: dict[str, list[Pair]] = defaultdict(list)
    musts = {rule.code for rule in RULES if rule.level == MUST}
    for pair in pairs:
        groups[pair.code].append(pair)
        groups["all"].append(pair)
        groups["must" if pair.code in musts else "not must"].append(pair)
    return {
        name: {half: _numbers([p for p in groups[name] if p.held_out is is_held]) for half, is_held in HALVES}
        for name in sorted(groups, key=lambda name: (name.islower(), name))
    }


def _numbers(pairs: list[Pair]) -> Numbers:
    """Counts: labels, decided ones, right ones, failures, right failures."""
    fails = [pair for pair in pairs if pair.verdict == "fail"]
    return {
        "n": len(pairs),
        "decided": sum(pair.is_decided for pair in pairs),
        "right": sum(pair.agrees for pair in pairs),
        "fails": len(fails),
        "right fails": sum(pair.agrees for pair in fails),
    }


def _kinds(kinds: list[tuple[str, str, str]]) -> dict[str, Numbers]:
    return {
        half: {
            "n": sum(held_out(name) is is_held for name, _, _ in kinds),
            "right": sum(held_out(name) is is_held and label == found for name, label, found in kinds),
        }
        for half, is_held in HALVES
    }


def wilson(right: float, of: float) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, share = 1.959964, right / of
    middle = share + z * z / (2 * of)
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - spread) / (1 + z * z / of), (middle + spread) / (1 + z * z / of)


def table(measured: Measured) -> list[str]:
    """The held-out half as a Markdown table, the tuned half beside it."""
    lines = [
        "| rule | labels | precision of failures | precision of verdicts | recall | tuned half: precision, recall |",
        "|---|--:|---|---|---|---|",
    ]
    for name, halves in measured["rules"].items():
        held, tuned = halves["held out"], halves["tuned"]
        cells = [_share(held[right], held[of]) for right, of in SHARES] if held["n"] >= CLAIM else ["no claim"] * 3
        beside = f"{_plain(tuned['right'], tuned['decided'])}, {_plain(tuned['right'], tuned['n'])}"
        lines.append(f"| {name} | {held['n']:.0f} | {' | '.join(cells)} | {beside} |")
    right, of = measured["kinds"]["held out"]["right"], measured["kinds"]["held out"]["n"]
    return [*lines, "", f"Kind of project, held out: {right} of {of} as labelled."]


def _share(right: float, of: float) -> str:
    low, high = wilson(right, of)
    return f"{_plain(right, of)} ({low:.2f} to {high:.2f})" if of else "none"


def _plain(right: float, of: float) -> str:
    return f"{right / of:.2f}" if of else "none"


def _show(pairs: list[Pair], kinds: list[tuple[str, str, str]]) -> None:
    for pair in sorted(pairs, key=lambda pair: (pair.code, pair.repository)):
        if not pair.held_out and not pair.agrees:
            print(f"{pair.code} {pair.repository}: label {pair.label} ({pair.note}); {pair.verdict}: {pair.place}")
    for name, label, found in kinds:
        if not held_out(name) and label != found:
            print(f"kind {name}: label {label}, found {found}")


def _order_of_commits() -> int:
    """0 where every label is older than every rule, as far as git can tell."""

    def first(path: str) -> str:
        words = ["git", "log", "--diff-filter=A", "--format=%H", "--reverse", "--", path]
        return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.partition("\n")[0]

    labels, rules = first("bench/labels"), first("src/aiscaffold/rules")
    if not rules:
        print("the rules are not committed yet: the labels come first")
        return 0
    words = ["git", "merge-base", "--is-ancestor", labels, rules]
    ordered = labels != rules and subprocess.run(words, cwd=ROOT, check=False).returncode == 0
    print(f"labels {labels[:7]} {'come before' if ordered else 'DO NOT come before'} rules {rules[:7]}")
    return 0 if ordered else 1


if __name__ == "__main__":
    raise SystemExit(main())
