"""The job that judges each change of a generated project, run by act, with our own catalogue at its address."""

import re
import sys
from pathlib import Path

import pytest
import yaml
from acting import publish_product, run_act, write
from support import git

from .conftest import make

WORKFLOW = ".github/workflows/ci.yml"
JOB = "audit"
CATALOGUE = "https://github.com/aiscaffold/aiscaffold"
UV_IS_HERE = {"action.yml": "runs: {using: composite, steps: [{run: uv --version, shell: bash}]}\n"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="act runs a job on the machine itself only on Linux"),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that wants every change judged."""
    folder = tmp_path_factory.mktemp("judged") / "flight-delays"
    return make("end-to-end-ml", folder, "-d", "audit_workflow=yes")


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product as it stands here, committed."""
    return publish_product(tmp_path_factory.mktemp("product") / "aiscaffold")


def judged(project: Path, product: Path, home: Path, *options: str) -> str:
    """Run the job; what act says."""
    steps = yaml.safe_load((project / WORKFLOW).read_text(encoding="utf-8"))["jobs"][JOB]["steps"]
    (setup,) = (step["uses"] for step in steps if "setup-uv" in step.get("uses", ""))
    actions = {setup: write(home / "setup-uv", UV_IS_HERE)}
    leads_here = {"COUNT": "1", "KEY_0": f"url.{product.as_uri()}.insteadOf", "VALUE_0": CATALOGUE}
    env = [word for name, value in leads_here.items() for word in ("--env", f"GIT_CONFIG_{name}={value}")]
    return run_act(project, home, actions, "--workflows", WORKFLOW, "--job", JOB, *env, *options)


def test_the_summary_shows_the_audit_and_names_the_commit_that_made_it(
    project: Path, product: Path, tmp_path: Path
) -> None:
    log = judged(project, product, tmp_path)
    assert "Job succeeded" in log, log
    assert re.search(r"Summary - ## Audit of \S+ at " + git(project, "rev-parse", "HEAD")[:7], log), log
    assert "scaffold " in log
    assert f"Made by aiscaffold at {CATALOGUE}/commit/{git(product, 'rev-parse', 'HEAD')}" in log


def test_it_fails_under_the_bar_of_the_project_and_still_writes_the_summary(
    project: Path, product: Path, tmp_path: Path
) -> None:
    owned = tmp_path / "owned"
    git(tmp_path, "clone", "--quiet", str(project), str(owned))
    settings = (owned / "pyproject.toml").read_text(encoding="utf-8")
    write(owned, {"pyproject.toml": f'{settings}\n[tool.aiscaffold.audit]\nbar = "B"\n'})
    log = judged(owned, product, tmp_path)
    assert "Job failed" in log, log
    assert "Summary - ## Audit of" in log
    assert "is below the bar B" in log


def test_a_commit_that_the_owner_has_read_is_run_instead_of_the_newest(
    project: Path, product: Path, tmp_path: Path
) -> None:
    read = git(product, "rev-parse", "HEAD")
    newer = tmp_path / "newer"
    git(tmp_path, "clone", "--quiet", str(product), str(newer))
    write(newer, {"pyproject.toml": "broken"})
    log = judged(project, newer, tmp_path, "--var", f"AISCAFFOLD_COMMIT={read}")
    assert "Job succeeded" in log, log
    assert f"Made by aiscaffold at {CATALOGUE}/commit/{read}" in log
    assert "Job failed" in judged(project, newer, tmp_path / "unread"), "the newest is broken"
