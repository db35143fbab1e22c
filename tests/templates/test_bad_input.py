"""The served model refuses what is wrong, says so as its OpenAPI promises, and goes on serving."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from .serving import Service, postgresql, serving

pytestmark = pytest.mark.slow

SCHEMATHESIS = "schemathesis==4.32.5"
LARGEST = 1_000_000  # bytes; config.toml's largest_body_bytes
CLIENTS = 50
FLIGHT = {"scheduled_departure": "2013-09-16T17:05:00", "carrier": "UA", "origin": "EWR", "dest": "ORD", "temp": 68.0}
TEXT = json.dumps(FLIGHT)
NESTED = 100_000
REFUSED = {
    "no body": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a string": b'"UA"',
    "null": b"null",
    "a number": b"5",
    "NaN": TEXT.replace("68.0", "NaN").encode(),
    "Infinity": TEXT.replace("68.0", "-Infinity").encode(),
    "more than a float holds": TEXT.replace("68.0", "1e999").encode(),
    "an integer of 400 digits": TEXT.replace("68.0", "9" * 400).encode(),
    "a number as a string": TEXT.replace("68.0", '"68.0"').encode(),
    "a boolean as a number": TEXT.replace("68.0", "true").encode(),
    "a number as a string's place": TEXT.replace('"UA"', "5").encode(),
    "an empty category": TEXT.replace("UA", "").encode(),
    "a category of blanks": TEXT.replace("UA", "  ").encode(),
    "a category too long": TEXT.replace("UA", "U" * 61).encode(),
    "a lone surrogate": TEXT.replace("UA", "\\ud800").encode(),
    "a lone surrogate as a name": TEXT.replace('"temp"', '"\\ud800"').encode(),
    "NUL as a name": TEXT.replace('"temp"', '"\\u0000"').encode(),
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a time with a zone": TEXT.replace("17:05:00", "17:05:00Z").encode(),
    "no such day": TEXT.replace("09-16", "02-30").encode(),
    "a time as a number": TEXT.replace('"2013-09-16T17:05:00"', "1379351100").encode(),
}
UNREADABLE = {
    "no UTF-8": TEXT.replace("UA", "U\udcff").encode(errors="surrogateescape"),
    "lists in lists": b"[" * NESTED + b"]" * NESTED,
    "objects in objects": b'{"a":' * NESTED + b"1" + b"}" * NESTED,
    "an integer of 5,000 digits": TEXT.replace("68.0", "9" * 5_000).encode(),
}
ACCEPTED = {
    "an unknown carrier": FLIGHT | {"carrier": "never seen"},
    "NUL in a category": FLIGHT | {"carrier": "U\0A", "origin": "\0x"},
    "an emoji": FLIGHT | {"carrier": "🛩"},
    "SQL": FLIGHT | {"carrier": "'; drop table predictions; --"},
    "a word of bind parameters": FLIGHT | {"carrier": ":model"},
    "the first year": FLIGHT | {"scheduled_departure": "0001-01-01T00:00:00"},
    "the last moment": FLIGHT | {"scheduled_departure": "9999-12-31T23:59:59.999999"},
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def service(request: pytest.FixtureRequest, installed: Path, tmp_path_factory: Any) -> Iterator[Service]:
    """The service on each of its databases."""
    folder = tmp_path_factory.mktemp("bad-input")
    if request.param == "sqlite":
        with serving(installed, folder, DATABASE__URL=f"sqlite:///{folder}/ledger.db") as started:
            yield started
    else:
        with postgresql() as server, serving(installed, folder, DATABASE__URL=server.url) as started:
            yield started


@pytest.fixture(autouse=True)
def unharmed(service: Service) -> Iterator[None]:
    """After each attempt the service answers as before, and has met nothing that it did not foresee."""
    yield
    assert service.is_ready()
    assert service.post("/v1/predict", FLIGHT)[0] == 200
    assert "Traceback" not in service.log.read_text(encoding="utf-8")


def test_schemathesis_finds_no_answer_that_the_openapi_does_not_promise(service: Service, tmp_path: Path) -> None:
    location = f"{service.address}/openapi.json"
    options = ["--max-examples", "100", "--seed", "1", "--generation-allow-x00", "true", "--no-color"]
    hooks = {"SCHEMATHESIS_HOOKS": "st_hooks", "PYTHONPATH": str(Path(__file__).parent)}
    done = subprocess.run(
        ["uvx", "--from", SCHEMATHESIS, "schemathesis", "run", location, *options, "--generation-database", "none"],
        cwd=tmp_path,
        env={**os.environ, **hooks},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "7 selected / 7 total" in done.stdout


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_breaks_the_contract_is_told_what_is_wrong(service: Service, name: str) -> None:
    status, answer = service.send("/v1/predict", REFUSED[name])
    assert (status, bool(json.loads(answer)["detail"][0]["msg"])) == (422, True), answer


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_cannot_be_read_is_refused(service: Service, name: str) -> None:
    assert service.send("/v1/predict", UNREADABLE[name])[0] in {400, 422}
    assert service.send("/v1/labels", UNREADABLE[name])[0] in {400, 422}


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_strange_but_valid_request_is_answered_and_can_be_labelled(service: Service, name: str) -> None:
    status, answer = service.post("/v1/predict", ACCEPTED[name])
    assert status == 200, answer
    assert service.post("/v1/labels", {"labels": [{"id": answer["id"], "outcome": 1}]}) == (200, {"stored": 1})


def test_a_body_over_the_limit_is_refused_declared_or_not(service: Service) -> None:
    for path in ("/v1/predict", "/v1/predict/batch", "/v1/labels"):
        assert service.send(path, b" " * (LARGEST + 1))[0] == 413
        assert service.send(path, iter([b" " * LARGEST, b" "]))[0] == 413


def test_a_batch_of_ten_thousand_rows_is_refused(service: Service) -> None:
    assert service.post("/v1/predict/batch", {"rows": [FLIGHT] * 10_000})[0] == 413
    assert service.post("/v1/predict/batch", {"rows": [FLIGHT] * 101})[0] == 422


def test_a_body_of_another_type_or_coding_is_refused(service: Service) -> None:
    assert service.send("/v1/predict", TEXT.encode(), content_type="text/plain")[0] == 422
    assert service.send("/v1/predict", b"carrier=UA", content_type="application/x-www-form-urlencoded")[0] == 422
    assert service.send("/v1/predict", b"\x1f\x8b\x08\0\0", Content_Encoding="gzip")[0] in {400, 422}


def test_a_method_or_a_path_that_there_is_not_is_refused(service: Service) -> None:
    for method in ("GET", "DELETE", "BREW"):
        assert service.send("/v1/predict", method=method)[0] == 405
    assert service.get("/v1/nowhere")[0] == 404
    assert service.get("/v1/../../etc/passwd")[0] == 404


def test_labels_of_nobody_are_refused_by_name(service: Service) -> None:
    stranger = str(uuid4())
    status, answer = service.post("/v1/labels", {"labels": [{"id": stranger, "outcome": 1}]})
    assert (status, stranger in answer["detail"]) == (404, True)
    for wrong in ("", "\0", "x" * 36, "1' or '1'='1", None, 5, [stranger]):
        assert service.post("/v1/labels", {"labels": [{"id": wrong, "outcome": 1}]})[0] == 422


def test_the_same_id_twice_in_a_request_is_refused(service: Service) -> None:
    _, answer = service.post("/v1/predict", FLIGHT)
    twice = [{"id": answer["id"], "outcome": outcome} for outcome in (0, 1)]
    assert service.post("/v1/labels", {"labels": twice})[0] == 409


def test_clients_that_stop_in_the_middle_of_a_body_do_not_disturb_the_others(service: Service) -> None:
    head = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    stalled = [socket.create_connection(("127.0.0.1", service.port)) for _ in range(CLIENTS)]
    try:
        for each in stalled:
            each.sendall(head)
        assert service.post("/v1/predict", FLIGHT)[0] == 200
    finally:
        for each in stalled:
            each.close()


def test_what_is_no_http_is_refused(service: Service) -> None:
    for nonsense in (b"\0\0\0\0\r\n\r\n", b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
            client.sendall(nonsense)
            assert client.recv(100).startswith(b"HTTP/1.1 400")


def test_fifty_clients_at_once_are_all_answered(service: Service) -> None:
    bodies = [FLIGHT, FLIGHT | {"temp": "hot"}, {}, FLIGHT | {"carrier": "never seen"}]
    expected = [200, 422, 422, 200]
    with ThreadPoolExecutor(CLIENTS) as pool:
        found = pool.map(lambda place: service.post("/v1/predict", bodies[place % 4])[0], range(400))
        assert [*found] == expected * 100
