"""Commands without the wrappers around them: `uv run`, `env`, `timeout 60`, `python -m` and their like."""

import re
from collections.abc import Collection

from aiscaffold.regex import regex

Words = tuple[str, ...]

_PYTHON = regex(r"(?:python|pypy|pythonw|py)[\d.]*")
_PYTHON_VARIABLE = regex(r"[$%].*python.*", re.IGNORECASE)
_MODULE_FLAG = regex(r"-[bBdEhiIOPqsSuv]*m")
_PINNED = regex(r"(?:\[[^]]{0,80}\])?(?:@|[=~<>!]=).*")

# Options of a wrapper that take the next word as their value.
_UV = [
    "--with",
    "--with-requirements",
    "--with-editable",
    "--extra",
    "--no-extra",
    "--group",
    "--no-group",
    "--only-group",
    "--python",
    "-p",
    "--project",
    "--directory",
    "--package",
    "--env-file",
    "--index",
    "--index-url",
    "--default-index",
    "--extra-index-url",
    "--find-links",
    "-f",
    "--resolution",
    "--prerelease",
    "--config-file",
    "--cache-dir",
    "--refresh-package",
    "-P",
    "--upgrade-package",
    "--reinstall-package",
    "--color",
    "--link-mode",
    "--exclude-newer",
    "--python-platform",
    "--from",
    "--constraints",
    "-c",
    "--overrides",
    "--build-constraints",
    "-b",
    "--python-version",
]
_CONDA = ["-n", "--name", "-p", "--prefix", "--cwd"]
_PIXI = ["-e", "--environment", "--manifest-path", "-m", "--frozen-env"]
_RUNNERS = {
    ("uv", "run"): _UV,
    ("uv", "tool", "run"): _UV,
    ("uvx",): _UV,
    ("pipx", "run"): ["--spec", "--python", "--with", "--pip-args", "--index-url"],
    ("poetry", "run"): ["-C", "--directory", "-P", "--project"],
    ("pdm", "run"): ["-p", "--project", "--venv"],
    ("hatch", "run"): [],
    ("hatch", "env", "run"): ["-e", "--env", "-i", "--include", "-x", "--exclude"],
    ("rye", "run"): ["--pyproject"],
    ("pixi", "run"): _PIXI,
    ("pipenv", "run"): [],
    ("conda", "run"): _CONDA,
    ("mamba", "run"): _CONDA,
    ("micromamba", "run"): _CONDA,
    ("npx",): ["-p", "--package"],
    ("bunx",): [],
    ("pnpm", "exec"): [],
    ("pnpm", "dlx"): [],
    ("yarn", "dlx"): [],
    ("npm", "exec"): [],
    ("corepack",): [],
    ("mise", "exec"): [],
    ("mise", "x"): [],
    ("devbox", "run"): [],
    ("doppler", "run"): [],
    ("dotenv", "run"): ["-f"],
}
_TOOL_RUNNERS = ({"uvx"}, {"uv", "tool", "run"}, {"pipx", "run"})
# Wrappers with the options that take a value and the number of words of their own before the command.
_WRAPPERS = {
    "env": (["-u", "--unset", "-C", "--chdir"], 0),
    "sudo": (["-u", "-g", "-U", "-h", "-p"], 0),
    "time": (["-f", "-o"], 0),
    "nice": (["-n"], 0),
    "ionice": (["-c", "-n"], 0),
    "stdbuf": (["-o", "-e", "-i"], 0),
    "timeout": (["-k", "-s", "--kill-after", "--signal"], 1),
    "xvfb-run": (["-s", "-n", "-e", "-f", "--server-args", "--server-num"], 0),
    "xargs": (["-n", "-P", "-I", "-L", "-d", "-a", "-s"], 0),
    "mpirun": (["-n", "-np", "-host", "--host", "-hostfile", "--hostfile", "-x"], 0),
    "mpiexec": (["-n", "-np", "-host", "--host", "-hostfile", "--hostfile", "-x"], 0),
    "cross-env": ([], 0),
} | {
    name: ([], 0)
    for name in ("nohup", "exec", "command", "builtin", "call", "setsid", "unbuffer", "winpty", "if", "then")
}
_SHORTHANDS: dict[Words, str] = {
    ("hatch", "test"): "pytest",
    ("rye", "test"): "pytest",
    ("hatch", "fmt"): "ruff",
    ("rye", "lint"): "ruff",
    ("uv", "format"): "ruff",
}


def basename(program: str) -> str:
    """The name of a program without its folder."""
    return program.rpartition("/")[2].removesuffix(".exe")


def plain(words: Words) -> Words:
    """A command without any of its wrappers: `uv run python -m pytest -q` is `pytest -q`."""
    while (peeled := peel(words)) != words:
        words = peeled
    return words


def peel(words: Words) -> Words:
    """A command without its outermost wrapper; the same words where there is none."""
    if not words:
        return words
    words = _without_global_options(words)
    program = basename(words[0])
    if shorthand := _SHORTHANDS.get((program, *words[1:2])):
        return (shorthand, *words[2:])
    if _PYTHON.fullmatch(program) or (_PYTHON_VARIABLE.fullmatch(words[0]) and words[1:2] == ("-m",)):
        return _module(program, words)
    if program in _WRAPPERS:
        options, own = _WRAPPERS[program]
        rest = _after_options(words[1:], options, assignments=True)[own:]
        return rest or words
    for length in (3, 2, 1):
        prefix = (program, *words[1:length])
        if len(prefix) == length and prefix in _RUNNERS:
            return _run(prefix, words[length:]) or words
    return words


def _without_global_options(words: Words) -> Words:
    """`uv --directory x run y` as `uv run y`."""
    if words[0] in ("uv", "poetry", "pdm", "pixi", "hatch", "pnpm", "mise") and words[1:2] and words[1].startswith("-"):
        options = (*_UV, "-C", "-e", "--env") if words[0] in ("uv", "poetry", "hatch", "pnpm") else ()
        return (words[0], *_after_options(words[1:], options))
    return words


def _run(prefix: Words, rest: Words) -> Words:
    for flag in ("-m", "--module"):
        if prefix[0] == "uv" and flag in rest[: _count_options(rest, (*_RUNNERS[prefix], flag))]:
            return ("python", "-m", *rest[rest.index(flag) + 1 :])
    rest = _after_options(rest, _RUNNERS[prefix])
    if not rest:
        return rest
    if set(prefix) in _TOOL_RUNNERS:
        return (_PINNED.sub("", rest[0]), *rest[1:])
    if prefix == ("hatch", "run") and ":" in rest[0]:
        return (rest[0].rpartition(":")[2], *rest[1:])
    return ("python", *rest) if rest[0].endswith(".py") and prefix[0] in ("uv", "pdm", "rye") else rest


def _module(program: str, words: Words) -> Words:
    """`python -m X` as `X`, any other call of Python under one name."""
    rest = words[1:]
    while rest and rest[0].startswith("-") and rest[0] not in ("-", "-c"):
        if _MODULE_FLAG.fullmatch(rest[0]):
            return rest[1:] or words
        rest = rest[2:] if rest[0] in ("-W", "-X") else rest[1:]
    if rest and basename(rest[0]) == "setup.py":
        return ("setup.py", *rest[1:])
    return ("python", *rest) if _PYTHON.fullmatch(program) else words


def _after_options(words: Words, with_value: Collection[str], *, assignments: bool = False) -> Words:
    return words[_count_options(words, with_value, assignments=assignments) :]


def _count_options(words: Words, with_value: Collection[str], *, assignments: bool = False) -> int:
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return at + 1
        if not word.startswith(("-", "+")) and not (assignments and re.match(r"\w+=", word)):
            return at
        at += 2 if word in with_value else 1
    return len(words)
