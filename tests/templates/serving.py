"""The real service of a generated project, its databases, and clients that hold nothing sacred."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PREFIX = "FLIGHT_DELAYS_"
JSON = {"content-type": "application/json"}
LONGEST_START = 60


@dataclass(frozen=True)
class Service:
    """A process that serves on a port of this machine."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def send(self, path: str, body: Any = None, method: str = "POST", **headers: str) -> tuple[int, bytes]:
        """Send bytes, or pieces of them, as they are; status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, JSON | named)
            answer = connection.getresponse()
            return answer.status, answer.read()

    def post(self, path: str, value: object) -> tuple[int, Any]:
        """Send JSON; status and answer."""
        status, answer = self.send(path, json.dumps(value).encode())
        return status, json.loads(answer)

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask for a page."""
        return self.send(path, method="GET")

    def is_ready(self, page: str = "/readyz") -> bool:
        """Whether it says so itself."""
        try:
            return self.get(page)[0] == 200
        except OSError:
            return False

    def megabytes(self) -> float:
        """The memory that it holds; zero where there is no /proc."""
        held = Path(f"/proc/{self.process.pid}/smaps_rollup")
        lines = held.read_text(encoding="ascii").splitlines() if held.exists() else ["Pss: 0"]
        return int(next(line.split()[1] for line in lines if line.startswith("Pss:"))) / 1000

    def stop(self) -> int:
        """Ask it to terminate, as a platform does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)


@contextlib.contextmanager
def serving(project: Path, folder: Path, page: str = "/readyz", **variables: str) -> Iterator[Service]:
    """The project's service with these settings, once it answers with a page; its log is in the folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    scripts = project / ".venv" / ("Scripts" if sys.platform == "win32" else "bin")
    env = {**os.environ, **{PREFIX + name: value for name, value in variables.items()}}
    command = [str(scripts / "flight-delays"), "serve", "--port", str(port)]
    log = folder / "service.log"
    with log.open("ab") as output, subprocess.Popen(command, cwd=project, env=env, stderr=output) as process:
        service = Service(process, port, log)
        try:
            wait(lambda: service.is_ready(page), LONGEST_START)
            yield service
        finally:
            process.kill()


def wait(condition: Any, seconds: float) -> float:
    """Wait for something to become true; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, f"not within {seconds} s"
        time.sleep(0.1)
    return time.monotonic() - start


@dataclass(frozen=True)
class Server:
    """A private PostgreSQL that listens on a socket in its own folder and nowhere else."""

    programs: Path
    folder: Path

    @property
    def url(self) -> str:
        """Its address, as a user would write it."""
        return f"postgresql://tester@/postgres?host={self.folder}"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, which refuse to be root's."""
        command = [str(self.programs / program), f"--pgdata={self.folder / 'data'}", *arguments]
        with (self.folder / "log").open("a") as log:
            subprocess.run(command, check=True, cwd=self.folder, user=OWNER, stdout=log, stderr=log)

    def start(self) -> None:
        """Return when it takes connections."""
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self.run("pg_ctl", "start", "--wait", f"--options={options}")

    def stop(self) -> None:
        """Return when it is gone, and with it every connection."""
        self.run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def ask(self, query: str) -> str:
        """What psql answers."""
        words = ["psql", "--tuples-only", "--no-align", f"--host={self.folder}", "--username=tester", "postgres"]
        words[0] = str(self.programs / words[0])
        done = subprocess.run([*words, "--command", query], check=True, capture_output=True, encoding="utf-8")
        return done.stdout.strip()


OWNER = "nobody" if sys.platform != "win32" and os.geteuid() == 0 else None


@contextlib.contextmanager
def postgresql() -> Iterator[Server]:
    """A started server; skips where there are no programs for one."""
    newest = max(Path("/usr/lib/postgresql").glob("*/bin/initdb"), default=None)
    found = shutil.which("initdb") or newest
    if sys.platform == "win32" or found is None:
        pytest.skip("PostgreSQL's initdb and pg_ctl are not installed")
    # A socket's path is at most about 100 characters long: pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp") as folder:
        server = Server(Path(found).resolve().parent, Path(folder))
        if OWNER:
            shutil.chown(folder, OWNER)
        server.run("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--no-locale")
        server.start()
        try:
            yield server
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                server.stop()
