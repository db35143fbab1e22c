"""The judge: what became of both sides' work, from the bytes of the project before and after an update."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError

from .adapters import Done
from .description import (
    CONFLICT,
    EXECUTABLE,
    GONE,
    PASS,
    PLAIN,
    REFUSED,
    TOLD,
    Fact,
    Facts,
    Link,
    Situation,
    Trait,
    Verdict,
)
from .project import git

SIDE_FILE = re.compile(r"(\.rej|\.orig|\.aiscaffold-new)$")
OPENING, CLOSING = b"<<<<<<< ", b">>>>>>> "


@dataclass(frozen=True)
class Entry:
    """What stands at a path: a file's bytes, or where a link points to."""

    content: bytes
    executable: bool = False
    link: bool = False


@dataclass(frozen=True)
class State:
    """A project at one moment; paths are relative to the project's folder."""

    entries: Mapping[str, Entry]
    index: str
    head: str
    unmerged: frozenset[str]


@dataclass(frozen=True)
class Judgement:
    """A verdict, why it is not better, and how many lines stand between conflict markers."""

    verdict: Verdict
    why: str = ""
    conflict_lines: int = 0


def state(folder: Path, top: Path) -> State:
    """Take the state of a project in a working tree."""
    entries = {}
    for place, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name != ".git"]
        names = [*files, *(name for name in folders if (Path(place) / name).is_symlink())]
        for name in names:
            if name != ".git":
                path = Path(place) / name
                entries[Path(os.path.relpath(path, folder)).as_posix()] = _entry(path)
    index = _ask(folder, "ls-files", "--stage", "-z", "--", str(top))
    stages = [line.split("\t", 1) for line in index.split("\0") if line]
    unmerged = frozenset(path for about, path in stages if not about.endswith(" 0"))
    return State(entries, index, _ask(top, "rev-parse", "HEAD"), unmerged)


def judge(situation: Situation, before: State, after: State, done: Done) -> Judgement:
    """What the update did to both sides' work."""
    found = _Findings(situation, before, after, done)
    return Judgement(*found.verdict(), conflict_lines=found.conflict_lines())


class _Findings:
    """The questions that lead to a verdict, each answered from the bytes."""

    def __init__(self, situation: Situation, before: State, after: State, done: Done) -> None:
        self.situation, self.before, self.after, self.done = situation, before, after, done
        self.shown = self._shown()

    def verdict(self) -> tuple[Verdict, str]:
        """The verdict and its reason; the worst comes first."""
        if "Traceback" in self.done.output:
            return Verdict.CRASH, _last_line(self.done.output)
        if self.done.code and self.before == self.after:
            said = _first_line(self.done.output)
            return (REFUSED, said) if said else (Verdict.CRASH, f"exit {self.done.code} without a word")
        if lost := [path for path, fact in _pairs(self.situation.mine) if not self._kept(path, fact)]:
            return Verdict.LOST, f"the user's work is gone: {', '.join(lost)}"
        if back := [
            path for path, fact in self._absent(self.situation.mine) if fact is GONE and path not in self.shown
        ]:
            return Verdict.WRONG, f"what the user took away is back: {', '.join(back)}"
        if self.done.code and not self.shown:
            return Verdict.CRASH, f"exit {self.done.code}: {_last_line(self.done.output)}"
        return self._conflict() if self.shown else self._without_conflict()

    def conflict_lines(self) -> int:
        """Lines between conflict markers that were not there before."""
        new = [entry for path, entry in self.after.entries.items() if entry != self.before.entries.get(path)]
        return sum(_lines_between_markers(entry.content) for entry in new)

    def _conflict(self) -> tuple[Verdict, str]:
        silent = [path for path, fact in self._absent(self.situation.theirs) if not self._covered(path, fact)]
        if silent:
            return Verdict.MISSED, f"beside a conflict, the template's change is not there: {', '.join(silent)}"
        return CONFLICT, f"in {', '.join(sorted(self.shown))}"

    def _without_conflict(self) -> tuple[Verdict, str]:
        if self.situation.check and not self.situation.check({p: e.content for p, e in self.after.entries.items()}):
            return Verdict.WRONG, "the result is not what both sides meant"
        displaced = [*self._absent(self.situation.mine), *self._wanted()]
        unsaid = [(path, fact) for path, fact in displaced if not self._names(path)]
        if wrong := [path for path, fact in unsaid if fact is not GONE and self._elsewhere(fact)]:
            return Verdict.WRONG, f"it stands in another place than {', '.join(wrong)}"
        if unsaid:
            return Verdict.MISSED, f"the template's change is not there: {', '.join(path for path, _ in unsaid)}"
        told = displaced or [pair for pair in self._absent(self.situation.theirs) if self._names(pair[0])]
        return (TOLD, f"named in the output: {', '.join(path for path, _ in told)}") if told else (PASS, "")

    def _wanted(self) -> list[tuple[str, Fact]]:
        """What the template brings and is not there, but for files that the user took away."""
        mine = self.situation.mine
        return [(path, fact) for path, fact in self._absent(self.situation.theirs) if mine.get(path) is not GONE]

    def _absent(self, facts: Facts) -> list[tuple[str, Fact]]:
        return [(path, fact) for path, fact in _pairs(facts) if not _holds(fact, self.after.entries.get(path))]

    def _kept(self, path: str, fact: Fact) -> bool:
        return fact is GONE or _holds(fact, self.after.entries.get(path)) or self._elsewhere(fact)

    def _elsewhere(self, fact: Fact) -> bool:
        """Whether it stands in a file of which nobody says so: where the same is said of two, one is no other's."""
        said = {path for path, other in (*_pairs(self.situation.mine), *_pairs(self.situation.theirs)) if other == fact}
        others = (entry for path, entry in self.after.entries.items() if path not in said)
        return not isinstance(fact, Trait) and any(_holds(fact, entry) for entry in others)

    def _covered(self, path: str, fact: Fact) -> bool:
        """Whether a conflict or the output points to what did not arrive."""
        return path in self.shown or self._names(path) or self._elsewhere(fact)

    def _names(self, path: str) -> bool:
        return path in self.done.report

    def _shown(self) -> set[str]:
        """The paths of which the project now shows a conflict."""
        paths = set(self.after.unmerged - self.before.unmerged)
        for path, entry in self.after.entries.items():
            if entry == self.before.entries.get(path):
                continue
            if side := SIDE_FILE.search(path):
                paths.add(path[: side.start()])
            if _lines_between_markers(entry.content):
                paths.add(path)
        return paths


def _holds(fact: Fact, entry: Entry | None) -> bool:
    """Whether what stands at a path is as stated."""
    if fact is GONE or entry is None:
        return fact is GONE and entry is None
    if isinstance(fact, Link):
        return entry.link and entry.content == fact.target.encode()
    if fact in {EXECUTABLE, PLAIN}:
        return not entry.link and entry.executable is (fact is EXECUTABLE)
    if isinstance(fact, bytes):
        return not entry.link and entry.content == fact
    return isinstance(fact, str) and not entry.link and fact.encode() in entry.content


def _pairs(facts: Facts) -> list[tuple[str, Fact]]:
    return [(path, one) for path, some in facts.items() for one in (some if isinstance(some, tuple) else (some,))]


def _lines_between_markers(content: bytes) -> int:
    """Lines inside complete conflicts, markers not counted."""
    count, inside = 0, None
    for line in content.splitlines():
        if line.startswith(OPENING):
            inside = 0
        elif line.startswith(CLOSING) and inside is not None:
            count, inside = count + max(inside, 1), None
        elif inside is not None and not line.startswith((b"=======", b"||||||| ")):
            inside += 1
    return count


def _entry(path: Path) -> Entry:
    if path.is_symlink():
        return Entry(os.fsencode(path.readlink()), link=True)
    return Entry(path.read_bytes(), executable=bool(path.stat().st_mode & 0o100))


def _ask(folder: Path, *arguments: str) -> str:
    try:
        return git(folder, "--no-optional-locks", *arguments)
    except CalledProcessError:
        return ""  # no repository, or no commit


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _last_line(text: str) -> str:
    return _first_line("\n".join(reversed(text.splitlines())))
