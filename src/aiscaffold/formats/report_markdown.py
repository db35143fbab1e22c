"""An audit as Markdown for a comment on a pull request or the summary of a job; below 60 kB whatever the input."""

import re
from collections.abc import Iterable, Iterator

from aiscaffold.evidence import Evidence
from aiscaffold.report import Finding, Report
from aiscaffold.rule import OWNER, TOOL
from aiscaffold.wording import one_line, one_path

FAILED_BYTES, UNKNOWN_BYTES, PASSED_BYTES, LIST_BYTES = 24_000, 9_000, 12_000, 3_000
LONGEST = 160  # characters of a text
SIGNS = re.compile(r"[\\`*_\[\]<>|~&$#@!{}]")
CODE_SIGNS = re.compile(r"[\\`|]")


def render(report: Report) -> str:
    """The standing and the next steps first, the failures as a table, all else folded away."""
    parts = (_head(report), _next(report), _failed(report), _folded(report))
    return "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines).strip() + "\n"


def _head(report: Report) -> list[str]:
    subject = report.subject
    shares = " · ".join(f"{name} {passed}/{of}" for name, (passed, of) in _counts(report) if of)
    standing = f"**Tier {report.tier}** ({report.interval} of 100)" if report.is_scored else report.why_no_tier
    if report.is_fresh_scaffold:
        standing = f"a fresh scaffold: its first tier is {report.following}"
    reasons = "; ".join(map(_reason, subject.reasons[:2]))
    lines = [f"## Audit of {_text(subject.title)}", "", " · ".join(part for part in (standing, shares) if part), ""]
    return [*lines, f"{_text(subject.kind)}{f': {reasons}' if reasons else ''}"]


def _counts(report: Report) -> Iterator[tuple[str, tuple[int, int]]]:
    yield "scaffold", report.share(TOOL)
    yield "yours", report.share(OWNER)


def _next(report: Report) -> list[str]:
    steps = [
        f"{number}. {_prose(report.step(finding))} ({_text(finding.rule.code)}, about {finding.rule.minutes} minutes)"
        for number, finding in enumerate(report.next_steps, 1)
    ]
    return ["### Next", "", *steps] if steps else []


def _failed(report: Report) -> list[str]:
    if not report.failures:
        return []
    rows = _within(FAILED_BYTES, map(_row, report.failures), "| | and {} more | | |")
    return [f"### Failed: {len(report.failures)}", "", "| rule | | where | what to do |", "|---|---|---|---|", *rows]


def _row(finding: Finding) -> str:
    rule = finding.rule
    more = f" and {len(finding.evidence) - 1} more" if len(finding.evidence) > 1 else ""
    title = f"{_prose(rule.title)} ({rule.level}{', yours' if rule.who == OWNER else ''})"
    return f"| {_text(rule.code)} | {title} | {_told(finding.first)}{more} | {_prose(finding.fix)} |"


def _folded(report: Report) -> Iterator[str]:
    yield from _details("Cannot be told", report.unknowns, UNKNOWN_BYTES)
    yield from _details("Passed", report.passes, PASSED_BYTES)
    yield from _details("Passed without credit", report.uncredited, LIST_BYTES)
    yield from _details("Ignored", report.ignored, LIST_BYTES)
    yield from _list("Could not be read", map(_told, report.damage), len(report.damage))
    projects = report.subject.projects
    yield from _list("Also here, each to be audited with --project", map(_code, projects), len(projects))


def _details(title: str, findings: tuple[Finding, ...], most: int) -> Iterator[str]:
    if not findings:
        return
    yield from (f"<details><summary>{title}: {len(findings)}</summary>", "")
    yield from _within(most, map(_item, findings), "- and {} more")
    yield from ("", "</details>")


def _item(finding: Finding) -> str:
    remark = _text(finding.ignored) if finding.ignored else _told(finding.first)
    if finding.cancelled_by:
        remark = f"rests only on what fails {_text(finding.cancelled_by)}"
    return f"- {_text(finding.rule.code)} {_prose(finding.rule.title)}{f': {remark}' if remark else ''}"


def _list(title: str, texts: Iterable[str], count: int) -> Iterator[str]:
    if not count:
        return
    yield from ("", f"**{title}:**", "")
    yield from _within(LIST_BYTES, (f"- {text}" for text in texts), "- and {} more")


def _within(most: int, lines: Iterable[str], rest: str) -> Iterator[str]:
    """As many lines as some bytes hold, then how many more there are."""
    left_out = 0
    for line in lines:
        most -= len(line.encode()) + 1
        if most >= 0:
            yield line
        left_out += most < 0
    if left_out:
        yield rest.format(left_out)


def _told(evidence: Evidence) -> str:
    place = _code(evidence.place) if evidence.place else ""
    return ": ".join(part for part in (place, _text(evidence.remark)) if part)


def _reason(evidence: Evidence) -> str:
    """The remark with its place behind it."""
    place, remark = _code(evidence.place) if evidence.place else "", _text(evidence.remark)
    return f"{remark} ({place})" if place and remark else place or remark


def _prose(text: str) -> str:
    """A text of our own in which pairs of backticks mark code; what was put into it is escaped all the same."""
    line = one_line(text, LONGEST)
    parts = line.split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        return _shown(line)
    return "".join(_code(part) if index % 2 else _shown(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """A text as code, also where it holds what ends code or a cell."""
    line = one_path(text, LONGEST)
    return f"<code>{_entities(line)}</code>" if CODE_SIGNS.search(line) else f"`{line}`"


def _text(text: str) -> str:
    """A text that a page shows as it is."""
    return _shown(one_line(text, LONGEST))


def _shown(line: str) -> str:
    """A line in which nothing is markup, a mention of a person or a reference to an issue."""
    return _entities(line).replace("&#64;", "&#64;\u200b").replace("&#35;", "&#35;\u200b")


def _entities(line: str) -> str:
    return SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", line)
