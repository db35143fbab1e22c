"""The monitoring of a generated project, brought up by docker compose away from the machine's network."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .container import FOLDER, Engine, UnavailableError

# Debian's Prometheus, started as the official image starts it: same user, same paths, same command.
PROMETHEUS = """
FROM {base}
COPY prometheus promtool /bin/
RUN mkdir /prometheus && chown 65534:65534 /prometheus
USER 65534
WORKDIR /prometheus
ENTRYPOINT ["/bin/prometheus"]
CMD ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
"""
WINDOW = "30s"  # what Grafana's $__rate_interval becomes; it is much longer than the test's scrape interval
# All services share the loopback of the first: no port is taken on the machine, and nothing can reach them.
OVERRIDE = """
services:
  api:
    build: !reset null
    image: {image}
    network_mode: none
    ports: !reset []
    extra_hosts: ["api:127.0.0.1"]
    environment: {{{prefix}_MONITORING__REFRESH_SECONDS: "0.5"}}
  grafana: # never started; its network would be made all the same
    network_mode: none
    ports: !reset []
  prometheus:
    image: {prometheus}
    network_mode: service:api
    ports: !reset []
"""


@dataclass(frozen=True)
class Stack:
    """The running services of a compose file."""

    engine: Engine
    name: str
    files: tuple[Path, ...]

    def compose(self, *arguments: str) -> str:
        """Run one command of docker compose."""
        files = [word for file in self.files for word in ("--file", str(file))]
        return self.engine.docker("compose", "--project-name", self.name, *files, *arguments, timeout=180)

    def up(self, *arguments: str) -> None:
        """Start services and wait until they are healthy; else say what they logged."""
        try:
            self.compose("up", "--detach", "--wait", *arguments)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{self.compose('logs')}") from error

    def container(self, service: str) -> str:
        """Name the container of a service."""
        return self.compose("ps", "--all", "--quiet", service)

    def ask(self, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request to the service."""
        return self.engine.ask(self.container("api"), path, body)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Ask Prometheus, whose own container holds a client."""
        client = ["promtool", "query", "instant", "--format=json", "http://127.0.0.1:9090"]
        done = self.engine.docker("exec", self.container("prometheus"), *client, expression)
        found: list[dict[str, Any]] = json.loads(done)
        return found

    def firing(self) -> set[str]:
        """Name the alerts that fire."""
        return {sample["metric"]["alertname"] for sample in self.query('ALERTS{alertstate="firing"}')}

    def leftovers(self) -> str:
        """List every container, volume and network of this stack that the engine still knows."""
        mine = ["--quiet", "--filter", f"label=com.docker.compose.project={self.name}"]
        found = [["ps", "--all"], ["volume", "ls"], ["network", "ls"]]
        return "".join(self.engine.docker(*command, *mine) for command in found)


@contextlib.contextmanager
def stack(engine: Engine, project: Path, image: str, name: str) -> Iterator[Stack]:
    """Start service and Prometheus as the project's compose file says, but faster and out of reach."""
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        files = (write_hastened(project / "monitoring", Path(folder)), Path(folder) / "override.yaml")
        services = yaml.safe_load(files[0].read_text(encoding="utf-8"))["services"]
        prometheus = prometheus_image(engine, services["prometheus"]["image"])
        prefix = next((project / "src").iterdir()).name.upper()
        files[1].write_text(OVERRIDE.format(image=image, prefix=prefix, prometheus=prometheus), encoding="utf-8")
        running = Stack(engine, name, files)
        try:
            pull = "never" if engine.stand_ins else "missing"
            running.up("--no-build", "--pull", pull, "api", "prometheus")
            yield running
        finally:
            running.compose("down", "--volumes", "--timeout", "3")


def write_hastened(monitoring: Path, folder: Path) -> Path:
    """Copy the monitoring; only Prometheus's intervals and the alerts' patience are cut to a second."""
    copy = Path(shutil.copytree(monitoring, folder / "monitoring"))
    folder.chmod(0o755)  # Prometheus is no root and reads its configuration here
    for name, pattern in {"prometheus.yml": r"(_interval): 15s", "alerts.yml": r"( for): \d+[mh]"}.items():
        text, count = re.subn(pattern, r"\1: 1s", (copy / name).read_text(encoding="utf-8"))
        assert count > 1, f"{name} is not written as this test knows it"
        (copy / name).write_text(text, encoding="utf-8")
    return copy / "compose.yaml"


def prometheus_image(engine: Engine, reference: str) -> str:
    """Give the real image where the engine reaches a registry, else one of Debian's programs."""
    if not engine.stand_ins:
        return reference
    programs = Path(os.environ[FOLDER]).resolve() / "monitoring/usr/bin"
    if not (programs / "promtool").is_file():
        message = f"{programs} holds no Prometheus; run .ci/engine.sh once more"
        raise UnavailableError(message)
    base = next(tag for tag in engine.stand_ins.values() if "python" in tag)
    with tempfile.TemporaryDirectory() as folder:
        dockerfile = Path(folder) / "Dockerfile"
        dockerfile.write_text(PROMETHEUS.format(base=base), encoding="utf-8")
        options = ["--network", "host", "--load", "--file", str(dockerfile), "--tag", "stand-in/prometheus"]
        engine.docker("buildx", "build", *options, str(programs), timeout=120)
    return "stand-in/prometheus"
