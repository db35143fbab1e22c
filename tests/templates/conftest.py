"""Generated projects, made by the command line as a user makes them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .container import Engine, UnavailableError, engine

IMAGE = "aiscaffold-test"
Generate = Callable[..., Path]


def make(template: str, folder: Path, *options: str) -> Path:
    """Generate a project without asking."""
    command = [sys.executable, "-m", "aiscaffold", "new", template, str(folder), "--defaults", *options]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def inside(project: Path, *command: str, **variables: str) -> str:
    """Run a command of the project's own environment; its output is the message where it fails."""
    given = {**os.environ, **variables}
    env = {name: value for name, value in given.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")}
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


@pytest.fixture(scope="module")
def say(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Print a measurement in any case, not only when a test fails."""
    plugins, terminal = request.config.pluginmanager, request.config.get_terminal_writer()

    def line(text: str) -> None:
        with plugins.getplugin("capturemanager").global_and_fixture_disabled():
            terminal.line(f"\n{text}")

    return line


@pytest.fixture(scope="module")
def docker(project: Path) -> Iterator[Engine]:
    """Give a real engine; where none can be had the tests skip, but not in the product's own pipeline."""
    if sys.platform != "linux":
        pytest.skip("Linux containers are built on Linux only")
    try:
        with engine((project / "Dockerfile").read_text(encoding="utf-8")) as found:
            yield found
    except UnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def image(docker: Engine, project: Path, say: Callable[[str], None]) -> Iterator[str]:
    """Build the image and give its name."""
    start = time.monotonic()
    docker.build(project, IMAGE)
    (facts,) = json.loads(docker.docker("image", "inspect", IMAGE))
    say(f"image: {facts['Size'] / 1e6:.0f} MB, built in {time.monotonic() - start:.1f} s")
    yield IMAGE
    docker.docker("image", "rm", "--force", IMAGE)
