"""The audit on a terminal: the point in the first screen, 80 columns, and no more colour than was asked for."""

import re
from dataclasses import replace

import pytest
from formats.reports import DAMAGED, EMPTY, FRESH, HOSTILE, LIFELIKE, OTHER, STRONG, WEAK, a_rule, finding

from aiscaffold.evidence import Evidence, at
from aiscaffold.formats.report_terminal import WIDTH, render
from aiscaffold.report import Report
from aiscaffold.wording import columns

SCREEN = 24
SEQUENCE = re.compile("\x1b\\[([0-9]+)m")
ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY}


def first_screen(report: Report) -> str:
    return "\n".join(render(report).splitlines()[:SCREEN])


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_lines_are_printable_and_fit_80_columns(report: Report) -> None:
    for line in render(report).split("\n"):
        assert line.isprintable()
        assert columns(line) <= WIDTH, line
        assert line == line.rstrip()


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_colour_changes_nothing_but_the_colour(report: Report) -> None:
    coloured = render(report, color=True)
    assert SEQUENCE.sub("", coloured) == render(report)
    assert set(SEQUENCE.findall(coloured)) <= {"0", "1", "2", "31", "32", "33"}
    assert all(
        line.endswith("\x1b[0m") or "\x1b" not in line.rpartition("\x1b[0m")[2] for line in coloured.splitlines()
    )


@pytest.mark.parametrize("report", [STRONG, WEAK, DAMAGED], ids=["strong", "weak", "damaged"])
def test_the_first_screen_tells_what_is_yours_what_is_next_and_the_tier_in_this_order(report: Report) -> None:
    screen = first_screen(report)
    marks = ["scaffold ", "\nNext\n", f"\nTier {report.tier}, {report.interval} of 100", f"{report.following} needs "]
    assert [screen.index(mark) for mark in marks] == sorted(screen.index(mark) for mark in marks)
    assert all(step.rule.code in screen for step in report.next_steps)
    assert report.blocking[0].rule.code in screen.rpartition(" needs ")[2]


def test_a_step_names_what_to_do_the_code_the_time_and_a_place_it_does_not_name_yet() -> None:
    assert "  1. Correct the install command at README.md:3.\n     DOC103 · about 10 minutes\n" in render(WEAK)
    assert "DOC102 · about 15 minutes · README.md:7" in render(FRESH)


def test_a_fresh_scaffold_is_greeted_and_not_marked() -> None:
    text = render(FRESH)
    assert "Welcome!" in first_screen(FRESH)
    assert "8 things" in text
    assert "Tier D" not in text
    assert "of 100" not in text
    assert "Failed" not in text
    assert "C needs DOC102" in text


def test_what_is_no_portfolio_project_has_findings_and_no_tier() -> None:
    text = render(OTHER)
    assert "not judged as a portfolio project" in " ".join(first_screen(OTHER).split())
    assert "Tier" not in text
    assert "HON106 Badges tell the truth" in text
    assert "  services/api\n  services/web" in text


def test_a_failure_shows_its_places_the_rest_by_number_and_the_fix() -> None:
    text = render(WEAK)
    start = text.index("  QUA108")
    assert text[start:].splitlines()[:6] == [
        "  QUA108 No machine's own path, no swallowed errors (should)",
        "         train.ipynb cell 3:1: C:\\Users\\me\\Desktop\\churn.csv",
        "         train.ipynb cell 9:2: C:\\Users\\me\\Desktop\\churn.csv",
        "         eda.ipynb cell 1:5: C:\\Users\\me\\Desktop\\churn.csv",
        "         and 1 more",
        f"         fix: {next(f.fix for f in WEAK.failures if f.rule.code == 'QUA108')}",
    ]


def test_every_finding_is_shown_once_below_the_next_steps() -> None:
    for report in LIFELIKE.values():
        body = render(report).partition("\nFailed")[2] or render(report).partition("\nWaiting")[2]
        for found in report.findings:
            assert body.count(f"  {found.rule.code} ") == 1


def test_what_cannot_be_read_is_listed_and_a_broken_rule_is_to_be_reported() -> None:
    text = render(DAMAGED)
    assert "Could not be read: 2\n  data/eda.ipynb: not JSON: line 1, column 1\n" in text
    assert "Mend pyproject.toml, which cannot be read" in text
    assert "please report it:\n         KeyError in lint.py:40: 'hooks'" in text


def test_what_was_ignored_shows_the_reason_and_takes_no_other_place() -> None:
    ignored = finding(a_rule("GIT106"), "fail", at("a.bin"), ignored="the data set is the point")
    report = replace(STRONG, findings=(*STRONG.findings, ignored))
    assert "Ignored: 1\n  GIT106 All is well: the data set is the point" in render(report)
    assert render(report).count("GIT106") == 1


def test_a_pass_without_credit_names_the_rule_that_took_it() -> None:
    taken = finding(a_rule("GIT106"), "pass", at("a.bin"), cancelled_by="HON103")
    text = render(replace(STRONG, findings=(*STRONG.findings, taken)))
    assert "Passed without credit: 1\n  GIT106 All is well  rests only on what fails HON103" in text


def test_the_last_line_says_how_to_learn_more() -> None:
    assert render(WEAK).splitlines()[-1].endswith("aiscaffold rules DOC103")
    assert render(EMPTY).splitlines()[-1].endswith("aiscaffold rules CODE")


def test_wide_characters_count_twice() -> None:
    found = finding(a_rule("DOC101"), "fail", Evidence(remark="自転車の需要を予測する" * 8))
    text = render(replace(STRONG, findings=(found,)))
    assert max(map(columns, text.splitlines())) <= WIDTH
    assert "".join(text.split()).count("自転車の需要を予測する" * 8) == 1
