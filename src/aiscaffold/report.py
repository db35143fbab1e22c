"""What an audit found: findings, what they add up to, and what to do next."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aiscaffold.evidence import Evidence
from aiscaffold.precedence import in_order
from aiscaffold.rule import MUST, OTHER, OWNER, SECTIONS, TIERS, TOOL, Rule, Verdict, Who

STEPS = 3
ORDER: Sequence[Verdict] = ("fail", "crashed", "unknown", "pass", "not-applicable")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of the repository.

    `ignored` is the owner's reason for leaving it out; `cancelled_by` the code of the failed rule of honesty that
    touches all evidence of this pass.
    """

    rule: Rule
    verdict: Verdict
    evidence: tuple[Evidence, ...]
    ignored: str = ""
    cancelled_by: str = ""
    where_to_write: Evidence | None = None  # the place that a template marked for the owner
    is_damage: bool = False  # unknown, because a file cannot be read

    @property
    def counts(self) -> bool:
        """Whether it takes part in the score; an ignored must does, as one that did not pass."""
        return self.verdict != "not-applicable" and (not self.ignored or self.rule.level == MUST)

    @property
    def holds(self) -> bool:
        """Whether it is so, on evidence that stands."""
        return self.verdict == "pass" and not self.cancelled_by

    @property
    def is_pass(self) -> bool:
        """Whether it earns its weight."""
        return self.holds and not self.ignored

    @property
    def is_open(self) -> bool:
        """Whether it cannot be told, so that it may yet earn its weight."""
        return self.verdict in ("unknown", "crashed") and not self.ignored

    @property
    def section(self) -> str:
        """The name of the rule's section."""
        return SECTIONS.get(self.rule.section, self.rule.section)

    @property
    def first(self) -> Evidence:
        """The evidence that stands for all."""
        return self.evidence[0] if self.evidence else Evidence()

    @property
    def place(self) -> Evidence:
        """Where to act: the place that a template marked for the owner, else the first evidence."""
        return self.where_to_write or self.first

    @property
    def fix(self) -> str:
        """What to do about it, with the place in it."""
        return self.rule.fix_at(self.place)


@dataclass(frozen=True, slots=True)
class Subject:
    """What was audited."""

    name: str
    commit: str
    project: str
    kind: str
    reasons: tuple[Evidence, ...]
    runner_up: str = ""
    template: str = ""  # the name and version that it was made from, where it says so
    projects: tuple[str, ...] = ()  # folders of the repository that are projects of their own
    files: int = 0
    place: str = field(default="", compare=False)  # as it was named on the command line, without a password
    is_changed: bool = False  # the work tree holds something else than the commit
    is_shallow: bool = False  # most of the history is not in this clone

    @property
    def label(self) -> str:
        """The name and the project within it: `bikes/services/api`."""
        return "/".join(part for part in (self.name, self.project.rstrip("/")) if part)

    @property
    def title(self) -> str:
        """The label and the commit: `bikes/services/api at 0123456, with uncommitted changes`."""
        changed = ", with uncommitted changes" if self.is_changed else ""
        return f"{self.label} at {self.commit[:7]}{changed}" if self.commit else self.label


@dataclass(frozen=True)
class Report:
    """Everything that a format shows."""

    subject: Subject
    findings: tuple[Finding, ...]
    damage: tuple[Evidence, ...] = ()  # files that could not be read
    first_screen: "FirstScreen | None" = field(default=None, compare=False)
    problem: str = ""  # why there are no findings
    is_partial: bool = False  # some rules were not asked, so that no tier can be told

    @property
    def is_scored(self) -> bool:
        """Whether it has a tier: it is a portfolio project at all, and was asked everything."""
        return not self.why_no_tier

    @property
    def why_no_tier(self) -> str:
        """Why there is no tier, in a sentence; empty where there is one."""
        if self.problem:
            return f"It could not be audited: {self.problem}."
        if self.subject.kind == OTHER:
            return "This is not judged as a portfolio project, so there is no tier; --kind KIND judges it as one."
        return "Only some rules were asked, so there is no tier." if self.is_partial else ""

    def with_verdict(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        """The findings with one of these verdicts, the weightiest first; ignored ones left out."""
        found = [finding for finding in self.findings if finding.verdict in verdicts and not finding.ignored]
        return tuple(sorted(found, key=lambda finding: (-finding.rule.weight, finding.rule.code)))

    @cached_property
    def failures(self) -> tuple[Finding, ...]:
        """What failed, the weightiest first."""
        return self.with_verdict("fail")

    @cached_property
    def unknowns(self) -> tuple[Finding, ...]:
        """What cannot be told, the weightiest first."""
        return self.with_verdict("unknown", "crashed")

    @cached_property
    def passes(self) -> tuple[Finding, ...]:
        """What passed and earned its weight, in the order of the codes."""
        return tuple(sorted((f for f in self.findings if f.counts and f.is_pass), key=lambda f: f.rule.code))

    @cached_property
    def uncredited(self) -> tuple[Finding, ...]:
        """What passed, but only on evidence that a failed rule of honesty touches."""
        return tuple(f for f in self.with_verdict("pass") if f.cancelled_by)

    @cached_property
    def ignored(self) -> tuple[Finding, ...]:
        """What the owner left out, with a reason."""
        return tuple(finding for finding in self.findings if finding.ignored)

    @cached_property
    def score(self) -> tuple[int, int]:
        """The share of the applicable weight that passed, 0 to 100: with all that is unknown failed, and passed."""
        counted = [finding for finding in self.findings if finding.counts]
        whole = sum(finding.rule.weight for finding in counted)
        low = sum(finding.rule.weight for finding in counted if finding.is_pass)
        high = low + sum(finding.rule.weight for finding in counted if finding.is_open)
        return (100 * low // whole, 100 * high // whole) if whole else (0, 0)

    @property
    def interval(self) -> str:
        """The score in words: `71-84`, or one number where everything could be told."""
        low, high = self.score
        return f"{low}-{high}" if low != high else str(low)

    @cached_property
    def tier(self) -> str:
        """The highest tier of which each named rule passed: the weakest leg, never a mean."""
        return self._tier({finding.rule.code for finding in self.musts if not finding.holds})

    @cached_property
    def best_tier(self) -> str:
        """The tier if all that is unknown were well."""
        broken = {finding.rule.code for finding in self.musts if not (finding.holds or finding.is_open)}
        return self._tier(broken)

    def _tier(self, broken: Iterable[str]) -> str:
        reached = TIERS[0]
        blocked = {finding.rule.tier for finding in self.musts if finding.rule.code in set(broken)}
        for tier in TIERS[1:]:
            if tier in blocked:
                return reached
            reached = tier
        return reached

    @cached_property
    def musts(self) -> tuple[Finding, ...]:
        """The findings that a tier rests on; to ignore one does not lift the tier."""
        asked = (finding for finding in self.findings if finding.verdict != "not-applicable")
        return tuple(finding for finding in asked if finding.rule.level == MUST)

    @property
    def following(self) -> str:
        """The next tier; empty at the top."""
        return TIERS[TIERS.index(self.tier) + 1 :][:1]

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What stands between this tier and the next."""
        return tuple(finding for finding in self.musts if finding.rule.tier == self.following and not finding.holds)

    @property
    def rank(self) -> tuple[bool, int, int, str, str]:
        """A key that puts the weakest of several first, and those that are not judged last."""
        return (not self.is_scored, TIERS.index(self.tier), self.score[0], self.subject.name, self.subject.project)

    @property
    def worst(self) -> Finding | None:
        """The one thing to name where there is room for one: what holds back the tier, else the weightiest failure."""
        certain = [finding for finding in self.blocking if finding.verdict == "fail"]
        return next(iter([*certain, *self.blocking, *self.failures]), None)

    def share(self, who: Who) -> tuple[int, int]:
        """How many of the rules that are up to the owner, or to tools, pass, and of how many."""
        counted = [finding for finding in self.findings if finding.counts and finding.rule.who == who]
        return sum(finding.is_pass for finding in counted), len(counted)

    @property
    def is_fresh_scaffold(self) -> bool:
        """Whether the scaffold stands and nothing in it is the owner's yet."""
        plumbing, of = self.share(TOOL)
        own, _ = self.share(OWNER)
        return bool(self.subject.template) and plumbing >= of - 2 and own <= OWN_OF_A_FRESH_ONE

    @cached_property
    def next_steps(self) -> tuple[Finding, ...]:
        """The few actions with the most gain for the least work; those that hold back the next tier go first."""
        blocking = {finding.rule.code for finding in self.blocking}
        open_ones = [finding for finding in self.findings if finding.counts and not finding.is_pass]

        def worth(finding: Finding) -> tuple[bool, float, str]:
            rule = finding.rule
            return (rule.code not in blocking, -rule.weight / rule.minutes, rule.code)

        certain = [finding for finding in open_ones if finding.verdict != "crashed"]
        # One damaged file may hide the answers to many questions: it is one step, as are two that read the same.
        steps = {
            (finding.first if finding.is_open else self.step(finding)): finding
            for finding in sorted(certain, key=worth)[::-1]
        }
        by_code = {finding.rule.code: finding for finding in sorted(steps.values(), key=worth)}
        return tuple(by_code[code] for code in in_order(by_code)[:STEPS])

    def step(self, finding: Finding) -> str:
        """What to do next about a finding that earns nothing yet, whatever the reason."""
        first = finding.first
        if finding.cancelled_by:
            return f"Clear {finding.cancelled_by} first: it takes the credit from {finding.rule.code}."
        if finding.verdict == "crashed":
            return f"Report that rule {finding.rule.code} broke: {first.remark}."
        if finding.is_open and self.subject.is_shallow and finding.rule.code in OF_HISTORY:
            return "Fetch the whole history: `git fetch --unshallow`."
        if finding.is_open and first in self.damage:
            return f"Mend {first.path}, which cannot be read: {first.remark}."
        return finding.fix

    def recheck(self, finding: Finding) -> str:
        """The command that asks this one question again; it succeeds where the rule passes."""
        place = ["--project", self.subject.project.rstrip("/")] if self.subject.project else []
        words = ["aiscaffold", "audit", ".", *place, "--kind", self.subject.kind, "--select", finding.rule.code]
        return shlex.join([*words, "--bar", "100"])

    def meets(self, bar: str) -> bool:
        """Whether it reaches a bar: a tier, or a score that even its low end must reach; `other` kinds have no tier."""
        if bar.isdigit():
            return self.score[0] >= int(bar)
        return self.is_scored and TIERS.index(self.tier) >= TIERS.index(bar)


OWN_OF_A_FRESH_ONE = 4
OF_HISTORY = ("GIT101", "GIT102", "GIT103", "GIT104", "GIT105", "GIT106", "GIT107", "SEC101")


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What a reviewer sees in four minutes."""

    title: str
    pitch: Evidence | None
    number: Evidence | None
    demo: Evidence | None
    picture: Evidence | None
    words_before_number: int
    load_bearing: tuple[Evidence, ...]
    commits: int
    days: int
    subjects: tuple[str, ...]
