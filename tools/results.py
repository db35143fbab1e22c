"""Measure a template's shipped results again: `poe results`.

    python tools/results.py            renders paper-reproduction, runs what its claims and variants ask for, renders
                                       its report, and takes results and generated regions back into the template
    python tools/results.py --report   keeps the runs that are shipped, and renders the report alone

The rows that are shipped name no commit of an owner's: they name the template.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from relock import ROOT, SENTINEL, render

TEMPLATE = "paper-reproduction"
FOLDER = ROOT / "templates" / TEMPLATE / "template"
PACKAGE = SENTINEL.replace("-", "_")
NAMES = {SENTINEL: "{{ distribution_name }}", PACKAGE: "{{ package_name }}"}
REGION = re.compile(
    r'^((?:<!--|#) aiscaffold:gen id="([\w-]+)".*?\n)(.*?)(?=(?:<!--|#) /aiscaffold:gen)', re.MULTILINE | re.DOTALL
)
# Differ from project to project, so the template renders them itself.
OWNERS = {"provenance", "owner", "notice"}
MEASURE = f"""
from {PACKAGE} import cli
cli.current_commit = lambda root: "template"
for command in (["run", "all"], ["ablate", "all"]):
    cli.app(command, standalone_mode=False)
"""
DIGESTS = f"""
import json
from {PACKAGE} import paper, report, runs
project = paper.load_project()
print(json.dumps(report.digests(project, runs.read_runs(project.root))))
"""


def main() -> int:
    """Measure, render, and take back; the exit code."""
    with tempfile.TemporaryDirectory(prefix="results-", ignore_cleanup_errors=True) as scratch:
        project = render(TEMPLATE, Path(scratch))
        results = project / "results"
        results.mkdir(exist_ok=True)
        inside(project, "uv", "sync", "--quiet")
        if "--report" not in sys.argv:
            shutil.rmtree(results)
            results.mkdir()
            inside(project, "uv", "run", "--no-sync", "python", "-c", MEASURE)
        sign(project)
        inside(project, "uv", "run", "--no-sync", "poe", "report")
        shutil.copytree(results, FOLDER / "results", dirs_exist_ok=True)
        for path in sorted(FOLDER.rglob("*")):
            if path.suffix in (".md", ".cff", ".jinja") and path.is_file():
                take_back(path, project)
    return 0


def inside(project: Path, *command: str) -> None:
    """Run a command of the project's own environment."""
    subprocess.run(command, cwd=project, env=environment(), check=True)


def environment() -> dict[str, str]:
    """The variables of this process, but for those that name its own environment."""
    return {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}


def sign(project: Path) -> None:
    """Write into the template's report, and the project's, what tells that nothing is an owner's yet."""
    command = ["uv", "run", "--no-sync", "python", "-c", DIGESTS]
    said = subprocess.run(command, cwd=project, env=environment(), check=True, capture_output=True, encoding="utf-8")
    for path in (project / "src" / PACKAGE / "report.py", FOLDER / "src" / "{{ package_name }}" / "report.py"):
        text = path.read_text(encoding="utf-8")
        for name, digest in json.loads(said.stdout).items():
            text = re.sub(rf'^(    "{name}": )"\w*",$', rf'\1"{digest}",', text, count=1, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8", newline="\n")


def take_back(path: Path, project: Path) -> None:
    """Give a template's file the generated regions of its rendered twin."""
    twin = project / path.relative_to(FOLDER).as_posix().removesuffix(".jinja")
    text = path.read_text(encoding="utf-8")
    if not twin.is_file() or not REGION.search(text):
        return
    bodies = {match[2]: match[3] for match in REGION.finditer(twin.read_text(encoding="utf-8"))}
    new = REGION.sub(lambda match: match[1] + body(match, bodies, is_rendered=path.suffix == ".jinja"), text)
    path.write_text(new, encoding="utf-8", newline="\n")


def body(match: re.Match[str], bodies: dict[str, str], *, is_rendered: bool) -> str:
    """The text of a region; a template's has placeholders for the project's names."""
    if match[2] in OWNERS or match[2] not in bodies:
        return match[3]
    text = bodies[match[2]]
    for name, placeholder in NAMES.items() if is_rendered else ():
        text = text.replace(name, placeholder)
    return text


if __name__ == "__main__":
    raise SystemExit(main())
