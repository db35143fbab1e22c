"""Three versions of a small project, as a merge, a plan or an update sees them."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from exchanging import Content, Link, Script, repository, write

from aiscaffold.checkout import open_checkout
from aiscaffold.lineage import Lineage
from aiscaffold.merge import Merged, Style, merge
from aiscaffold.objects import Entry, Quarantine, Sides, Tree
from aiscaffold.plan import Plan, planned
from aiscaffold.policies import Settled
from aiscaffold.project import Project

Files = Mapping[str, Content]
LABEL = "template 2"


def unformatted(_path: str, _text: bytes) -> None:
    """A formatter that can nothing."""


def lines(count: int, **changed: str) -> bytes:
    """A text of numbered lines; `l3="new"` gives the third another content, an empty one takes it out."""
    texts = [changed.get(f"l{number}", f"line {number} of the text") for number in range(1, count + 1)]
    return "".join(f"{text}\n" for text in texts if text).encode()


def quarantine(top: Path, files: Files | None = None) -> Quarantine:
    """A quarantine of a new repository with one commit of these files."""
    repository(top, {"always": b"", **(files or {})})
    return Quarantine(open_checkout(top), top.parent / f"{top.name} quarantine")


def entry(held: Quarantine, content: Content) -> Entry:
    """A file, a script or a link as git keeps it."""
    if isinstance(content, Link):
        return "120000", held.write(os.fsencode(content.target))
    if isinstance(content, Script):
        return "100755", held.write(content.text)
    return "100644", held.write(content)


def tree(held: Quarantine, files: Files) -> Tree:
    """Files as a tree that git keeps."""
    return {path: entry(held, content) for path, content in files.items()}


def sides(held: Quarantine, base: Files, ours: Files, theirs: Files) -> Sides:
    """The three trees of a merge."""
    return Sides(*(tree(held, files) for files in (base, ours, theirs)))


def contents(held: Quarantine, found: Tree) -> dict[str, Content]:
    """A tree's files, scripts and links."""
    kinds: dict[str, Callable[[bytes], Content]] = {
        "100644": bytes,
        "100755": Script,
        "120000": lambda target: Link(os.fsdecode(target)),
    }
    return {path: kinds[mode](held.read((mode, blob))) for path, (mode, blob) in found.items()}


@dataclass(frozen=True)
class Outcome:
    """What became of a merge, in words that a test compares."""

    files: dict[str, Content]
    conflicts: dict[str, dict[int, bytes]]
    notes: dict[str, str]  # kinds, by path


def outcome(held: Quarantine, merged: Merged) -> Outcome:
    """A merge with its contents read."""
    conflicts = {p: {n: held.read(e) for n, e in stages.items()} for p, stages in merged.conflicts.items()}
    return Outcome(contents(held, merged.tree), conflicts, {note.path: note.kind for note in merged.notes})


def merge_files(held: Quarantine, base: Files, ours: Files, theirs: Files) -> Outcome:
    """Merge three versions of a project."""
    merged = merge(held, Settled(sides(held, base, ours, theirs)), Style(LABEL, unformatted))
    return outcome(held, merged)


def lineage(old: Files, new: Files) -> Lineage:
    """A template whose versions make these files."""

    def rendering(files: Files) -> Callable[[Path], None]:
        def render(folder: Path) -> None:
            for path, content in files.items():
                write(folder, path, content)

        return render

    return Lineage("mini", "1", "2", rendering(old), rendering(new), {})


@contextmanager
def plan(top: Path, old: Files, new: Files) -> Iterator[Plan]:
    """The plan of an update of the repository at `top` from one version of a template to another."""
    project = Project(top, ".copier-answers.yml")
    with planned(project, open_checkout(top), lineage(old, new)) as made:
        yield made
