"""A rule as a page of Markdown: what it wants, why, how to get there, and both answers as examples."""

from collections.abc import Iterator, Mapping

from aiscaffold.checklist import Item
from aiscaffold.evidence import Evidence
from aiscaffold.rule import ALL, KINDS, Files, Rule

WHO = {"owner": "only the author", "tool": "the author, a template or a tool"}
EXCERPT = 12  # lines of an example file


def page(rule: Rule, checklist: Mapping[str, Item], heading: str = "#") -> str:
    """One rule's page."""
    kinds = "every kind of project" if rule.kinds >= ALL else ", ".join(kind for kind in KINDS if kind in rule.kinds)
    needed = f", needed for tier {rule.tier}" if rule.tier else ""
    lines = [
        f"{heading} {rule.code} {rule.slug}",
        "",
        f"**{rule.title}.** Level: {rule.level}{needed}. Asked of: {kinds}. Can be mended by: {WHO[rule.who]}.",
        "",
        rule.why,
        "",
        f"**What to do.** {rule.fix_at(Evidence())}",
        "",
        f"**Expected.** {rule.expected}",
        "",
        *_sources(rule, checklist),
        *_example("Fails", rule.bad),
        *_example("Passes", rule.good),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _sources(rule: Rule, checklist: Mapping[str, Item]) -> Iterator[str]:
    item = checklist[rule.item]
    named = "; ".join(f"*{title}*, {section}" for title, section in item.sources)
    yield f"**From the roadmaps.** {item.title} ({named})."
    yield ""


def _example(verdict: str, files: Files) -> Iterator[str]:
    """The files of an example, each shortened to what fits a screen."""
    yield f"**{verdict}:**"
    yield ""
    if not files:
        yield "an empty repository"
        yield ""
    for path, content in files.items():
        text = content if isinstance(content, str) else f"({len(content)} bytes)"
        shown = text.splitlines()[:EXCERPT] or ["(empty)"]
        rest = len(text.splitlines()) - len(shown)
        more = [f"… {rest} more lines"] if rest > 0 else []
        fence = "`" * max(4, *(len(line) - len(line.lstrip("`")) + 1 for line in shown))
        yield from (f"`{path}`" if path != ".history" else "its commits, oldest first", "", f"{fence}text")
        yield from (line[:160] for line in (*shown, *more))
        yield from (fence, "")
