"""Lock files. They are long, so they are read line by line instead of being parsed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from aiscaffold.evidence import at
from aiscaffold.manifest import Manifest, Requirement, canonical, table
from aiscaffold.regex import regex

TOML_KEY = regex(r'(name|version) = "([^"]{1,200})"')
CONDA_NAME = regex(r"-? *name: ([\w.-]{1,200})\Z")
CONDA_VERSION = regex(r" +version: ['\"]?([^\s'\"]{1,100})")
PIXI_PACKAGE = regex(r"- conda: \S{1,300}/([\w.-]{1,200})-([\w.!+]{1,100})-[\w.]{1,100}\.(?:conda|tar\.bz2)\Z")
RECOGNISED = {
    "package-lock.json": "javascript",
    "npm-shrinkwrap.json": "javascript",
    "yarn.lock": "javascript",
    "pnpm-lock.yaml": "javascript",
    "bun.lock": "javascript",
    "bun.lockb": "javascript",
    "cargo.lock": "rust",
    "go.sum": "go",
    "renv.lock": "r",
    "gemfile.lock": "ruby",
    "composer.lock": "php",
    "mix.lock": "elixir",
    "gradle.lockfile": "java",
    "packrat.lock": "r",
    "manifest.toml": "julia",
    "deno.lock": "javascript",
    "flake.lock": "nix",
    "conan.lock": "c++",
    "package.resolved": "swift",
    "pubspec.lock": "dart",
    ".terraform.lock.hcl": "terraform",
}


@dataclass(slots=True)
class _Package:
    name: str
    line: int
    version: str = ""


def read_toml_lock(path: str, text: str) -> Manifest:
    """Read a uv.lock, poetry.lock, pdm.lock or pylock.toml."""
    packages: list[_Package] = []
    is_open = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("["):
            is_open = line.strip() in {"[[package]]", "[[packages]]"}
        elif is_open and (found := TOML_KEY.match(line)):
            if found[1] == "name":
                packages.append(_Package(found[2], number))
            elif packages and not packages[-1].version:
                packages[-1].version = found[2]
    return _lock(path, _toml_kind(path), packages)


def read_json_lock(path: str, text: str) -> Manifest:
    """Read a Pipfile.lock."""
    content = json.loads(text)
    keys = {line.partition(":")[0].strip(): number for number, line in enumerate(text.splitlines(), 1)}
    packages = [
        _Package(name, keys.get(f'"{name}"', 0), str(table(entry).get("version") or "").removeprefix("=="))
        for section in ("default", "develop")
        for name, entry in table(content, section).items()
    ]
    return _lock(path, "Pipfile.lock", packages)


def read_conda_lock(path: str, text: str) -> Manifest:
    """Read a conda-lock.yml or a pixi.lock."""
    packages: list[_Package] = []
    for number, line in enumerate(text.splitlines(), 1):
        if found := CONDA_NAME.match(line):
            packages.append(_Package(found[1], number))
        elif packages and not packages[-1].version and (found := CONDA_VERSION.match(line)):
            packages[-1].version = found[1]
        elif found := PIXI_PACKAGE.match(line):
            packages.append(_Package(found[1], number, found[2]))
    return _lock(path, "pixi.lock" if path.endswith("pixi.lock") else "conda-lock", packages)


def read_other_lock(path: str, text: str) -> Manifest:
    """Take note of a lock of another language; an empty one locks nothing."""
    name = path.rsplit("/", 1)[-1]
    problem = "" if text.strip() else "it is empty"
    return Manifest(path, name, is_lock=True, problem=problem, language=RECOGNISED.get(name.lower(), ""))


def _toml_kind(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    return "pylock" if name.startswith("pylock") else name


def _lock(path: str, kind: str, packages: list[_Package]) -> Manifest:
    problem = "" if packages else "it locks no package"
    return Manifest(path, kind, tuple(_locked(packages, path)), is_lock=True, problem=problem)


def _locked(packages: list[_Package], path: str) -> Iterator[Requirement]:
    for each in packages:
        yield Requirement(canonical(each.name), f"=={each.version}", bool(each.version), "", at(path, line=each.line))
