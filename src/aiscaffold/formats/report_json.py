"""An audit as a JSON document of its own versioned shape: docs/reference/audit.schema.json describes it."""

import json
from collections.abc import Sequence
from typing import Any

from aiscaffold import __version__
from aiscaffold.address import printable
from aiscaffold.evidence import Evidence
from aiscaffold.report import Finding, Report
from aiscaffold.rule import OWNER, TOOL

SCHEMA = 1
LONGEST = 2000  # characters of a text; a path is never cut


def render(report: Report) -> str:
    """Everything that the audit found, in the order of the codes."""
    return _document(_report(report))


def render_all(reports: Sequence[Report]) -> str:
    """Several reports, in the order in which they are given."""
    return _document({"schema": SCHEMA, "reports": [_report(report) for report in reports]})


def _document(content: dict[str, Any]) -> str:
    # In ASCII: no path can then do anything to a terminal, and every one comes back as it was.
    return json.dumps(content, indent=2)


def _report(report: Report) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "tool": {"name": "aiscaffold", "version": __version__},
        "subject": _subject(report),
        "problem": _text(report.problem),
        "scored": report.is_scored,
        **_standing(report),
        "shares": {"scaffold": _share(*report.share(TOOL)), "owner": _share(*report.share(OWNER))},
        "next": [finding.rule.code for finding in report.next_steps],
        "findings": [_finding(report, found) for found in sorted(report.findings, key=lambda found: found.rule.code)],
        "damage": [_evidence(place) for place in report.damage],
    }


def _standing(report: Report) -> dict[str, Any]:
    """Score and tiers; null for what is no portfolio project."""
    if not report.is_scored:
        return {"score": None, "tier": None, "best_tier": None}
    low, high = report.score
    return {"score": {"low": low, "high": high}, "tier": report.tier, "best_tier": report.best_tier}


def _subject(report: Report) -> dict[str, Any]:
    subject = report.subject
    return {
        "name": _text(subject.name),
        "place": _path(subject.place),
        "commit": subject.commit,
        "changed": subject.is_changed,
        "project": _path(subject.project),
        "kind": subject.kind,
        "reasons": [_evidence(reason) for reason in subject.reasons],
        "runner_up": subject.runner_up,
        "template": _text(subject.template),
        "projects": [_path(project) for project in subject.projects],
        "files": subject.files,
    }


def _share(passed: int, of: int) -> dict[str, int]:
    return {"passed": passed, "of": of}


def _finding(report: Report, finding: Finding) -> dict[str, Any]:
    return {
        **_card(finding),
        "verdict": finding.verdict,
        "ignored": _text(finding.ignored),
        "cancelled_by": finding.cancelled_by,
        **_location(finding.place),
        "verify": _path(report.recheck(finding)),
        "evidence": [_evidence(evidence) for evidence in finding.evidence],
    }


def _card(finding: Finding) -> dict[str, Any]:
    rule = finding.rule
    return {
        "code": rule.code,
        "slug": rule.slug,
        "title": _text(rule.title),
        "level": rule.level,
        "tier": rule.tier,
        "section": rule.section,
        "item": rule.item,
        "who": rule.who,
        "minutes": rule.minutes,
        "why": _text(rule.why),
        "expected": _text(rule.expected),
        "fix": _text(finding.fix),
    }


def _location(place: Evidence) -> dict[str, Any]:
    return {"path": _path(place.path), "line": place.line, "cell": place.cell, "commit": place.commit}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {**_location(evidence), "remark": _text(evidence.remark)}


def _path(path: str) -> str:
    """A path, or a command with one, as it is; bytes that are no UTF-8 have no place in JSON and show as U+FFFD."""
    return path.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _text(text: str) -> str:
    """A text in one line that does nothing to the terminal on which somebody prints it."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
