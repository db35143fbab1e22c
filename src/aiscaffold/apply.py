"""Put a finished project in place, all or nothing: the only module that writes into the user's folders.

A new folder is prepared beside its place and moved there by one rename. An existing folder (empty, or a fresh
clone) keeps its identity, since a shell may stand in it: its entries are moved in one by one under a journal,
and whatever a crash leaves is undone by the next start.

Everything is prepared in a staging folder, `.aiscaffold-<random>/`:

    lock           held while its owner lives; the system frees it when the owner is killed
    journal.json   only while entries are moved into an existing folder
    index          the git index that a clone gets, until it has it
    <name>/        the project
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aiscaffold.errors import DestinationTaken
from aiscaffold.files import move, remove
from aiscaffold.lock import locked
from aiscaffold.process import git_answers
from aiscaffold.repository import index_path
from aiscaffold.tree import blob_id, tree_id

PREFIX = ".aiscaffold-"
JOURNAL = "journal.json"
INDEX = "index"
LOCK = "lock"
BIRTH = 60  # seconds after which a staging folder without a lock has no owner


@dataclass(frozen=True)
class Journal:
    """What is being moved into an existing folder.

    `entries` are names with the git id of their content, so that a recovery takes back only what nobody has touched
    since. `commit` is set where the clone that stands there gets our commit as the last step.
    """

    entries: dict[str, str]
    commit: str | None


@dataclass(frozen=True)
class Staging:
    """A project in preparation."""

    destination: Path
    folder: Path

    @property
    def project(self) -> Path:
        """The project's future content; its folder has the destination's name already."""
        return self.folder / self.destination.name

    @property
    def index(self) -> Path:
        """Where the git index for an existing clone waits."""
        return self.folder / INDEX


@contextmanager
def staging(destination: Path) -> Iterator[Staging]:
    """A staging folder on the destination's file system, removed at the end whatever happens.

    First undoes and removes what killed runs left behind. Raises `DestinationTaken`; what the file system refuses
    stays an `OSError`.
    """
    home = _nearest_folder(destination)
    # A run that was killed may have begun in any folder above, where the destination's parents were missing.
    for place in (destination, *destination.parents):
        sweep(place)
    refuse_if_taken(destination)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        with locked(folder / LOCK) as lock:
            lock.write(b"owned")
            lock.flush()
            stage = Staging(destination, folder)
            stage.project.mkdir()
            yield stage
    finally:
        _clean_up(folder)


def refuse_if_taken(destination: Path) -> None:
    """Raise `DestinationTaken` unless the destination is absent, empty, or a repository without a commit."""
    nearest = next(path for path in (destination, *destination.parents) if path.exists() or path.is_symlink())
    if not nearest.is_dir():
        kind = "a file" if nearest.exists() else "a link to nowhere"
        raise DestinationTaken(f"{nearest} is {kind}", hint="choose another folder")
    if nearest != destination:
        return
    held = sorted(entry.name for entry in destination.iterdir() if not entry.name.startswith(PREFIX))
    if held == [".git"] and git_answers("for-each-ref", "--count=1", cwd=destination) == "":
        return
    if held:
        more = ", …" if held[3:] else ""
        raise DestinationTaken(
            f"{destination} is not empty ({', '.join(held[:3])}{more})",
            hint="choose another folder: nothing is ever overwritten",
        )


def place(stage: Staging, commit: Callable[[], None] | None = None, commit_id: str | None = None) -> None:
    """Move the prepared project to its destination; `commit` then makes it known to the clone that is there."""
    if stage.destination.is_dir():
        _move_entries(stage, commit, commit_id)
    else:
        _move_folder(stage)


def _clean_up(folder: Path) -> None:
    """Undo what is half moved and remove the staging folder, also where Ctrl-C falls into it."""
    try:
        _undo_and_remove(folder)
    except KeyboardInterrupt:
        _undo_and_remove(folder)
        raise


def _undo_and_remove(folder: Path) -> None:
    # What cannot be removed, say a file that a virus scanner holds, is left to the next run's sweep: the project itself
    # is in place by now, or was never there.
    with suppress(OSError):
        recover(folder)
        remove(folder)


def sweep(home: Path) -> None:
    """Undo and remove what runs that were killed left in a folder; runs that are still alive are left alone."""
    for folder in home.glob(f"{PREFIX}*/"):
        # What cannot be locked belongs to a living run, what cannot be removed to somebody else.
        with suppress(OSError):
            if _is_being_born(folder) or not _is_ours(folder):
                continue
            with locked(folder / LOCK):
                recover(folder)
            remove(folder)


def recover(folder: Path) -> None:
    """Undo a move into an existing folder that was cut off before its last step."""
    journal = read_journal(folder)
    destination = folder.parent
    if journal is None or _is_complete(destination, journal):
        return
    waiting = {entry.name for project in folder.glob("*/") for entry in project.iterdir()}
    for name, content in journal.entries.items():
        moved = destination / name
        is_entry = Path(name).name == name
        if is_entry and name not in waiting and moved.exists() and _content_id(moved) == content:
            remove(moved)
    if journal.commit and not (folder / INDEX).exists():
        index_path(destination).unlink(missing_ok=True)


def read_journal(folder: Path) -> Journal | None:
    """The journal of a staging folder, or None where nothing had been moved yet."""
    try:
        content: dict[str, Any] = json.loads((folder / JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Journal(content["entries"], content["commit"])


def _is_being_born(folder: Path) -> bool:
    """Whether a run may be about to lock this folder, which it does right after making it."""
    lock = folder / LOCK
    owned = lock.exists() and lock.stat().st_size > 0
    return not owned and time.time() - folder.stat().st_mtime < BIRTH


def _is_ours(folder: Path) -> bool:
    """Whether we made it: in a shared folder, somebody else's journal could name any file of ours."""
    return not folder.is_symlink() and (sys.platform == "win32" or folder.stat().st_uid == os.getuid())


def _move_folder(stage: Staging) -> None:
    stage.destination.parent.mkdir(parents=True, exist_ok=True)
    refuse_if_taken(stage.destination)
    move(stage.project, stage.destination)


def _move_entries(stage: Staging, commit: Callable[[], None] | None, commit_id: str | None) -> None:
    # `.git` comes last: before it is there, no tool takes the folder for a repository with everything deleted.
    names = sorted((entry.name for entry in stage.project.iterdir()), key=lambda name: (name == ".git", name))
    _write_journal(stage, names, commit_id)
    # Each run shows its journal before it looks for others, so of two that meet here at least one withdraws.
    _refuse_if_contested(stage)
    refuse_if_taken(stage.destination)
    try:
        for name in names:
            move(stage.project / name, stage.destination / name)
        if commit is not None:
            commit()
    except BaseException:
        recover(stage.folder)
        raise


def _refuse_if_contested(stage: Staging) -> None:
    journals = [path.parent for path in stage.destination.glob(f"{PREFIX}*/{JOURNAL}")]
    if any(folder.name != stage.folder.name for folder in journals):
        raise DestinationTaken(f"another run is filling {stage.destination}", hint="wait until it has ended")


def _write_journal(stage: Staging, names: list[str], commit_id: str | None) -> None:
    journal = Journal({name: _content_id(stage.project / name) for name in names}, commit_id)
    draft = stage.folder / f"{JOURNAL}.draft"
    draft.write_text(json.dumps(asdict(journal)), encoding="utf-8")
    move(draft, stage.folder / JOURNAL)


def _content_id(path: Path) -> str:
    return tree_id(path) if path.is_dir() else blob_id(path.read_bytes()).hex()


def _is_complete(destination: Path, journal: Journal) -> bool:
    """Whether the cut-off move had done its last step."""
    if not all((destination / name).exists() for name in journal.entries):
        return False
    return journal.commit is None or git_answers("rev-parse", "HEAD", cwd=destination) == journal.commit


def _nearest_folder(path: Path) -> Path:
    """The folder itself or the nearest one above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.is_dir())
