"""tox: its environments from tox.ini, setup.cfg, tox.toml and pyproject.toml."""

import posixpath
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from aiscaffold.evidence import at
from aiscaffold.regex import regex
from aiscaffold.task import Task, locate

BASE = "testenv"  # the environment that stands for every name without a section of its own
_COMMANDS = ("commands_pre", "commands", "commands_post")
_KEY = regex(r"([\w.-]+)\s*[=:](.*)")
_FACTOR = regex(r"[\w.,!{}-]{1,200}:\s+")
_REFERENCE = regex(r"\{\[([^]{}]+)\](\w+)\}")
_SUBSTITUTION = regex(r"\{([^{}]*)\}")
_GROUPS = regex(r"\{([^{}]*)\}")
_KNOWN = {"envpython": "python", "toxinidir": ".", "tox_root": ".", "/": "/", ":": ":"}
_DEEPEST = 6
_MOST = 256  # environments that a name with braces may stand for


@dataclass
class _Section:
    line: int
    keys: dict[str, list[tuple[int, str]]] = field(default_factory=dict)


def read_tox_ini(path: str, text: str, first: int = 1) -> Iterator[Task]:
    """The environments of an ini file whose text starts on line `first` of its file."""
    sections = _sections(text, first)
    core = sections.get("tox") or sections.get("tox:tox")
    cwd = posixpath.dirname(path)
    for name, section in sections.items():
        if name == BASE or name.startswith(f"{BASE}:"):
            commands = [line for key in _COMMANDS for line in _commands(sections, name, key)]
            script = "\n".join(_command(words) for _, words in commands)
            folder = _substituted(_joined(_own(sections, name, "changedir") or _own(sections, name, "change_dir")))
            for env in expand(name.removeprefix(f"{BASE}:")):
                lines = tuple(number for number, _ in commands)
                yield Task("tox", env, at(path, line=section.line), script, _folder(cwd, folder), lines=lines)
    if core is not None:
        listed = core.keys.get("env_list") or core.keys.get("envlist") or []
        envs = tuple(env for _, line in listed for part in _split(line) for env in expand(part))
        yield Task("tox", "", at(path, line=listed[0][0] if listed else core.line), "", cwd, envs or (BASE,))
    elif BASE in sections:
        yield Task("tox", "", at(path, line=sections[BASE].line), "", cwd, (BASE,))


def read_tox_toml(path: str, text: str) -> Iterator[Task]:
    """The environments of tox.toml, or of `[tool.tox]` in pyproject.toml."""
    try:
        table: Any = tomllib.loads(text)
    except (ValueError, RecursionError):
        return
    is_project = posixpath.basename(path) == "pyproject.toml"
    if is_project:
        table = table.get("tool", {}).get("tox") if isinstance(table.get("tool"), dict) else None
    if not isinstance(table, dict):
        return
    lines = text.splitlines()
    if isinstance(legacy := table.get("legacy_tox_ini"), str):
        start = _find(lines, "legacy_tox_ini")
        yield from read_tox_ini(
            path, legacy, start + (1 if legacy and legacy.splitlines()[0].strip() not in lines[start - 1] else 0)
        )
        return
    prefix = "tool.tox." if is_project else ""
    base, envs = _table(table, "env_run_base"), _table(table, "env")
    yield _toml_env(path, lines, (f"[{prefix}env_run_base]", BASE), base, {})
    for name, env in envs.items():
        if isinstance(env, dict):
            yield _toml_env(path, lines, (f"[{prefix}env.{name}]", name), env, base)
    listed = table.get("env_list")
    needs = tuple(item for item in listed if isinstance(item, str)) if isinstance(listed, list) else ()
    yield Task("tox", "", at(path, line=_find(lines, "env_list")), "", posixpath.dirname(path), needs or (BASE,))


def expand(name: str) -> list[str]:
    """The names that one with braces stands for: `py{311,312}` is `py311` and `py312`."""
    parts = _GROUPS.split(name)
    choices = [[part] if index % 2 == 0 else _alternatives(part) for index, part in enumerate(parts)]
    found: list[str] = []
    for combination in product(*choices):
        found.append("".join(combination))
        if len(found) >= _MOST:
            break
    return found


def _alternatives(group: str) -> list[str]:
    span = re.fullmatch(r"\s*(\d{1,4})-(\d{1,4})\s*", group)
    if span and int(span[1]) <= int(span[2]) < int(span[1]) + _MOST:
        return [str(number) for number in range(int(span[1]), int(span[2]) + 1)]
    return [item.strip() for item in group.split(",")]


def _sections(text: str, first: int) -> dict[str, _Section]:
    """The sections of an ini file; broken lines are passed over."""
    found: dict[str, _Section] = {}
    section, values = _Section(0), list[tuple[int, str]]()
    for number, line in enumerate(text.splitlines(), first):
        if not line.strip() or line.lstrip().startswith(("#", ";")):
            continue
        if line.startswith("[") and "]" in line:
            section = found.setdefault(line[1 : line.index("]")].strip(), _Section(number))
        elif line[0] in " \t":
            values.append((number, line.strip()))
        elif key := _KEY.match(line):
            values = section.keys.setdefault(key[1].lower(), [])
            if key[2].strip():
                values.append((number, key[2].strip()))
    return found


def _own(sections: dict[str, _Section], name: str, key: str) -> list[tuple[int, str]]:
    """A setting of an environment, else of the one that it builds on."""
    seen: set[str] = set()
    while name in sections and name not in seen:
        seen.add(name)
        section = sections[name]
        if key in section.keys:
            return section.keys[key]
        base = _joined(section.keys.get("base", []))
        name = (base if base in sections else f"{BASE}:{base}") if base else BASE
    return sections[BASE].keys.get(key, []) if BASE in sections else []


def _commands(sections: dict[str, _Section], name: str, key: str, depth: int = 0) -> Iterator[tuple[int, str]]:
    held, start = "", 0
    for number, line in _own(sections, name, key):
        start = start or number
        if line.endswith("\\"):
            held += line[:-1] + " "
            continue
        text = _FACTOR.sub("", held + line, count=1) if _FACTOR.match(held + line) else held + line
        reference = _REFERENCE.fullmatch(text.strip())
        if reference and depth < _DEEPEST:
            yield from _commands(sections, reference[1], reference[2], depth + 1)
        else:
            yield start, text
        held, start = "", 0


def _command(text: str) -> str:
    """A command line as a shell would be given it; a leading `-` swallows its failure."""
    command = _substituted(text.lstrip("-! \t"))
    return f"{command} || true" if text.lstrip().startswith("-") else command


def _substituted(text: str) -> str:
    for _ in range(4):
        text = _SUBSTITUTION.sub(_value, text)
    return text


def _value(found: re.Match[str]) -> str:
    name, _, default = found[1].partition(":")
    if name == "env":
        variable, has_default, default = default.partition(":")
        return default if has_default else f"${variable}"
    return default if name == "posargs" else _KNOWN.get(found[1], f"${name or 'x'}")


def _joined(lines: Sequence[tuple[int, str]]) -> str:
    return " ".join(line for _, line in lines)


def _folder(cwd: str, folder: str) -> str:
    joined = posixpath.normpath(posixpath.join(cwd, folder)) if folder and "$" not in folder else cwd
    return "" if joined == "." else joined


def _split(line: str) -> list[str]:
    """A list of environments at its commas and blanks, those in braces kept."""
    return [part.replace(" ", "") for part in re.split(r"[,\s]+(?![^{}]*\})", line.partition("#")[0]) if part]


def _table(table: dict[str, Any], name: str) -> dict[str, Any]:
    found = table.get(name)
    return found if isinstance(found, dict) else {}


def _find(lines: Sequence[str], text: str) -> int:
    return next((number for number, line in enumerate(lines, 1) if line.lstrip().startswith(text)), 1)


def _toml_env(
    path: str, lines: Sequence[str], named: tuple[str, str], env: dict[str, Any], base: dict[str, Any]
) -> Task:
    header, name = named
    start = _find(lines, header)
    scripts, numbers = list[str](), list[int]()
    for key in _COMMANDS:
        place = start if key in env else _find(lines, header.rpartition("env")[0] + "env_run_base]")
        commands = env.get(key, base.get(key, []))
        for words in commands if isinstance(commands, list) else ():
            command = [word for word in words if isinstance(word, str)] if isinstance(words, list) else []
            if command:
                scripts.append(_command(" ".join(_quoted(word) for word in command)))
                numbers += locate(lines, f'"{command[0]}"', numbers[-1] if numbers else place)
    folder = env.get("change_dir", base.get("change_dir", ""))
    cwd = _folder(posixpath.dirname(path), _substituted(folder) if isinstance(folder, str) else "")
    return Task("tox", name, at(path, line=start), "\n".join(scripts), cwd, lines=tuple(numbers))


def _quoted(word: str) -> str:
    return f'"{word}"' if " " in word else word
