"""A container engine for the tests: the machine's own, or a private one from the folder of .ci/engine.sh."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

FOLDER = "CONTAINER_ENGINE"  # the environment variable that names the folder of .ci/engine.sh
HARDENED = [
    *["--network", "none", "--read-only"],
    *["--cap-drop", "ALL", "--security-opt", "no-new-privileges"],
]
BASE_ENVIRONMENT = [
    *["--change", "ENV PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8"],
    *["--change", "ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"],
]
# Runs inside the container, which has no network to be asked from outside and no curl.
CLIENT = """
import json, sys, urllib.error, urllib.request
url, body = "http://127.0.0.1:8000" + sys.argv[1], sys.argv[2].encode()
request = urllib.request.Request(url, body or None, {"Content-Type": "application/json"})
try:
    answer = urllib.request.urlopen(request, timeout=10)
except urllib.error.HTTPError as error:
    answer = error
print(json.dumps([answer.status, json.loads(answer.read())]))
"""


class UnavailableError(Exception):
    """No engine can be had here; the text says why."""


@dataclass(frozen=True)
class Engine:
    """A running engine, and the local images that stand in for those of a registry, if it reaches none."""

    environment: Mapping[str, str]
    stand_ins: Mapping[str, str]

    def docker(self, *arguments: str, timeout: float = 60) -> str:
        """Run one docker command and return what it printed; a failure raises with its output."""
        program = shutil.which("docker", path=self.environment["PATH"]) or "docker"
        done = subprocess.run(
            [program, *arguments],
            env=self.environment,
            timeout=timeout,
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode != 0:
            raise RuntimeError(f"docker {' '.join(arguments)} ended {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def build(self, folder: Path, tag: str) -> None:
        """Build the folder's unmodified Dockerfile, its images resolved to the stand-ins where there are any."""
        contexts = [
            f"--build-context={reference}=docker-image://{self.stand_ins[reference]}"
            for reference in references((folder / "Dockerfile").read_text(encoding="utf-8"))
            if self.stand_ins
        ]
        # A private engine has no bridge network; the host's own reaches the package index in either case.
        self.docker(
            *["buildx", "build", "--network", "host", "--load", "--no-cache"],
            *[*contexts, "--tag", tag, str(folder)],
            timeout=600,
        )

    def wait_until_healthy(self, container: str) -> float:
        """Wait for the image's own health check to pass, and return the seconds it took."""
        return until(
            lambda: self.docker("inspect", "--format", "{{.State.Health.Status}}", container) == "healthy",
            seconds=60,
            failure=lambda: self.docker("inspect", "--format", "{{json .State}}", container),
        )

    def ask(self, container: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request to the service from inside its container: GET without a body, else POST."""
        text = "" if body is None else json.dumps(body)
        status, answer = json.loads(self.docker("exec", container, "python", "-c", CLIENT, path, text))
        return status, answer

    @contextlib.contextmanager
    def running(self, tag: str) -> Iterator[str]:
        """Run the image with everything taken away that a service can live without; removed at the end."""
        container = self.docker("run", "--detach", *HARDENED, tag)
        try:
            yield container
        finally:
            self.docker("rm", "--force", "--volumes", container)


def references(dockerfile: str) -> list[str]:
    """Every image that a Dockerfile takes from a registry, without its own stages."""
    stages = set(re.findall(r"^FROM \S+ AS (\S+)$", dockerfile, re.MULTILINE))
    images = re.findall(r"^FROM (\S+)|--from=(\S+)", dockerfile, re.MULTILINE)
    return sorted({start or copied for start, copied in images} - stages)


def until(condition: Callable[[], bool], *, seconds: float, failure: Callable[[], str]) -> float:
    """Wait for the condition and return the seconds it took; else fail with the text."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > seconds:
            raise TimeoutError(f"not within {seconds} s\n{failure()}")
        time.sleep(0.1)
    return time.monotonic() - start


@contextlib.contextmanager
def engine(dockerfile: str) -> Iterator[Engine]:
    """Give the engine of FOLDER, started and stopped; without that variable the machine's own."""
    if os.environ.get(FOLDER):
        with private_engine(Path(os.environ[FOLDER]).resolve(), dockerfile) as private:
            yield private
    else:
        yield host_engine()


def host_engine() -> Engine:
    """Give the machine's running engine, which pulls the real images."""
    host = Engine(dict(os.environ), stand_ins={})
    try:
        host.docker("info", "--format", "{{.ServerVersion}}")
        host.docker("buildx", "version")
    except (OSError, RuntimeError) as error:
        raise UnavailableError(f"no engine with buildx runs here, and {FOLDER} is not set: {error}") from error
    return host


@contextlib.contextmanager
def private_engine(folder: Path, dockerfile: str) -> Iterator[Engine]:
    """Start a daemon that nothing else sees: own socket, own data, no bridge, no firewall rule."""
    if os.geteuid() != 0:
        raise UnavailableError("a private engine needs root")
    if not (folder / "base.tar").is_file():
        raise UnavailableError(f"{folder} holds no engine; make it with .ci/engine.sh {folder}")
    # A socket's path may have about 100 characters: pytest's own folders can be too deep.
    with tempfile.TemporaryDirectory(prefix="engine-", ignore_cleanup_errors=True) as name:
        work = Path(name)
        bare = Engine(private_environment(folder / "engine", work), stand_ins={})
        with daemon(bare, work):
            yield replace(bare, stand_ins=import_stand_ins(bare, folder / "base.tar", dockerfile))


def private_environment(root: Path, work: Path) -> dict[str, str]:
    """Set up how docker and dockerd find the unpacked programs and each other."""
    plugins = str(root / "usr/libexec/docker/cli-plugins")
    (work / "config.json").write_text(json.dumps({"cliPluginsExtraDirs": [plugins]}), encoding="utf-8")
    path = os.pathsep.join([str(root / "usr/sbin"), str(root / "usr/bin"), os.environ["PATH"]])
    return {
        **os.environ,
        "PATH": path,
        "DOCKER_CONFIG": str(work),
        "DOCKER_HOST": f"unix://{work}/docker.sock",
    }


@contextlib.contextmanager
def daemon(private: Engine, work: Path) -> Iterator[None]:
    """Run dockerd in a work folder until the block ends."""
    log = work / "dockerd.log"
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(daemon_command(private, work), stdout=output, stderr=output, env=private.environment)
    try:
        until(lambda: answers(private), seconds=30, failure=lambda: log.read_text(encoding="utf-8")[-2000:])
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


def daemon_command(private: Engine, work: Path) -> list[str]:
    """Spell the command of a daemon that leaves the machine's network alone."""
    return [
        shutil.which("dockerd", path=private.environment["PATH"]) or "dockerd",
        *["--host", f"unix://{work}/docker.sock", "--pidfile", str(work / "pid")],
        *["--data-root", str(work / "data"), "--exec-root", str(work / "exec")],
        *["--iptables=false", "--ip6tables=false", "--ip-forward=false", "--bridge=none"],
    ]


def answers(private: Engine) -> bool:
    """Whether the daemon takes commands yet."""
    try:
        private.docker("info")
    except RuntimeError:
        return False
    return True


def import_stand_ins(private: Engine, base: Path, dockerfile: str) -> dict[str, str]:
    """Give every image of the Dockerfile a local twin that holds the same tool."""
    return {reference: import_stand_in(private, base, reference) for reference in references(dockerfile)}


def import_stand_in(private: Engine, base: Path, reference: str) -> str:
    """Import what stands in for one image: uv from the package index, or Debian's Python."""
    name, _, version = reference.partition("@")[0].rpartition(":")
    tag = f"stand-in/{Path(name).name}:{version}"
    if name.endswith("/uv"):
        private.docker("import", str(uv_image(version, base.parent)), tag)
    elif name == "python" and version == "3.13-slim":
        private.docker("import", *BASE_ENVIRONMENT, str(base), tag)
    else:
        raise LookupError(f"nothing here stands in for {reference}")
    return tag


def uv_image(version: str, cache: Path) -> Path:
    """Archive a file system that holds nothing but uv's programs at its root, as the official image does."""
    archive = cache / f"uv-{version}.tar"
    if not archive.exists():
        with tempfile.TemporaryDirectory() as folder:
            install = ["uv", "pip", "install", "--quiet", "--no-deps", "--target", folder, f"uv=={version}"]
            subprocess.run(install, check=True)
            part = shutil.make_archive(str(cache / f"uv-{version}.part"), "tar", Path(folder) / "bin")
            Path(part).replace(archive)
    return archive
