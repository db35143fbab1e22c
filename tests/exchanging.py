"""Repositories, plans and pictures for the tests of exchange.py; as a program, a server of stoppable exchanges."""

import errno
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from killing import Steps, serve
from support import git

from aiscaffold.exchange import Session, Swap, session
from aiscaffold.worktree import standing

MEMORY = Path("/dev/shm")
REMOVE = ("update-index", "--force-remove", "-z", "--stdin")
ADD = ("-c", "core.autocrlf=false", "add", "--force", "--ignore-removal", ".")
RECORD = {"version": "2.0.0"}


@dataclass(frozen=True)
class Script:
    """An executable file."""

    text: bytes


@dataclass(frozen=True)
class Link:
    """A symbolic link."""

    target: str


Content = bytes | Script | Link
Picture = dict[str, tuple[int, bytes]]

OLD: dict[str, Content] = {
    "edited.txt": b"old\n",
    "removed.txt": b"goes\n",
    "kept.txt": b"stays\n",
    "script.sh": b"echo old\n",
    "tool.sh": Script(b"echo tool\n"),
    "link": Link("kept.txt"),
    "becomes link": b"a file\n",
    "pkg/only.txt": b"the last of its folder\n",
    "to-folder": b"a file\n",
    "to-file/one.txt": b"1\n",
    "to-file/deep/two.txt": b"2\n",
    "ünï cödé.txt": b"odd\n",
}
NEW: dict[str, Content | None] = {
    "edited.txt": b"new\n",
    "removed.txt": None,
    "script.sh": Script(b"echo new\n"),
    "tool.sh": b"echo tool\n",
    "link": Link("edited.txt"),
    "becomes link": Link("kept.txt"),
    "pkg/only.txt": None,
    "to-folder": None,
    "to-folder/inside.txt": b"in\n",
    "to-file/one.txt": None,
    "to-file/deep/two.txt": None,
    "to-file": b"a file now\n",
    "ünï cödé.txt": b"odder\n",
    "a/b/c/nested.txt": b"deep\n",
    "added.txt": b"added\n",
    "untracked.txt": b"of the template\n",
}
FEW = {path: NEW[path] for path in ("edited.txt", "removed.txt", "link", "to-folder", "to-folder/inside.txt")}
UNTRACKED = {"untracked.txt": b"of the user\n", "notes.txt": b"elsewhere\n"}


def write(top: Path, path: str, content: Content) -> None:
    """Put one file, script or link there; what stands there is replaced."""
    place = top / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    if isinstance(content, Link):
        place.symlink_to(content.target)
        return
    place.write_bytes(content.text if isinstance(content, Script) else content)
    place.chmod(0o755 if isinstance(content, Script) else 0o644)


def repository(top: Path, files: dict[str, Content], apart: Path | None = None) -> Path:
    """A repository with one commit of these files, its git folder at `apart` if that is given."""
    top.mkdir(parents=True, exist_ok=True)
    where = [f"--separate-git-dir={apart}"] if apart else []
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", "--template=", *where, top], check=True)
    for path, content in files.items():
        write(top, path, content)
    git(top, "add", "--all")
    git(top, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "--quiet", "--message=old")
    return top


def usual(top: Path, apart: Path | None = None) -> Path:
    """A repository in the state `OLD`, with untracked files."""
    repository(top, OLD, apart)
    for path, content in UNTRACKED.items():
        write(top, path, content)
    return top


def git_dir(top: Path) -> Path:
    """The git folder of a work tree; git is asked only where it is linked."""
    plain = top / ".git"
    return plain if plain.is_dir() else Path(git(top, "rev-parse", "--absolute-git-dir"))


def plan(held: Session, new: dict[str, Content | None]) -> list[Swap]:
    """Prepare the new files and the new index, as a planner does."""
    for path, content in new.items():
        if content is not None:
            write(held.new, path, content)
    gone = "\0".join(path for path, content in new.items() if content is None)
    for words, feed in ((REMOVE, gone), (ADD, "")):
        subprocess.run(
            ["git", *words],
            cwd=held.new,
            env={
                **os.environ,
                "GIT_DIR": str(held.git_dir),
                "GIT_WORK_TREE": str(held.new),
                "GIT_INDEX_FILE": str(held.index),
            },
            input=feed.encode(),
            check=True,
            capture_output=True,
        )
    return [Swap(path, standing(held.work_tree, path), content is not None) for path, content in new.items()]


def update(top: Path, new: dict[str, Content | None]) -> None:
    """Apply an update."""
    with session(top, git_dir(top)) as held:
        held.apply(plan(held, new), RECORD)


def picture(top: Path) -> Picture:
    """Everything below a folder but git's: mode and content, empty folders included."""
    paths = [path for entry in top.iterdir() if entry.name != ".git" for path in (entry, *_inside(entry))]
    return {path.relative_to(top).as_posix(): _seen(path) for path in sorted(paths)}


def _inside(path: Path) -> list[Path]:
    return [] if path.is_symlink() else list(path.rglob("*"))


def _seen(path: Path) -> tuple[int, bytes]:
    mode = path.lstat().st_mode
    if stat.S_ISLNK(mode):
        return mode, os.fsencode(path.readlink())
    return mode, b"" if stat.S_ISDIR(mode) else path.read_bytes()


def state(top: Path) -> tuple[Picture, str]:
    """What an exchange may change: the work tree and git's index."""
    return picture(top), git(top, "ls-files", "--stage", "-z")


def leftovers(top: Path) -> set[str]:
    """What lies in our folder, and git's lock."""
    of_git = git_dir(top)
    return {path.name for path in [*(of_git / "aiscaffold").glob("*"), *of_git.glob("*.lock")]}


def copy(repo: Path, top: Path, apart: Path | None = None) -> Path:
    """The same repository elsewhere, its git folder at `apart` if that of the original is apart."""
    shutil.copytree(repo, top, symlinks=True)
    if apart:
        shutil.copytree(git_dir(repo), apart, symlinks=True)
        (top / ".git").write_text(f"gitdir: {apart}\n", encoding="utf-8")
    return top


@contextmanager
def memory() -> Iterator[Path]:
    """A folder on another file system than that of temporary files."""
    if not MEMORY.is_dir() or MEMORY.stat().st_dev == Path(tempfile.gettempdir()).stat().st_dev:
        pytest.skip("no second file system")
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


class FullDisk(Steps):
    """From the step `stop_at` on, nothing that needs room succeeds."""

    def reach(self, name: str) -> None:
        """Count a step and refuse it, if it is a late one."""
        stop_at, self.stop_at = self.stop_at, 0
        super().reach(name)
        self.stop_at = stop_at
        if 0 < stop_at <= self.count and name in {"open", "os.mkdir", "os.link", "os.symlink"} and not self.paused:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _exchange(arguments: list[str], steps: Steps) -> None:
    """Apply or undo in the current folder; ends 0, 130 for Ctrl-C, 28 for a full disk."""
    verb, new, disk = arguments
    if disk == "full":
        steps = FullDisk(steps.root, steps.stop_at, steps.by, steps.log)
    see = steps.see

    def follow(event: str, happened: tuple[Any, ...]) -> None:
        if event == "os.rename" and str(happened[1]).endswith("/journal.json"):
            steps.phase = "moving"
        see(event, happened)
        if event == "os.rename" and str(happened[1]) == str(of_git / "index"):
            steps.phase = "cleaning up"

    steps.see = follow  # type: ignore[method-assign]
    top = Path.cwd()
    of_git = git_dir(top)
    steps.install()
    try:
        with session(top, of_git) as held:
            if verb == "apply":
                steps.paused = True
                swaps = plan(held, FEW if new == "few" else NEW)
                steps.paused = False
                held.apply(swaps, RECORD)
            else:
                held.undo()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(error.errno)
    sys.exit(0)


if __name__ == "__main__":
    serve(_exchange)
