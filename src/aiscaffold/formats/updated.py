"""An update as plain text that fits a screen: what needs a look first, then the rest."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiscaffold.changes import Change, ChangeSet
    from aiscaffold.results import Ended, Updated

WIDTH = 80
COLUMN = 17
MANY = 12  # files without a reason; beyond that, those of a kind are one paragraph


def render(updated: "Updated") -> str:
    """The plan, what was done with it, and what to type next."""
    changes = updated.plan.changes
    lines = [updated.headline, updated.summary]
    urgent = changes.urgent
    if urgent:
        lines += ["", "Look at these first", *(line for change in urgent for line in _explained(change))]
    lines += _rest(changes)
    for note in updated.notes:
        lines += ["", *textwrap.wrap(f"note: {note}", WIDTH, subsequent_indent="  ", break_on_hyphens=False)]
    lines += [
        "",
        *(f"{'passed' if gate.passed else 'FAILED'}  {gate.command}  {gate.seconds} s" for gate in updated.gates),
    ]
    lines += [f"Result tree {changes.tree}"]
    if changes.conflicts and updated.done != "planned":
        lines += [
            "",
            *textwrap.wrap(f"Conflicts are left in: {', '.join(changes.conflicts)}", WIDTH, subsequent_indent="  "),
        ]
    if updated.next_steps:
        lines += ["", "Next:", *(f"  {step}" for step in updated.next_steps)]
    return "\n".join(_without_double_gaps(lines))


def availability(updated: "Updated") -> str:
    """The answer to `--check` in one or two lines."""
    lineage = updated.plan.lineage
    what = f"{lineage.name} {lineage.new} is {'newer' if updated.is_newer else 'not newer'} than your {lineage.old}"
    if not updated.plan.affects_owner:
        return f"{what}, {'but' if updated.is_newer else 'and'} nothing in it is for you"
    return f"{what}: {updated.summary}\nThe same with --dry-run in place of --check shows each file."


def ended(end: "Ended") -> str:
    """What became of an update that was taken back or ended."""
    if end.state == "taken back":
        saved = [f"what you edited since then is saved in {place}" for place in end.saved]
        return "\n".join(["the last update is taken back: every file is as it was before", *saved])
    if end.unsettled:
        return "\n".join(["not resolved yet:", *(f"  {reason}" for reason in end.unsettled)])
    return f'all conflicts are resolved and staged\n\nNext:\n  git diff --cached\n  git commit -m "{end.message}"'


def _explained(change: "Change") -> Iterator[str]:
    """A change with its note and its reason in full."""
    yield f"  {change.kind:{COLUMN - 2}} {change.path}"
    for text in filter(None, (change.note, change.reason)):
        indent = " " * (COLUMN + 1)
        yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _rest(changes: "ChangeSet") -> Iterator[str]:
    """The changes that need nobody's attention, below the reason that they share."""
    rest = [change for change in changes.changes if not change.needs_a_look]
    reasons = list(dict.fromkeys(change.reason for change in rest))
    if rest:
        yield ""
    for reason in sorted(reasons, key=lambda reason: not reason):
        group = [change for change in rest if change.reason == reason]
        if not reason:
            yield ""
        yield from textwrap.wrap(reason, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
        yield from _files(group, in_lines=not reason and len(group) <= MANY)


def _files(group: "list[Change]", *, in_lines: bool) -> Iterator[str]:
    """Files by kind, in a line each or in a paragraph."""
    for kind in sorted({change.kind for change in group}):
        names = [_name(change) for change in group if change.kind == kind]
        lead = f"  {kind:{COLUMN - 2}} "
        for text in names if in_lines else [", ".join(names)]:
            indent = " " * len(lead)
            yield from textwrap.wrap(text, WIDTH, initial_indent=lead, subsequent_indent=indent, break_on_hyphens=False)


def _name(change: "Change") -> str:
    name = f"{change.origin} → {change.path}" if change.origin else change.path
    return f"{name}  ({change.note})" if change.note else name


def _without_double_gaps(lines: list[str]) -> Iterator[str]:
    return (line for before, line in zip([None, *lines], lines, strict=False) if line or before)
