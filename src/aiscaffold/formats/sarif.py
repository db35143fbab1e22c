"""An audit as SARIF 2.1.0: one result for each failed rule that points at a file, for code scanning to show."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from aiscaffold import __version__
from aiscaffold.address import printable
from aiscaffold.evidence import Evidence
from aiscaffold.report import Finding, Report
from aiscaffold.rule import Level, Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/aiscaffold/aiscaffold"
RULES = f"{HOME}/blob/main/docs/reference/rules.md"
TOP = "%SRCROOT%"
LEVELS: Mapping[Level, str] = {"must": "error", "should": "warning", "nice": "note"}
LONGEST = 1000  # characters of a text; GitHub shows no more of a message


def render(report: Report) -> str:
    """The located failures, and every rule that was asked."""
    rules = sorted({finding.rule.code: finding.rule for finding in report.findings}.items())
    numbers = {code: number for number, (code, _) in enumerate(rules)}
    located = sorted((finding for finding in report.failures if finding.place.path), key=lambda f: f.rule.code)
    run = {
        "tool": {"driver": _driver([rule for _, rule in rules])},
        # Projects of one repository are uploaded side by side; without this the last would replace the others.
        "automationDetails": {"id": f"aiscaffold/{_text(report.subject.project)}"},
        "originalUriBaseIds": {TOP: {"description": {"text": "The top of the repository."}}},
        "invocations": [_invocation(report.problem)],
        "results": [_result(report, finding, numbers[finding.rule.code]) for finding in located],
        # Code scanning shows what stands in a file; the rest is in the other formats.
        "properties": {"failuresWithoutFile": len(report.failures) - len(located)},
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _invocation(problem: str) -> dict[str, Any]:
    """Whether the audit could be done; without results, a viewer would else take it for a clean one."""
    told = [{"level": "error", "message": {"text": _unlinked(problem)}}] if problem else []
    return {"executionSuccessful": not problem, "toolExecutionNotifications": told}


def _driver(rules: list[Rule]) -> dict[str, Any]:
    return {
        "name": "aiscaffold",
        "version": __version__,
        "informationUri": HOME,
        "rules": [_descriptor(rule) for rule in rules],
    }


def _descriptor(rule: Rule) -> dict[str, Any]:
    why, expected = _text(rule.why), _text(rule.expected)
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": _text(rule.title)},
        "fullDescription": {"text": why},
        "help": {"text": f"{why}\n\nExpected: {expected}", "markdown": f"{why}\n\n**Expected:** {expected}"},
        "helpUri": f"{RULES}#{rule.code.lower()}-{rule.slug}",
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "properties": {"tags": [rule.section, rule.item, rule.who]},
    }


def _result(report: Report, finding: Finding, number: int) -> dict[str, Any]:
    """One result with the place to act; the rest of the evidence is related to it."""
    place = finding.place
    related = [evidence for evidence in finding.evidence if evidence.path and evidence != place]
    result = {
        "ruleId": finding.rule.code,
        "ruleIndex": number,
        "level": LEVELS[finding.rule.level],
        "message": {"text": _message(finding)},
        "locations": [_location(place)],
        "partialFingerprints": _fingerprints(report, finding),
    }
    if related:
        result["relatedLocations"] = [{**_location(e), "message": {"text": _remark(e)}} for e in related]
    return result


def _message(finding: Finding) -> str:
    """What is wanted, what is there instead, what to do."""
    remark = _remark(finding.first)
    return f"Not met: {_text(finding.rule.title)}{f' ({remark})' if remark else ''}. {_unlinked(finding.fix)}"


def _remark(evidence: Evidence) -> str:
    """The remark, and the place within a notebook, which SARIF cannot point at."""
    where = f"cell {evidence.cell}, line {evidence.line or 1}: " if evidence.cell else ""
    return f"{where}{_unlinked(evidence.remark)}"


def _location(place: Evidence) -> dict[str, Any]:
    # Code scanning needs a line: the first stands for a whole file and for a cell.
    line = 1 if place.cell else max(place.line, 1)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(place.path), "uriBaseId": TOP},
            "region": {"startLine": line},
        }
    }


def _fingerprints(report: Report, finding: Finding) -> dict[str, str]:
    """What stays the same while lines move and remarks change, so that a dismissed result stays dismissed.

    GitHub reads this key alone; it would else be a hash of the source line.
    """
    identity = f"{finding.rule.code}\0{report.subject.project}\0{finding.place.path}"
    return {"primaryLocationLineHash": f"{sha256(identity.encode(errors='surrogatepass')).hexdigest()[:16]}:1"}


def _uri(path: str) -> str:
    """A relative reference; what is no UTF-8 is encoded byte by byte as git knows it."""
    try:
        return quote(path.encode(errors="surrogateescape"))
    except UnicodeEncodeError:
        return quote(path.encode(errors="surrogatepass"))


def _unlinked(text: str) -> str:
    """A text of the repository, which may put no link into a message."""
    return _text(text).replace("](", "] (")


def _text(text: str) -> str:
    """A text in one bounded line without control characters."""
    line = printable(" ".join(text.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
