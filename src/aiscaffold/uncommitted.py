"""What of a work tree its last commit does not hold: changed files, and new ones that git was not told of.

Nothing here lets git compare contents: it would run whatever filter a stranger's configuration names.
"""

import os
import stat
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from hashlib import sha1, sha256
from pathlib import Path

from aiscaffold.errors import ToolFailed
from aiscaffold.process import OFFLINE, git_data
from aiscaffold.snapshot import MOST

# Whatever was edited is among the newest files; these take 5 ms to read.
MOST_FILES = 50
MOST_BYTES = 2_000_000
SHA1 = 40  # characters of an id
REGULAR = ("100644", "100755")
TELLING = ("pyproject.toml", ".aiscaffold.toml")


def is_changed(folder: Path, commit: str, tracked: Collection[str]) -> bool:
    """Whether the tracked files of a folder are others than those of a commit; LFS and the like are not compared."""
    try:
        listed = git_data("ls-tree", "-r", "-z", "--full-tree", commit, cwd=folder, env=OFFLINE)
    except ToolFailed:
        return False
    fields = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    known = {path.decode(errors="surrogateescape"): head.decode().split() for head, _, path in fields}
    if set(sorted(known)[:MOST]) != set(tracked):
        return True
    regular = {path: blob for path, (mode, _, blob) in known.items() if mode in REGULAR}
    return not _has_filters(folder) and any(_differs(path, blob) for path, blob in _newest(folder, regular))


def unknown_to_git(folder: Path, tracked: Collection[str]) -> list[str]:
    """The README, the manifest and the settings on top of a project that git does not track."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    except OSError:
        return []
    return [
        name for name in names if name not in tracked and (name in TELLING or name.upper().split(".")[0] == "README")
    ]


def _has_filters(folder: Path) -> bool:
    """Whether the content on disk is another than the one in git."""
    for rules in (folder / ".gitattributes", folder / ".git" / "info" / "attributes"):
        text = _content(rules)
        if any(word in text for word in (b"filter", b"ident", b"encoding")):
            return True
    return False


def _newest(folder: Path, blobs: Mapping[str, str]) -> Iterator[tuple[Path, str]]:
    """The files that were written last, as many as can be read at once."""
    found = []
    for name, blob in blobs.items():
        path = f"{folder}{os.sep}{os.fsdecode(name.encode(errors='surrogateescape'))}"
        with suppress(OSError):
            status = os.lstat(path)
            found.append((status.st_mtime_ns, status.st_size, path, blob))
    room = MOST_BYTES
    for _, size, path, blob in sorted(found, reverse=True)[:MOST_FILES]:
        room -= size
        if room < 0:
            return
        yield Path(path), blob


def _differs(path: Path, blob: str) -> bool:
    content = _content(path)
    return blob not in (_id(content, blob), _id(content.replace(b"\r\n", b"\n"), blob))


def _content(path: Path) -> bytes:
    """The content of a regular file, without waiting for a pipe or following a link; else none."""
    try:
        return path.read_bytes() if stat.S_ISREG(path.lstat().st_mode) else b""
    except OSError:
        return b""


def _id(content: bytes, like: str) -> str:
    """The id that git gives a file."""
    digest = sha1(usedforsecurity=False) if len(like) == SHA1 else sha256(usedforsecurity=False)
    digest.update(b"blob %d\0" % len(content))
    digest.update(content)
    return digest.hexdigest()
