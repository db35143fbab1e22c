"""What a command is about to do to a project: planned first, shown, then applied all or nothing."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "conflict",  # both changed the same lines
    "told",  # the template's change did not arrive, for the reason in the note
    "kept yours",  # the template removed or moved what its owner changed
    "deleted by you",  # the template changed what its owner deleted
    "merged",  # both changed it, in different places
    "moved",
    "removed",
    "updated",
    "added",
]
# In the order in which they are shown: what needs a look comes first.
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
NEEDS_A_LOOK: frozenset[Kind] = frozenset({"conflict", "told", "kept yours", "deleted by you"})


@dataclass(frozen=True)
class Change:
    """One file, what happens to it, why the template wants that, and what its owner should know."""

    path: str
    kind: Kind
    reason: str = ""
    note: str = ""
    origin: str = ""  # where a moved file stood before

    @property
    def needs_a_look(self) -> bool:
        """Whether its owner has something to decide, or does not get something."""
        return self.kind in NEEDS_A_LOOK


@dataclass(frozen=True)
class ChangeSet:
    """All changes of one command and the git tree id that applying them gives."""

    changes: tuple[Change, ...]
    tree: str

    @property
    def summary(self) -> str:
        """How many files there are, in words."""
        return _count(len(self.changes), "file")

    @property
    def totals(self) -> dict[Kind, int]:
        """How many files there are of each kind, in the order in which they are shown."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in KINDS if counted[kind]}

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The paths that are left with conflicts."""
        return tuple(change.path for change in self.changes if change.kind == "conflict")

    @property
    def urgent(self) -> tuple[Change, ...]:
        """The changes that need a look, conflicts first."""
        return tuple(change for kind in KINDS for change in self.of(kind) if change.needs_a_look)

    def of(self, *kinds: Kind) -> tuple[Change, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
