"""What a merge means for each file, in words for the project's owner."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from aiscaffold.changes import Change, ChangeSet, Kind
from aiscaffold.lineage import Lineage
from aiscaffold.merge import Merged
from aiscaffold.objects import Quarantine, Sides
from aiscaffold.policies import TINY, Note
from aiscaffold.texts import has_markers

RECORDS = "records the version and the answers"
HOOKS = ".pre-commit-config.yaml"


@dataclass(frozen=True)
class Outcome:
    """A merge and what went into it."""

    quarantine: Quarantine
    sides: Sides
    merged: Merged

    @cached_property
    def tree(self) -> str:
        """The id of the merged tree."""
        return self.quarantine.write_tree(self.merged.tree)

    @cached_property
    def moved(self) -> dict[str, str]:
        """Where the files that moved stood before, by the path at which they are now."""
        found = self.quarantine.renames(self.quarantine.write_tree(self.sides.ours), self.tree)
        sizes = self.quarantine.sizes(self.merged.tree[new] for new in found)
        # Tiny files are alike by chance; one that keeps its name is taken for the same.
        return {
            new: old
            for new, old in found.items()
            if sizes.get(self.merged.tree[new][1], 0) >= TINY or PurePosixPath(new).name == PurePosixPath(old).name
        }

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Where the files that their owner moved stand in the template, by the path at which they are now."""
        base, ours = (self.quarantine.write_tree(side) for side in (self.sides.base, self.sides.ours))
        return self.quarantine.renames(base, ours)

    def kind(self, path: str, note: Note | None) -> Kind | None:
        """What happens to one path, or None where it is nothing."""
        old, new = self.sides.ours.get(path), self.merged.tree.get(path)
        if path in self.merged.conflicts:
            return "conflict"
        if note is not None:
            return note.kind
        if old == new or path in self.moved.values():
            return None
        if path in self.moved:
            return "moved"
        if old is None or new is None:
            return "added" if old is None else "removed"
        return "updated" if self.sides.base.get(path) == old else "merged"


def changes_of(outcome: Outcome, lineage: Lineage, prefix: str, answers_file: str) -> ChangeSet:
    """One change for each path that something happens to, or that the template wanted something of.

    `prefix` is the project's folder in its repository, empty or ending in a slash.
    """
    reasons = {answers_file: RECORDS, **lineage.reasons}
    notes = {note.path: note for note in outcome.merged.notes}
    paths = outcome.sides.ours.keys() | outcome.merged.tree.keys() | notes.keys()
    found = []
    for path in sorted(paths):
        kind = outcome.kind(path, notes.get(path))
        if kind is not None:
            text = notes[path].text if path in notes else _remark(path, kind, outcome, lineage)
            reason = _reason(path, outcome, prefix, reasons)
            found.append(Change(path, kind, reason, text, _origin(path, kind, outcome.moved)))
    return ChangeSet(tuple(found), outcome.tree)


def _reason(path: str, outcome: Outcome, prefix: str, reasons: Mapping[str, str]) -> str:
    """Why the template changes a file, also where its owner has moved it."""
    reason = reasons.get(path.removeprefix(prefix), "")
    if reason or len(reasons) == 1:
        return reason
    return reasons.get(outcome.renamed.get(path, "").removeprefix(prefix), "")


def _origin(path: str, kind: Kind, moved: Mapping[str, str]) -> str:
    return moved.get(path, "") if kind == "moved" else ""


def _remark(path: str, kind: Kind, outcome: Outcome, lineage: Lineage) -> str:
    """What to know of a file that no policy said anything of."""
    if kind == "added" and not lineage.bundled and _runs_by_itself(path, outcome.merged.tree[path][0]):
        return "new, and made to be run: read it"
    if kind != "conflict":
        return ""
    if path in outcome.merged.tree and has_markers(outcome.quarantine.read(outcome.merged.tree[path])):
        return "both changed the same lines: choose between the markers"
    if not {2, 3} <= outcome.merged.conflicts[path].keys():
        return "both moved files in ways that cross: compare with git diff, then keep what you want"
    return f"both replaced it; yours stands, the template's is had by: git checkout --theirs -- {path}"


def _runs_by_itself(path: str, mode: str) -> bool:
    """Whether a file is executable, or is run by a push or a commit."""
    return mode == "100755" or ".github/workflows/" in path or PurePosixPath(path).name == HOOKS
