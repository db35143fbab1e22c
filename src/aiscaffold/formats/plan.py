"""A planned project as a tree with a reason for each file."""

from collections.abc import Iterable
from pathlib import PurePosixPath

from rich.console import Console
from rich.table import Table
from rich.text import Text

from aiscaffold.changes import Change
from aiscaffold.scaffold import Created


def render(planned: Created) -> str:
    """The tree, two columns wide, coloured only where the terminal says so."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(style="dim")
    for branch, name, reason in _rows(planned.plan.changes):
        table.add_row(Text.assemble((branch, "dim"), (name, "" if reason else "bold")), Text(reason))
    console = Console()
    with console.capture() as capture:
        console.print(Text(f"Would write {planned.headline}, then: {planned.git_steps}.\n"))
        console.print(table)
        console.print(Text(f"\nNothing was written. Tree id: {planned.plan.tree}"))
    return "\n".join(line.rstrip() for line in capture.get().splitlines())


def _rows(changes: Iterable[Change]) -> Iterable[tuple[str, str, str]]:
    """Branch, name and reason of each line: folders first named, then what they hold."""
    reasons = {PurePosixPath(change.path): change.reason for change in changes}
    yield from _below(PurePosixPath(), reasons, "")


def _below(folder: PurePosixPath, reasons: dict[PurePosixPath, str], indent: str) -> Iterable[tuple[str, str, str]]:
    depth = len(folder.parts)
    inside = [path for path in reasons if path.parts[:depth] == folder.parts]
    names = sorted({path.parts[depth] for path in inside})
    for name in names:
        last = name == names[-1]
        path = folder / name
        is_file = path in reasons
        yield indent + ("└── " if last else "├── "), name if is_file else f"{name}/", reasons.get(path, "")
        if not is_file:
            yield from _below(path, reasons, indent + ("    " if last else "│   "))
