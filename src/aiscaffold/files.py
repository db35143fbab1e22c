"""Steps on the file system that wait out what passes by itself: a virus scanner, a killed run's last child."""

import errno
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

PATIENCE = 2.0  # seconds
SHARING_VIOLATIONS = frozenset({5, 32, 33})  # Windows: somebody else holds the file for a moment


def full_path(path: str) -> Path:
    """A path without `~` and `..` but with its links kept: the name that the user knows."""
    return Path(os.path.abspath(Path(path).expanduser()))  # noqa: PTH100 - Path.resolve would follow links


def move(source: Path, target: Path) -> None:
    """Rename a file or a folder."""
    _patiently(lambda: os.replace(source, target))  # noqa: PTH105 - the same call for files and folders


def remove(path: Path) -> None:
    """Remove a file or a folder, read-only files of git included; what is not there is removed already."""
    if path.is_dir() and not path.is_symlink():
        # Not empty after all: a process that outlived its run is still writing into it.
        _patiently(lambda: _remove_folder(path), errno.ENOTEMPTY)
    else:
        _patiently(lambda: path.unlink(missing_ok=True))


def _remove_folder(path: Path) -> None:
    def make_writable_and_retry(function: Callable[[str], object], name: str, _: object) -> None:
        with suppress(FileNotFoundError):
            os.chmod(name, 0o700)  # noqa: PTH101 - rmtree hands a string
            function(name)

    handler = {"onexc" if sys.version_info >= (3, 12) else "onerror": make_writable_and_retry}
    with suppress(FileNotFoundError):
        shutil.rmtree(path, **handler)  # type: ignore[arg-type]


def _patiently(act: Callable[[], None], *passing: int) -> None:
    """Act, again and again for a while where the refusal is of a kind that passes."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            act()
        except OSError as error:
            passes = error.errno in passing or getattr(error, "winerror", None) in SHARING_VIOLATIONS
            if not passes or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
