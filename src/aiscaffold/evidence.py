"""Evidence: where in a repository something stands, and what it shows."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, order=True, slots=True)
class Evidence:
    """A place and a remark on it; `path` is relative to the top of the repository, empty for the repository itself.

    Lines and notebook cells count from 1; 0 says the whole file. `commit` is a full or abbreviated id.
    """

    path: str = ""
    line: int = 0
    cell: int = 0
    commit: str = ""
    remark: str = ""

    def saying(self, remark: str) -> "Evidence":
        """The same place with another remark."""
        return replace(self, remark=remark)

    @property
    def place(self) -> str:
        """The place in one word: `src/app.py:12`, `eda.ipynb cell 3`, `commit 1a2b3c4`, or nothing."""
        if self.commit and not self.path:
            return f"commit {self.commit[:7]}"
        where = f"{self.path} cell {self.cell}" if self.cell else self.path
        return f"{where}:{self.line}" if self.line else where


def at(path: str, remark: str = "", line: int = 0, cell: int = 0) -> Evidence:
    """Evidence in a file."""
    return Evidence(path, line, cell, remark=remark)


class Unreadable(Exception):
    """A file that a question depends on cannot be read or parsed; the answer is *unknown*, with this as evidence."""

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(f"{evidence.place}: {evidence.remark}")
        self.evidence = evidence
