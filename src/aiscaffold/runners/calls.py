"""Commands that call a task runner: which runner, which tasks, in which folder."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from aiscaffold.regex import regex

Words = tuple[str, ...]

_SCRIPTS = frozenset({"npm", "yarn", "pnpm", "bun"})
_FOLDER = frozenset({"-C", "--directory", "--prefix", "--cwd", "--dir", "-d", "--working-directory", "--project"})
_VALUES = {
    "make": "-C --directory -f --file --makefile -I -o -W -l",
    "nox": "-s -e --session --sessions -f --noxfile -p --python -k --keywords -t --tags --default-venv-backend -db",
    "tox": "-e -c --conf -p --parallel -f -m --workdir --root --result-json -x --override --runner -q",
    "poe": "-C --directory -e --executor -X --executor-opt",
    "just": "-f --justfile -d --working-directory --set --shell",
    "task": "-d --dir -t --taskfile -o --output -C --concurrency",
    "invoke": "-c --collection -r --search-root -f --config -T",
    "pixi": "-e --environment --manifest-path -m --feature --frozen-env",
    "hatch": "-e --env -p --project",
    "pdm": "-p --project",
    "npm": "--prefix -C --cwd --dir -w --workspace --filter -F",
}
_NOT_SCRIPTS = frozenset(
    [
        "install",
        "i",
        "ci",
        "add",
        "remove",
        "publish",
        "pack",
        "audit",
        "init",
        "link",
        "list",
        "ls",
        "outdated",
        "update",
        "upgrade",
        "version",
        "view",
        "exec",
        "x",
        "dlx",
        "create",
        "config",
        "cache",
        "run-script",
        "login",
        "logout",
        "info",
        "why",
        "set",
        "workspace",
        "workspaces",
        "foreach",
        "global",
        "import",
        "dedupe",
        "rebuild",
        "up",
    ]
)
_SELECTS = {"nox": regex(r"--sessions?|-[rRNvx]*[se]"), "tox": regex(r"--env|-[rvqp]*e")}
_MANY = {
    "make": "make",
    "gmake": "make",
    "mingw32-make": "make",
    "just": "just",
    "task": "task",
    "go-task": "task",
    "inv": "invoke",
    "invoke": "invoke",
    "fab": "invoke",
}
_ASKS = frozenset(
    {"--version", "--help", "-h", "--list", "-l", "--summary", "-v", "list", "config", "--notest", "--devenv"}
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a task runner; without names it runs the runner's default. `rest` is what the tasks are given."""

    runner: str
    names: tuple[str, ...]
    folder: str = ""
    file: str = ""
    rest: Words = ()


def call_of(program: str, words: Words) -> Call | None:
    """The call that a command makes, None where it calls no task runner."""
    rest = words[1:]
    if program in ("poetry", "uv", "pdm") and "poe" in words[1:3]:
        program, rest = "poe", words[words.index("poe") + 1 :]
    if program in ("nox", "tox"):
        return _selected(program, rest)
    if program in _SCRIPTS:
        return _npm(rest)
    if program == "poe":
        return _first("poe", rest, _VALUES["poe"])
    if runner := _MANY.get(program):
        return _positional(runner, rest, _VALUES[runner])
    return _managed(program, words)


def _managed(program: str, words: Words) -> Call | None:
    """A call of a package manager that runs tasks, too."""
    if program == "hatch" and words[1:2] in (("run",), ("env",)):
        return _hatch(words)
    if program in ("pixi", "pdm") and words[1:2] in (("run",), ("r",)):
        return _first(program, words[2:], _VALUES[program])
    return None


def _hatch(words: Words) -> Call | None:
    call = _first("hatch", tuple(word for word in words[1:] if word not in ("run", "env", "--")), _VALUES["hatch"])
    if not call.names:
        return None
    env, _, name = call.names[0].rpartition(":")
    chosen = next((words[at + 1] for at, word in enumerate(words[:-1]) if word in ("-e", "--env")), "default")
    return Call("hatch", (f"{env.removeprefix('+') or chosen}:{name}",), call.folder, rest=call.rest)


def _npm(rest: Words) -> Call | None:
    call = _first("npm", rest, _VALUES["npm"])
    names = call.names
    if names in (("run",), ("run-script",)):
        again = _first("npm", call.rest, _VALUES["npm"])
        return Call("npm", again.names, call.folder or again.folder, rest=again.rest) if again.names else None
    if not names or names[0] in _NOT_SCRIPTS:
        return None
    return Call("npm", ("test",) if names[0] in ("t", "tst") else names, call.folder, rest=call.rest)


def _first(runner: str, rest: Words, with_value: str) -> Call:
    """Only the first word names a task, what follows is given to it."""
    names, folder, file, at = _read(rest, with_value.split(), most=1)
    return Call(runner, names, folder, file, rest[at:])


def _positional(runner: str, rest: Words, with_value: str) -> Call | None:
    """Every word names a task, except options and variables."""
    if _ASKS & set(rest[:1]):
        return None
    before = rest[: rest.index("--")] if "--" in rest else rest
    names, folder, file, _ = _read(before, with_value.split(), most=len(rest))
    return Call(runner, tuple(name for name in names if "=" not in name), folder, file)


def _read(rest: Words, with_value: Collection[str], most: int) -> tuple[tuple[str, ...], str, str, int]:
    names, folder, file, at = list[str](), "", "", 0
    while at < len(rest) and len(names) < most:
        word, _, value = rest[at].partition("=") if rest[at].startswith("--") else (rest[at], "", "")
        takes = word in with_value and not value
        value = value or (rest[at + 1] if takes and at + 1 < len(rest) else "")
        if word in _FOLDER:
            folder = value
        elif word in ("-f", "--file", "--makefile", "--justfile", "-t", "--taskfile"):
            file = value
        elif not word.startswith("-") and (not word.startswith("+") or ":" in word):
            names.append(rest[at])
        at += 2 if takes else 1
    return tuple(names), folder, file, at


def _selected(runner: str, rest: Words) -> Call | None:
    """A call of nox or tox, whose tasks are the values of options."""
    before = rest[: rest.index("--")] if "--" in rest else rest
    if runner == "tox" and before[:1] in (("r",), ("run",), ("p",), ("run-parallel",)):
        before = before[1:]
    if _ASKS & set(before):
        return None
    names: list[str] = []
    is_value = False
    for word in before:
        option, _, value = word.partition("=")
        if _SELECTS[runner].fullmatch(option):
            names += _listed(value, runner)
            is_value = not value
        elif runner == "tox" and re.match(r"-e\w", word):
            names += _listed(word.removeprefix("-e"), runner)
        elif word.startswith("-"):
            is_value = False
        elif is_value:
            names += _listed(word, runner)
            is_value = runner == "nox"
    return Call(runner, tuple(names))


def _listed(value: str, runner: str) -> list[str]:
    names = value.split(",") if runner == "tox" and "{" not in value else [value]
    return [name for name in names if name]
