"""A generated project passes its own gates, whatever it is called, and keeps its budgets."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import git

from aiscaffold.tree import tree_id

from .conftest import inside, make
from .samples import SAMPLES, Sample

pytestmark = pytest.mark.slow

HOSTILE = 'O\'Brien "Z" \\ {{x}} #é'
NAMES = [(sample, name) for sample in SAMPLES for name in sample.names]
NUMBER = re.compile(r'(aiscaffold:gen id="results".*?\d)\.(\d)', re.DOTALL)
LARGEST = 500_000  # bytes of one file


@pytest.fixture(scope="session")
def shared_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One mypy cache for all projects: they differ in their names alone."""
    os.environ["MYPY_CACHE_DIR"] = str(tmp_path_factory.mktemp("mypy"))
    yield
    del os.environ["MYPY_CACHE_DIR"]


@pytest.mark.usefixtures("shared_caches")
@pytest.mark.parametrize(("sample", "name"), NAMES, ids=str)
def test_every_gate_passes_whatever_the_project_is_called(sample: Sample, name: str, tmp_path: Path) -> None:
    project = make(sample.template, tmp_path / "p", "-d", f"project_name={name}", "-d", f"author_name={HOSTILE}")
    inside(project, "uv", "sync", "--locked")
    said = inside(project, "uv", "run", "--locked", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == [*sample.checks]
    assert git(project, "status", "--porcelain") == ""


def test_a_red_gate_makes_the_check_red_and_shows_why(each_installed: Path) -> None:
    readme = each_installed / "README.md"
    whole = readme.read_text(encoding="utf-8")
    typed = NUMBER.sub(lambda found: f"{found[1]}.{(int(found[2]) + 1) % 10}", whole, count=1)
    assert typed != whole
    readme.write_text(typed, encoding="utf-8", newline="\n")
    try:
        with pytest.raises(AssertionError, match=r"stale: README\.md#results"):
            inside(each_installed, "uv", "run", "--locked", "poe", "report", "--check")
    finally:
        readme.write_text(whole, encoding="utf-8", newline="\n")


def test_a_report_of_an_untouched_project_changes_no_byte(each_installed: Path) -> None:
    inside(each_installed, "uv", "run", "--locked", "poe", "report")
    drawn = {"docs/figures.svg", "results/figures.svg"}  # in the fonts of this machine
    assert {*git(each_installed, "diff", "--name-only").splitlines()} <= drawn
    git(each_installed, "checkout", "--quiet", "--", *(name for name in drawn if (each_installed / name).exists()))
    assert git(each_installed, "status", "--porcelain") == ""


def test_the_shipped_documents_keep_their_budgets(sample: Sample, each: Path) -> None:
    readme = (each / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 250
    assert len((each / "AGENTS.md").read_text(encoding="utf-8").splitlines()) <= 40
    pages = [page.read_text(encoding="utf-8") for page in each.rglob("*.md")]
    assert 1 <= sum(page.count("<!-- aiscaffold:write ") for page in pages) <= 12
    assert "worked example" in "\n".join(readme.splitlines()[:12])
    listed = re.search(r'<!-- aiscaffold:gen id="swap".*?-->\n(.*?)<!--', readme, re.DOTALL)
    assert listed
    assert 1 <= len(re.findall(r"^- `", listed[1], re.MULTILINE)) <= sample.most_swaps


def test_no_shipped_file_is_large(each: Path) -> None:
    sizes = {name: (each / name).stat().st_size for name in git(each, "ls-files").splitlines()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}


def test_a_clone_on_a_system_that_converts_line_ends_has_the_same_bytes(each: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(each), "clone")
    assert tree_id(tmp_path / "clone") == tree_id(each)
    assert git(tmp_path / "clone", "status", "--porcelain") == ""


def test_the_answers_of_no_github_account_leave_no_broken_links(each: Path) -> None:
    named = [each / name for name in ("README.md", ".github/SECURITY.md", "CITATION.cff", "pyproject.toml")]
    text = "".join(file.read_text(encoding="utf-8") for file in named if file.exists())
    assert "github.com//" not in text
    assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if "None" in link or not link] == []


def test_verify_runs_the_gates_and_says_so_line_by_line(sample: Sample, tmp_path: Path) -> None:
    words = ("new", sample.template, "tide-tables", "--defaults", "--verify", "--json")
    command = [sys.executable, "-m", "aiscaffold", *words]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    gates = json.loads(done.stdout)["gates"]
    assert [(gate["command"], gate["passed"]) for gate in gates] == [
        ("uv sync --locked", True),
        ("uv run --locked poe check", True),
    ]
    assert re.search(r"^tests +ok", done.stderr, re.MULTILINE)
