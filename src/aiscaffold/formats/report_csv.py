"""Many audits as CSV (RFC 4180) for a mentor's spreadsheet, the weakest first with the reason."""

import csv
import io
from collections.abc import Iterator, Sequence

from aiscaffold.report import Report
from aiscaffold.wording import one_line

HEADER = (
    "name", "place", "commit", "kind", "tier", "low", "high", "passed", "failed", "unknown", "worst reason",
    "first next step",
)  # fmt: skip


def render(reports: Sequence[Report]) -> str:
    """A header and one record for each report."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for report in sorted(reports, key=lambda report: report.rank):
        writer.writerow([_cell(value) for value in _record(report)])
    return out.getvalue()


def _record(report: Report) -> Iterator[str]:
    subject = report.subject
    yield subject.label
    yield subject.place
    yield subject.commit
    yield subject.kind
    yield from (report.tier, *map(str, report.score)) if report.is_scored else ("", "", "")
    yield from (str(len(found)) for found in (report.passes, report.failures, report.unknowns))
    yield _worst(report)
    yield report.step(report.next_steps[0]) if report.next_steps else ""


def _worst(report: Report) -> str:
    if report.worst is None:
        return report.problem
    rule, evidence = report.worst.rule, report.worst.first
    shown = ": ".join(part for part in (evidence.place, evidence.remark) if part)
    return f"{rule.code} {rule.title}{f' ({shown})' if shown else ''}"


def _cell(text: str) -> str:
    """A text in one line that no spreadsheet takes for a formula."""
    line = one_line(text)
    return f"'{line}" if line.startswith(("=", "+", "-", "@")) else line
