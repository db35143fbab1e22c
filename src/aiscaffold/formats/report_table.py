"""Several audits as a table for a terminal, the weakest first."""

from collections import Counter
from collections.abc import Sequence

from aiscaffold.report import Report
from aiscaffold.rule import OWNER, TOOL
from aiscaffold.wording import columns, fit, one_line, one_path

WIDTH = 80
NAME = 24  # columns at most
HEADER = ("repository", "tier", "score", "scaffold", "yours", "worst")
Row = tuple[str, ...]


def render(reports: Sequence[Report]) -> str:
    """One line for each repository; those of one name are told apart by their places."""
    labels = Counter(report.subject.label for report in reports)
    ranked = sorted(reports, key=lambda report: report.rank)
    rows = [HEADER, *(_row(report, is_shared=labels[report.subject.label] > 1) for report in ranked)]
    widths = [max(columns(row[column]) for row in rows) for column in range(len(HEADER) - 1)]
    return "\n".join(_line(row, widths) for row in rows)


def _row(report: Report, *, is_shared: bool) -> Row:
    subject = report.subject
    place = "/".join(part for part in (subject.place.rstrip("/"), subject.project.rstrip("/")) if part)
    name = fit(one_path(place, NAME) if is_shared and place else one_line(subject.label), NAME)
    shares = ("-", "-") if report.problem else ("{}/{}".format(*report.share(who)) for who in (TOOL, OWNER))
    tier, score = (report.tier, report.interval) if report.is_scored else ("-", "-")
    return name, tier, score, *shares, _worst(report)


def _worst(report: Report) -> str:
    if report.worst:
        return f"{report.worst.rule.code} {one_line(report.worst.rule.slug)}"
    return one_line(report.problem.removeprefix(report.subject.place).lstrip(": "))  # beside the name, which tells it


def _line(row: Row, widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=False))
    return fit("  ".join([*cells, row[-1]]).rstrip(), WIDTH)
