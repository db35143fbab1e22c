"""The rules of the audit: a list, one rule's page, or all of them as Markdown or JSON."""

import re
from collections.abc import Iterator, Sequence

from aiscaffold.checklist import load_checklist
from aiscaffold.errors import WrongUsage
from aiscaffold.explain import page
from aiscaffold.rule import KINDS, Rule
from aiscaffold.wording import fit, wrapped

SCHEMA = 1
WIDTH = 80  # columns
LABEL = re.compile(r"^\*\*(What to do|Expected|From the roadmaps)\.\*\* ")


def render(rules: Sequence[Rule], form: str, *, in_full: bool = False) -> str:
    """The rules as text, markdown or json; in full, with reason, fix and examples. Raises `WrongUsage`."""
    if form == "json":
        return _json(rules)
    if form == "markdown":
        checklist = load_checklist()
        return "\n".join(page(rule, checklist, "#" if len(rules) == 1 else "##") for rule in rules).rstrip()
    if form != "text":
        raise WrongUsage(f"rules knows no format {form!r}", hint="there is text, markdown, json")
    if in_full:
        return _pages(rules)
    lines = [f"{r.code}  {r.level + (' ' + r.tier if r.tier else ''):7} {r.title}" for r in rules]
    return "\n".join([*lines, "", "One rule with its reason, fix and examples: aiscaffold rules CODE"])


def _pages(rules: Sequence[Rule]) -> str:
    """Pages for a terminal: the Markdown ones without its marks, in lines that fit."""
    checklist = load_checklist()
    pages = ("\n".join(_plain(page(rule, checklist).rstrip())) for rule in rules)
    return "\n\n\n".join([*pages, "Other formats of a rule: aiscaffold rules --help"])


def _plain(text: str) -> Iterator[str]:
    """The lines of a page without marks: files indented, prose wrapped."""
    fence = ""
    for line in text.splitlines():
        mark = re.match("`{4,}", line)
        if mark and fence in ("", line):
            fence = "" if fence else mark[0]
            continue
        if fence:
            yield f"{' ' * 4}{fit(line, WIDTH - 4)}".rstrip()
        else:
            bare = LABEL.sub(r"\1: ", line.removeprefix("# ")).replace("**", "")
            yield from wrapped(re.sub(r"\*(\S[^*]*)\*", r"\1", bare), WIDTH)


def _json(rules: Sequence[Rule]) -> str:
    import json  # 10 ms that the plain list need not pay

    checklist = load_checklist()
    listed = [
        {
            "code": rule.code,
            "slug": rule.slug,
            "title": rule.title,
            "why": rule.why,
            "fix": rule.fix,
            "expected": rule.expected,
            "level": rule.level,
            "tier": rule.tier or None,
            "kinds": [kind for kind in KINDS if kind in rule.kinds],
            "who": rule.who,
            "item": rule.item,
            "sources": [{"roadmap": title, "section": section} for title, section in checklist[rule.item].sources],
        }
        for rule in rules
    ]
    return json.dumps({"schema": SCHEMA, "rules": listed}, indent=2, ensure_ascii=False)
