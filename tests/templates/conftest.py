"""Generated projects, made by the command line as a user makes them."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Generate = Callable[..., Path]


def make(template: str, folder: Path, *options: str) -> Path:
    """Generate a project without asking."""
    command = [sys.executable, "-m", "aiscaffold", "new", template, str(folder), "--defaults", *options]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def inside(project: Path, *command: str) -> str:
    """Run a command of the project's own environment; its output is the message where it fails."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")}
    done = subprocess.run(
        command, cwd=project, env=env, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    assert done.returncode == 0, f"{' '.join(command)} ended {done.returncode}\n{done.stdout}"
    return done.stdout


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A generated end-to-end-ml project with its repository. Shared: read it, do not write into it."""
    return make("end-to-end-ml", tmp_path_factory.mktemp("generated") / "flight-delays")


@pytest.fixture(scope="session")
def installed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with its locked environment, for tests that run it."""
    folder = make("end-to-end-ml", tmp_path_factory.mktemp("installed") / "flight-delays")
    inside(folder, "uv", "sync", "--locked")
    return folder
