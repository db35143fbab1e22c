"""An update as Markdown, to be pasted into a pull request."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiscaffold.changes import Change
    from aiscaffold.results import Updated


def updated(done: "Updated") -> str:
    """A title, what needs a look, and a table of the rest."""
    plan = done.plan
    urgent = plan.changes.urgent
    rest = [change for change in plan.changes.changes if not change.needs_a_look]
    lines = [f"## Template {_code(plan.lineage.name)}: {plan.lineage.old} → {plan.lineage.new}", "", f"{done.summary}."]
    if urgent:
        lines += ["", "### Look at these first", "", *map(_item, urgent)]
    if rest:
        lines += ["", "### Changes", "", *_table(rest)]
    if done.notes:
        lines += ["", *(f"- {_text(note)}" for note in done.notes)]
    if done.gates:
        gates = (
            f"- {'passed' if gate.passed else '**failed**'}: {_code(gate.command)}, {gate.seconds} s"
            for gate in done.gates
        )
        lines += ["", "### Gates", "", *gates]
    lines += ["", f"Result tree: {_code(plan.changes.tree)}"]
    return "\n".join(lines)


def _item(change: "Change") -> str:
    texts = " ".join(_sentence(text) for text in (change.note, change.reason) if text)
    return f"- **{change.kind}** {_code(change.path)}{': ' + texts if texts else ''}"


def _table(changes: "list[Change]") -> Iterator[str]:
    yield "| | file | why |"
    yield "|---|---|---|"
    for change in sorted(changes, key=lambda change: (change.kind, change.path)):
        moved = f"{_code(change.origin)} → " if change.origin else ""
        yield f"| {change.kind} | {moved}{_code(change.path)} | {_text(change.note or change.reason)} |"


def _code(text: str) -> str:
    """Text as code, also where it holds backticks or bars."""
    fence = "``" if "`" in text else "`"
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")


def _sentence(text: str) -> str:
    return f"{_text(text[:1].upper() + text[1:]).rstrip('.')}."


def _text(text: str) -> str:
    """Text that a Markdown page shows as it is."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("@", "@\u200b")
