"""An audit for a person at a terminal: what is yours, what to do next and the tier first, everything else after it."""

import re
from collections.abc import Iterator

from aiscaffold.evidence import Evidence
from aiscaffold.report import Finding, Report
from aiscaffold.rule import OWNER, SECTIONS, TOOL
from aiscaffold.wording import columns, fit, one_line, one_path, wrapped

WIDTH = 80
MOST_PLACES = 3  # of one finding
MOST_NEEDS = 6  # of the next tier
HOUR = 60  # minutes
MOST_LISTED = 20  # files or folders in a list
INDENT = "  "
BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
TIER_COLOURS = {"A": GREEN, "B": GREEN, "C": YELLOW, "D": RED}


def render(report: Report, color: bool = False) -> str:
    """The whole report; its first screen suffices for a person with little patience."""
    parts = [
        _headline(report),
        _greeting(report),
        _shares(report),
        _next(report),
        _standing(report),
        _failed(report),
        _unknown(report),
        _passed(report),
        _ignored(report),
        _damaged(report),
        _elsewhere(report),
        _more(report),
    ]
    text = "\n\n".join("\n".join(lines) for lines in map(list, parts) if lines)
    # Whatever a stranger wrote was escaped before: the only sequences left are ours.
    return text if color else re.sub("\x1b\\[[0-9]+m", "", text)


def _headline(report: Report) -> Iterator[str]:
    subject = report.subject
    title = fit(one_line(subject.title), WIDTH)
    yield _style(title, BOLD)
    why = "; ".join(map(_reason, subject.reasons[:2]))
    rival = f" (close to it: --kind {one_line(subject.runner_up)})" if subject.runner_up else ""
    yield from wrapped(f"{one_line(subject.kind)}{': ' if why else ''}{why}{rival}", WIDTH)
    if subject.template:
        yield from wrapped(f"made from {one_line(subject.template)}", WIDTH)


def _greeting(report: Report) -> list[str]:
    if not report.is_scored:
        return wrapped(report.why_no_tier, WIDTH)
    if report.is_fresh_scaffold:
        passed, of = report.share(OWNER)
        text = f"Welcome! The scaffold stands. {of - passed} things are left that only you can add:"
        return wrapped(f"{text} begin with these three.", WIDTH)
    return []


def _shares(report: Report) -> list[str]:
    words = [f"{name} {passed}/{of}" for name, (passed, of) in _counts(report) if of]
    meaning = "rules met: by what a template or a tool can do, and by what only you can"
    return [_style(" · ".join(words), BOLD), _style(meaning, DIM)] if words else []


def _counts(report: Report) -> Iterator[tuple[str, tuple[int, int]]]:
    yield "scaffold", report.share(TOOL)
    yield "yours", report.share(OWNER)


def _next(report: Report) -> Iterator[str]:
    if not report.next_steps:
        yield _style("Nothing is left to do.", GREEN)
        return
    yield _style("Next", BOLD)
    for number, finding in enumerate(report.next_steps, 1):
        step = one_line(report.step(finding))
        yield from _hanging(f"{INDENT}{number}. ", step)
        yield _style(f"{INDENT}   {_details(finding, step)}", DIM)


def _details(finding: Finding, step: str) -> str:
    """The code, a guess of the work, and the place unless the step names it."""
    place = _place(finding.place)
    where = [] if not place or place in step else [fit(place, 40)]
    return " · ".join([finding.rule.code, f"about {_time(finding.rule.minutes)}", *where])


def _time(minutes: int) -> str:
    return f"{minutes} minutes" if minutes < 2 * HOUR else f"{minutes // HOUR} hours"


def _standing(report: Report) -> Iterator[str]:
    """The tier with what holds the next one back; a fresh scaffold only learns what its first tier needs."""
    if not report.is_scored:
        return
    if report.is_fresh_scaffold:
        yield _style("Your first tier", BOLD)
    else:
        best = f"; {report.best_tier} if all that cannot be told is well" if report.best_tier != report.tier else ""
        tier = _style(f"Tier {report.tier}", BOLD, TIER_COLOURS[report.tier])
        yield f"{tier}, {report.interval} of 100{best}"
    yield from _needs(report)


def _needs(report: Report) -> Iterator[str]:
    """What holds back the next tier."""
    head = f"{INDENT}{report.following} needs "
    for finding in report.blocking[:MOST_NEEDS]:
        note = " (cannot be told)" if finding.is_open else ""
        yield from _hanging(f"{head}{finding.rule.code} ", f"{one_line(finding.rule.title)}{note}")
        head = " " * len(head)
    if report.blocking[MOST_NEEDS:]:
        yield f"{head}and {len(report.blocking) - MOST_NEEDS} more"


def _failed(report: Report) -> Iterator[str]:
    if not report.failures:
        return
    title = "Waiting for you" if report.is_fresh_scaffold else "Failed"
    yield _style(f"{title}: {len(report.failures)}", BOLD)
    for section in dict.fromkeys([*SECTIONS.values(), *(finding.section for finding in report.failures)]):
        found = [finding for finding in report.failures if finding.section == section]
        if found:
            yield ""
            yield f"{INDENT}{_style(section, BOLD)}"
        for finding in found:
            yield from _failure(finding)


def _failure(finding: Finding) -> Iterator[str]:
    rule = finding.rule
    yours = ", yours" if rule.who == OWNER else ""
    head = f"{INDENT}{rule.code} "
    first, *rest = _hanging(head, f"{one_line(rule.title)} ({rule.level}{yours})")
    yield first.replace(rule.code, _style(rule.code, RED), 1)
    yield from rest
    yield from _places(finding.evidence)
    yield from _hanging(f"{INDENT}       fix: ", one_line(finding.fix))


def _places(evidence: tuple[Evidence, ...]) -> Iterator[str]:
    for found in evidence[:MOST_PLACES]:
        yield from _shown(found)
    if evidence[MOST_PLACES:]:
        yield _style(f"{INDENT}       and {len(evidence) - MOST_PLACES} more", DIM)


def _shown(evidence: Evidence) -> Iterator[str]:
    """A place and its remark: beside it where that fits, else below."""
    margin = f"{INDENT}       "
    place, remark = _place(evidence), one_line(evidence.remark)
    if not place or columns(f"{margin}{place}: {remark}") <= WIDTH:
        yield from _hanging(margin, _told(evidence))
    else:
        yield f"{margin}{place}"
        yield from _hanging(f"{margin}{INDENT}", remark)


def _unknown(report: Report) -> Iterator[str]:
    if not report.unknowns:
        return
    yield _style(f"Cannot be told: {len(report.unknowns)}", BOLD)
    for finding in report.unknowns:
        rule = finding.rule
        first, *rest = _hanging(f"{INDENT}{rule.code} ", f"{one_line(rule.title)} ({rule.level})")
        yield first.replace(rule.code, _style(rule.code, YELLOW), 1)
        yield from rest
        if finding.verdict == "crashed":
            yield f"{INDENT}       the rule itself failed; please report it:"
        yield from _places(finding.evidence)


def _passed(report: Report) -> Iterator[str]:
    if report.passes:
        yield _style(f"Passed: {len(report.passes)}", BOLD)
    for finding in report.passes:
        yield from _one_of_many(finding, _told(finding.first))
    if report.uncredited:
        yield _style(f"Passed without credit: {len(report.uncredited)}", BOLD)
    for finding in report.uncredited:
        yield from _one_of_many(finding, f"rests only on what fails {finding.cancelled_by}")


def _one_of_many(finding: Finding, remark: str) -> Iterator[str]:
    """A finding in one line if that suffices, else with its remark below."""
    code, title = finding.rule.code, fit(one_line(finding.rule.title), WIDTH - 9)
    room = WIDTH - columns(f"{INDENT}{code} {title}  ")
    is_short = columns(remark) <= room
    yield f"{INDENT}{_style(code, GREEN)} {title}" + (f"  {_style(remark, DIM)}" if remark and is_short else "")
    if not is_short:
        yield _style(f"{INDENT}       {fit(remark, WIDTH - 9)}", DIM)


def _ignored(report: Report) -> Iterator[str]:
    if report.ignored:
        yield _style(f"Ignored: {len(report.ignored)}", BOLD)
    for finding in report.ignored:
        yield from _hanging(
            f"{INDENT}{finding.rule.code} ", f"{one_line(finding.rule.title)}: {one_line(finding.ignored)}"
        )


def _damaged(report: Report) -> Iterator[str]:
    if not report.damage:
        return
    yield _style(f"Could not be read: {len(report.damage)}", BOLD)
    for evidence in report.damage[:MOST_LISTED]:
        yield from _hanging(INDENT, _told(evidence))
    if report.damage[MOST_LISTED:]:
        yield f"{INDENT}and {len(report.damage) - MOST_LISTED} more"


def _elsewhere(report: Report) -> Iterator[str]:
    projects = report.subject.projects
    if not projects:
        return
    yield _style("Also here, each to be audited with --project", BOLD)
    for project in projects[:MOST_LISTED]:
        yield f"{INDENT}{fit(one_path(project), WIDTH - 2)}"
    if projects[MOST_LISTED:]:
        yield f"{INDENT}and {len(projects) - MOST_LISTED} more"


def _more(report: Report) -> Iterator[str]:
    code = report.next_steps[0].rule.code if report.next_steps else "CODE"
    yield _style(f"Why a rule is there, and what passes it: aiscaffold rules {code}", DIM)


def _told(evidence: Evidence) -> str:
    """The place and the remark, or the one that there is."""
    return ": ".join(part for part in (_place(evidence), one_line(evidence.remark)) if part)


def _reason(evidence: Evidence) -> str:
    """The remark with its place behind it."""
    place, remark = _place(evidence), one_line(evidence.remark)
    return f"{remark} ({place})" if place and remark else place or remark


def _place(evidence: Evidence) -> str:
    return one_path(evidence.place, WIDTH - 9)


def _hanging(head: str, text: str) -> list[str]:
    """A text behind a head, its further lines below its first."""
    margin = columns(head)
    first, *rest = wrapped(text, WIDTH - margin)
    return [f"{head}{first}", *(f"{' ' * margin}{line}" for line in rest)]


def _style(text: str, *codes: str) -> str:
    return "".join(f"\x1b[{code}m" for code in codes) + f"{text}\x1b[0m"
