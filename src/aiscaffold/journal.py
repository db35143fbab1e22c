"""An exchange of files and of git's index that can be cut off at any moment: then it is taken back or finished.

How its folder is laid out: exchange.py. The last step renames the prepared index over git's own. As long as that
waits, a cut-off exchange is taken back; once it is gone, the exchange is finished.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from aiscaffold.errors import ProjectChanged, ToolFailed, UpdateRunning
from aiscaffold.files import move, remove
from aiscaffold.process import git_data
from aiscaffold.worktree import FOLDER, below, fingerprint, flush, is_folder, obstacle, standing, transfer

JOURNAL = "journal.json"
INDEX = "index"
REFRESHED = "refreshed"  # a copy of it
FILES = "files"


@dataclass(frozen=True)
class Move:
    """The fingerprints at one path before and after an exchange."""

    path: str
    was: str | None
    becomes: str | None

    @property
    def leaves(self) -> bool:
        """Whether a file is taken away; a folder that gives way to a file goes with its own files."""
        return self.was is not None and not self.was.startswith(FOLDER) and self.was != self.becomes

    @property
    def arrives(self) -> bool:
        """Whether a file is brought."""
        return self.becomes is not None and self.was != self.becomes


@dataclass(frozen=True)
class Journal:
    """All that is needed to take an exchange back or to finish it."""

    undoes: bool
    moves: list[Move]
    entries: list[str]  # of git's index, at these paths, before
    made: list[str]  # folders that it makes
    emptied: list[str]  # folders that go with the last file in them
    edited: list[str] = field(default_factory=list)  # paths at which an edit of the user's leaves
    record: dict[str, Any] = field(default_factory=dict)
    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def draft(self) -> str:
        """The name of a file on its way from another file system."""
        return f".aiscaffold-{self.nonce}"

    @property
    def claim(self) -> str:
        """What stands in git's `index.lock` while this exchange holds it."""
        return f"aiscaffold {self.nonce}\n"


def read_journal(folder: Path) -> Journal | None:
    """The journal in a folder, or None."""
    try:
        content = json.loads((folder / JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Journal(**{**content, "moves": [Move(**entry) for entry in content["moves"]]})


def write_journal(folder: Path, journal: Journal) -> None:
    """Write a journal that is on the disk when this returns."""
    draft = folder / f"{JOURNAL}.draft"
    draft.write_text(json.dumps(asdict(journal)), encoding="utf-8", newline="\n")
    flush(draft)
    move(draft, folder / JOURNAL)
    flush(folder)


def index_entries(work_tree: Path) -> list[str]:
    """What git's index holds, as `git ls-files --stage` says it: mode, id and stage, a tab, the path."""
    listed = git_data("ls-files", "--stage", "-z", cwd=work_tree)
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


class Exchange:
    """A journal and the places that it speaks of."""

    def __init__(self, work_tree: Path, git_dir: Path, journal: Journal) -> None:
        self.work_tree = work_tree
        self.git_dir = git_dir
        self.journal = journal
        self.kept: list[Path] = []
        self._home = git_dir / "aiscaffold"
        self._coming = self._home / "last" / FILES if journal.undoes else self._home / "new"
        self._gone = self._home / "old" / FILES
        self._lock = git_dir / "index.lock"
        self._keep_in = next(p for n in count(1) if not (p := self._home / "kept" / str(n)).exists())

    def carry_out(self, entries: list[str]) -> None:
        """Do all of it, if git's index still holds these entries; what raises is followed by `settle`."""
        flush(self._home / INDEX)
        self._gone.mkdir(parents=True)
        write_journal(self._home, self.journal)
        self._lock_index()
        if index_entries(self.work_tree) != entries:
            raise ProjectChanged("git's index changed while the update was being planned", hint="run it again")
        for step in self.journal.moves:
            if step.leaves:
                self._take_away(step)
        self._prune(self.journal.emptied)
        for step in self.journal.moves:
            if step.arrives:
                self._bring(step)
        move(self._home / INDEX, self.git_dir / INDEX)
        self._finish()

    def settle(self) -> None:
        """Take back, or finish, what was cut off."""
        if (self._home / INDEX).exists():
            self._take_back()
        else:
            self._finish()

    def _take_away(self, step: Move) -> None:
        gone = self._gone / step.path
        transfer(self.work_tree / step.path, gone, self.journal.draft)
        if fingerprint(gone) != step.was:
            raise changed(step.path)

    def _bring(self, step: Move) -> None:
        place = self.work_tree / step.path
        if obstacle(self.work_tree, step.path) or os.path.lexists(place):
            raise changed(step.path)
        transfer(self._coming / step.path, place, self.journal.draft)

    def _finish(self) -> None:
        last = self._home / "last"
        self._refresh_index()
        self._unlock_index()
        if self.journal.undoes:
            self._keep_edits()
            remove(last)
            remove(self._home / "old")
            remove(self._home / JOURNAL)
        else:
            if (self._home / "old").exists():
                remove(last)
                move(self._home / "old", last)
            move(self._home / JOURNAL, last / JOURNAL)

    def _keep_edits(self) -> None:
        for path in self.journal.edited:
            if os.path.lexists(self._gone / path):
                self._keep(self._gone / path, path)

    def _take_back(self) -> None:
        for step in self.journal.moves:
            self._remove_drafts(step)
            self._send_back(step)
        self._prune(self.journal.made)
        for step in self.journal.moves:
            self._restore(step)
        self._unlock_index()
        remove(self._home / JOURNAL)

    def _send_back(self, step: Move) -> None:
        """Send what was brought back to where it came from; keep what the user made of it since."""
        if not step.arrives or (step.leaves and not os.path.lexists(self._gone / step.path)):
            return  # what stands there is what stood there before, or what the user made of that
        place, came_from = self.work_tree / step.path, self._coming / step.path
        here = standing(self.work_tree, step.path)
        if here == step.becomes:
            transfer(place, came_from, self.journal.draft)
        elif here not in {None, step.was} and not os.path.lexists(came_from):
            self._keep_all(step.path)

    def _restore(self, step: Move) -> None:
        """Put back what was taken away; keep what the user has put in its place since."""
        gone = self._gone / step.path
        if not step.leaves or not os.path.lexists(gone):
            return
        here = standing(self.work_tree, step.path)
        if here == step.was:
            remove(gone)  # a copy: the original had not left its own file system yet
            return
        if here is not None:
            self._keep_all(step.path)
        self._make_way(step.path)
        transfer(gone, self.work_tree / step.path, self.journal.draft)

    def _make_way(self, path: str) -> None:
        if blocked := obstacle(self.work_tree, path):
            self._keep_all(blocked)

    def _keep_all(self, path: str) -> None:
        for found in list(below(self.work_tree, path)):
            if is_folder(self.work_tree / found):
                (self.work_tree / found).rmdir()
            else:
                self._keep(self.work_tree / found, found)

    def _keep(self, place: Path, path: str) -> None:
        transfer(place, self._keep_in / path, self.journal.draft)
        self.kept.append(self._keep_in / path)

    def _remove_drafts(self, step: Move) -> None:
        if not obstacle(self.work_tree, step.path):
            remove((self.work_tree / step.path).with_name(self.journal.draft))
        if step.arrives:
            remove((self._coming / step.path).with_name(self.journal.draft))

    def _prune(self, folders: Iterable[str]) -> None:
        for folder in sorted(folders, reverse=True):  # what lies in a folder comes before it
            if not obstacle(self.work_tree, folder) and is_folder(self.work_tree / folder):
                with suppress(OSError):  # not empty
                    (self.work_tree / folder).rmdir()

    def _lock_index(self) -> None:
        claim = self._home / "index.lock"
        claim.write_text(self.journal.claim, encoding="utf-8", newline="\n")
        try:
            self._link_or_write(claim)
        except FileExistsError as error:
            message = f"another git command is running in {self.work_tree}"
            raise UpdateRunning(message, hint=f"if none is, remove {self._lock}") from error

    def _link_or_write(self, claim: Path) -> None:
        # Linked, the lock never stands there without our claim in it: an empty one may be a running git's.
        try:
            self._lock.hardlink_to(claim)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            self._write_claim()

    def _write_claim(self) -> None:
        lock = self._lock.open("x", encoding="utf-8", newline="\n")
        try:
            with lock:
                lock.write(self.journal.claim)
        except BaseException:
            remove(self._lock)
            raise

    def _refresh_index(self) -> None:
        """Let git note the times of the new files, for tools that trust those, unlike `git status`."""
        if not self._holds_lock():
            return
        copy = self._home / REFRESHED  # a git that is killed leaves its lock: not where the user's git would meet it
        with suppress(OSError, ToolFailed):
            shutil.copy2(self.git_dir / INDEX, copy)
            env = {"GIT_INDEX_FILE": str(copy)}
            git_data("update-index", "-q", "--refresh", cwd=self.work_tree, env=env, fine=(0, 1))
            move(copy, self.git_dir / INDEX)

    def _holds_lock(self) -> bool:
        with suppress(FileNotFoundError):
            return self._lock.read_bytes() == self.journal.claim.encode()
        return False

    def _unlock_index(self) -> None:
        if self._holds_lock():
            remove(self._lock)


def changed(path: str) -> ProjectChanged:
    """The refusal of a path that is not what the plan was made for."""
    return ProjectChanged(f"{path} changed while the update was being planned", hint="run it again")
