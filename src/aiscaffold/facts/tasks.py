"""What a command of a CI finally runs: through make, tox, nox and other task runners down to the tools themselves."""

import fnmatch
import posixpath
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

from aiscaffold.evidence import Evidence, at
from aiscaffold.folders import joined
from aiscaffold.runners import just, make, python, tables, taskfile, tox
from aiscaffold.runners.calls import Call, call_of
from aiscaffold.runners.elsewhere import is_variable, why_opaque
from aiscaffold.shell import commands
from aiscaffold.task import Read, Task, locate
from aiscaffold.wrappers import basename, peel

_DEEPEST = 12
_MOST = 2_000  # commands that one script may lead to
_MOST_HOPS = 300  # on the way to all of them
_ONLY_HERE = frozenset({"make", "nox"})  # runners that do not look into the folders above
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "pwsh", "powershell"})
_Reader = Callable[[str], Iterable[Task]]
_ALSO_RUN = frozenset({"hatch", "npm", "pdm", "pixi"})
_FILES = frozenset({*make.NAMES, *just.NAMES, *taskfile.NAMES})


@dataclass(frozen=True, slots=True)
class Command:
    """A command that is finally run.

    `chain` leads from the script that was asked about through each hop to the line of the command itself.
    """

    program: str
    words: tuple[str, ...]
    chain: tuple[Evidence, ...]
    soft: bool
    cwd: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a script finally runs, and the places where it could not be followed."""

    commands: tuple[Command, ...]
    opaque: tuple[Evidence, ...]


class TaskGraph:
    """The tasks of a repository's runner files, and what they lead to."""

    def __init__(self, read: Read, paths: Sequence[str]) -> None:
        self.read = read
        self.paths = frozenset(paths)

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task of every runner file, at any depth."""
        return tuple(self._homes)

    @cached_property
    def _homes(self) -> dict[Task, str]:
        """The tasks, with the folder that their runner takes them from."""
        return {task: posixpath.dirname(path) for path in sorted(self.paths) for task in self._tasks_of(path)}

    @cached_property
    def _index(self) -> dict[tuple[str, str], dict[str, Task]]:
        index: dict[tuple[str, str], dict[str, Task]] = {}
        for task, home in self._homes.items():
            index.setdefault((task.runner, home), {}).setdefault(task.name, task)
        return index

    def find(self, runner: str, name: str, cwd: str = "") -> Task | None:
        """The task that a runner takes by this name in a folder; without a name, its default."""
        for folder in [cwd] if runner in _ONLY_HERE else _upwards(cwd):
            known = self._index.get((runner, folder), {})
            if (task := _named(runner, name, known)) is not None:
                return task
        return None

    def needed(self, task: Task) -> Iterator[Task]:
        """The tasks that run before a task."""
        home = self._homes.get(task, task.cwd)
        found = (self.find(task.runner, name, home) for name in task.needs)
        return (needed for needed in found if needed is not None)

    def resolve(self, script: str, start: Evidence, cwd: str = "", *, pipefail: bool = False) -> Resolved:
        """Follow every command of a script that stands at or below `start`; for `pipefail` see the shell."""
        walk = _Walk(self)
        lines = (self.read(start.path) or "").splitlines() if start.path in self.paths else []
        numbers = locate(lines, script, start.line) if lines else ()
        walk.script(replace(_script_task(script, start, cwd), lines=numbers), _State(), pipefail)
        return Resolved(tuple(dict.fromkeys(walk.commands)), tuple(dict.fromkeys(walk.opaque)))

    def _tasks_of(self, path: str) -> Iterable[Task]:
        name = posixpath.basename(path)
        if name in make.NAMES:
            return self._read(path, lambda text: make.read_make(path, text, self.read))
        if name in taskfile.NAMES:
            return self._read(path, lambda text: taskfile.read_taskfile(path, text, self.read))
        found: list[Task] = []
        for names, reader in _READERS:
            if name in names:
                found += self._read(path, partial(reader, path))
        return found

    def _read(self, path: str, reader: _Reader) -> list[Task]:
        text = self.read(path)
        try:
            return list(reader(text)) if text is not None else []
        except RecursionError:
            return []


_READERS = (
    (just.NAMES, just.read_just),
    (("noxfile.py",), python.read_nox),
    (("tasks.py",), python.read_invoke),
    (("tox.ini", "setup.cfg"), tox.read_tox_ini),
    (("tox.toml", "pyproject.toml"), tox.read_tox_toml),
    (tables.FILES, tables.read_tables),
)


def _named(runner: str, name: str, known: dict[str, Task]) -> Task | None:
    if name in known:
        return known[name]
    if runner == "make":
        return next(
            (
                task
                for pattern, task in known.items()
                if "%" in pattern and fnmatch.fnmatchcase(name, pattern.replace("%", "*"))
            ),
            None,
        )
    if runner == "nox":
        return known.get(re.sub(r"(?:-\d[\d.]*|-\$\{.*)?(?:\(.*\))?$", "", name))
    if runner == "invoke":
        return known.get(name.replace("_", "-").rpartition(".")[2])
    return known.get(tox.BASE) if runner == "tox" and name else None


def _upwards(cwd: str) -> Iterator[str]:
    while cwd and not cwd.startswith(("..", "?")):
        yield cwd
        cwd = posixpath.dirname(cwd)
    yield ""


def _script_task(script: str, place: Evidence, cwd: str) -> Task:
    return Task("", "", place, script, cwd)


@dataclass(frozen=True)
class _State:
    """How far a walk has come: the places it went through, the tasks it is inside of."""

    chain: tuple[Evidence, ...] = ()
    soft: bool = False
    inside: frozenset[tuple[str, str, str]] = frozenset()


@dataclass
class _Walk:
    graph: TaskGraph
    commands: list[Command] = field(default_factory=list)
    opaque: list[Evidence] = field(default_factory=list)
    hops: int = 0

    def script(self, task: Task, state: _State, pipefail: bool) -> None:
        for simple in commands(task.script, pipefail=pipefail):
            place = replace(task.place, line=task.line(simple.line), remark=shlex.join(simple.words)[:200])
            reached = replace(state, chain=(*state.chain, place), soft=state.soft or simple.soft)
            self._command(simple.words, reached, joined(task.cwd, simple.cwd))

    def _command(self, words: tuple[str, ...], state: _State, cwd: str) -> None:
        while len(self.commands) < _MOST:
            program = basename(words[0])
            call = call_of(program, words)
            if (call and self._call(call, state, cwd)) or self._shell(program, words, state, cwd):
                return
            peeled = peel(words)
            if peeled == words:
                self._end(program, words, state, cwd)
                return
            words = peeled

    def _call(self, call: Call, state: _State, cwd: str) -> bool:
        """Follow the call of a runner; whether there was something to follow."""
        folder = joined(cwd, call.folder)
        base = "" if folder == "?" else folder
        is_read = not call.file or posixpath.basename(call.file) in _FILES
        found: list[Task] = []
        for name in call.names or ("",):
            task = self.graph.find(call.runner, name, base) if is_read and not is_variable(name) else None
            if task is not None:
                found.append(task)
            # What no task is called can still be a program for these, and an argument for just.
            elif call.runner not in _ALSO_RUN and not (found and call.runner == "just"):
                self.opaque.append(state.chain[-1].saying(_why_missing(call, name)))
        for task in found:
            self._task(task, state)
        return bool(found)

    def _task(self, task: Task, state: _State) -> None:
        key = (task.runner, task.name, task.place.path)
        if key in state.inside:
            return
        self.hops += 1
        if len(state.inside) >= _DEEPEST or self.hops > _MOST_HOPS:
            self.opaque.append(state.chain[-1].saying("more hops than are followed"))
            return
        inside = replace(state, inside=state.inside | {key})
        for needed in self.graph.needed(task):
            told = task.place.saying(f"{task.name or task.runner} needs {needed.name}")
            hop = () if needed.place == task.place else (told,)
            self._task(needed, replace(inside, chain=(*state.chain, *hop)))
        self.script(task, inside, "pipefail" in (self.graph.read(task.place.path) or ""))

    def _shell(self, program: str, words: tuple[str, ...], state: _State, cwd: str) -> bool:
        """Follow a shell script of the repository, or the text given to a shell."""
        options = [word for word in words[1:] if word.startswith("-")]
        rest = [word for word in words[1:] if not word.startswith("-") and word != "pipefail"]
        inline = any(re.fullmatch(r"-[a-z]*c", option) for option in options) and rest
        if (program in _SHELLS and inline) or (program == "eval" and rest):
            text = rest[0] if program != "eval" else " ".join(rest)
            return self._inline(text, state, cwd)
        if program == "nix-shell" and "--run" in words[:-1]:
            return self._inline(words[words.index("--run") + 1], state, cwd)
        if program in _SHELLS and not rest and not {"--version", "--login"} & set(options):
            self.opaque.append(state.chain[-1].saying("a shell reads what comes through a pipe"))
            return False
        file = rest[0] if program in (*_SHELLS, "source", ".") and rest else words[0] if "/" in words[0] else ""
        return bool(file) and self._file(file, state, cwd)

    def _inline(self, text: str, state: _State, cwd: str) -> bool:
        if len(state.inside) >= _DEEPEST:
            return False
        place = state.chain[-1]
        deeper = replace(state, chain=state.chain[:-1], inside=state.inside | {("sh", text, str(len(state.inside)))})
        self.script(_script_task(text, place, cwd), deeper, pipefail=False)
        return True

    def _file(self, name: str, state: _State, cwd: str) -> bool:
        paths = [
            joined("" if cwd == "?" else cwd, re.sub(r"^\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|PWD)\}?/", "", name)),
            name,
        ]
        path = next((path for path in map(posixpath.normpath, paths) if path in self.graph.paths), "")
        text = (
            self.graph.read(path)
            if path and not path.endswith((".py", ".js", ".rb", ".pl", ".ps1", ".bat", ".cmd"))
            else None
        )
        first = text.splitlines()[0] if text and text.strip() else ""
        if text is None or (first.startswith("#!") and not re.search(r"\b(?:ba|z|da)?sh\b", first)):
            return False
        self._task(Task("sh", path, at(path), text, cwd, lines=tuple(range(1, text.count("\n") + 2))), state)
        return True

    def _end(self, program: str, words: tuple[str, ...], state: _State, cwd: str) -> None:
        if program in ("true", ":"):
            return
        self.commands.append(Command(program, words, state.chain, state.soft, cwd))
        if reason := why_opaque(program, words):
            self.opaque.append(state.chain[-1].saying(reason))
        if program == "coverage" and words[1:2] == ("run",):
            self._covered(words[2:], state, cwd)
        if program == "python" and len(words) > 1:
            self._python(words[1], state, cwd)
        elif program.endswith(".py"):
            self._python(words[0], state, cwd)

    def _covered(self, words: tuple[str, ...], state: _State, cwd: str) -> None:
        """The command that coverage measures."""
        for index, word in enumerate(words):
            if word == "-m" or (not word.startswith("-") and word.endswith(".py")):
                self._command(("python", *words[index:]), state, cwd)
                return

    def _python(self, name: str, state: _State, cwd: str) -> None:
        path = joined("" if cwd == "?" else cwd, name)
        text = self.graph.read(path) if path in self.graph.paths else None
        task = python.read_script(path, text) if text else None
        if task is not None:
            self._task(replace(task, cwd=cwd), state)


def _why_missing(call: Call, name: str) -> str:
    if is_variable(name):
        return f"which task {call.runner} runs is a variable"
    if call.file:
        return f"{call.file} is not read"
    return f"no {call.runner} task {name} in this repository" if name else f"no {call.runner} tasks in this repository"
