"""A generated project passes its own gates, whatever it is called, and its service answers."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support import ROOT, git

from aiscaffold.tree import tree_id

from .conftest import inside, make
from .serving import serving

pytestmark = pytest.mark.slow

HOSTILE = 'O\'Brien "Z" \\ {{x}} #é'
PRINT_NOTICE = """
from unittest.mock import patch
from flight_delays import config, provenance, report
settings = config.Settings()
for left in (*provenance.TEMPLATE, None):
    with patch.dict(provenance.TEMPLATE, {name: "0" * 64 for name in provenance.TEMPLATE if name != left}):
        print(left, "worked example" in report.render_regions(settings, "")["notice"])
"""
NAMES = ["abz", "zz9", "My-Flight.Proj", "a-name-of-fifty-characters-that-goes-on-and-on-xyz"]


@pytest.fixture(scope="session")
def shared_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One mypy cache for all projects: they differ in their names alone."""
    os.environ["MYPY_CACHE_DIR"] = str(tmp_path_factory.mktemp("mypy"))
    yield
    del os.environ["MYPY_CACHE_DIR"]


@pytest.mark.usefixtures("shared_caches")
@pytest.mark.parametrize("name", NAMES)
def test_every_gate_passes_whatever_the_project_is_called(name: str, tmp_path: Path) -> None:
    project = make("end-to-end-ml", tmp_path / "p", "-d", f"project_name={name}", "-d", f"author_name={HOSTILE}")
    inside(project, "uv", "sync", "--locked")
    said = inside(project, "uv", "run", "--locked", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == ["lint", "format", "types", "tests", "report"]
    assert git(project, "status", "--porcelain") == ""


def test_a_red_gate_makes_the_check_red_and_shows_why(installed: Path, tmp_path: Path) -> None:
    readme = installed / "README.md"
    whole = readme.read_text(encoding="utf-8")
    number = re.search(r"\*\*model\*\* \| (0\.\d+)", whole)
    assert number
    readme.write_text(whole.replace(number[1], "0.999", 1), encoding="utf-8", newline="\n")
    try:
        with pytest.raises(AssertionError, match=r"stale: README\.md#results"):
            inside(installed, "uv", "run", "--locked", "poe", "report", "--check")
    finally:
        readme.write_text(whole, encoding="utf-8", newline="\n")


def test_the_pipeline_reproduces_the_numbers_and_writes_nothing(installed: Path) -> None:
    assert "numbers match README" in inside(installed, "uv", "run", "--locked", "poe", "reproduce")
    assert git(installed, "status", "--porcelain") == ""


def test_the_database_is_tested_on_both_engines_where_postgresql_is_installed(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "pytest", "--quiet", "tests/test_database.py")
    if os.environ.get("CI") == "true":
        assert "skipped" not in said


def test_the_demo_tells_its_story_records_it_and_leaves_the_project_as_it_was(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "poe", "demo", "--record")
    picture = installed / "docs/demo.gif"
    try:
        assert "wrote docs" in said
        assert picture.read_bytes().startswith(b"GIF89a")
        assert picture.stat().st_size <= 500_000
        assert git(installed, "status", "--porcelain", "--untracked-files=no") == ""
    finally:
        picture.unlink(missing_ok=True)


def test_the_table_of_the_readme_is_that_of_the_metrics(project: Path) -> None:
    measured = json.loads((project / "reports/metrics.json").read_text(encoding="utf-8"))["models"]
    readme = (project / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| \**(\w+)\** \| (.+) \|$", readme, re.MULTILINE))
    for name, metrics in measured.items():
        shown = [cell.split(" ")[0] for cell in rows[name].split(" | ")]
        assert shown == [f"{metrics[key]['value']:.3f}" for key in ("roc_auc", "pr_auc", "brier", "lift")]


def test_the_shipped_documents_keep_their_budgets(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert len(readme.splitlines()) <= 250
    assert len((project / "AGENTS.md").read_text(encoding="utf-8").splitlines()) <= 40
    pages = [readme, *(page.read_text(encoding="utf-8") for page in (project / "docs").glob("*.md"))]
    assert sum(page.count("<!-- aiscaffold:write ") for page in pages) <= 12
    assert "worked example" in "\n".join(readme.splitlines()[:12])
    assert (project / "data/flights.csv.gz").stat().st_size <= 500_000
    listed = re.search(r'<!-- aiscaffold:gen id="swap".*?-->\n(.*?)<!--', readme, re.DOTALL)
    assert listed
    assert 1 <= len(re.findall(r"^- `", listed[1], re.MULTILINE)) <= 7


def test_a_clone_on_a_system_that_converts_line_ends_has_the_same_bytes(project: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(project), "clone")
    assert tree_id(tmp_path / "clone") == tree_id(project)
    assert git(tmp_path / "clone", "status", "--porcelain") == ""


def test_the_answers_of_no_github_account_leave_no_broken_links(project: Path) -> None:
    text = "".join((project / name).read_text(encoding="utf-8") for name in ("README.md", ".github/SECURITY.md"))
    assert "github.com//" not in text
    assert [link for link in re.findall(r"\]\(([^)]*)\)", text) if "None" in link or not link] == []


def test_the_notice_goes_only_when_data_datasheet_and_results_are_the_owners(installed: Path) -> None:
    said = inside(installed, "uv", "run", "--locked", "python", "-c", PRINT_NOTICE)
    assert said.splitlines() == ["data True", "datasheet True", "results True", "None False"]


def test_the_served_model_answers_refuses_and_counts(installed: Path, tmp_path: Path) -> None:
    example = json.loads((installed / "reports/metrics.json").read_text(encoding="utf-8"))["example"]
    with serving(installed, tmp_path) as service:
        status, answer = service.post("/v1/predict", example["request"])
        assert (status, answer["probability"]) == (200, pytest.approx(example["probability"], abs=0.01))
        assert service.post("/v1/predict", {"carrier": "UA"})[0] == 422
        assert service.post("/v1/predict/batch", {"rows": [example["request"]] * 3})[0] == 200
        assert service.get("/readyz")[0] == service.get("/healthz")[0] == service.get("/v1/model")[0] == 200
        assert "model_decisions_total" in service.get("/metrics")[1].decode()


@pytest.mark.parametrize("template", sorted(f.parent.name for f in ROOT.glob("templates/[!_]*/questions.yml")))
def test_verify_runs_the_gates_and_says_so_line_by_line(template: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "aiscaffold", "new", template, "tide-tables", "--defaults", "--verify", "--json"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    gates = json.loads(done.stdout)["gates"]
    assert [(gate["command"], gate["passed"]) for gate in gates] == [
        ("uv sync --locked", True),
        ("uv run --locked poe check", True),
    ]
    assert re.search(r"^tests +ok", done.stderr, re.MULTILINE)
