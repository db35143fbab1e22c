"""The generated image, built from its unmodified Dockerfile and run by a real engine."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import inside
from .container import Engine

pytestmark = pytest.mark.slow

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
def facts(docker: Engine, image: str) -> Facts:
    """Give what the engine says about the image."""
    (found,) = json.loads(docker.docker("image", "inspect", image))
    return found


@pytest.fixture(scope="module")
def service(docker: Engine, image: str, say: Callable[[str], None]) -> Iterator[str]:
    """Run the image without network, privileges and a writable disk, until healthy."""
    with docker.running(image) as container:
        say(f"container: healthy after {docker.wait_until_healthy(container):.1f} s")
        yield container


def test_the_image_is_configured_for_an_unprivileged_numeric_user(facts: Facts) -> None:
    assert facts["Config"]["User"] == "10001"
    assert facts["Config"]["StopSignal"] == "SIGTERM"


def test_the_image_holds_no_build_tool(docker: Engine, service: str) -> None:
    found = docker.docker("exec", service, "sh", "-c", "command -v uv pip pytest ruff mypy || true")
    assert found == ""


def test_the_image_holds_the_package_but_not_its_sources(docker: Engine, service: str) -> None:
    assert docker.docker("exec", service, "ls", "-A", "/app").split() == [".venv", "config.toml", "model", "var"]


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


def test_the_container_keeps_a_prediction_and_its_label_on_the_only_disk_it_may_write(
    docker: Engine, service: str
) -> None:
    _, answer = docker.ask(service, "/v1/predict", FLIGHT)
    labels = {"labels": [{"id": answer["id"], "outcome": 1}]}
    assert docker.ask(service, "/v1/labels", labels) == (200, {"stored": 1})
    assert "predictions.db" in docker.docker("exec", service, "ls", "var").split()


def test_the_projects_own_smoke_test_passes(docker: Engine, image: str, project: Path) -> None:
    said = inside(project, sys.executable, "tools/tasks.py", "smoke", image, **docker.environment)
    assert "/v1/predict {" in said


def test_the_container_refuses_an_empty_request(docker: Engine, service: str) -> None:
    status, _ = docker.ask(service, "/v1/predict", {})
    assert status == 422


def test_the_container_stops_cleanly_when_asked_to_terminate(docker: Engine, image: str) -> None:
    with docker.running(image) as container:
        docker.wait_until_healthy(container)
        start = time.monotonic()
        docker.docker("stop", "--time", "20", container)
        assert time.monotonic() - start < 10, "killed instead of stopped"
        assert docker.docker("inspect", container, "--format", "{{.State.ExitCode}}") == "0"
