"""How tests see that nothing was changed: every byte of a folder, git's own files included."""

import os
from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """What each file and link below a folder holds; of all that git keeps, only the update's empty lock may appear."""
    files = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
    seen = {path.relative_to(folder).as_posix(): _content(path) for path in files}
    return {path: content for path, content in seen.items() if not path.endswith(".git/aiscaffold/lock")}


def _content(path: Path) -> bytes:
    return os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes()
