"""Manifests of other languages, as far as they tell which they are and what they need."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from aiscaffold.evidence import at
from aiscaffold.manifest import Manifest, Requirement, line_of, table
from aiscaffold.regex import regex

GO = regex(r"(?:require\s+)?([a-z0-9][\w.-]*\.[\w./~-]+)\s+(v\S+)")
GEM = regex(r"gem\s+['\"]([\w.-]+)['\"](?:\s*,\s*['\"]([^'\"]+)['\"])?")
R_PACKAGE = regex(r"([A-Za-z][\w.]*)\s*(?:\(([^)]{1,50})\))?")
R_FIELD = regex(r"(Imports|Depends|Suggests|LinkingTo):(.*)")
ARTIFACT = regex(r"<artifactId>([\w.-]+)</artifactId>")
EXACT = regex(r"[=v]{0,2}\d+(?:\.\w+)+\Z")
LANGUAGES = {
    "pom.xml": "java",
    "build.gradle": "java",
    "build.gradle.kts": "java",
    "build.sbt": "scala",
    "composer.json": "php",
    "mix.exs": "elixir",
    "conanfile.txt": "c++",
    "conanfile.py": "c++",
    "vcpkg.json": "c++",
    "package.swift": "swift",
    "pubspec.yaml": "dart",
    "deno.json": "javascript",
    "flake.nix": "nix",
    "stack.yaml": "haskell",
}


def read_package_json(path: str, text: str) -> Manifest:
    """Read a package.json; the keys of its `scripts` are tasks, its commands are `bin`."""
    content = json.loads(text)
    lines = text.splitlines()
    found = list(_named(table(content, "dependencies"), "", path, lines))
    for key, group in (("devDependencies", "dev"), ("optionalDependencies", "optional"), ("peerDependencies", "peer")):
        found += _named(table(content, key), group, path, lines)
    given = table(content)
    commands = table(given, "bin") or ({str(given.get("name")): ""} if given.get("bin") else {})
    groups = tuple(sorted({each.group for each in found} - {""}))
    name = str(given.get("name") or "")
    return Manifest(
        path,
        "package.json",
        tuple(found),
        name=name,
        scripts=tuple(sorted(commands)),
        groups=groups,
        language="javascript",
    )


def read_cargo(path: str, text: str) -> Manifest:
    """Read a Cargo.toml."""
    content = tomllib.loads(text)
    lines = text.splitlines()
    found = list(_named(table(content, "dependencies"), "", path, lines))
    found += _named(table(content, "dev-dependencies"), "dev", path, lines)
    name = str(table(content, "package").get("name") or "")
    return Manifest(path, "Cargo.toml", tuple(found), name=name, language="rust")


def read_julia(path: str, text: str) -> Manifest:
    """Read a Project.toml of Julia."""
    content = tomllib.loads(text)
    compatible = table(content, "compat")
    needed = {name: compatible.get(name, "") for name in table(content, "deps")}
    found = tuple(_named(needed, "", path, text.splitlines()))
    return Manifest(path, "Project.toml", found, name=str(content.get("name") or ""), language="julia")


def read_go(path: str, text: str) -> Manifest:
    """Read a go.mod."""
    lines = text.splitlines()
    module = next((line.split()[1] for line in lines if line.startswith("module ") and len(line.split()) > 1), "")
    found = [
        Requirement(match[1], match[2], True, "", at(path, line=number))
        for number, line in enumerate(lines, 1)
        if (match := GO.match(line.strip()))
    ]
    return Manifest(path, "go.mod", tuple(found), name=module, language="go")


def read_description(path: str, text: str) -> Manifest:
    """Read the DESCRIPTION of an R package or compendium."""
    lines = text.splitlines()
    name = next((line.partition(":")[2].strip() for line in lines if line.startswith("Package:")), "")
    return Manifest(path, "DESCRIPTION", tuple(_r_packages(lines, path)), name=name, language="r")


def read_gemfile(path: str, text: str) -> Manifest:
    """Read a Gemfile."""
    found = [
        Requirement(match[1], match[2] or "", bool(EXACT.match(match[2] or "")), "", at(path, line=number))
        for number, line in enumerate(text.splitlines(), 1)
        if (match := GEM.match(line.strip()))
    ]
    return Manifest(path, "Gemfile", tuple(found), language="ruby")


def read_other(path: str, text: str) -> Manifest:
    """Take note of a manifest whose requirements are not read; Maven's artifacts are named."""
    name = PurePosixPath(path).name
    found = [
        Requirement(match[1], "", False, "", at(path, line=number))
        for number, line in enumerate(text.splitlines(), 1)
        if name == "pom.xml" and (match := ARTIFACT.search(line))
    ]
    return Manifest(path, name, tuple(found[1:]), language=LANGUAGES.get(name.lower(), ""))


def _named(entries: dict[str, object], group: str, path: str, lines: Sequence[str]) -> Iterator[Requirement]:
    for name, value in entries.items():
        specifier = str(table(value).get("version") or "") if isinstance(value, dict) else str(value)
        line = line_of(lines, f'"{name}"') or line_of(lines, f"{name} ") or line_of(lines, name)
        yield Requirement(name, specifier, bool(EXACT.match(specifier)), group, at(path, line=line))


def _r_packages(lines: Sequence[str], path: str) -> Iterator[Requirement]:
    field = ""
    for number, line in enumerate(lines, 1):
        if found := R_FIELD.match(line):
            field, rest = found[1], found[2]
        elif line.startswith((" ", "\t")):
            rest = line
        else:
            field, rest = "", ""
        for entry in rest.split(",") if field else ():
            if (package := R_PACKAGE.match(entry.strip())) and package[1] != "R":
                group = "suggests" if field == "Suggests" else ""
                yield Requirement(package[1], package[2] or "", False, group, at(path, line=number))
