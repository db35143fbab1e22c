"""What a command is about to do to a project: planned first, shown, then applied all or nothing."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["added"]


@dataclass(frozen=True)
class Change:
    """One file, what happens to it, and why."""

    path: str
    kind: Kind
    reason: str


@dataclass(frozen=True)
class ChangeSet:
    """All changes of one command and the git tree id that applying them gives."""

    changes: tuple[Change, ...]
    tree: str

    @property
    def summary(self) -> str:
        """How many files there are, in words."""
        count = len(self.changes)
        return f"{count} file" if count == 1 else f"{count} files"
