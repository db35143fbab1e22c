"""Tasks in tables: poe, pdm, hatch, pixi and taskipy in TOML files, scripts of npm in package.json."""

import json
import posixpath
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aiscaffold.evidence import at
from aiscaffold.task import Task, locate

FILES = ("pyproject.toml", "poe_tasks.toml", "hatch.toml", "pixi.toml", "package.json")


@dataclass(frozen=True)
class _Source:
    path: str
    lines: Sequence[str]
    under: str = ""
    cwd: str = ""

    def task(self, runner: str, name: str, commands: Sequence[str], needs: Sequence[str] = ()) -> Task:
        """A task whose commands are found below the line that names it."""
        start = self.line(name.rpartition(":")[2])
        numbers: list[int] = []
        for command in commands:
            wanted = (
                command.removesuffix(" || true").rpartition(" ")[2]
                if command.startswith(runner)
                else command.removesuffix(" || true")
            )
            numbers += locate(self.lines, wanted, numbers[-1] if numbers else start)[: command.count("\n") + 1]
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(self.path), self.cwd))
        script = "\n".join(commands)
        return Task(
            runner,
            name,
            at(self.path, line=start),
            script,
            "" if folder == "." else folder,
            tuple(needs),
            tuple(numbers),
        )

    def line(self, name: str) -> int:
        """The line of a key below a header, or of a table of its own."""
        key = re.compile(rf"\s*(?:\w+\.)*[\"']?{re.escape(name)}[\"']?\s*[=:.]")
        own = re.compile(rf"\s*\[.*{re.escape(self.under)}.*[.\"]{re.escape(name)}\"?\]")
        inside, fallback = not self.under, 0
        for number, line in enumerate(self.lines, 1):
            if line.startswith("["):
                inside = self.under in line
                if own.match(line):
                    return number
            if key.match(line):
                if inside:
                    return number
                fallback = fallback or number
        return fallback or 1


def read_tables(path: str, text: str) -> Iterator[Task]:
    """The tasks of a TOML or JSON file."""
    source = _Source(path, text.splitlines())
    name = posixpath.basename(path)
    try:
        table: Any = json.loads(text) if name == "package.json" else tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    if name == "package.json":
        yield from _npm(source, _dict(table).get("scripts"))
        return
    tools = _dict(_dict(table).get("tool"))
    yield from _poe(source, _dict(_dict(tools.get("poe")).get("tasks")))
    yield from _pdm(source, _dict(_dict(tools.get("pdm")).get("scripts")))
    yield from _taskipy(source, _dict(_dict(tools.get("taskipy")).get("tasks")))
    yield from _hatch(source, _dict(_dict(table if name == "hatch.toml" else tools.get("hatch")).get("envs")))
    yield from _pixi(source, _dict(table if name == "pixi.toml" else tools.get("pixi")))
    if name == "poe_tasks.toml":
        yield from _poe(source, _dict(_dict(table).get("tasks")))


def _npm(source: _Source, scripts: Any) -> Iterator[Task]:
    scripts = _dict(scripts)
    for name, script in scripts.items():
        if isinstance(script, str):
            needs = [around for around in (f"pre{name}", f"post{name}") if around in scripts]
            yield source.task("npm", name, [script], needs)


def _poe(source: _Source, tasks: dict[str, Any]) -> Iterator[Task]:
    for name, task in tasks.items():
        options = _dict(task)
        needs = [item.split()[0] for item in _strings(options.get("deps")) if item.strip()]
        cwd = options.get("cwd")
        here = replace(source, under="poe", cwd=cwd if isinstance(cwd, str) else "")
        yield here.task("poe", name, _poe_commands(task), needs)


def _poe_commands(task: Any, *, nested: bool = False) -> list[str]:
    """The commands of a poe task: a string is a command, but in a sequence the name of another task."""
    if isinstance(task, str):
        return [f"poe {task}" if nested else task]
    if isinstance(task, list):
        return [command for item in task for command in _poe_commands(item, nested=True)]
    options = _dict(task)
    found: list[str] = []
    for kind, form in (
        ("cmd", "{}"),
        ("shell", "{}"),
        ("ref", "poe {}"),
        ("script", "python -c {}"),
        ("expr", "python -c {}"),
    ):
        if isinstance(value := options.get(kind), str):
            found.append(form.format(shlex.quote(value) if "python" in form else value))
    for kind in ("sequence", "parallel"):
        for item in options.get(kind, []) if isinstance(options.get(kind), list) else ():
            found += _poe_commands(item, nested=options.get("default_item_type", "ref") == "ref")
    if options.get("ignore_fail"):
        found = [f"{command} || true" for command in found]
    return found


def _pdm(source: _Source, scripts: dict[str, Any]) -> Iterator[Task]:
    for name, script in scripts.items():
        options = _dict(script)
        command = script if isinstance(script, str) else options.get("cmd") or options.get("shell")
        commands = [f"pdm run {item}" for item in _strings(options.get("composite"))]
        if isinstance(command, list):
            commands.append(shlex.join(_strings(command)))
        elif isinstance(command, str):
            commands.append(command)
        if isinstance(call := options.get("call"), str):
            commands.append(f"python -c {shlex.quote(call)}")
        needs = [around for around in (f"pre_{name}", f"post_{name}") if around in scripts]
        if name != "_":
            yield replace(source, under="pdm.scripts").task("pdm", name, commands, needs)


def _taskipy(source: _Source, tasks: dict[str, Any]) -> Iterator[Task]:
    for name, task in tasks.items():
        command = task if isinstance(task, str) else _dict(task).get("cmd")
        needs = [around for around in (f"pre_{name}", f"post_{name}") if around in tasks]
        commands = [command] if isinstance(command, str) else []
        yield replace(source, under="taskipy").task("task", name, commands, needs)


def _hatch(source: _Source, envs: dict[str, Any]) -> Iterator[Task]:
    """The scripts of hatch's environments, named `env:script`; every environment has those of `default`, too."""
    default = _dict(_dict(envs.get("default")).get("scripts"))
    for env, table in envs.items():
        own = _dict(_dict(table).get("scripts"))
        for name, script in (default | own).items():
            commands = [
                _hatch_command(env, line, default | own)
                for line in ([script] if isinstance(script, str) else _strings(script))
            ]
            here = replace(source, under=f"envs.{env if name in own else 'default'}")
            yield here.task("hatch", f"{env}:{name}", commands)


def _hatch_command(env: str, text: str, scripts: dict[str, Any]) -> str:
    command = re.sub(r"\{args:?([^{}]*)\}", r"\1", text.lstrip("- "))
    first = command.split()[0] if command.split() else ""
    if first in scripts:
        command = f"hatch run {env}:{command}"
    return f"{command} || true" if text.startswith("- ") else command


def _pixi(source: _Source, table: dict[str, Any]) -> Iterator[Task]:
    groups = [_dict(table.get("tasks"))]
    for part in ("feature", "target"):
        groups += [_dict(_dict(inner).get("tasks")) for inner in _dict(table.get(part)).values()]
    for name, task in (pair for group in groups for pair in group.items()):
        options = _dict(task)
        command = task if isinstance(task, str) else options.get("cmd")
        if isinstance(command, list):
            command = shlex.join(_strings(command))
        wanted = task if isinstance(task, list) else options.get("depends-on", options.get("depends_on"))
        needs = (
            [wanted]
            if isinstance(wanted, str)
            else [_pixi_need(item) for item in wanted]
            if isinstance(wanted, list)
            else []
        )
        cwd = options.get("cwd")
        here = replace(source, under="tasks", cwd=cwd if isinstance(cwd, str) else "")
        yield here.task("pixi", name, [command] if isinstance(command, str) else [], needs)


def _pixi_need(item: Any) -> str:
    name = item if isinstance(item, str) else _dict(item).get("task")
    return name if isinstance(name, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
