"""Run git and friends: one way to run, one way to fail."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from aiscaffold.errors import ToolFailed, ToolMissing

INSTALL = {
    "git": "install git (https://git-scm.com/downloads) or pass --no-git",
    "uv": "install uv, for example: python -m pip install uv",
}

# What ties git to one repository (`git rev-parse --local-env-vars`, and three that steer new ones). A call from
# inside a git hook inherits them, and our commit would land in the repository of that hook.
REPOSITORY_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DEFAULT_HASH",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_TEMPLATE_DIR",
        "GIT_WORK_TREE",
    }
)

# What a user's configuration may say must neither run code of theirs inside our commit nor wait for a pass phrase.
NEUTRAL = (
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "advice.addEmbeddedRepo=false",
    "core.safecrlf=false",
    "core.sparseCheckout=false",
    "init.defaultBranch=main",
    "merge.conflictStyle=merge",
    "merge.directoryRenames=true",
    "merge.renames=true",
    "log.showSignature=false",
)

# For a repository of a stranger's, whose configuration may name any program as the way to fetch what a partial clone
# left out. Only newer gits know the first; no transport is called "none".
OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}

# A list that no configuration can widen: above all not to `ext`, which runs any command.
PROTOCOLS = {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh"}
# A server that stopped talking is as good as none; git itself would wait for ever.
PATIENCE = ("-c", "http.lowSpeedLimit=1", "-c", "http.lowSpeedTime=30")


def attempt(
    command: Sequence[str], cwd: Path, env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run a program whose failure is an answer; only a missing program raises (`ToolMissing`)."""
    return subprocess.run(
        [find(command[0]), *command[1:]],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def stream(command: Sequence[str], cwd: Path, tell: Callable[[str], None]) -> int:
    """Run a program, hand each line that it prints to `tell`, and return its exit code."""
    # An environment of the user's is not the project's: uv would warn about the first and rebuild the second.
    foreign = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    with subprocess.Popen(
        [find(command[0]), *command[1:]],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            tell(line.rstrip())
    return process.returncode


def find(program: str) -> str:
    """The full path of a program: on PATH, or beside our own interpreter where the environment is not activated."""
    if found := shutil.which(program) or shutil.which(program, path=str(Path(sys.executable).parent)):
        return found
    raise ToolMissing(f"{program} was not found on PATH", hint=INSTALL.get(program, ""))


def git(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> str:
    """Run git with neutral settings, away from any repository that the environment points to; what it printed.

    Raises `ToolMissing` when git is not on PATH and `ToolFailed`, naming the git command, when it exits with an error.
    """
    done = attempt(git_command(*arguments), cwd, git_environment(env))
    if done.returncode:
        _fail(arguments, done.stderr.strip() or done.stdout)
    return done.stdout


def git_remote(*arguments: str, cwd: Path) -> None:
    """Run git where it talks to a server: with the user's configuration, which knows how to log in; not for ever."""
    git(*PATIENCE, *arguments, cwd=cwd, env=PROTOCOLS)


def _fail(arguments: Sequence[str], output: str) -> NoReturn:
    said = output.strip().splitlines() or ["it said nothing"]
    verb = next(word for word in arguments if not word.startswith("-") and "=" not in word)
    raise ToolFailed(f"git {verb} failed: {said[-1]}", hint=" ".join(said[:-1]))


def git_data(
    *arguments: str, cwd: Path, env: Mapping[str, str] | None = None, feed: bytes = b"", fine: Collection[int] = (0,)
) -> bytes:
    """Like `git`, for what is no text: paths and contents as bytes, `feed` on its standard input.

    Exit codes in `fine` are answers, no failures.
    """
    command = git_command(*arguments)
    done = subprocess.run(
        [find(command[0]), *command[1:]],
        cwd=cwd,
        env=git_environment(env),
        input=feed,
        capture_output=True,
        check=False,
    )
    if done.returncode not in fine:
        _fail(arguments, done.stderr.decode(errors="replace"))
    return done.stdout


def zeroed(lines: Iterable[str]) -> bytes:
    """Lines as git reads them with `-z`: whatever bytes a path holds, each ends in a zero."""
    return b"".join(line.encode(errors="surrogateescape") + b"\0" for line in lines)


def path_lines(listed: bytes) -> Iterator[tuple[list[str], str]]:
    """Read lines that git ended with zeros: fields, a tab, a path of whatever bytes."""
    for line in filter(None, listed.split(b"\0")):
        fields, _, path = line.partition(b"\t")
        yield fields.decode().split(), path.decode(errors="surrogateescape")


def git_answers(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> str | None:
    """What git says, or None where it says no (or is not installed)."""
    try:
        done = attempt(git_command(*arguments), cwd, git_environment(env))
    except ToolMissing:
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def git_command(*arguments: str) -> list[str]:
    """The git command line with every neutral setting in front."""
    return ["git", *(word for setting in NEUTRAL for word in ("-c", setting)), *arguments]


def git_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without git's repository variables, in English, never asking anything."""
    kept = {k: v for k, v in os.environ.items() if k not in REPOSITORY_VARIABLES}
    return {**kept, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_ATTR_NOSYSTEM": "1", **(extra or {})}
