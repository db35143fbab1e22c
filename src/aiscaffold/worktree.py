"""What stands at the paths of a work tree, and how a file gets there from another file system."""

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from aiscaffold.files import move, remove
from aiscaffold.tree import blob_id

FOLDER = "folder "


def fingerprint(path: Path) -> str | None:
    """Kind and content of what stands at a path (file, executable, link, whole folder); None where nothing does."""
    if path.is_symlink():
        return f"link {blob_id(os.fsencode(path.readlink())).hex()}"
    if path.is_dir():
        held = "".join(f"{entry.name}\0{fingerprint(entry)}\0" for entry in sorted(path.iterdir()))
        return FOLDER + blob_id(os.fsencode(held)).hex()
    if path.is_file():
        # Windows knows no executable bit and guesses one from the name.
        executable = sys.platform != "win32" and path.stat().st_mode & stat.S_IXUSR
        return f"{'executable' if executable else 'file'} {blob_id(path.read_bytes()).hex()}"
    return "special" if os.path.lexists(path) else None


def is_folder(path: Path) -> bool:
    """Whether a folder itself stands there, not a link to one."""
    return path.is_dir() and not path.is_symlink()


def parents(path: str) -> list[str]:
    """The folders that a path lies in, from the top of the work tree down."""
    return [parent.as_posix() for parent in reversed(PurePosixPath(path).parents) if parent.name]


def obstacle(top: Path, path: str) -> str | None:
    """The parent of a path at which something else than a folder stands."""
    found = (parent for parent in parents(path) if os.path.lexists(top / parent) and not is_folder(top / parent))
    return next(found, None)


def standing(top: Path, path: str) -> str | None:
    """The fingerprint at a path of a work tree; what is only reached through a link does not stand there."""
    return None if obstacle(top, path) else fingerprint(top / path)


def below(top: Path, path: str) -> Iterator[str]:
    """Everything at and below a path, what lies deeper first."""
    if is_folder(top / path):
        for entry in sorted((top / path).iterdir()):
            yield from below(top, f"{path}/{entry.name}")
    yield path


def transfer(source: Path, target: Path, draft: str) -> None:
    """Move a file or a link; on its way to another file system it is called `draft`, beside its target."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        move(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(draft)
        shutil.copy2(source, copy, follow_symlinks=False)
        flush(copy)
        move(copy, target)
        remove(source)


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk; folders only where it can."""
    if path.is_symlink() or (sys.platform == "win32" and path.is_dir()):
        return
    descriptor = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
