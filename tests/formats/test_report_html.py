"""An audit as a page, read by a parser: nothing of a repository becomes markup, and every link leads somewhere."""

import re
from base64 import b64encode
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from formats.reports import CLOSING, DAMAGED, EMPTY, FRESH, HOSTILE, LIFELIKE, NASTY, OTHER, STRONG, WEAK

from aiscaffold.formats import report_html
from aiscaffold.report import Report

ALL = {**LIFELIKE, "hostile": HOSTILE, "empty": EMPTY, "none": replace(EMPTY, problem=CLOSING)}
VOID = {"meta", "link", "input"}


class Page(HTMLParser):
    """The elements of a page, its text, and whether each end tag ends what is open."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.parts: dict[str, str] = {"style": "", "script": ""}
        self.open: list[str] = []
        self.feed(report_html.render(report))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        inside = self.open[-1] if self.open else ""
        if inside in self.parts:
            self.parts[inside] += data
        else:
            self.text += data

    def values(self, attribute: str) -> list[str]:
        """Every value of an attribute."""
        return [attributes[attribute] or "" for _, attributes in self.elements if attribute in attributes]


@pytest.mark.parametrize("report", ALL.values(), ids=ALL)
def test_every_page_is_well_formed_and_every_link_leads_to_one_place(report: Report) -> None:
    page = Page(report)
    assert page.open == []
    ids = Counter(page.values("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    assert {link for link in page.values("href") if link != "data:,"} <= {f"#{name}" for name in ids}
    assert set(page.values("aria-labelledby")) <= ids.keys()
    assert page.values("src") == []


def test_nothing_of_a_repository_becomes_markup() -> None:
    tame, wild = (Page(report) for report in (WEAK, HOSTILE))
    assert {tag for tag, _ in wild.elements} <= {tag for tag, _ in tame.elements}
    kinds = {(tag, name) for tag, attributes in wild.elements for name in attributes}
    assert not [name for _, name in kinds if name.startswith("on") or name == "style"]
    for text in NASTY[:3]:
        assert report_html._line(text) in wild.text


def test_no_text_reorders_the_page_or_buries_it() -> None:
    page = report_html.render(HOSTILE)
    page.encode()
    assert page.replace("\n", "").isprintable()
    assert len(page) < 400_000
    assert "src/new\\nline.py" in page


def test_only_the_pages_own_style_and_script_may_run() -> None:
    page = Page(HOSTILE)
    policy = next(attributes["content"] or "" for _, attributes in page.elements if "http-equiv" in attributes)
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for kind, text in page.parts.items():
        assert f"{kind}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy


def test_it_opens_with_what_is_the_owners_then_what_to_do_then_the_tier() -> None:
    text = " ".join(Page(WEAK).text.split())
    places = [text.index(part) for part in ("4/19 Scaffold", "2/8 Yours", "Next", "Tier D", "Findings")]
    assert places == sorted(places)


def test_every_finding_is_shown_once_under_its_verdict() -> None:
    for report in (WEAK, DAMAGED, HOSTILE):
        shown = Counter(Page(report).values("id"))
        assert {finding.rule.code: shown[finding.rule.code] for finding in report.findings} == {
            finding.rule.code: 1 for finding in report.findings
        }
    headings = re.findall(r'<h3 id="group-[^"]+">([^<]+) <', report_html.render(HOSTILE))
    assert headings == [
        "Failed",
        "Passed without credit",
        "Cannot be told",
        "Passed",
        "Left out by the owner",
        "Not asked of this kind",
    ]


def test_a_fresh_scaffold_is_greeted_and_pointed_to_the_place_to_write() -> None:
    text = Page(FRESH).text
    assert "A fresh scaffold" in text
    assert "README.md:7" in text
    assert "A fresh scaffold" not in Page(STRONG).text


def test_what_is_no_portfolio_project_has_findings_but_no_tier() -> None:
    text = Page(OTHER).text
    assert "not judged as a portfolio project" in text
    assert "Tier" not in text
    assert "Badges tell the truth" in text
    assert "services/api" in text


def test_an_audit_that_could_not_be_done_says_why_and_nothing_else() -> None:
    text = Page(replace(EMPTY, problem="no such commit: v9")).text
    assert "It could not be audited: no such commit: v9" in text
    assert "Tier" not in text
    assert "Findings" not in text


def test_a_chain_of_evidence_is_shown_in_order() -> None:
    text = Page(STRONG).text
    places = [text.index(hop) for hop in (".github/workflows/ci.yml:21", "Makefile:12", "noxfile.py:8")]
    assert places == sorted(places)


def test_the_reason_of_a_rule_is_markdown_but_its_fix_is_not() -> None:
    assert "A reviewer looks at this <strong>first</strong>." in report_html.render(WEAK)
    assert "Run <code>uv lock</code> and commit uv.lock." in report_html.render(WEAK)
    initial = replace(WEAK.failures[0].first, path="src/__init__.py")
    moved = replace(WEAK, findings=(replace(WEAK.failures[0], evidence=(initial,)),))
    assert "src/__init__.py" in report_html.render(moved)
