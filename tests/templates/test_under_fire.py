"""What the served model answers it has stored, whatever happens to it or to its database."""

import json
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from threading import Event

import pytest

from .serving import Server, Service, postgresql, serving, wait
from .test_bad_input import FLIGHT

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="it keeps files that are open, and knows no SIGTERM"),
]

CLIENTS = 8
MANY = 100_000
PATIENCE = 10  # seconds; database.py's PATIENCE_SECONDS
STAMP = "2013-09-01 00:00:00.000000"
INSERT = "insert into predictions values (?, ?, ?, ?, 0.3, false, ?)"


@dataclass
class Clients:
    """Threads that ask for predictions until they are stopped; what they were answered."""

    service: Service
    ids: list[str] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def ask(self, _: int) -> None:
        """Ask on; an answer counts when it has come whole."""
        while not self.done.is_set():
            try:
                status, answer = self.service.post("/v1/predict", FLIGHT)
            except (OSError, HTTPException, json.JSONDecodeError):
                continue
            self.statuses.append(status)
            if status == 200:
                self.ids.append(answer["id"])

    def during(self, action: Callable[[], object]) -> None:
        """Ask before, during and after something happens."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            threads = [pool.submit(self.ask, place) for place in range(CLIENTS)]
            try:
                wait(lambda: len(self.ids) > 50, 30)
                action()
            finally:
                self.done.set()
        for thread in threads:
            thread.result()


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """The place of a SQLite database."""
    return tmp_path / "ledger.db"


@pytest.fixture
def service(installed: Path, tmp_path: Path, ledger: Path) -> Iterator[Service]:
    """A service with SQLite."""
    settings = {"DATABASE__URL": f"sqlite:///{ledger}", "MONITORING__REFRESH_SECONDS": "0.1"}
    with serving(installed, tmp_path, **settings) as started:
        yield started


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL."""
    with postgresql() as started:
        yield started


def stored(ledger: Path) -> set[str]:
    """Every id of a SQLite file."""
    with closing(sqlite3.connect(ledger)) as connection:
        return {name for (name,) in connection.execute("select id from predictions")}


def delete(ledger: Path) -> None:
    """Delete a SQLite database with its companions."""
    for path in ledger.parent.glob(f"{ledger.name}*"):
        path.unlink()


def predicts(service: Service) -> bool:
    """Whether a prediction is answered."""
    return service.post("/v1/predict", FLIGHT)[0] == 200


@pytest.mark.parametrize("blow", ["SIGTERM", "SIGKILL"])
def test_every_answer_given_before_a_stop_is_in_the_sqlite_file(service: Service, ledger: Path, blow: str) -> None:
    number = getattr(signal, blow)
    clients = Clients(service)
    clients.during(lambda: (service.process.send_signal(number), service.process.wait(30)))
    assert set(clients.statuses) == {200}
    assert set(clients.ids) - stored(ledger) == set()
    # uvicorn ends by the signal that asked it to, but only after it has tidied up.
    assert ("Application shutdown complete" in service.log.read_text(encoding="utf-8")) == (blow == "SIGTERM")


def test_every_answer_given_before_a_stop_is_in_postgresql(installed: Path, tmp_path: Path, server: Server) -> None:
    with serving(installed, tmp_path, DATABASE__URL=server.url) as service:
        clients = Clients(service)
        clients.during(service.stop)
    assert set(clients.ids) - set(server.ask("select id from predictions").split()) == set()


def test_a_service_whose_postgresql_restarts_answers_503_and_loses_nothing(
    installed: Path, tmp_path: Path, server: Server
) -> None:
    def restart() -> None:
        server.stop()
        wait(lambda: 503 in clients.statuses, PATIENCE)
        assert service.get("/metrics")[0] == 200
        server.start()
        assert wait(lambda: predicts(service), PATIENCE) < PATIENCE

    with serving(installed, tmp_path, DATABASE__URL=server.url) as service:
        clients = Clients(service)
        clients.during(restart)
        assert set(clients.statuses) == {200, 503}
    assert set(clients.ids) - set(server.ask("select id from predictions").split()) == set()


@pytest.mark.parametrize("put", ["nothing", "garbage", "an empty file"])
def test_a_service_whose_sqlite_file_is_gone_never_answers_what_it_cannot_store(
    service: Service, ledger: Path, put: str
) -> None:
    assert predicts(service)
    delete(ledger)
    if put != "nothing":
        ledger.write_bytes(b"no database" * 1000 if put == "garbage" else b"")
    assert not predicts(service)
    if put == "garbage":
        assert not service.is_ready()
        assert service.get("/metrics")[0] == 200
        delete(ledger)
    wait(lambda: predicts(service), PATIENCE)
    status, answer = service.post("/v1/predict", FLIGHT)
    assert (status, answer["id"] in stored(ledger)) == (200, True)


def test_a_backup_can_be_put_in_place_while_the_service_runs(service: Service, ledger: Path) -> None:
    _, answer = service.post("/v1/predict", FLIGHT)
    backup = ledger.with_name("backup.db")
    with closing(sqlite3.connect(ledger)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    backup.replace(ledger)
    _, later = service.post("/v1/predict", FLIGHT)
    assert service.post("/v1/labels", {"labels": [{"id": answer["id"], "outcome": 1}]})[0] == 200
    assert {answer["id"], later["id"]} == stored(ledger)


def test_a_locked_database_costs_answers_but_not_the_service(service: Service, ledger: Path) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as holder, ThreadPoolExecutor(60) as pool:
        holder.execute("begin immediate")
        waiting = [pool.submit(service.post, "/v1/predict", FLIGHT) for _ in range(60)]
        time.sleep(1)
        start = time.monotonic()
        assert service.get("/healthz")[0] == 200
        assert time.monotonic() - start < 1
        assert {each.result()[0] for each in waiting} == {503}
        assert time.monotonic() - start < 3 * PATIENCE
        holder.execute("rollback")
    assert predicts(service)


def test_a_server_that_does_not_answer_keeps_neither_metrics_nor_clients_waiting(
    installed: Path, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://user:secret@127.0.0.1:{silent.getsockname()[1]}/name"
        settings = {"DATABASE__URL": url, "MONITORING__REFRESH_SECONDS": "0.1"}
        with serving(installed, tmp_path, "/healthz", **settings) as service:
            start = time.monotonic()
            assert [service.get(page)[0] for page in ("/metrics", "/readyz")] == [200, 503]
            assert not predicts(service)
            assert time.monotonic() - start < PATIENCE, "Prometheus gives up after ten seconds"
        assert "secret" not in service.log.read_text(encoding="utf-8")


def test_metrics_are_quick_and_memory_is_flat_over_many_predictions(
    service: Service, ledger: Path, say: Callable[[str], None]
) -> None:
    model = json.loads(service.get("/v1/model")[1])["artefact_sha256"][:12]
    before = service.megabytes()
    assert predicts(service)
    with closing(sqlite3.connect(ledger)) as connection:
        (inputs,) = connection.execute("select inputs from predictions").fetchone()
        rows = ((f"{place:036}", STAMP, STAMP, model, inputs) for place in range(MANY))
        connection.executemany(INSERT, rows)
        connection.commit()
    time.sleep(0.2)
    start = time.monotonic()
    status, answer = service.get("/metrics")
    took, grown = time.monotonic() - start, service.megabytes() - before
    say(f"metrics: {took * 1000:.0f} ms and {grown:+.0f} MB with {MANY:,} predictions stored")
    assert (status, b"model_window_predictions 2000.0" in answer) == (200, True)
    assert took < 1
    assert grown < 50
