"""Generated projects, made by the command line as a user makes them."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from .container import Engine, UnavailableError, engine
from .samples import PAPER, SAMPLES, SERVICE, Sample

IMAGE = "aiscaffold-test"
Projects = Callable[[Sample], Path]


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
def generated(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """Give each template's project with its repository, made once. Shared: read it, do not write into it."""
    return cache(lambda sample: make(sample.template, tmp_path_factory.mktemp("generated") / sample.name))


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Projects:
    """Give each template's project with its locked environment, made once, for tests that run it."""

    @cache
    def made(sample: Sample) -> Path:
        folder = make(sample.template, tmp_path_factory.mktemp("installed") / sample.name)
        inside(folder, "uv", "sync", "--locked")
        return folder

    return made


@pytest.fixture(scope="session")
def project(generated: Projects) -> Path:
    """A generated end-to-end-ml project. Shared: read it, do not write into it."""
    return generated(SERVICE)


@pytest.fixture(scope="session")
def installed(synced: Projects) -> Path:
    """A copy of that project with its locked environment."""
    return synced(SERVICE)


@pytest.fixture(scope="session")
def paper(generated: Projects) -> Path:
    """A generated paper-reproduction project. Shared: read it, do not write into it."""
    return generated(PAPER)


@pytest.fixture(scope="session")
def installed_paper(synced: Projects) -> Path:
    """A copy of that project with its locked environment."""
    return synced(PAPER)


@pytest.fixture(scope="session", params=SAMPLES, ids=str)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Give one template after the other."""
    return request.param


@pytest.fixture(scope="session")
def each(sample: Sample, generated: Projects) -> Path:
    """Give one generated project after the other. Shared: read it, do not write into it."""
    return generated(sample)


@pytest.fixture(scope="session")
def each_installed(sample: Sample, synced: Projects) -> Path:
    """Give one project with its locked environment after the other."""
    return synced(sample)


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
