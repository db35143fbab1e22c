"""An audit as JUnit XML: one test case for each rule, one suite for each section."""

from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring  # 8 ms, and only where JUnit is asked for

from aiscaffold.evidence import Evidence
from aiscaffold.report import Finding, Report
from aiscaffold.wording import one_line

SKIPPED = {
    "unknown": "cannot be told",
    "crashed": "the rule itself failed",
    "not-applicable": "does not apply to this kind of project",
}


def render(report: Report) -> str:
    """The document; names are kept short, since viewers show them in a tree."""
    root = Element("testsuites", {"name": "aiscaffold audit", **_totals(report.findings)})
    ordered = sorted(report.findings, key=lambda finding: finding.rule.code)
    for section, found in groupby(ordered, key=lambda finding: finding.section):
        cases = tuple(found)
        suite = SubElement(root, "testsuite", {"name": section, **_totals(cases), "skipped": str(_skipped(cases))})
        for finding in cases:
            _case(suite, finding)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _totals(findings: tuple[Finding, ...]) -> dict[str, str]:
    failures = sum(_fails(finding) for finding in findings)
    return {"tests": str(len(findings)), "failures": str(failures), "errors": "0"}


def _fails(finding: Finding) -> bool:
    return finding.verdict == "fail" and not finding.ignored


def _skipped(findings: tuple[Finding, ...]) -> int:
    return sum(bool(_reason(finding)) for finding in findings)


def _reason(finding: Finding) -> str:
    """Why a rule neither passed nor failed."""
    if finding.ignored:
        return f"ignored: {finding.ignored}"
    if finding.cancelled_by:
        return f"no credit: it rests only on what fails {finding.cancelled_by}"
    return SKIPPED.get(finding.verdict, "")


def _case(suite: Element, finding: Finding) -> None:
    rule = finding.rule
    case = SubElement(suite, "testcase", classname=_text(finding.section), name=_text(f"{rule.code} {rule.title}"))
    if _fails(finding):
        failure = SubElement(case, "failure", type=rule.level, message=_text(finding.fix))
        failure.text = "\n".join(map(_told, finding.evidence))
    elif reason := _reason(finding):
        told = _told(finding.first)
        SubElement(case, "skipped", message=_text(f"{reason}: {told}" if told else reason))
    else:
        SubElement(case, "system-out").text = "\n".join(map(_told, finding.evidence))


def _told(evidence: Evidence) -> str:
    return _text(": ".join(part for part in (evidence.place, evidence.remark) if part))


def _text(text: str) -> str:
    """A text in one printable line: XML 1.0 knows no control characters, not even escaped."""
    return one_line(text)
