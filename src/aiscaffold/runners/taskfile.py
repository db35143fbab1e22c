"""Taskfiles: the tasks of Taskfile.yml and of the files that it includes."""

import posixpath
from collections.abc import Iterator
from typing import Any

from aiscaffold.evidence import at
from aiscaffold.task import Read, Task, locate
from aiscaffold.yaml_text import NotYaml, load

NAMES = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml")
_DEEPEST = 4


def read_taskfile(path: str, text: str, read: Read, prefix: str = "", depth: int = 0) -> Iterator[Task]:
    """The tasks of a Taskfile, those of included files under their prefix; the nameless task is `default`."""
    table = _load(text)
    lines = text.splitlines()
    cwd = posixpath.dirname(path)
    for name, task in _dict(table.get("tasks")).items():
        if isinstance(name, str):
            yield from _tasks(path, lines, prefix, name, task)
    if not prefix and "default" in _dict(table.get("tasks")):
        yield Task("task", "", at(path, line=_line(lines, "default")), "", cwd, ("default",))
    for name, include in _dict(table.get("includes")).items():
        target = include if isinstance(include, str) else _dict(include).get("taskfile")
        if isinstance(target, str) and depth < _DEEPEST:
            joined = posixpath.normpath(posixpath.join(cwd, target))
            for candidate in (joined, *(posixpath.join(joined, known) for known in NAMES)):
                if candidate.endswith((".yml", ".yaml")) and (included := read(candidate)) is not None:
                    yield from read_taskfile(candidate, included, read, f"{prefix}{name}:", depth + 1)
                    break


def _load(text: str) -> dict[str, Any]:
    try:
        return _dict(load(text))
    except NotYaml:
        return {}


def _tasks(path: str, lines: list[str], prefix: str, name: str, task: Any) -> Iterator[Task]:
    options = _dict(task)
    start = _line(lines, name)
    listed = task if isinstance(task, str | list) else options.get("cmds", options.get("cmd", []))
    scripts, numbers = list[str](), list[int]()
    for item in listed if isinstance(listed, list) else [listed]:
        script, wanted = _command(item, prefix)
        if script:
            scripts.append(script)
            numbers += locate(lines, wanted, numbers[-1] if numbers else start)
    folder = options.get("dir") if isinstance(options.get("dir"), str) else ""
    cwd = posixpath.normpath(posixpath.join(posixpath.dirname(path), folder or ""))
    needs = tuple(_prefixed(prefix, need) for need in map(_need, _list(options.get("deps"))) if need)
    aliases = [alias for alias in _list(options.get("aliases")) if isinstance(alias, str)]
    for known in (name, *aliases):
        place = at(path, line=start)
        yield Task("task", prefix + known, place, "\n".join(scripts), "" if cwd == "." else cwd, needs, tuple(numbers))


def _command(item: Any, prefix: str) -> tuple[str, str]:
    """A command as a shell would be given it, and the text that it is found by."""
    options = _dict(item)
    if isinstance(name := options.get("task"), str):
        return f"task {_prefixed(prefix, name)}", name
    command = item if isinstance(item, str) else options.get("cmd") or options.get("defer")
    if not isinstance(command, str):
        return "", ""
    command = command.rstrip()
    return (f"( {command}\n) || true", command + "\n") if options.get("ignore_error") else (command, command)


def _need(item: Any) -> str:
    name = item if isinstance(item, str) else _dict(item).get("task")
    return name if isinstance(name, str) else ""


def _prefixed(prefix: str, name: str) -> str:
    return name[1:] if name.startswith(":") else prefix + name


def _line(lines: list[str], name: str) -> int:
    starts = (f"{name}:", f'"{name}":', f"'{name}':")
    return next((n for n, line in enumerate(lines, 1) if line[:1] in " \t" and line.strip().startswith(starts)), 1)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
