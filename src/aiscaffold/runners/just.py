"""justfiles: their recipes, with the variables that hold plain text put in."""

import posixpath
import re
from collections.abc import Iterator

from aiscaffold.evidence import at
from aiscaffold.regex import regex
from aiscaffold.task import Task

NAMES = ("justfile", ".justfile", "Justfile", "JUSTFILE")
_HEAD = regex(r"@?([A-Za-z_][\w-]*)((?:\s[^:]*)?):(?!=)(.*)")
_VARIABLE = regex(r"(?:export\s+)?([A-Za-z_][\w-]*)\s*:=\s*(.*)")
_ALIAS = regex(r"alias\s+([\w-]+)\s*:=\s*([\w-]+)")
_REFERENCE = regex(r"\{\{\s*([\w-]*)[^{}]*\}\}")
_NEED = regex(r"\(\s*([\w:-]+)[^)]*\)|([\w:-]+)")


def read_just(path: str, text: str) -> Iterator[Task]:
    """The recipes of a justfile; the nameless task is the first one, which runs when none is named."""
    lines = text.splitlines()
    variables = {found[1]: found[2].strip().strip("\"'") for line in lines if (found := _VARIABLE.match(line))}
    cwd, first = posixpath.dirname(path), ""
    for number, line in enumerate(lines, 1):
        if alias := _ALIAS.match(line):
            yield Task("just", alias[1], at(path, line=number), "", cwd, (alias[2],))
        elif (head := _HEAD.match(line)) and not _VARIABLE.match(line):
            task = _recipe(path, lines, number, head, variables)
            if not first:
                first = head[1]
                yield Task("just", "", at(path, line=number), "", cwd, (first,))
            yield task


def _recipe(path: str, lines: list[str], number: int, head: re.Match[str], variables: dict[str, str]) -> Task:
    body: list[str] = []
    for index in range(number, len(lines)):
        line = lines[index]
        if line.strip() and line[0] not in " \t":
            break
        body.append(_command(line, variables))
    if body and body[0].startswith("#!") and not re.search(r"\b(?:ba|z|da)?sh\b", body[0]):
        body = []
    needs = tuple(found[1] or found[2] for found in _NEED.finditer(head[3].split(" #")[0]))
    numbers = tuple(range(number + 1, number + 1 + len(body)))
    return Task("just", head[1], at(path, line=number), "\n".join(body), posixpath.dirname(path), needs, numbers)


def _command(line: str, variables: dict[str, str]) -> str:
    text = _REFERENCE.sub(lambda found: variables.get(found[1], f"${found[1] or 'x'}"), line.strip())
    command = text.lstrip("@-")
    return f"{command} || true" if "-" in text[: len(text) - len(command)] else command
