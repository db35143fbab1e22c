"""The README's two set-up commands, run as a newcomer runs them: fresh clone, empty home, empty caches."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import ROOT, git

pytestmark = [pytest.mark.readme, pytest.mark.skipif(sys.platform == "win32", reason="the commands are for bash")]


def command(name: str) -> str:
    tool = [sys.executable, str(ROOT / "tools" / "readme.py"), name]
    return subprocess.run(tool, check=True, capture_output=True, encoding="utf-8").stdout


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone of the last commit, as a user with autocrlf gets it."""
    folder = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "-c", "core.autocrlf=true", str(ROOT), str(folder))
    return folder


@pytest.fixture
def newcomer(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody who has just installed Python and git; the oldest supported Python comes first."""
    home = tmp_path / "home"
    home.mkdir()
    ours = ("VIRTUAL_ENV", "UV_", "PIP_CACHE_DIR", "XDG_", "PYTEST_", "GIT_AUTHOR", "GIT_COMMITTER")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    path = [part for part in env["PATH"].split(os.pathsep) if part != str(Path(sys.executable).parent)]
    oldest = shutil.which("python3.11", path=os.pathsep.join(path))
    if oldest:
        path.insert(0, str(Path(oldest).resolve().parent))
    return {**env, "HOME": str(home), "PATH": os.pathsep.join(path)}


def bash(script: str, folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=env,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_first_command_makes_a_project_whose_gates_pass_and_whose_numbers_hold(
    clone: Path, newcomer: dict[str, str]
) -> None:
    # The second block stands in the same shell, as the README says: uv comes from the activated environment.
    said = bash(
        f"{command('new')}\ncd ../flight-delays\nuv run poe setup\nuv run poe check\nuv run poe reproduce",
        clone,
        newcomer,
    )
    assert "is signed 'aiscaffold'" in said
    project = clone.parent / "flight-delays"
    assert git(project, "status", "--porcelain") == ""
    assert json.loads((project / "reports/metrics.json").read_text(encoding="utf-8"))
    assert "numbers match" in said


def test_the_second_command_runs_the_tests(clone: Path, newcomer: dict[str, str]) -> None:
    # The quick ones: what they add to a run of all is this clone's line ends and the oldest Python.
    said = bash(command("test"), clone, {**newcomer, "AISCAFFOLD_TESTS": "quick"})
    assert " passed" in said
    assert git(clone, "status", "--porcelain") == ""
