"""How a score comes about: each rule's weight, what it earned, and what each tier rests on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiscaffold.report import Finding, Report

WIDTH = 80


def render(report: "Report") -> str:
    """The sum, rule by rule, then the tiers."""
    low, high = report.score
    counted = [finding for finding in report.findings if finding.counts]
    whole = sum(finding.rule.weight for finding in counted)
    lines = ["weight  earned       rule"]
    lines += [_line(finding) for finding in counted]
    earned = sum(finding.rule.weight for finding in counted if finding.is_pass)
    unknown = sum(finding.rule.weight for finding in counted if finding.is_open)
    lines += ["", f"{earned} of {whole} earned, {unknown} unknown: {low} to {high} of 100"]
    lines += ["must 5, should 3, nice 1; unknown counts as failed for the low end and as passed for the high one", ""]
    return "\n".join([*lines, *_tiers(report)])


def _line(finding: "Finding") -> str:
    word = {"pass": str(finding.rule.weight), "fail": "0"}.get(finding.verdict, "?")
    remark = f" (taken back: {finding.cancelled_by})" if finding.cancelled_by else ""
    earned = "0" if finding.cancelled_by else word
    return f"{finding.rule.weight:6}  {earned:6}  {finding.rule.code}  {finding.rule.title}{remark}"[:WIDTH]


def _tiers(report: "Report") -> Iterator[str]:
    """What each tier needs beside those below it."""
    for tier in "CBA":
        needed = [finding for finding in report.musts if finding.rule.tier == tier]
        words = ", ".join(f"{f.rule.code}{'' if f.holds else ' (missing)'}" for f in needed)
        yield f"tier {tier} needs {words or 'nothing more'}"
    yield f"this is tier {report.tier}" if report.is_scored else report.why_no_tier
