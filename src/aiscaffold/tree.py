"""A folder as git sees it: its files, and the tree id that git would give it, computed without git.

Object format: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects
"""

import os
import stat
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

NOISE = frozenset({"__pycache__", ".DS_Store", ".git"})


def files_of(root: Path) -> Iterator[Path]:
    """Every file below a folder, in sorted order, without what operating systems and Python leave behind."""
    for path in sorted(root.iterdir()):
        if path.name in NOISE:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from files_of(path)
        else:
            yield path


def tree_id(root: Path, only: Collection[str] = ()) -> str:
    """The SHA-1 id, 40 hexadecimal digits, of the git tree that holds exactly the files of this folder.

    With `only`, of a tree that holds just these of its entries.
    """
    return _tree([path for path in root.iterdir() if not only or path.name in only]).hex()


def blob_id(content: bytes) -> bytes:
    """The SHA-1 id of a git blob, 20 bytes."""
    return _object(b"blob", content)


def _tree(paths: Iterable[Path]) -> bytes:
    entries = []
    for path in paths:
        if path.name in NOISE:
            continue
        if path.is_dir() and not path.is_symlink():
            if any(files_of(path)):
                entries.append((path.name + "/", b"40000", _tree(path.iterdir())))
        else:
            entries.append((path.name, _mode(path), blob_id(_content(path))))
    # Git sorts a folder as if its name ended in a slash.
    entries.sort(key=lambda entry: entry[0].encode())
    return _object(b"tree", b"".join(m + b" " + n.rstrip("/").encode() + b"\0" + i for n, m, i in entries))


def _content(path: Path) -> bytes:
    """What git keeps of a file; of a link, its target."""
    return os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()


def _mode(path: Path) -> bytes:
    """Git's mode of a file or link; Windows guesses an executable bit from the name, so there it is ignored."""
    if path.is_symlink():
        return b"120000"
    executable = sys.platform != "win32" and path.stat().st_mode & stat.S_IXUSR
    return b"100755" if executable else b"100644"


def _object(kind: bytes, content: bytes) -> bytes:
    import hashlib  # 4 ms of OpenSSL that `--version` and the plain listing need not pay

    header = kind + b" " + str(len(content)).encode() + b"\0"
    return hashlib.sha1(header + content, usedforsecurity=False).digest()
