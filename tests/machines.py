"""Machines for tests: each with the wheel of one release, a home of its own, and no network."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support import ROOT, git

SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"
HOMES = ("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA")
NEEDED = ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP")


@dataclass(frozen=True)
class Machine:
    """An installation of one release, as somebody else has it."""

    home: Path
    program: Path

    def run(self, *arguments: object, cwd: Path) -> str:
        """Call aiscaffold without network and without anybody to ask; what it printed."""
        return said([*offline(), str(self.program), *map(str, arguments)], cwd, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """Of the machine that the tests run on, only where its programs are."""
        kept = {name: os.environ[name] for name in NEEDED if name in os.environ}
        homes = {name: str(self.home) for name in HOMES}
        return {**kept, **homes, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONIOENCODING": "utf-8"}


def said(command: list[str], cwd: Path, env: Mapping[str, str]) -> str:
    """What a program printed; its words are the message where it fails."""
    done = subprocess.run(
        command, cwd=cwd, env=env, check=False, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 0, f"{command} ended {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


@cache
def offline() -> tuple[str, ...]:
    """The command that takes the network away, where the system has one and lets us."""
    for words in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        if shutil.which(words[0]) and not subprocess.run([*words, "true"], check=False, capture_output=True).returncode:
            return words
    return ()


def machine(place: Path, catalogue: Path) -> Machine:
    """Build the wheel of a repository, whose version and catalogue stand in its folder, and install it at a place."""
    environment = place / "environment"
    subprocess.run(["uv", "venv", "--quiet", "--offline", "--python", sys.executable, environment], check=True)
    install = ("uv", "pip", "install", "--quiet", "--offline", "--no-deps", "--python", environment)
    subprocess.run([*install, built(catalogue, place)], check=True)
    # Its dependencies are had from the environment of the tests. Of a folder named in this way no other .pth file
    # counts, so that what is imported as aiscaffold is the wheel.
    packages = sysconfig.get_path("purelib", vars={"base": str(environment), "platbase": str(environment)})
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    home = place / "home"
    home.mkdir()
    home.joinpath(".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.org\n", encoding="utf-8")
    return Machine(home, environment / SCRIPTS / "aiscaffold")


def built(catalogue: Path, place: Path) -> Path:
    """The wheel of a repository, built without network."""
    source = place / "source"
    shutil.copytree(catalogue, source, ignore=shutil.ignore_patterns("__pycache__", ".git"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, source / name)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    shutil.rmtree(source)
    (wheel,) = (place / "dist").glob("*.whl")
    return wheel


@dataclass(frozen=True)
class PlainCopier:
    """Plain copier, for which the catalogue's public address leads to a folder."""

    repository: Path
    cache: Path

    def update(self, project: Path, version: str) -> None:
        """Update a project whose work is committed."""
        command = [sys.executable, "-m", "copier", "update", "--defaults", "--quiet", "--vcs-ref", f"v{version}"]
        said(command, project, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        """With a cache of its own, since what copier caches of that address is not what the world has there."""
        redirection = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.repository.as_posix()}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://github.com/aiscaffold/aiscaffold.git",
        }
        return {**os.environ, **redirection, "COPIER_CACHE_DIR": str(self.cache)}


def plain_copier(bundle: Path, place: Path) -> PlainCopier:
    """Plain copier with a bare clone of the store behind the public address."""
    place.mkdir()
    git(place, "clone", "--quiet", "--bare", str(bundle), "store.git")
    return PlainCopier(place / "store.git", place / "cache")
