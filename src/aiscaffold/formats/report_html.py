"""An audit as one HTML page that needs nothing but itself: no request, no font, no script from elsewhere."""

from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from aiscaffold import __version__
from aiscaffold.address import printable
from aiscaffold.report import Finding, Report
from aiscaffold.rule import OWNER, SECTIONS, TIERS, TOOL

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

FOLDER = Path(__file__).parent
LONGEST = 500  # characters of a text or path; more would bury the page below one remark
HOUR = 60
LEVELS = {"must": "must", "should": "should", "nice": "nice to have"}

Group = tuple[str, str, tuple[Finding, ...]]


def render(report: Report) -> str:
    """The whole page."""
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    template = _environment().get_template("report.html.jinja")
    return template.render(
        report=report,
        groups=[group for group in _groups(report) if group[2]],
        shares=[("scaffold", "Scaffold", *report.share(TOOL)), ("yours", "Yours", *report.share(OWNER))],
        sections=_sections(report),
        tiers=TIERS,
        style=style,
        script=script,
        policy=_policy(style, script),
        version=__version__,
    )


def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # 50 ms

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": _line, "exact": _exact, "duration": _duration, "level": _level}
    environment.filters["markdown"] = _markdown()
    return environment


def _markdown() -> "Callable[[str], str]":
    """Makes HTML of the emphasis, code and links in a rule's reason, and text of everything else."""
    from markdown_it import MarkdownIt  # 30 ms, where the audit has not parsed a page with it already

    inline = MarkdownIt("zero").enable(["emphasis", "backticks", "link"])
    return lambda text: str(inline.renderInline(_line(text)))


def _asset(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Only this page's own style and script run, whatever a repository put into its texts."""
    allowed = {"style-src": _hash(style), "script-src": _hash(script), "img-src": "data:"}
    rest = {"default-src": "'none'", "base-uri": "'none'", "form-action": "'none'"}
    return "; ".join(f"{directive} {source}" for directive, source in {**rest, **allowed}.items())


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode('ascii')}'"


def _groups(report: Report) -> list[Group]:
    """Key, heading and findings, in the order in which they matter."""
    return [
        ("fail", "Failed", report.failures),
        ("uncredited", "Passed without credit", report.uncredited),
        ("unknown", "Cannot be told", report.unknowns),
        ("pass", "Passed", report.passes),
        ("ignored", "Left out by the owner", report.ignored),
        ("not-applicable", "Not asked of this kind", report.with_verdict("not-applicable")),
    ]


def _sections(report: Report) -> list[tuple[str, str]]:
    """The sections that occur: those with a name in its order, then the others."""
    occurring = {finding.rule.section for finding in report.findings}
    return [
        (code, SECTIONS.get(code, code))
        for code in [*SECTIONS, *sorted(occurring - SECTIONS.keys())]
        if code in occurring
    ]


def _line(text: str) -> str:
    """A text in one bounded line, with control characters and changes of direction made visible."""
    return _exact(" ".join(text.split()))


def _exact(text: str) -> str:
    """A path or command: the same, but white space counts."""
    shown = printable(text)
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def _duration(minutes: int) -> str:
    return f"{minutes} min" if minutes < HOUR else f"{minutes / HOUR:g} h"


def _level(finding: Finding) -> str:
    rule = finding.rule
    return f"must, from tier {rule.tier} up" if rule.tier else LEVELS[rule.level]
