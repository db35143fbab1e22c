"""A rule of the audit: one question to a repository, why it matters, how to mend it, and both answers as examples."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from aiscaffold.evidence import Evidence

if TYPE_CHECKING:
    from aiscaffold.repo import Repo

Verdict = Literal["pass", "fail", "unknown", "not-applicable", "crashed"]
Level = Literal["must", "should", "nice"]
Who = Literal["owner", "tool"]
Files = Mapping[str, str | bytes]

MUST: Level = "must"
SHOULD: Level = "should"
NICE: Level = "nice"
WEIGHTS: Mapping[Level, int] = {MUST: 5, SHOULD: 3, NICE: 1}

OWNER: Who = "owner"  # only the author can do it, and text that a template left untouched shows nothing
TOOL: Who = "tool"  # a template, a tool or a mentor may do it: scaffold counts

SERVICE, REPRODUCTION, KAGGLE = "service", "reproduction", "kaggle"
LLM_APP, LIBRARY, NOTEBOOKS, OTHER = "llm-app", "library", "notebooks", "other"
KINDS = (SERVICE, REPRODUCTION, KAGGLE, LLM_APP, LIBRARY, NOTEBOOKS, OTHER)
ALL = frozenset(KINDS)
PORTFOLIO = ALL - {OTHER}

SECTIONS: Mapping[str, str] = {
    "DOC": "Documentation",
    "GIT": "History",
    "ENV": "Environment",
    "QUA": "Structure and code",
    "TST": "Tests and CI",
    "SEC": "Safety",
    "HON": "Honesty",
}

# How a fix names a line, and how it reads where no line is known.
WITHOUT_LINE = (
    ("line {line} of {path}", "{path}"),
    ("{path} line {line}", "{path}"),
    ("{path}:{line}", "{path}"),
    (" (see line {line})", ""),
    (" in line {line}", ""),
)
TIERS = "DCBA"  # from the lowest; a must rule belongs to one of the upper three


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule found; a pass carries evidence as much as a failure does."""

    verdict: Verdict
    evidence: tuple[Evidence, ...]
    is_damage: bool = False  # unknown, because the file that the evidence names cannot be read


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; slug and title state the good state, so that "passed" and "failed" both read right."""

    code: str
    slug: str
    title: str
    why: str  # Markdown
    check: "Callable[[Repo], Outcome]" = field(repr=False, compare=False)
    item: str  # of the checklist
    level: Level
    tier: str  # of a must: the lowest tier that needs it; empty otherwise
    kinds: frozenset[str]
    who: Who
    fix: str  # one imperative sentence; {path} and {line} are those of the first evidence
    expected: str  # the good state in a few words
    minutes: int  # a rough guess of the work, for the order of the next steps
    bad: Files = field(repr=False, compare=False)
    good: Files = field(repr=False, compare=False)
    fix_absent: str = ""  # instead of `fix`, where the first evidence names no file
    fix_past: str = ""  # instead of `fix`, where it is in a {commit} alone

    @property
    def section(self) -> str:
        """The three letters of the code."""
        return self.code[:3]

    @property
    def weight(self) -> int:
        """What a pass is worth."""
        return WEIGHTS[self.level]

    def fix_at(self, place: Evidence) -> str:
        """What to do about what stands at a place, or about what is missing."""
        if place.commit and self.fix_past:
            return self.fix_past.replace("{commit}", place.commit[:7]).replace("{path}", place.path)
        if not place.path and self.fix_absent:
            return self.fix_absent
        text = self.fix
        for phrase, whole in WITHOUT_LINE if not place.line else ():
            text = text.replace(phrase, whole)
        usual = "README.md" if self.section == "DOC" else "the file"
        return text.replace("{line}", str(place.line)).replace("{path}", place.path or usual)


def rule(  # noqa: PLR0913 - a card has as many fields as it has
    code: str,
    slug: str,
    title: str,
    *,
    item: str,
    level: Level,
    fix: str,
    expected: str,
    bad: Files,
    good: Files,
    kinds: frozenset[str] = ALL,
    who: Who = TOOL,
    tier: str = "",
    minutes: int = 30,
    fix_absent: str = "",
    fix_past: str = "",
) -> "Callable[[Callable[[Repo], Outcome]], Rule]":
    """Make a rule of a function; its docstring is the reason why the rule exists."""

    def card(check: "Callable[[Repo], Outcome]") -> Rule:
        why = " ".join((check.__doc__ or "").split())
        return Rule(
            code, slug, title, why, check, item, level, tier, kinds, who, fix, expected, minutes, bad, good, fix_absent,
            fix_past,
        )  # fmt: skip

    return card


def passed(*evidence: Evidence) -> Outcome:
    """It is so, and here it shows."""
    return Outcome("pass", evidence)


def failed(*evidence: Evidence) -> Outcome:
    """It is not so, and here it shows."""
    return Outcome("fail", evidence)


def unknown(*evidence: Evidence) -> Outcome:
    """It cannot be told, and this is why."""
    return Outcome("unknown", evidence)


def damaged(*evidence: Evidence) -> Outcome:
    """It cannot be told, because these files cannot be read or parsed."""
    return Outcome("unknown", evidence, is_damage=True)


def without_object(remark: str) -> Outcome:
    """There is nothing here that could be wrong; that is a pass with the absence as its evidence."""
    return Outcome("pass", (Evidence(remark=remark),))


def none_of(found: list[Evidence], clean: str) -> Outcome:
    """Fails with whatever was found; passes with the remark that nothing was."""
    return Outcome("fail", tuple(found)) if found else without_object(clean)
