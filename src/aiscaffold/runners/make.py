"""Makefiles: their rules, with simple variables put in and conditions decided the way make decides them."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from aiscaffold.evidence import at
from aiscaffold.regex import regex
from aiscaffold.task import Read, Task

NAMES = ("GNUmakefile", "makefile", "Makefile")
_ASSIGNMENT = regex(r"(?:(?:export|override|private) +)*([\w.-]{1,80})[ \t]*(\?|\+|!|:{1,3})?=(.*)", re.DOTALL)
_RULE = regex(r"([^:=#\t][^:=#]*)::?(?!=)(.*)", re.DOTALL)
_REFERENCE = regex(r"\$(?:\(([^()$]*)\)|\{([^{}$]*)\}|([^({$]))")
_CONDITION = regex(r"(ifeq|ifneq|ifdef|ifndef)\b[ \t(]*(.*)")
_SPECIAL = regex(r"\.[A-Z_]+")
_ROUNDS = 8
_MOST_LINES = 2_000
_LONGEST = 20_000  # characters that an expansion may grow to


@dataclass
class _Makefile:
    """A Makefile being read, together with what it includes."""

    read: Read
    cwd: str
    variables: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    conditions: list[bool | None] = field(default_factory=list)
    depth: int = 0

    def file(self, path: str, text: str) -> None:
        for line, logical in _logical_lines(text):
            if logical.startswith(self.variables.get(".RECIPEPREFIX", "\t")) and self.targets:
                if self._is_read:
                    self._recipe(logical[1:], line)
            elif logical.strip() and not logical.lstrip().startswith("#"):
                self._statement(logical.strip(), path, line)

    @property
    def _is_read(self) -> bool:
        return False not in self.conditions

    def _statement(self, text: str, path: str, line: int) -> None:
        word = text.split(None, 1)[0]
        if condition := _CONDITION.match(text):
            self.conditions.append(self._decide(condition[1], condition[2]))
        elif word in ("else", "endif"):
            self._turn(text)
        elif not self._is_read:
            return
        elif word in ("include", "-include", "sinclude"):
            self._include(self.expand(text[len(word) :]))
        elif assignment := _ASSIGNMENT.fullmatch(text):
            self._assign(assignment[1], assignment[2] or "", assignment[3].split(" #")[0].strip())
        elif rule := _RULE.match(text):
            self._rule(rule[1], rule[2], path, line)

    def _turn(self, text: str) -> None:
        last = self.conditions.pop() if self.conditions else None
        if text.startswith("else"):
            nested = _CONDITION.match(text[4:].strip())
            other = None if last is None else not last
            self.conditions.append(self._decide(nested[1], nested[2]) if nested and last is False else other)

    def _decide(self, word: str, rest: str) -> bool | None:
        if word in ("ifdef", "ifndef"):
            known = rest.strip() in self.variables
            # The machine of a CI defines variables that no file shows.
            return None if not known else word == "ifdef"
        if any(part in rest for part in ("shell", "wildcard", "filter", "findstring", "CI")):
            return None
        sides = [
            side.strip(" \t()\"'")
            for side in re.split(r",|[\"'][ \t]+[\"']", self.expand(rest, keep=False), maxsplit=1)
        ]
        return (sides[0] == sides[-1]) == (word == "ifeq")

    def _include(self, names: str) -> None:
        for name in names.split():
            path = posixpath.normpath(posixpath.join(self.cwd, name))
            text = self.read(path) if self.depth < _ROUNDS else None
            if text is not None:
                self.depth += 1
                self.file(path, text)

    def _assign(self, name: str, kind: str, value: str) -> None:
        if kind == "+":
            self.variables[name] = f"{self.variables.get(name, '')} {value}"[:_LONGEST].strip()
        elif kind != "!" and not (kind == "?" and name in self.variables):
            self.variables[name] = self.expand(value) if kind.startswith(":") else value

    def _rule(self, targets: str, rest: str, path: str, line: int) -> None:
        names = tuple(self.expand(targets.rstrip("& "), keep=False).split())
        if _ASSIGNMENT.fullmatch(rest.strip()) or not names:
            return
        self.targets = names
        needs, _, recipe = rest.partition(";")
        needed = tuple(self.expand(needs.split("#")[0], keep=False).replace("|", " ").rpartition(":")[2].split())
        for name in names:
            if _SPECIAL.fullmatch(name):
                continue
            known = self.tasks.get(name) or Task("make", name, at(path, line=line), "", self.cwd)
            place = known.place if known.script else at(path, line=line)
            self.tasks[name] = replace(known, place=place, needs=tuple(dict.fromkeys((*known.needs, *needed))))
        if recipe.strip():
            self._recipe(recipe, line)

    def _recipe(self, text: str, line: int) -> None:
        for name in self.targets:
            task = self.tasks.get(name)
            if task is not None and len(task.lines) < _MOST_LINES:
                script = _own_shell(self.expand(_in_rule(text, task)))
                numbers = tuple(line + offset for offset in range(text.count("\n") + 1))
                extra = script.count("\n") + 1 - len(numbers)
                joined = f"{task.script}\n{script}" if task.script else script
                self.tasks[name] = replace(task, script=joined, lines=(*task.lines, *numbers, *numbers[-1:] * extra))

    def expand(self, text: str, *, keep: bool = True) -> str:
        """Put variables in; one that is not defined stays as `${NAME}` where it may be a whole word, if asked to."""

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2] or found[3] or ""
            if name == "$":
                return "\0"
            if name == "MAKE":
                return "make"
            if name in self.variables:
                return self.variables[name]
            whole = text[found.end() : found.end() + 1] in ("", " ", "/", "\n")
            return f"\0{{{name.split()[0] if name.split() else 'x'}}}" if keep and (whole or " " in name) else ""

        for _ in range(_ROUNDS):
            expanded = _REFERENCE.sub(value, text)
            if expanded == text or len(expanded) > _LONGEST:
                break
            text = expanded
        return text.replace("\0", "$")


def read_make(path: str, text: str, read: Read) -> Iterator[Task]:
    """The targets of a Makefile, and as the nameless task the one that make builds when none is named."""
    makefile = _Makefile(read, posixpath.dirname(path))
    makefile.file(path, text)
    first = next((name for name in makefile.tasks if "%" not in name and not name.startswith(".")), "")
    goal = makefile.expand(makefile.variables.get(".DEFAULT_GOAL", "")) or first
    if goal in makefile.tasks:
        yield Task("make", "", makefile.tasks[goal].place, "", makefile.cwd, (goal,))
    yield from makefile.tasks.values()


def _in_rule(text: str, task: Task) -> str:
    first = task.needs[0] if task.needs else ""
    for sign, value in (("@", task.name), ("<", first), ("^", " ".join(task.needs))):
        text = text.replace(f"$({sign})", value).replace(f"${sign}", value)
    return text


def _own_shell(recipe: str) -> str:
    """A line of a recipe as make runs it: in a shell of its own, `-` before it swallowing its failure."""
    command = recipe.lstrip(" \t@-+")
    prefix = recipe[: len(recipe) - len(command)]
    if "-" in prefix:
        return f"( {command}\n) || true"
    return f"( {command}\n)" if re.search(r"\b(?:cd|pushd|set)\b", command) else command


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a file, continued ones joined (in recipes with their line breaks), without `define` blocks."""
    held, start, inside = "", 0, False
    for number, line in enumerate(text.splitlines(), 1):
        if inside or line.startswith("define "):
            inside = not line.startswith("endef")
            continue
        start = start or number
        if line.endswith("\\"):
            held += line + "\n" if (held or line).startswith("\t") else line[:-1] + " "
            continue
        yield start, held + line
        held, start = "", 0
    if held:
        yield start, held
