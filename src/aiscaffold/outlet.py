"""Where a report is written: a file replaced whole or not at all, or a pipe or device that is written through."""

import errno
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from aiscaffold.errors import CannotWrite
from aiscaffold.process import OFFLINE, git_answers

OTHER = "choose another --output"
STREAMS = (1, 2)  # stdout and stderr, which may be regular files that somebody redirected them to


def save(path: Path, text: str, audited: Iterable[Path] = ()) -> None:
    """Write a report; never over what git tracks in one of the audited folders. Raises `CannotWrite`."""
    content = (text if text.endswith("\n") else text + "\n").encode(errors="replace")
    try:
        target = _resolved(path)
        if _is_written_through(target):
            with path.open("ab") as stream:
                stream.write(content)
            return
        _refuse(path, target, audited)
        _replace(target, content)
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror}", hint=OTHER) from error


def make_folder(path: Path) -> None:
    """Make the folder for several reports, but none above it. Raises `CannotWrite`."""
    try:
        path.mkdir(exist_ok=True)
    except FileExistsError as error:
        raise CannotWrite(f"cannot write below {path}: it is a file", hint=OTHER) from error
    except OSError as error:
        raise CannotWrite(f"cannot make {path}: {error.strerror}", hint=OTHER) from error


def _resolved(path: Path) -> Path:
    """The file behind links, and what is written through as it is named. Raises `OSError`."""
    if _is_written_through(path):
        return path
    with suppress(RuntimeError):  # links in a circle, up to Python 3.12
        path = path.resolve()
    if path.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    return path


def _is_written_through(path: Path) -> bool:
    """Whether there is a pipe, a device, or what stdout or stderr go to: what is no file to be replaced."""
    try:
        found = path.stat()
    except OSError:
        return False
    if path.is_dir() or not path.is_file():
        return not path.is_dir()
    return any(os.path.samestat(found, stream) for stream in _streams())


def _streams() -> Iterable[os.stat_result]:
    for number in STREAMS:
        with suppress(OSError):  # closed
            yield os.fstat(number)


def _refuse(path: Path, target: Path, audited: Iterable[Path]) -> None:
    """Raise `CannotWrite` where a report does not belong."""
    if target.is_dir():
        raise CannotWrite(f"cannot write {path}: it is a folder", hint=f"{OTHER}: one report is one file")
    if not target.parent.is_dir():
        raise CannotWrite(f"cannot write {path}: there is no folder {path.parent}", hint=OTHER)
    if target.exists() and any(_is_tracked(target, folder) for folder in audited):
        raise CannotWrite(f"cannot write {path}: the audited repository tracks it", hint=OTHER)


def _is_tracked(file: Path, folder: Path) -> bool:
    listed = ("--literal-pathspecs", "ls-files", "--error-unmatch", "-z", "--", str(file))
    return folder.is_dir() and git_answers(*listed, cwd=folder, env=OFFLINE) is not None


def _replace(target: Path, content: bytes) -> None:
    """Put a file in the place of another at once, with its permissions."""
    draft = target.with_name(f".aiscaffold-{os.urandom(8).hex()}")
    try:
        with draft.open("xb") as file:
            file.write(content)
        if target.exists():
            shutil.copymode(target, draft)
        os.replace(draft, target)  # noqa: PTH105 - replaces on Windows too
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
