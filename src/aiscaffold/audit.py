"""Run rules over a repository, each on its own: what one cannot read or gets wrong never ends the audit."""

import traceback
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from aiscaffold.evidence import Evidence, Unreadable
from aiscaffold.repo import Repo
from aiscaffold.report import Finding, Report, Subject
from aiscaffold.rule import Outcome, Rule, damaged

MOST_EVIDENCE = 20  # places per finding


def audit(repo: Repo, rules: Sequence[Rule], ignored: Mapping[str, str] | None = None) -> Report:
    """Judge a repository; `ignored` maps codes to the owner's reasons."""
    has_history = not repo.snapshot.is_refused
    is_asked = has_history and any(rule.section == "GIT" for rule in rules)
    if is_asked:
        repo.git.start()
    reasons = ignored or {}
    kind = repo.kinds.kind
    findings = [_finding(repo, rule, kind, reasons.get(rule.code, "")) for rule in rules]
    if has_history:
        repo.git.stop()
    return Report(
        _subject(repo, has_history=is_asked), tuple(_without_borrowed_credit(findings)), _damage(repo, findings)
    )


def _finding(repo: Repo, rule: Rule, kind: str, reason: str) -> Finding:
    if kind not in rule.kinds:
        return Finding(rule, "not-applicable", (Evidence(remark=f"not asked of the kind {kind}"),), reason)
    outcome = judge(repo, rule)
    return Finding(rule, outcome.verdict, outcome.evidence[:MOST_EVIDENCE], reason, is_damage=outcome.is_damage)


def judge(repo: Repo, rule: Rule) -> Outcome:
    """What one rule says; *unknown* where a file is damaged, *crashed* where the rule itself fails."""
    try:
        return rule.check(repo)
    except Unreadable as damage:
        return damaged(damage.evidence)
    except RecursionError:
        return Outcome("unknown", (Evidence(remark="something is nested too deeply"),))
    except Exception as error:  # noqa: BLE001 - a rule that breaks on one repository is reported in it
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{frame.filename.replace(chr(92), '/').rpartition('/')[2]}:{frame.lineno}"
        return Outcome("crashed", (Evidence(remark=f"{type(error).__name__} in {where}: {error}"[:200]),))


def _without_borrowed_credit(findings: Iterable[Finding]) -> list[Finding]:
    """Take the credit from a pass all of whose evidence a failed rule of honesty touches."""
    found = list(findings)
    touched = {
        (evidence.path, line): finding.rule.code
        for finding in found
        if finding.rule.section == "HON" and finding.verdict == "fail" and not finding.ignored
        for evidence in finding.evidence
        for line in (evidence.line,)
        if evidence.path
    }

    def cancelled(finding: Finding) -> str:
        if finding.verdict != "pass" or finding.rule.section == "HON":
            return ""
        places = [(evidence.path, evidence.line) for evidence in finding.evidence if evidence.path]
        codes = [touched.get(place) or touched.get((place[0], 0)) or "" for place in places]
        return codes[0] if codes and all(codes) else ""

    return [replace(finding, cancelled_by=cancelled(finding)) for finding in found]


def _damage(repo: Repo, findings: Iterable[Finding]) -> tuple[Evidence, ...]:
    """The files that cannot be read or parsed, as far as a rule wanted them, each once."""
    places = [place for finding in findings if finding.is_damage for place in finding.evidence if place.path]
    return tuple({place.path: place for place in sorted([*repo.damage_seen, *places])}.values())


def _subject(repo: Repo, *, has_history: bool) -> Subject:
    origin = repo.origin
    named = f"{origin.template or origin.address} {origin.revision}".strip() if origin else ""
    return Subject(
        name=repo.snapshot.name,
        commit=repo.snapshot.commit,
        project=repo.project,
        kind=repo.kinds.kind,
        reasons=repo.kinds.reasons,
        runner_up=repo.kinds.runner_up,
        template=named,
        projects=repo.projects,
        files=len(repo.paths),
        is_shallow=has_history and repo.git.is_shallow,
    )
