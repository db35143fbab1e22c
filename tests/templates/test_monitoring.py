"""The generated monitoring, brought up by a real engine from its unmodified compose file.

Grafana is not among it: no package holds it. Its dashboard's queries are put to the live Prometheus instead.
"""

import csv
import gzip
import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .compose import WINDOW, Stack, stack
from .container import Engine, until

pytestmark = pytest.mark.slow

BATCH = 100
BATCHES = 7  # more rows than monitoring.smallest_window asks for
TEXTS = ("scheduled_departure", "carrier", "origin", "dest")
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def running(docker: Engine, image: str, project: Path, say: Callable[[str], None]) -> Iterator[Stack]:
    """Give service and Prometheus, both healthy."""
    with stack(docker, project, image, f"monitoring-{os.getpid()}") as found:
        say("grafana: not started, no package holds it; its queries are put to Prometheus")
        yield found


@pytest.fixture(scope="module")
def flights(project: Path) -> Rows:
    """Read the newest labelled rows as requests; the outcome stays among them."""
    with gzip.open(project / "data/flights.csv.gz", "rt", encoding="utf-8") as file:
        newest = list(csv.DictReader(file))[-BATCH * BATCHES :]
    return [{key: value if key in TEXTS else float(value) for key, value in row.items() if value} for row in newest]


def send(running: Stack, rows: Rows) -> None:
    """Ask for predictions, then tell what came true; one request in between is refused."""
    requests = [{key: value for key, value in row.items() if key != "late"} for row in rows]
    status, answer = running.ask("/v1/predict/batch", {"rows": requests})
    assert status == 200, answer
    assert running.ask("/v1/predict", {})[0] == 422
    pairs = zip(answer["predictions"], rows, strict=True)
    labels = [{"id": prediction["id"], "outcome": int(row["late"])} for prediction, row in pairs]
    assert running.ask("/v1/labels", {"labels": labels}) == (200, {"stored": len(rows)})


def unanswered(running: Stack, queries: list[str]) -> list[str]:
    """Give the queries for which Prometheus knows no number."""
    return [query for query in queries if not any(is_number(sample) for sample in running.query(query))]


def is_number(sample: dict[str, Any]) -> bool:
    """Whether a sample holds more than the result of a division by zero."""
    return math.isfinite(float(sample["value"][1]))


def dashboard_queries(project: Path) -> list[str]:
    """Read every query of the dashboard, with Grafana's variable filled in."""
    dashboard = json.loads((project / "monitoring/dashboard.json").read_text(encoding="utf-8"))
    targets = [target for panel in dashboard["panels"] for target in panel["targets"]]
    return [target["expr"].replace("$__rate_interval", WINDOW) for target in targets]


def test_service_and_prometheus_are_healthy_and_see_each_other(running: Stack) -> None:
    states = [json.loads(line) for line in running.compose("ps", "--format", "json").splitlines()]
    assert {state["Service"]: state["Health"] for state in states} == {"api": "healthy", "prometheus": "healthy"}
    until(
        lambda: [sample["value"][1] for sample in running.query("up")] == ["1"],
        seconds=20,
        failure=lambda: str(running.query("up")),
    )


def test_no_container_may_gain_privileges_or_write_to_its_disk(docker: Engine, running: Stack) -> None:
    for service in ("api", "prometheus"):
        (facts,) = json.loads(docker.docker("inspect", running.container(service)))
        assert facts["HostConfig"]["ReadonlyRootfs"]
        assert facts["HostConfig"]["CapDrop"] == ["ALL"]
        assert facts["HostConfig"]["SecurityOpt"] == ["no-new-privileges:true"]


def test_a_prediction_shows_in_prometheus(running: Stack, flights: Rows) -> None:
    send(running, flights[:1])
    until(
        lambda: [sample["value"][1] for sample in running.query("model_score_count")] == ["1"],
        seconds=20,
        failure=lambda: str(running.query('{__name__=~"model_.+"}')),
    )


def test_every_query_of_the_dashboard_has_an_answer(
    running: Stack, flights: Rows, project: Path, say: Callable[[str], None]
) -> None:
    queries = dashboard_queries(project)
    assert len(queries) > 10
    for start in range(0, len(flights), BATCH):
        send(running, flights[start : start + BATCH])
    seconds = until(
        lambda: not unanswered(running, queries), seconds=60, failure=lambda: "\n".join(unanswered(running, queries))
    )
    say(f"dashboard: {len(queries)} queries answered by the live Prometheus after {seconds:.1f} s")


def test_a_killed_service_fires_its_alert_and_down_leaves_nothing_behind(
    docker: Engine, image: str, project: Path, say: Callable[[str], None]
) -> None:
    with stack(docker, project, image, f"killed-{os.getpid()}") as running:
        until(lambda: bool(running.query("up == 1")), seconds=20, failure=lambda: str(running.query("up")))
        assert "ServiceDown" not in running.firing()
        assert running.leftovers()
        running.compose("kill", "api")
        seconds = until(
            lambda: "ServiceDown" in running.firing(), seconds=30, failure=lambda: str(running.query("ALERTS"))
        )
        say(f"alert: ServiceDown fires {seconds:.1f} s after the kill (with intervals of 1 s)")
    assert running.leftovers() == ""
