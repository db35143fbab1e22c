"""The audit as Markdown: a page of GitHub's size on which a stranger's text is nothing but text."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from formats.reports import DAMAGED, EMPTY, FRESH, HOSTILE, LIFELIKE, OTHER, STRONG, WEAK, a_rule, finding
from markdown_it import MarkdownIt
from markdown_it.token import Token

from aiscaffold.evidence import at
from aiscaffold.formats.report_markdown import render
from aiscaffold.report import Report

LIMIT = 60_000
ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY}
TAG = re.compile(r"<[^\s\d][^>]*>")
OUR_TAGS = {"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"}


def tokens(text: str) -> Iterator[Token]:
    """All tokens of a page, those within lines too."""
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield token
        yield from token.children or ()


def rows(text: str) -> list[list[str]]:
    """The cells of all tables, as a reader sees them."""
    found: list[list[str]] = []
    for token in tokens(text):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("th_open", "td_open"):
            found[-1].append("")
        elif token.type in ("text", "code_inline", "text_special") and found and found[-1]:
            found[-1][-1] += token.content
        elif token.type == "table_close":
            found.append([])
    return [row for row in found if len(row) > 1]


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_nothing_of_a_stranger_is_markup(report: Report) -> None:
    kinds = set()
    for token in tokens(render(report)):
        kinds.add(token.type)
        if token.type.startswith("html"):
            assert set(TAG.findall(token.content)) <= OUR_TAGS
    assert not kinds & {"image", "link_open", "em_open", "s_open", "fence", "code_block", "hr", "blockquote_open"}


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_every_row_has_four_cells_and_there_is_one_for_each_failure(report: Report) -> None:
    table = rows(render(report))
    assert all(len(row) == 4 for row in table)
    assert len(table) == (len(report.failures) + 1 if report.failures else 0)


def test_a_mention_reaches_nobody() -> None:
    assert "@someone" not in render(HOSTILE)
    assert "#1 " not in render(HOSTILE)


def test_it_opens_with_the_standing_and_the_next_steps() -> None:
    lines = render(STRONG).splitlines()
    assert lines[0] == "## Audit of tides at 0123456"
    assert lines[2] == "**Tier B** (92-97 of 100) · scaffold 18/19 · yours 7/8"
    assert "2. Set `permissions: contents: read` in .github/workflows/release.yml. (SEC104, about 5 minutes)" in lines
    assert "**Tier" not in render(FRESH)
    assert "no tier" in render(OTHER)


def test_a_place_is_shown_as_path_and_line() -> None:
    assert "| `train.ipynb cell 3:1`: C:&#92;Users" in render(WEAK)
    assert "Could not be read" in render(DAMAGED)


def test_a_page_stays_below_60_kilobytes_and_says_what_it_leaves_out() -> None:
    nasty = "|*🚲`" * 200
    found = [
        finding(
            a_rule(f"DOC{n}", title=nasty, fix=nasty), verdict, at(nasty, nasty), ignored=nasty if n % 5 == 0 else ""
        )
        for n in range(1000)
        for verdict in ("fail", "pass", "unknown")
    ]
    damage = tuple(at(nasty, f"{n}{nasty}") for n in range(500))
    whole = Report(replace(HOSTILE.subject, projects=(nasty,) * 500), tuple(found), damage)
    text = render(whole)
    assert len(text.encode()) < LIMIT
    assert rows(text)[-1][1].startswith("and ")
    assert text.count("- and ") == 5


def test_a_path_with_bars_and_backticks_reads_as_it_is() -> None:
    found = finding(a_rule("DOC101"), "fail", at("a|b/`c`\\|.py", "x"))
    assert rows(render(replace(STRONG, findings=(found,))))[1][2] == "a|b/`c`\\|.py: x"
