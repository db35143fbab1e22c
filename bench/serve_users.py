"""What one client of the served model does; locust runs many of them (see serve.py).

Without a rate a client asks again as soon as it is answered; with one, the clients share it.
"""

import csv
import gzip
import os
from pathlib import Path
from typing import Any

from locust import FastHttpUser, constant_throughput, task  # type: ignore[import-not-found]

BATCH = int(os.environ["SERVE_BATCH"])
RATE = float(os.environ["SERVE_RATE"])  # requests a second of one client; zero: as fast as answered
NEWEST = 1_000
LABEL_EVERY = 10  # requests
TEXTS = ("scheduled_departure", "carrier", "origin", "dest")


def _read(table: Path) -> list[dict[str, Any]]:
    """The newest rows of the project's table, as requests."""
    with gzip.open(table, "rt", encoding="utf-8") as file:
        newest = list(csv.DictReader(file))[-NEWEST:]
    return [{k: v if k in TEXTS else float(v) for k, v in row.items() if v and k != "late"} for row in newest]


ROWS = _read(Path(os.environ["SERVE_TABLE"]))


class Client(FastHttpUser):  # type: ignore[misc]
    """Asks for one row, or for a batch, and labels one answer in ten."""

    if RATE:
        wait_time = constant_throughput(RATE)
    place = 0

    @task  # type: ignore[untyped-decorator]
    def predict(self) -> None:
        """Send the next rows of the table."""
        self.place += 1
        if BATCH == 1:
            answer = self._send("/v1/predict", ROWS[self.place % NEWEST])
        else:
            rows = [ROWS[(self.place + each) % NEWEST] for each in range(BATCH)]
            answer = self._send("/v1/predict/batch", {"rows": rows})
        if RATE and self.place % LABEL_EVERY == 0 and "id" in answer:
            self._send("/v1/labels", {"labels": [{"id": answer["id"], "outcome": self.place % 2}]})

    def _send(self, path: str, body: object) -> dict[str, Any]:
        with self.client.post(path, json=body, catch_response=True) as answer:
            if answer.status_code != 200:  # noqa: PLR2004
                answer.failure(f"answered {answer.status_code}")
                return {}
            found: dict[str, Any] = answer.json()
            return found
