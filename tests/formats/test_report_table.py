"""Several audits on a terminal: a line each, in columns, the weakest first."""

from formats.reports import EMPTY, HOSTILE, LIFELIKE, OTHER, STRONG, WEAK

from aiscaffold.formats.report_table import WIDTH, render
from aiscaffold.wording import columns


def test_there_is_one_printable_line_for_each_report_within_80_columns() -> None:
    reports = [*LIFELIKE.values(), HOSTILE, EMPTY]
    lines = render(reports).split("\n")
    assert len(lines) == len(reports) + 1
    assert all(line.isprintable() and columns(line) <= WIDTH for line in lines)


def test_the_weakest_comes_first_and_columns_stand_below_each_other() -> None:
    header, weak, strong, other = render([OTHER, STRONG, WEAK]).splitlines()
    assert weak.split() == ["my_ML_project", "D", WEAK.interval, "4/19", "2/8", "DOC103", "install-works"]
    assert strong.split() == ["tides", "B", "92-97", "18/19", "7/8", "DOC110", "lessons-told"]
    assert other.split() == ["dotfiles", "-", "-", "18/19", "8/8", "HON106", "badges-true"]
    assert header.index("worst") == weak.index("DOC103") == strong.index("DOC110")
