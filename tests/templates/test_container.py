"""The generated image, built from its unmodified Dockerfile and run by a real engine."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .container import Engine, UnavailableError, engine

pytestmark = pytest.mark.slow

IMAGE = "aiscaffold-test"
FLIGHT = {
    "scheduled_departure": "2013-09-16T17:05:00",
    "carrier": "UA",
    "origin": "EWR",
    "dest": "ORD",
    "distance": 719.0,
    "temp": 68.0,
    "precip": 0.1,
}
Facts = dict[str, Any]


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
def image(docker: Engine, project: Path, say: Callable[[str], None]) -> Iterator[Facts]:
    """Build the image and give what the engine says about it."""
    start = time.monotonic()
    docker.build(project, IMAGE)
    (facts,) = json.loads(docker.docker("image", "inspect", IMAGE))
    say(f"image: {facts['Size'] / 1e6:.0f} MB, built in {time.monotonic() - start:.1f} s")
    yield facts
    docker.docker("image", "rm", "--force", IMAGE)


@pytest.fixture(scope="module")
def service(docker: Engine, image: Facts, say: Callable[[str], None]) -> Iterator[str]:
    """Run the image without network, privileges and a writable disk, until healthy."""
    with docker.running(IMAGE) as container:
        say(f"container: healthy after {docker.wait_until_healthy(container):.1f} s")
        yield container


def test_the_image_is_configured_for_an_unprivileged_numeric_user(image: Facts) -> None:
    assert image["Config"]["User"] == "10001"
    assert image["Config"]["StopSignal"] == "SIGTERM"


def test_the_image_holds_no_build_tool(docker: Engine, service: str) -> None:
    found = docker.docker("exec", service, "sh", "-c", "command -v uv pip pytest ruff mypy || true")
    assert found == ""


def test_the_image_holds_the_package_but_not_its_sources(docker: Engine, service: str) -> None:
    assert docker.docker("exec", service, "ls", "-A", "/app").split() == [".venv", "config.toml", "model"]


def test_the_process_runs_as_uid_10001_without_any_capability(docker: Engine, service: str) -> None:
    status = docker.docker("exec", service, "cat", "/proc/1/status")
    facts = dict(line.split(":", 1) for line in status.splitlines())
    assert facts["Uid"].split() == ["10001"] * 4
    assert int(facts["CapEff"], 16) == 0


def test_a_healthy_container_answers_that_it_is_ready(docker: Engine, service: str) -> None:
    status, _ = docker.ask(service, "/readyz")
    assert status == 200


def test_the_container_answers_a_prediction(docker: Engine, service: str) -> None:
    status, answer = docker.ask(service, "/v1/predict", FLIGHT)
    assert status == 200, answer
    assert 0 <= answer["probability"] <= 1


def test_the_container_refuses_an_empty_request(docker: Engine, service: str) -> None:
    status, _ = docker.ask(service, "/v1/predict", {})
    assert status == 422


def test_the_container_stops_cleanly_when_asked_to_terminate(docker: Engine, image: Facts) -> None:
    with docker.running(IMAGE) as container:
        docker.wait_until_healthy(container)
        start = time.monotonic()
        docker.docker("stop", "--time", "20", container)
        assert time.monotonic() - start < 10, "killed instead of stopped"
        assert docker.docker("inspect", container, "--format", "{{.State.ExitCode}}") == "0"
