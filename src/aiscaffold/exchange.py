"""Put an update into a work tree, all or nothing, and take it back.

Everything of ours lies in the work tree's git folder, below `aiscaffold/`:

    lock             held while an update runs
    journal.json     only while paths are exchanged: what a recovery needs (journal.py)
    new/  index      what the update brings: files in the work tree's layout, and the whole new git index
    old/files/       what it has taken away
    last/            the same and the journal of the last update: what `undo` needs
    kept/<number>/   edits of the user's that an undo or a recovery would have overwritten
"""

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiscaffold.errors import ProjectChanged, UpdateRunning
from aiscaffold.files import remove
from aiscaffold.journal import (
    FILES,
    INDEX,
    JOURNAL,
    REFRESHED,
    Exchange,
    Journal,
    Move,
    changed,
    index_entries,
    read_journal,
)
from aiscaffold.lock import locked
from aiscaffold.process import git_data, zeroed
from aiscaffold.worktree import below, fingerprint, is_folder, obstacle, parents, standing

__all__ = ["Session", "Swap", "fingerprint", "session"]


@dataclass(frozen=True)
class Swap:
    """One path of the work tree that gets new content or goes away.

    `path` is relative to the work tree's top, with forward slashes. `was` is the fingerprint of what stood there when
    the plan was made, None for nothing. Where it `appears`, `Session.new` holds its new content at the same path.
    """

    path: str
    was: str | None
    appears: bool


@contextmanager
def session(work_tree: Path, git_dir: Path) -> Iterator["Session"]:
    """Hold the update lock of a work tree, after settling what a killed run left there.

    `git_dir` is the work tree's own (`git rev-parse --absolute-git-dir`). Raises `UpdateRunning`.
    """
    held = Session(work_tree, git_dir)
    held.home.mkdir(exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(locked(held.home / "lock"))
        except BlockingIOError as error:
            raise UpdateRunning(f"another update of {work_tree} is running", hint="wait until it has ended") from error
        held.recover()
        try:
            held.prepare()
            yield held
        finally:
            held.recover()


class Session:
    """The one update that may run in a work tree: `new` and `index` are where it is prepared.

    `kept` are the edits of the user's that a recovery has moved out of the way.
    """

    def __init__(self, work_tree: Path, git_dir: Path) -> None:
        self.work_tree = work_tree
        self.git_dir = git_dir
        self.home = git_dir / "aiscaffold"
        self.new = self.home / "new"
        self.index = self.home / INDEX
        self.kept: tuple[Path, ...] = ()
        self._entries: list[str] = []

    def recover(self) -> None:
        """Take back or finish what was cut off, and remove what is no longer needed."""
        if journal := read_journal(self.home):
            exchange = Exchange(self.work_tree, self.git_dir, journal)
            exchange.settle()
            self.kept += tuple(exchange.kept)
        for name in ("new", "old", INDEX, f"{INDEX}.lock", REFRESHED, f"{REFRESHED}.lock", f"{JOURNAL}.draft"):
            remove(self.home / name)
        if read_journal(self.home / "last") is None:
            remove(self.home / "last")

    def prepare(self) -> None:
        """Make the empty folder `new`, and `index` as a copy of git's."""
        self.new.mkdir()
        self._copy_index()

    def apply(self, swaps: Sequence[Swap], record: dict[str, Any]) -> None:
        """Put the prepared files and the prepared index in place, all or nothing.

        `record` is what `last` will tell. Raises `ProjectChanged` where the plan no longer fits, `UpdateRunning` where
        git holds its index.
        """
        moves = [Move(s.path, s.was, fingerprint(self.new / s.path) if s.appears else None) for s in swaps]
        self._check(moves)
        leaving = [step.path for step in moves if step.leaves]
        paths = {step.path for step in moves}
        journal = Journal(
            undoes=False,
            moves=moves,
            entries=[entry for entry in self._entries if _path_of(entry) in paths],
            made=self._missing_folders(moves),
            emptied=_folders_of(leaving),
            record=record,
        )
        self._carry_out(journal)

    def last(self) -> dict[str, Any] | None:
        """The record of the last applied update, as long as it can be undone."""
        journal = self._last()
        return journal.record if journal else None

    def undo(self) -> tuple[Path, ...]:
        """Take the last applied update back; tells where the edits were saved that were made at its paths since."""
        last = self._last()
        if last is None:
            return ()
        moves = [Move(m.path, standing(self.work_tree, m.path), m.was if m.leaves else None) for m in _moved(last)]
        in_the_way = self._in_the_way(moves)
        added = [Move(path, fingerprint(self.work_tree / path), None) for path in in_the_way]
        ours = {step.path: step.becomes for step in last.moves}
        journal = Journal(
            undoes=True,
            moves=[*reversed(moves), *added],
            entries=[],
            made=self._missing_folders(moves),
            emptied=[*last.made, *self._folders_in_the_way(moves)],
            edited=[step.path for step in [*moves, *added] if step.leaves and step.was != ours.get(step.path)],
        )
        self._restore_entries([*ours, *in_the_way], last.entries)
        return self._carry_out(journal)

    def forget(self) -> None:
        """Let the last update stay for good."""
        remove(self.home / "last" / JOURNAL)
        remove(self.home / "last")

    def _carry_out(self, journal: Journal) -> tuple[Path, ...]:
        exchange = Exchange(self.work_tree, self.git_dir, journal)
        try:
            exchange.carry_out(self._entries)
        except BaseException:
            self.recover()
            raise
        return tuple(exchange.kept)

    def _check(self, moves: list[Move]) -> None:
        """Refuse a plan that no longer fits what stands there."""
        leaving = {step.path for step in moves if step.leaves}
        for step in moves:
            in_the_way = obstacle(self.work_tree, step.path)
            if in_the_way not in {None, *leaving}:
                raise ProjectChanged(f"{in_the_way} is no folder, but {step.path} belongs into it")
            if standing(self.work_tree, step.path) != step.was:
                raise changed(step.path)
        if strangers := [path for path in self._in_the_way(moves) if path not in leaving]:
            raise ProjectChanged(f"{strangers[0]} stands where the update puts a file", hint="move it away")

    def _in_the_way(self, moves: list[Move]) -> list[str]:
        """The files that keep arriving ones out: in a folder at their path, or instead of a folder above it."""
        known = {step.path for step in moves}
        found = [obstacle(self.work_tree, step.path) for step in moves if step.arrives]
        inside = [path for path in self._standing_below(moves) if not is_folder(self.work_tree / path)]
        return sorted({path for path in [*found, *inside] if path is not None} - known)

    def _folders_in_the_way(self, moves: list[Move]) -> list[str]:
        return [path for path in self._standing_below(moves) if is_folder(self.work_tree / path)]

    def _standing_below(self, moves: list[Move]) -> list[str]:
        arriving = [m.path for m in moves if m.arrives and not obstacle(self.work_tree, m.path)]
        folders = [path for path in arriving if is_folder(self.work_tree / path)]
        return [path for folder in folders for path in below(self.work_tree, folder)]

    def _missing_folders(self, moves: list[Move]) -> list[str]:
        folders = _folders_of([step.path for step in moves if step.arrives])
        return [path for path in folders if obstacle(self.work_tree, path) or not is_folder(self.work_tree / path)]

    def _copy_index(self) -> None:
        self._entries = index_entries(self.work_tree)
        if (self.git_dir / INDEX).exists():
            # With its time: git takes a file as old as the index for one that may have changed since.
            shutil.copy2(self.git_dir / INDEX, self.index)
        else:
            self._index_git("read-tree", "--empty")

    def _restore_entries(self, paths: Sequence[str], entries: list[str]) -> None:
        """Prepare the present index with other entries at these paths."""
        self._copy_index()
        present = [entry for entry in self._entries if _path_of(entry) in set(paths)]
        # Mode 0 takes every stage of a path out; any id will do.
        out = [f"0 {entry.split()[1]}\t{_path_of(entry)}" for entry in present]
        self._index_git("update-index", "-z", "--index-info", feed=zeroed([*out, *entries]))

    def _index_git(self, *arguments: str, feed: bytes = b"") -> None:
        git_data(*arguments, cwd=self.work_tree, env={"GIT_INDEX_FILE": str(self.index)}, feed=feed)

    def _last(self) -> Journal | None:
        journal = read_journal(self.home / "last")
        files = self.home / "last" / FILES
        whole = journal and all(os.path.lexists(files / step.path) for step in journal.moves if step.leaves)
        return journal if whole else None


def _moved(journal: Journal) -> list[Move]:
    return [step for step in journal.moves if step.leaves or step.arrives]


def _folders_of(paths: Sequence[str]) -> list[str]:
    return sorted({folder for path in paths for folder in parents(path)})


def _path_of(entry: str) -> str:
    return entry.partition("\t")[2]
