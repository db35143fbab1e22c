"""The served container under load: how fast it answers, how often it fails, and whether its memory stays flat.

    python bench/serve.py [--seconds 60] [--json bench/serve.json]
    python bench/serve.py --soak 60 --rate 20 [--json bench/serve.json]

Generates a project, builds the image from its unmodified Dockerfile, and runs it as the tests do: without network,
privileges or a writable disk but its volume. locust asks from inside the container's network namespace; it runs on the
same cores, as a part of what is measured. Linux, root and an engine (CONTAINER_ENGINE, see .ci/engine.sh).
With --json a load and a soak are kept side by side in the file.
"""

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from memory import held

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tests" / "templates"))
container: Any = importlib.import_module("container")

IMAGE = "aiscaffold-bench"
LOCUST = "locust==2.47.0"
LEVELS = ((1, 1), (1, 8), (1, 32), (100, 1), (100, 8))  # rows in a request, clients
SOAKING = 4  # clients
WARM_UP = 5  # seconds
PAUSE = 15  # seconds between two looks at the memory
KILOBYTES = 1_000
SHORT = Path("/tmp")  # a socket's path may not be long


@dataclass(frozen=True)
class Load:
    """What a number of clients saw."""

    rows: int  # in one request
    clients: int
    requests: int
    errors: int
    seconds: float
    per_second: float
    p50: float  # milliseconds
    p95: float
    p99: float


@dataclass(frozen=True)
class Soak:
    """A long load at a bounded rate, and the memory that the service held meanwhile."""

    load: Load
    rate: float
    megabytes: list[tuple[float, float]]  # after so many seconds
    growth: float  # megabytes an hour, fitted to the second half


@dataclass(frozen=True)
class Service:
    """A running container, seen from this machine."""

    process: int
    table: Path

    def memory(self) -> float:
        """The megabytes that it holds."""
        return float(held(self.process)) / KILOBYTES

    def ask(self, rows: int, clients: int, seconds: float, rate: float = 0) -> Load:
        """Let locust's clients ask for so long, all together at the rate if there is one."""
        done = subprocess.run(
            self._command(clients, seconds), env=self._variables(rows, rate / clients), capture_output=True, check=False
        )
        if not done.stdout.startswith(b"["):
            raise SystemExit(done.stderr.decode())
        return _load(json.loads(done.stdout), rows, clients)

    def _command(self, clients: int, seconds: float) -> list[str]:
        users = str(Path(__file__).with_name("serve_users.py"))
        size = ["--users", str(clients), "--spawn-rate", str(clients), "--run-time", f"{seconds:.0f}s"]
        enter = ["nsenter", "--target", str(self.process), "--net"]
        talk = ["--headless", "--json", "--skip-log", "--host", "http://127.0.0.1:8000"]
        # The namespace has no network: locust has been fetched before.
        return [*enter, "uvx", "--offline", "--from", LOCUST, "locust", "--locustfile", users, *talk, *size]

    def _variables(self, rows: int, rate: float) -> dict[str, str]:
        told = {"SERVE_BATCH": str(rows), "SERVE_RATE": str(rate), "SERVE_TABLE": str(self.table)}
        return {**os.environ, **told}


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    options = _options()
    subprocess.run(["uvx", "--from", LOCUST, "locust", "--version"], check=True)
    with _served() as service:
        service.ask(1, 1, WARM_UP)
        if options.soak:
            found: dict[str, Any] = {"soak": asdict(_soak(service, options.soak, options.rate))}
        else:
            found = {"load": [asdict(load) for load in _loads(service, options.seconds)]}
    if options.json:
        before = json.loads(options.json.read_text(encoding="utf-8")) if options.json.exists() else {}
        text = json.dumps({**before, "machine": _machine(), **found}, indent=2)
        options.json.write_text(text + "\n", encoding="utf-8", newline="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/serve.py", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of each level (default: %(default)s)")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="one long load instead")
    parser.add_argument("--rate", type=float, default=20, help="requests a second while soaking (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number")
    return parser.parse_args()


@contextmanager
def _served() -> Iterator[Service]:
    with tempfile.TemporaryDirectory(prefix="serve-", dir=SHORT, ignore_cleanup_errors=True) as folder:
        project = Path(folder, "flight-delays")
        new = [sys.executable, "-m", "aiscaffold", "new", "end-to-end-ml", str(project), "--defaults", "--no-hooks"]
        subprocess.run(new, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with container.engine((project / "Dockerfile").read_text(encoding="utf-8")) as engine:
            engine.build(project, IMAGE)
            with engine.running(IMAGE) as running:
                engine.wait_until_healthy(running)
                process = int(engine.docker("inspect", "--format", "{{.State.Pid}}", running))
                yield Service(process, project / "data/flights.csv.gz")


def _loads(service: Service, seconds: float) -> Iterator[Load]:
    for rows, clients in LEVELS:
        load = service.ask(rows, clients, seconds)
        _report(load, service)
        yield load


def _soak(service: Service, minutes: float, rate: float) -> Soak:
    looks: list[tuple[float, float]] = []
    started = time.monotonic()
    with ThreadPoolExecutor() as pool:
        asking = pool.submit(service.ask, 1, SOAKING, minutes * 60, rate)
        while not asking.done():
            looks.append((round(time.monotonic() - started, 1), round(service.memory(), 1)))
            time.sleep(PAUSE)
    _report(asking.result(), service)
    found = Soak(asking.result(), rate, looks, _growth(looks[len(looks) // 2 :]))
    print(f"memory: {looks[0][1]:.0f} MB at first, {looks[-1][1]:.0f} MB at last, {found.growth:+.1f} MB an hour")
    return found


def _growth(looks: Sequence[tuple[float, float]]) -> float:
    times, sizes = zip(*looks, strict=True)
    return round(statistics.linear_regression(times, sizes).slope * 3_600, 1)


def _load(kinds: list[dict[str, Any]], rows: int, clients: int) -> Load:
    """Sum locust's kinds of requests; labels, where there are any, are requests too."""
    times: Counter[float] = Counter()
    for kind in kinds:
        times.update({float(time): count for time, count in kind["response_times"].items()})
    requests, errors = (sum(kind[name] for kind in kinds) for name in ("num_requests", "num_failures"))
    seconds = max(kind["last_request_timestamp"] for kind in kinds) - min(kind["start_time"] for kind in kinds)
    slow = [_percentile(times, share) for share in (0.5, 0.95, 0.99)]
    return Load(rows, clients, requests, errors, round(seconds, 1), round(requests / seconds, 1), *slow)


def _percentile(times: Counter[float], share: float) -> float:
    """The milliseconds within which so many of the requests were answered."""
    counts = accumulate(times[each] for each in sorted(times))
    enough = share * times.total()
    return next(each for each, count in zip(sorted(times), counts, strict=True) if count >= enough)


def _machine() -> str:
    return f"{os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, locust on the same CPUs"


def _report(load: Load, service: Service) -> None:
    kind = "single" if load.rows == 1 else f"batch of {load.rows}"
    speed = f"{load.per_second:6.1f}/s  p50 {load.p50:.0f} ms  p95 {load.p95:.0f} ms  p99 {load.p99:.0f} ms"
    fails = f"{load.errors} of {load.requests} failed"
    print(f"{kind:12} {load.clients:2} clients  {speed}  {fails}  {service.memory():.0f} MB", flush=True)


if __name__ == "__main__":
    main()
