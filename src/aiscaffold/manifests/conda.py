"""Environments of conda."""

from collections.abc import Iterator, Sequence
from typing import Any

from aiscaffold.evidence import at
from aiscaffold.manifest import Manifest, Requirement, canonical, line_of, requirement, strings
from aiscaffold.regex import regex
from aiscaffold.yaml_text import load

MATCH = regex(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*(?:\[[^\]]*\])?\s*(.*)")
EXACT = regex(r"(?:={1,2}|\s)?\s*\d[\w.!+]*(?:\s*=\s*\S+|\s+\S+)?\Z")
INCLUDE = regex(r"-[rc]\s+(\S+)")


def read_environment(path: str, text: str) -> Manifest | None:
    """Read an environment.yml, with what it leaves to pip; None where a file of such a name is something else."""
    content = _load(text)
    if "dependencies" not in content and "channels" not in content:
        return None
    lines = text.splitlines()
    declared = content.get("dependencies")
    entries: list[Any] = declared if isinstance(declared, list) else []
    pip = [each for entry in entries if isinstance(entry, dict) for each in strings(entry.get("pip"))]
    conda = tuple(_conda(strings(entries), path, lines))
    python = next((each.specifier for each in conda if each.name == "python"), "")
    return Manifest(
        path,
        "environment",
        (*(each for each in conda if each.name != "python"), *_pip(pip, path, lines)),
        name=str(content.get("name") or ""),
        requires_python=python,
        includes=tuple(found[1] for each in pip if (found := INCLUDE.match(each))),
    )


def _load(text: str) -> dict[str, Any]:
    content = load(text)
    return content if isinstance(content, dict) else {}


def _conda(entries: Sequence[str], path: str, lines: Sequence[str]) -> Iterator[Requirement]:
    for entry in entries:
        if found := MATCH.match(entry.strip()[:1000]):
            specifier = found[2].strip()
            place = at(path, line=line_of(lines, entry))
            yield Requirement(canonical(found[1]), specifier, bool(EXACT.match(specifier)), "", place)


def _pip(entries: Sequence[str], path: str, lines: Sequence[str]) -> Iterator[Requirement]:
    for entry in entries:
        if read := requirement(entry.partition(" #")[0], "", at(path, line=line_of(lines, entry))):
            yield read
