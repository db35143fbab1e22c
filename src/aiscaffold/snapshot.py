"""The files of a repository at one moment: of a folder, of a commit without a checkout, or given as a dict.

Only what git tracks (in a folder without git: what its `.gitignore` leaves); links are listed and never followed.
"""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from aiscaffold.errors import NotARepository, ToolFailed
from aiscaffold.evidence import Unreadable, at
from aiscaffold.process import OFFLINE, find, git_answers, git_command, git_data, git_environment, path_lines

LARGEST = 5_000_000  # bytes that are read of one file
MOST = 200_000  # files
UNKNOWN = -1  # the size of what is not in this clone, is no regular file, or cannot be reached
LINK, SUBMODULE = "120000", "160000"
# Never through a link, and without waiting for whoever writes into a pipe.
READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
NOT_HERE = "its content is not in this clone"
LEFT_OUT = frozenset({".git", "__pycache__", "node_modules", ".venv", "venv", ".tox", ".nox", ".mypy_cache"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One tracked path: git's mode (100644, 100755, 120000, 160000), the size in bytes, and the object in a commit."""

    mode: str
    size: int
    blob: str = ""


class Snapshot(Protocol):
    """Files by path (POSIX, relative to the top), and their contents."""

    @property
    def name(self) -> str:
        """What to call it."""

    @property
    def folder(self) -> Path | None:
        """Where git finds the history; None where there is none."""

    @property
    def commit(self) -> str:
        """The commit that is read, or HEAD of the work tree; empty where there is none."""

    @property
    def is_refused(self) -> bool:
        """Whether there is a repository that git does not read: it is damaged, or somebody else's."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every tracked path."""

    def read(self, path: str) -> bytes:
        """The content of a regular file. Raises `Unreadable`."""


@dataclass(frozen=True)
class Given:
    """Files from a dict, for tests and examples."""

    is_refused = False
    files: Mapping[str, str | bytes]
    name: str = "given"
    folder: Path | None = None
    commit: str = ""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every file; none is a link."""
        return {path: Entry("100644", len(self.read(path))) for path in sorted(self.files)}

    def read(self, path: str) -> bytes:
        """The content, text as UTF-8."""
        content = self.files[path]
        return content.encode() if isinstance(content, str) else content


@dataclass(frozen=True)
class Folder:
    """The tracked files of a work tree, as they stand on disk."""

    folder: Path
    name: str
    commit: str
    entries: Mapping[str, Entry] = field(repr=False)
    is_refused: bool = False

    def read(self, path: str) -> bytes:
        """The content of a regular file, never through a link. Raises `Unreadable`."""
        try:
            with os.fdopen(os.open(self.folder / _native(path), READ), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise Unreadable(at(path, "no regular file"))
                return file.read(LARGEST + 1)
        except OSError as error:
            raise Unreadable(at(path, error.strerror or str(error))) from error


@dataclass(frozen=True)
class Commit:
    """The files of a commit, read from the object store."""

    is_refused = False
    folder: Path
    name: str
    commit: str
    entries: Mapping[str, Entry] = field(repr=False)
    _reader: "list[subprocess.Popen[bytes]]" = field(default_factory=list, repr=False, compare=False)

    def read(self, path: str) -> bytes:
        """The content of a regular file. Raises `Unreadable`."""
        blob = self.entries[path].blob
        if self.entries[path].size == UNKNOWN:
            raise Unreadable(at(path, NOT_HERE))
        reader = self._process()
        assert reader.stdin
        assert reader.stdout
        reader.stdin.write(f"{blob}\n".encode())
        reader.stdin.flush()
        head = reader.stdout.readline().split()
        if len(head) == 3 and head[1] == b"blob":  # noqa: PLR2004 - id, type, size
            content = reader.stdout.read(int(head[2]) + 1)
            if len(content) > int(head[2]):
                return content[:-1]
        self.close()  # git may have given up on a damaged object
        raise Unreadable(at(path, NOT_HERE))

    def _process(self) -> "subprocess.Popen[bytes]":
        """One git for all files: a process each would cost 3 ms a file."""
        if not self._reader:
            command = git_command("cat-file", "--batch")
            self._reader.append(
                subprocess.Popen(
                    [find("git"), *command[1:]],
                    cwd=self.folder,
                    env=git_environment(OFFLINE),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
        return self._reader[0]

    def close(self) -> None:
        """End the reader."""
        while self._reader:
            reader = self._reader.pop()
            for pipe in (reader.stdin, reader.stdout):
                if pipe:
                    pipe.close()
            reader.wait()


def open_snapshot(folder: Path, revision: str = "", called: str = "") -> Snapshot:
    """What a folder holds, or one commit of the repository that it lies in. Raises `NotARepository`."""
    if not folder.is_dir():
        what = "is no folder" if os.path.lexists(folder) else "does not exist"
        raise NotARepository(f"{called or folder} {what}", hint="give the path of a repository")
    asked = ("rev-parse", "--is-bare-repository", "--show-cdup")
    said = (git_answers(*asked, cwd=folder, env=OFFLINE) or "none").split("\n")
    if said[0] == "none":
        if revision:
            raise NotARepository(
                f"{called or folder} is in no git repository, so it has no {revision}", hint="leave out --at"
            )
        return Folder(folder, folder.resolve().name, "", _walked(folder), os.path.lexists(folder / ".git"))
    top = (folder / "".join(said[1:])).resolve() if said[0] == "false" else folder
    if said[0] == "true" or revision:
        return _commit(top, top.resolve().name, revision or "HEAD")
    head = git_answers("rev-parse", "--quiet", "--verify", "HEAD^{commit}", cwd=folder, env=OFFLINE) or ""
    return Folder(top, top.name, head, _tracked(top))


def _commit(folder: Path, name: str, revision: str) -> Commit:
    asked = ("rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}")
    found = git_answers(*asked, cwd=folder, env=OFFLINE)
    if not found:
        hint = "name a commit, tag or branch of it: git log --oneline"
        raise NotARepository(f"{name} has no commit {revision}", hint=hint)
    entries = {path: Entry(mode, size, blob) for mode, blob, size, path in _listed(folder, found)}
    return Commit(folder, name, found, dict(sorted(entries.items())[:MOST]))


def _listed(folder: Path, commit: str) -> Iterator[tuple[str, str, int, str]]:
    """Mode, object, size and path of what is in a commit."""
    asked = ("ls-tree", "-r", "-z", "--full-tree")
    try:
        for fields, path in path_lines(git_data(*asked, "-l", commit, cwd=folder, env=OFFLINE)):
            yield fields[0], fields[2], _size(fields), path
    except ToolFailed:  # a partial clone, where git would fetch an object to tell its size
        here = _sizes(folder)
        for (mode, _, blob), path in path_lines(git_data(*asked, commit, cwd=folder, env=OFFLINE)):
            yield mode, blob, here.get(blob, UNKNOWN), path


def _size(fields: Sequence[str]) -> int:
    if fields[0] == SUBMODULE:
        return 0
    return int(fields[3]) if fields[3].isdigit() else UNKNOWN


def _sizes(folder: Path) -> dict[str, int]:
    """The size of every object that is in this clone."""
    asked = ("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objectname) %(objectsize)")
    lines = git_data(*asked, cwd=folder, env=OFFLINE).decode().split("\n")
    pairs = (line.partition(" ") for line in lines)
    return {blob: int(size) for blob, _, size in pairs if size.isdigit()}  # a damaged object has none


def _tracked(top: Path) -> dict[str, Entry]:
    """What the index lists and the disk holds, with the sizes of the disk; nothing that lies beyond a link."""
    entries = {}
    linked: dict[str, bool] = {"": False}
    try:
        listed = git_data("ls-files", "--stage", "-z", cwd=top, env=OFFLINE)
    except ToolFailed:  # the index is damaged
        return _walked(top)
    for fields, path in path_lines(listed):
        is_beyond = _is_beyond_link(top, path.rpartition("/")[0], linked)
        entry = None if is_beyond else _on_disk(f"{top}{os.sep}{_native(path)}", fields[0])
        if entry:
            entries[path] = entry
    return dict(sorted(entries.items())[:MOST])


def _native(path: str) -> str:
    """A path of git's as this system's functions take it, whose encoding the user's language may decide."""
    return path if path.isascii() or sys.platform == "win32" else os.fsdecode(path.encode(errors="surrogateescape"))


def _is_beyond_link(top: Path, folder: str, known: dict[str, bool]) -> bool:
    """Whether a folder, or one above it, has become a link since it was committed."""
    names = folder.split("/")
    for depth in range(1, len(names) + 1):
        path, above = "/".join(names[:depth]), "/".join(names[: depth - 1])
        if path not in known:
            # Not Path.is_symlink, which raises where a path is too long.
            known[path] = known[above] or os.path.islink(top / _native(path))  # noqa: PTH114
    return known[folder]


def _on_disk(path: str, mode: str) -> Entry | None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    except OSError:
        return Entry(mode, UNKNOWN)
    if mode == SUBMODULE:
        return Entry(mode, 0)
    if stat.S_ISLNK(found.st_mode):
        return Entry(LINK, 0)
    if stat.S_ISDIR(found.st_mode):
        return None
    size = found.st_size if stat.S_ISREG(found.st_mode) else UNKNOWN
    return Entry(mode if mode != LINK else "100644", size)


def _walked(folder: Path) -> dict[str, Entry]:
    """Without git: every file that the `.gitignore` on top leaves."""
    import pathspec  # 12 ms that a git repository need not pay

    rules = folder / ".gitignore"
    try:
        lines = rules.read_text(encoding="utf-8", errors="replace").splitlines() if rules.is_file() else []
        ignored = pathspec.PathSpec.from_lines("gitignore", lines)
    except (OSError, ValueError):
        ignored = pathspec.PathSpec([])
    entries = dict[str, Entry]()
    for path in _below(folder):
        name = os.fsencode(path.relative_to(folder).as_posix()).decode(errors="surrogateescape")
        entry = None if ignored.match_file(name) else _on_disk(str(path), "100644")
        if entry and len(entries) < MOST:
            entries[name] = entry
    return dict(sorted(entries.items()))


def _below(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in LEFT_OUT)
        links = [name for name in folders if Path(parent, name).is_symlink()]
        yield from (Path(parent, name) for name in sorted([*names, *links]))
