"""An audit as a page, in a real Chromium: quiet console, no request, usable by keyboard, readable in both schemes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from formats.reports import HOSTILE, LIFELIKE, WEAK

from aiscaffold.formats import report_html

pytest.importorskip("fcntl", reason="the browser is driven over pipes of POSIX")
from formats import browser

PROGRAM = browser.find()
pytestmark = pytest.mark.skipif(PROGRAM is None, reason=f"none of {', '.join(browser.PROGRAMS)} is on PATH")
REPORTS = {**LIFELIKE, "hostile": HOSTILE}

FOCUSED = """(() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return {
        name: element.name || element.textContent.trim().split("\\n")[0],
        tag: element.tagName,
        visible: ring && box.top < innerHeight && box.bottom > 0,
    };
})()"""
# The contrast of each text with what lies behind it, where it is too low to read (WCAG 2: 4.5 to 1).
FAINT = """(() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
        const linear = (part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = channels(color).map((channel) => linear(channel / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const color = getComputedStyle(element).backgroundColor;
            if (channels(color)[3] !== 0) return color;
        }
        return "rgb(255, 255, 255)";
    };
    const contrast = (element, pseudo) => {
        const pair = [light(getComputedStyle(element, pseudo).color), light(behind(element))].sort((a, b) => a - b);
        return (pair[1] + 0.05) / (pair[0] + 0.05);
    };
    const texts = [...document.body.querySelectorAll("*")].filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()));
    const marks = [...document.querySelectorAll(".mark")].map((mark) => [mark, contrast(mark, "::before")]);
    return [...texts.map((text) => [text, contrast(text)]), ...marks]
        .filter(([element, found]) => found < 4.5 && !["SCRIPT", "STYLE"].includes(element.tagName))
        .map(([element, found]) => `${element.outerHTML.slice(0, 60)}: ${found.toFixed(1)}`);
})()"""
SHOWN = "document.getElementById('shown').value"
VISIBLE = "[...document.querySelectorAll('.finding')].filter((e) => e.checkVisibility()).length"


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Page]:
    assert PROGRAM
    with browser.browser(PROGRAM) as opened:
        yield opened


@pytest.fixture
def weak(tmp_path: Path) -> Path:
    file = tmp_path / "audit.html"
    file.write_text(report_html.render(WEAK), encoding="utf-8")
    return file


def walk(page: browser.Page, until: str) -> list[str]:
    """Press Tab until something has the focus; the names on the way. Each must be seen to have it."""
    names = []
    while not names or not names[-1].startswith(until):
        page.press("Tab")
        focus = page.value(FOCUSED)
        assert focus["visible"], focus
        names.append(focus["name"])
        assert len(names) < 100
    return names


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("width", [400, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_stands_without_a_word_on_the_console(
    page: browser.Page, tmp_path: Path, name: str, width: int, scheme: str
) -> None:
    file = tmp_path / "audit.html"
    file.write_text(report_html.render(REPORTS[name]), encoding="utf-8")
    page.open(file, width, scheme)
    page.value("document.getElementById('open-all').click()")
    assert page.complaints == []
    assert page.requests == [file.as_uri()]
    assert page.value("document.documentElement.scrollWidth") <= width
    assert page.value(FAINT) == []
    dark = page.value("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


def test_a_script_in_a_repositorys_text_does_not_run(page: browser.Page, tmp_path: Path) -> None:
    file = tmp_path / "audit.html"
    file.write_text(report_html.render(WEAK).replace("<main>", "<main><script>window.broken = 1</script>"), "utf-8")
    page.open(file)
    assert page.value("window.broken") is None
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


def test_the_keyboard_reaches_everything_and_the_focus_is_always_seen(page: browser.Page, weak: Path) -> None:
    page.open(weak, 400)
    names = walk(page, "The README gives a working install command")
    assert names[:4] == ["Skip to the findings", "DOC103", "ENV101", "SEC101"]
    names = walk(page, "Workflows ask for few rights")
    assert names[:6] == ["Dependencies are declared", "No secret is in the tree or history", *names[2:6]]
    assert names[2:6] == ["text", "verdict", "section", "who"]
    assert page.value("new Set([...document.querySelectorAll('summary')]).size") == len(WEAK.findings)


def test_the_keyboard_skips_to_the_findings_and_opens_one(page: browser.Page, weak: Path) -> None:
    page.open(weak)
    walk(page, "Skip")
    page.press("Enter")
    assert walk(page, "text") == ["text"]
    walk(page, "Reset")
    walk(page, "The README gives")
    page.press("Enter")
    assert page.value("document.querySelectorAll('details[open]').length") == 1
    assert page.value("document.getElementById('DOC103').checkVisibility()")


def test_a_search_leaves_what_holds_the_words_and_reset_brings_all_back(page: browser.Page, weak: Path) -> None:
    page.open(weak)
    walk(page, "text")
    for letter in "ipynb":
        page.press(letter)
    assert page.value(SHOWN) == "2 of 27 findings shown"
    assert page.value(VISIBLE) == 2
    walk(page, "Reset")
    page.press("Enter")
    assert page.value(f"new Promise((done) => setTimeout(() => done({SHOWN})))") == "27 of 27 findings shown"


@pytest.mark.parametrize(
    ("name", "value", "left"), [("verdict", "pass", 6), ("section", "SEC", 2), ("who", "owner", 8), ("verdict", "", 27)]
)
def test_filters_leave_what_was_asked_for(page: browser.Page, weak: Path, name: str, value: str, left: int) -> None:
    page.open(weak)
    page.value(f"document.forms.filters.elements.{name}.value = '{value}'")
    page.value("document.forms.filters.dispatchEvent(new Event('input'))")
    assert page.value(VISIBLE) == left
    assert page.value(SHOWN) == f"{left} of 27 findings shown"


def test_a_next_step_leads_to_its_finding_and_opens_it_even_where_a_filter_hid_it(
    page: browser.Page, weak: Path
) -> None:
    page.open(weak)
    page.value("document.forms.filters.elements.verdict.value = 'pass'")
    page.value("document.forms.filters.dispatchEvent(new Event('input'))")
    walk(page, "DOC103")
    page.press("Enter")
    settled = "new Promise((done) => setTimeout(() => done(document.getElementById('DOC103').checkVisibility()), 200))"
    assert page.value(settled)
    assert page.value(SHOWN) == "27 of 27 findings shown"


def test_without_scripts_everything_is_shown_and_no_dead_filter(page: browser.Page, weak: Path) -> None:
    page.open(weak, scripts=False)
    assert page.value(VISIBLE) == len(WEAK.findings)
    assert not page.value("document.getElementById('filters').checkVisibility()")
    page.call("Emulation.setScriptExecutionDisabled", value=False)


def test_on_paper_every_finding_is_open_and_the_colours_are_those_of_paper(page: browser.Page, weak: Path) -> None:
    page.open(weak, scheme="dark")
    page.call("Emulation.setEmulatedMedia", media="print", features=[{"name": "prefers-color-scheme", "value": "dark"}])
    assert page.value("document.getElementById('DOC103').getBoundingClientRect().height") > 50
    assert page.value(FAINT) == []
    page.call("Emulation.setEmulatedMedia", media="", features=[])
