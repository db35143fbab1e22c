"""pyproject.toml as each of its dialects is written: the standard, Poetry, PDM, uv, Hatch, setuptools, Flit, Pixi."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from aiscaffold.evidence import at
from aiscaffold.manifest import Manifest, Requirement, canonical, line_of, requirements, strings, table
from aiscaffold.regex import regex

EXACT = regex(r"={0,3}\s*v?\d+(?:\.\w+)*(?:[+!-][\w.]+)?\Z")
COMMIT = regex(r"[0-9a-f]{7,40}\Z")


def read_pyproject(path: str, text: str) -> Manifest:
    """Read a pyproject.toml."""
    content = tomllib.loads(text)
    lines = text.splitlines()
    project, tools = table(content, "project"), table(content, "tool")
    extras = table(project, "optional-dependencies")
    found = list(requirements(strings(project.get("dependencies")), "", path, lines))
    for extra, texts in extras.items():
        found += requirements(strings(texts), extra, path, lines)
    groups: list[str] = []
    for group, texts in _groups(content):
        groups.append(group)
        found += requirements(texts, group, path, lines)
    for group, entries in _poetry(tools):
        groups += [group] if group else []
        found += named(entries, group, path, lines)
    for group, entries in _pixi(table(tools, "pixi")):
        groups += [group] if group else []
        found += named(entries, group, path, lines)
    poetry = table(tools, "poetry")
    return Manifest(
        path,
        "pyproject",
        tuple(found),
        name=str(project.get("name") or poetry.get("name") or ""),
        scripts=tuple(sorted({*table(project, "scripts"), *table(project, "gui-scripts"), *table(poetry, "scripts")})),
        extras=tuple(sorted({*extras, *table(poetry, "extras")})),
        groups=tuple(sorted(set(groups))),
        requires_python=str(project.get("requires-python") or table(poetry, "dependencies").get("python") or ""),
        tools=tuple(sorted(tools)),
        packages=_packages(tools),
        dynamic="dependencies" in strings(project.get("dynamic")),
        includes=tuple(_dynamic_files(tools)),
    )


def read_pixi(path: str, text: str) -> Manifest:
    """Read a pixi.toml."""
    content = tomllib.loads(text)
    lines = text.splitlines()
    found: list[Requirement] = []
    groups = set()
    for group, entries in _pixi(content):
        groups.add(group)
        found += named(entries, group, path, lines)
    head = table(content, "workspace") or table(content, "project")
    return Manifest(path, "pixi", tuple(found), name=str(head.get("name") or ""), groups=tuple(sorted(groups - {""})))


def read_pipfile(path: str, text: str) -> Manifest:
    """Read a Pipfile."""
    content = tomllib.loads(text)
    lines = text.splitlines()
    found = named(table(content, "packages"), "", path, lines)
    found += named(table(content, "dev-packages"), "dev", path, lines)
    groups = ("dev",) if "dev-packages" in content else ()
    python = str(table(content, "requires").get("python_version") or "")
    return Manifest(path, "pipfile", found, groups=groups, requires_python=python)


def named(entries: Mapping[str, object], group: str, path: str, lines: Sequence[str]) -> tuple[Requirement, ...]:
    """Read requirements that are keys of a table: `name = "^1.2"`, `name = {git = "…", rev = "…"}`."""
    start = line_of(lines, f".{group}.") or line_of(lines, group) if group else 0
    found = []
    for name, value in entries.items():
        if name == "python":
            continue
        specifier, is_pinned = _constraint(value)
        line = line_of(lines, f"{name} ", start) or line_of(lines, name, start)
        found.append(Requirement(canonical(name), specifier, is_pinned, group, at(path, line=line)))
    return tuple(found)


def _constraint(value: object) -> tuple[str, bool]:
    if isinstance(value, list) and value:
        value = value[0]
    given = table(value)
    if address := next((given[key] for key in ("git", "url", "path", "file") if key in given), None):
        reference = str(given.get("rev") or given.get("ref") or "")
        return f"@ {address}@{reference}".removesuffix("@"), bool(COMMIT.match(reference))
    version = str(given.get("version") or "*") if given else str(value)
    return version, bool(EXACT.match(version.strip()))


def _groups(content: Mapping[str, object]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Dependency groups (PEP 735), and those of tools that came before."""
    for group, texts in table(content, "dependency-groups").items():
        yield group, strings(texts)
    for group, texts in table(content, "tool", "pdm", "dev-dependencies").items():
        yield group, strings(texts)
    if texts := strings(table(content, "tool", "uv").get("dev-dependencies")):
        yield "dev", texts
    for group in table(content, "tool", "hatch", "envs"):
        environment = table(content, "tool", "hatch", "envs", group)
        yield group, strings(environment.get("dependencies")) + strings(environment.get("extra-dependencies"))


def _poetry(tools: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    poetry = table(tools, "poetry")
    yield "", table(poetry, "dependencies")
    if old := table(poetry, "dev-dependencies"):
        yield "dev", old
    for group in table(poetry, "group"):
        yield group, table(poetry, "group", group, "dependencies")


def _pixi(content: Mapping[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    places = [("", content)]
    places += [(feature, table(content, "feature", feature)) for feature in table(content, "feature")]
    for group, place in places:
        targets = [place, *(table(place, "target", target) for target in table(place, "target"))]
        for target in targets:
            for kind in ("dependencies", "pypi-dependencies"):
                if entries := table(target, kind):
                    yield group, entries


def _packages(tools: Mapping[str, object]) -> tuple[str, ...]:
    """The import names of what is built, where the build's settings name them."""
    hatch = table(tools, "hatch", "build", "targets", "wheel")
    found = [*strings(hatch.get("packages")), *strings(hatch.get("only-include"))]
    setuptools = table(tools, "setuptools")
    found += [*strings(setuptools.get("packages")), *strings(setuptools.get("py-modules"))]
    found += strings(table(setuptools, "packages", "find").get("include"))
    listed = table(tools, "poetry").get("packages")
    found += [str(table(each).get("include") or "") for each in (listed if isinstance(listed, list) else [])]
    found.append(str(table(tools, "flit", "module").get("name") or ""))
    module = table(tools, "uv", "build-backend").get("module-name")
    found += [module] if isinstance(module, str) else strings(module)
    names = {PurePosixPath(each.rstrip("/*.")).name.split(".")[0] for each in found}
    return tuple(sorted(name for name in names if name.isidentifier()))


def _dynamic_files(tools: Mapping[str, object]) -> Iterator[str]:
    """The files that setuptools or Hatch fill a dynamic list of dependencies from."""
    dynamic = table(tools, "setuptools", "dynamic")
    tables = [
        table(dynamic, "dependencies"),
        *(table(dynamic, "optional-dependencies", key) for key in table(dynamic, "optional-dependencies")),
    ]
    for each in tables:
        file = each.get("file")
        yield from [file] if isinstance(file, str) else strings(file)
    yield from strings(table(tools, "hatch", "metadata", "hooks", "requirements_txt").get("files"))
