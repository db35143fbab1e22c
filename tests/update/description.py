"""How a situation is written down: two versions of a template, a user's work, and what must be true afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .project import Project


class Verdict(Enum):
    """What an updater did to a user's work; the first four are acceptable."""

    PASS = "PASS"
    CONFLICT = "conflict"
    TOLD = "told"
    REFUSED = "refused"
    LOST = "LOST"
    MISSED = "MISSED"
    WRONG = "WRONG"
    CRASH = "CRASH"

    @property
    def acceptable(self) -> bool:
        """Whether nothing of anybody's work vanished in silence."""
        return not self.value.isupper() or self is Verdict.PASS


PASS, CONFLICT, TOLD, REFUSED = Verdict.PASS, Verdict.CONFLICT, Verdict.TOLD, Verdict.REFUSED


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True)
class Script:
    """A text file that may be executed."""

    text: str


class Trait(Enum):
    """What a path may be apart from its content."""

    GONE = "gone"
    EXECUTABLE = "executable"
    PLAIN = "not executable"


GONE, EXECUTABLE, PLAIN = Trait.GONE, Trait.EXECUTABLE, Trait.PLAIN

Content = str | bytes | Link | Script
Fact = str | bytes | Link | Trait  # a text is contained in the file, bytes are all of it
Facts = Mapping[str, Fact | tuple[Fact, ...]]
Files = Mapping[str, Content | None]  # None takes a file of the version before away


@dataclass(frozen=True)
class Version:
    """One version of a template; `[[answer]]` in a text or a path stands for an answer."""

    files: Files
    questions: Mapping[str, Any] | None = None  # None: as in the version before
    settings: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Situation:
    """One situation; `play` (in playing.py) brings it about."""

    name: str
    kind: str
    versions: tuple[Version, ...]
    work: "Callable[[Project], Project | None]"
    mine: Facts = field(default_factory=dict)
    theirs: Facts = field(default_factory=dict)
    expect: Verdict = PASS
    code: int | None = None  # our exit code, where it is not the usual one of the verdict
    check: "Callable[[Mapping[str, bytes]], bool] | None" = None
    place: str = "."
    start: str = "v1"
    to: str | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    trust: bool = False
    commit: bool = True
    gitconfig: Mapping[str, str] = field(default_factory=dict)
    copier_only: bool = False
    posix_only: bool = False


def situation(
    v1: Files | Version, *later: Files | Version, **rest: Any
) -> "Callable[[Callable[[Project], Project | None]], Situation]":
    """Make a situation of a function that does the user's work; its name becomes the situation's."""

    def describe(work: "Callable[[Project], Project | None]") -> Situation:
        kind = work.__module__.rpartition("situations_")[2].replace("_", " ")
        return Situation(work.__name__.replace("_", " "), kind, _complete(v1, *later), work, **rest)

    return describe


def _complete(*versions: Files | Version) -> tuple[Version, ...]:
    """Every version with all its files, questions and settings, where only changes were written down."""
    complete = [Version({}, {"name": "demo"}, {})]
    for version in versions:
        change, before = version if isinstance(version, Version) else Version(version), complete[-1]
        files = {path: content for path, content in {**before.files, **change.files}.items() if content is not None}
        questions = before.questions if change.questions is None else change.questions
        settings = before.settings if change.settings is None else change.settings
        complete.append(Version(files, questions, settings))
    return tuple(complete[1:])


def lines(count: int, word: str = "line") -> str:
    """A text of numbered lines, long enough to merge in."""
    return "".join(f"{word} {number}\n" for number in range(1, count + 1))


def swap(text: str, old: str, new: str) -> str:
    """The text with a part of it replaced; the part must be there."""
    assert old in text, f"{old!r} is not in the text"
    return text.replace(old, new, 1)
