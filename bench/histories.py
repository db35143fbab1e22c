"""Update projects of public templates through their real releases, with a user's work in them, and judge what is left.

python bench/histories.py CLONE… --aiscaffold COMMAND --copier COMMAND

CLONE is a local clone of a copier template with its tags; answers.toml says what a template insists on. Templates run
code of theirs here: clone only what you trust. Both commands need copier-templates-extensions for some of them.
"""

import argparse
import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from contract import Case, Files, Findings, is_text, judge
from history_page import page, totals
from packaging.version import InvalidVersion, Version
from user_work import Week, Worker

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT / "tests")  # in place of this folder, which has another `update`
adapters: Any = importlib.import_module("update.adapters")
verdicts: Any = importlib.import_module("update.verdicts")
playing: Any = importlib.import_module("update.project")

PAGE = ROOT / "docs/explanation/real-histories.md"
DATA = PAGE.with_suffix(".json")
ANSWERS: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("answers.toml").read_text("utf-8"))
TOOLS = ("aiscaffold", "copier")
Row = dict[str, Any]
Target = tuple[str, dict[str, str]]  # a release, and the answers to what it newly asks


@dataclass(frozen=True)
class Template:
    """A clone, the name it is known by, and its releases, oldest first."""

    clone: Path
    name: str
    releases: tuple[str, ...]


@dataclass(frozen=True)
class Bench:
    """What every update needs: the tools, their environment, and a folder for everything."""

    tools: Mapping[str, Any]
    env: Mapping[str, str]
    folder: Path

    def run(self, tool: str, words: Sequence[str], cwd: Path) -> Any:
        """Run a tool; the code and the output."""
        return self.tools[tool].run([*self.tools[tool].command, *words], cwd, self.env)


class DoesNotRender(Exception):
    """A release that copier cannot render here, and why."""


def main() -> None:
    """Play every pair with both tools, and write the page with its data."""
    options = _options()
    rows: list[Row] = []
    temporary = tempfile.TemporaryDirectory(prefix="histories-", ignore_cleanup_errors=True)
    with temporary as folder, playing.environment(Path(folder, "home"), {}) as env:
        tools = {name: getattr(adapters, name)(getattr(options, name).split()) for name in TOOLS}
        bench = Bench(tools, env, Path(folder))
        for template in map(_template, options.clones):
            rows += _played(bench, template, options)
            data = {"tools": _versions(tools), "updates": rows}
            if not options.dry:
                _write(data)
            print(totals(data))


def _write(data: Row) -> None:
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    PAGE.write_text(page(data), encoding="utf-8", newline="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/histories.py", description=__doc__.partition("\n")[0])
    parser.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    parser.add_argument("--aiscaffold", default="aiscaffold", metavar="COMMAND")
    parser.add_argument("--copier", default="copier", metavar="COMMAND")
    parser.add_argument("--pairs", type=int, default=6, help="of releases in each template (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=2, help="users' works for each pair (default: %(default)s)")
    parser.add_argument("--only", default="", metavar="OLD..NEW", help="one pair")
    parser.add_argument("--dry", action="store_true", help="do not write the page")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the projects after their updates")
    return parser.parse_args()


def _template(clone: Path) -> Template:
    address = playing.git(clone, "remote", "get-url", "origin").strip().removesuffix(".git")
    tags = {tag: _version(tag) for tag in playing.git(clone, "tag").split()}
    known = {tag: version for tag, version in tags.items() if version and not version.is_prerelease}
    return Template(clone.resolve(), "/".join(address.split("/")[-2:]), tuple(sorted(known, key=lambda t: known[t])))


def _version(tag: str) -> Version | None:
    try:
        return Version(tag)
    except InvalidVersion:
        return None


def _pairs(bench: Bench, template: Template, count: int) -> Iterator[tuple[str, str]]:
    """The next release, or the third one on, from places all over the history; at last from the first to the last."""
    releases = template.releases
    first = _rendering(bench, template, releases)
    last = _rendering(bench, template, releases[::-1])
    span = releases[releases.index(first) : releases.index(last) + 1]
    for number in range(count - 1):
        at = number * (len(span) - 1) // (count - 1)
        old = _rendering(bench, template, span[at:])
        after = span.index(old) + (1, 3)[number % 2]
        yield old, _rendering(bench, template, [*span[after:-1], last])
    yield first, last


def _played(bench: Bench, template: Template, options: argparse.Namespace) -> list[Row]:
    rows = []
    pairs = [tuple(options.only.split(".."))] if options.only else _pairs(bench, template, options.pairs)
    for old, new in dict.fromkeys(pairs):
        rows += [_row(bench, template, (old, new), seed, options.keep) for seed in range(options.seeds)]
    return rows


def _rendering(bench: Bench, template: Template, releases: Sequence[str]) -> str:
    """The first of these releases that copier can render here."""
    for release in releases:
        try:
            _generate(bench, template, release)
        except DoesNotRender as error:
            print(f"skipped: {error}", file=sys.stderr)
        else:
            return release
    raise SystemExit(f"no release of {template.name} renders")


def _generate(bench: Bench, template: Template, release: str) -> Path:
    """A project as plain copier makes it, in git and committed; made once."""
    project = bench.folder / template.clone.name / release / "demo-thing"
    if project.exists():
        return project
    answers = bench.folder / "answers.yml"
    answers.write_text(yaml.safe_dump(ANSWERS.get(template.name, {})), encoding="utf-8")
    words = ("copy", "--defaults", "--trust", "--vcs-ref", release, "--data-file", str(answers))
    done = bench.run("copier", [*words, str(template.clone), str(project)], bench.folder)
    if done.code or not list(project.glob(".copier-answers*")):
        shutil.rmtree(project, ignore_errors=True)
        raise DoesNotRender(f"{template.name} {release}: {done.output.strip()[-300:]}")
    shutil.rmtree(project / ".git", ignore_errors=True)
    playing.git(project, "init", "--quiet")
    _commit(project)
    return project


def _commit(project: Path) -> None:
    playing.git(project, "add", "--all", "--force")
    playing.git(project, "commit", "--quiet", "--allow-empty", "--no-verify", "--message=Work")


def _row(bench: Bench, template: Template, pair: tuple[str, str], seed: int, keep: Path | None) -> Row:
    """One user's work, updated by both tools from the same state."""
    old, new = pair
    generated = _generate(bench, template, old)
    base = _files(generated)
    target = (new, _new_answers(template, generated, new))
    untouched, _, done, _ = _copy(bench, generated, "copier", target, worked=None)
    theirs = _files(untouched)
    if done.code:
        print(f"copier cannot update an untouched project: {done.output[-300:]}", file=sys.stderr)
    other = _files(_copy(bench, generated, "aiscaffold", target, worked=None)[0])
    differing = sorted(path for path in theirs.keys() | other.keys() if theirs.get(path) != other.get(path))
    week = Week()

    def worked(project: Path) -> None:
        nonlocal week
        changing = [path for path in base if base[path] != theirs.get(path)]
        binaries = sorted(path for path, content in base.items() if not is_text(content))
        week = Worker(project, f"{template.name} {old} {new} {seed}").work(sorted(base), changing, binaries)
        _commit(project)

    results = {}
    for tool in TOOLS:
        project, mine, done, seconds = _copy(bench, generated, tool, target, worked)
        unmerged = verdicts.state(project, project).unmerged
        found = judge(Case(base, mine, theirs, _files(project), unmerged, week.moved, done.report))
        print(_told(f"{template.name} {old} → {new} #{seed} {tool}, {seconds:.1f} s", found), flush=True)
        results[tool] = {**_counts(found), "crashed": _crashed(tool, done, found), "seconds": round(seconds, 2)}
        if keep:
            _keep(project, keep / f"{template.clone.name}-{old}-{new}-{seed}-{tool}", done.output)
    changed = sum(base.get(path) != theirs.get(path) for path in base.keys() | theirs.keys())
    about = {"template": template.name, "old": old, "new": new, "seed": seed, "files": len(base), "changed": changed}
    return {**about, "untouched_differs": differing, "edits": week.edits, "results": results}


def _new_answers(template: Template, project: Path, new: str) -> dict[str, str]:
    """The answers to questions that the new release asks, and the project was never asked."""
    asked = yaml.safe_load(playing.git(template.clone, "show", f"{new}:copier.yml"))
    recorded = yaml.safe_load(next(project.glob(".copier-answers*")).read_text(encoding="utf-8"))
    known = ANSWERS.get(template.name, {})
    return {name: str(value) for name, value in known.items() if name in asked and name not in recorded}


def _copy(
    bench: Bench, generated: Path, tool: str, target: Target, worked: Callable[[Path], None] | None
) -> tuple[Path, Files, Any, float]:
    """A copy of a generated project, worked on and updated: the folder, its files before, what was said, seconds."""
    new, answers = target
    project = bench.folder / "now" / generated.name
    shutil.rmtree(project.parent, ignore_errors=True)
    shutil.copytree(generated, project, symlinks=True)
    playing.git(project, "status", "--short")
    if worked:
        worked(project)
    mine = _files(project)
    started = time.perf_counter()
    done = bench.run(tool, bench.tools[tool].update(answers, new, True), project)
    return project, mine, done, time.perf_counter() - started


def _files(project: Path) -> Files:
    return {path: entry.content for path, entry in verdicts.state(project, project).entries.items()}


def _crashed(tool: str, done: Any, found: Findings) -> str:
    """The last word of a tool that failed; conflicts are no failure."""
    fine = {0, 1} if tool == "aiscaffold" and found.conflicts else {0}
    said = done.output.strip().splitlines() or [""]
    return "" if done.code in fine and "Traceback" not in done.output else f"exit {done.code}: {said[-1][:200]}"


def _versions(tools: Mapping[str, Any]) -> Row:
    said = {
        name: subprocess.run([*tool.command, "--version"], check=True, capture_output=True, encoding="utf-8").stdout
        for name, tool in tools.items()
    }
    return {name: found[0] if (found := re.search(r"\d[\w.]+", text)) else "unknown" for name, text in said.items()}


def _counts(found: Findings) -> Row:
    """How many findings of each kind there are in each file: the lines themselves are other people's."""
    kinds = ("lost", "missed", "wrong")
    counted = {kind: dict(Counter(one.path for one in getattr(found, kind))) for kind in kinds}
    return {**counted, "conflicts": list(found.conflicts), "conflict_lines": found.conflict_lines}


def _told(title: str, found: Findings) -> str:
    """The findings in full, for whoever looks for the cause."""
    kinds = {"LOST": found.lost, "MISSED": found.missed, "WRONG": found.wrong}
    lines = [f"  {kind} {one.path}: {one.what}" for kind, some in kinds.items() for one in some]
    return "\n".join([title, *lines, *(f"  conflict {path}" for path in found.conflicts)])


def _keep(project: Path, place: Path, output: str) -> None:
    shutil.copytree(project, place, symlinks=True, dirs_exist_ok=True)
    Path(f"{place}.log").write_text(output, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
