"""Manifests: the files in which a project declares or locks what it depends on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, at
from aiscaffold.regex import regex

SEPARATORS = regex(r"[-_.]+")
REQUIREMENT = regex(
    r"\s*(?P<name>[A-Za-z0-9][\w.-]{0,200})\s*(?P<extras>\[[^\]]{0,500}\])?\s*(?P<rest>@\s*\S+|[^;#]*)(?P<marker>;.*)?"
)
SPECIFIER = regex(r"\(?\s*(?:(?:===?|~=|!=|<=?|>=?)\s*[\w.*+!-]+\s*,?\s*)*\)?\s*\Z")
EXACT = regex(r"\(?\s*===?\s*[\w.+!-]+\s*\)?\Z")
COMMIT = regex(r"@[0-9a-f]{7,40}(?:#|\Z)|#(?:.{0,500}&)?(?:sha256|sha384|sha512)=[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Requirement:
    """A dependency as it is declared; `group` is empty for what the project always needs."""

    name: str
    specifier: str
    is_pinned: bool
    group: str
    place: Evidence


@dataclass(frozen=True, slots=True)
class Manifest:
    """A file that declares or locks dependencies.

    `tools` are the names of its `[tool.X]` tables, `scripts` the commands it installs, `packages` the import names that
    it says it builds, `includes` the files that it draws on. A `dynamic` list of dependencies is computed elsewhere.
    """

    path: str
    kind: str
    requirements: tuple[Requirement, ...] = ()
    is_lock: bool = False
    problem: str = ""
    name: str = ""
    scripts: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    requires_python: str = ""
    language: str = "python"
    tools: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    dynamic: bool = False
    includes: tuple[str, ...] = ()


def canonical(name: str) -> str:
    """A distribution's name as the index compares it (PEP 503)."""
    return SEPARATORS.sub("-", name).strip("-").lower()


def requirement(text: str, group: str, place: Evidence) -> Requirement | None:
    """Read a requirement as pip takes it, `name[extra]>=1,<2; marker` or `name @ url`; None where it is none."""
    found = REQUIREMENT.match(text[:3000])
    if not found:
        return None
    rest = found["rest"].strip()
    if rest.startswith("@"):
        return Requirement(canonical(found["name"]), rest, bool(COMMIT.search(rest)), group, place)
    if not SPECIFIER.match(rest):
        return None
    specifier = rest.strip("() ").replace(" ", "")
    return Requirement(canonical(found["name"]), specifier, bool(EXACT.match(rest)), group, place)


def requirements(texts: Iterable[object], group: str, path: str, lines: Sequence[str]) -> tuple[Requirement, ...]:
    """Read a list of requirements, each placed on the line that holds it."""
    start = line_of(lines, group) if group else 0
    read = [requirement(text, group, at(path, line=line_of(lines, text, start))) for text in strings(texts)]
    return tuple(each for each in read if each)


def line_of(lines: Sequence[str], text: str, start: int = 0) -> int:
    """The first line from `start` on that holds a text, else the first of all, else 0."""
    if start > 1:
        later = next((number for number, line in enumerate(lines[start - 1 :], start) if text in line), 0)
        if later:
            return later
    return next((number for number, line in enumerate(lines, 1) if text in line), 0)


def strings(value: object) -> tuple[str, ...]:
    """The strings of a list, or nothing where somebody wrote something else."""
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list | tuple) else ()


def table(value: object, *keys: str) -> dict[str, object]:
    """The table under some keys, or an empty one where somebody wrote something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return {str(key): each for key, each in value.items()} if isinstance(value, dict) else {}
