"""What a stranger's project must not hold: a repository's insides, and links that lead out of it."""

import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from aiscaffold.errors import RenderFailed

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# What macOS leaves out when it compares names, so that `.g<U+200C>it` would be `.git` there.
IGNORED_BY_MACOS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def refuse_dangers(project: Path) -> None:
    """Raise `RenderFailed` where a project holds what git could run code from, or a link that leads out of it."""
    for path in walk(project):
        if reason := _danger(path, project):
            raise RenderFailed(f"the template writes {path.relative_to(project).as_posix()!r}, {reason}")


def _danger(path: Path, project: Path) -> str:
    """Why a path must not be in a project; empty where it may."""
    if CONTROL.search(path.name):
        return "a name with control characters"
    if _is_git(path.name) or _is_bare_repository(path):
        return "which git could run code from"
    if path.is_symlink() and _leads_out(path, project):
        return "a link that leads out of the project"
    return ""


def walk(folder: Path) -> Iterator[Path]:
    """Everything below a folder, `.git` included; links are not followed."""
    for path in sorted(folder.iterdir()):
        yield path
        if path.is_dir() and not path.is_symlink():
            yield from walk(path)


def _is_git(name: str) -> bool:
    """Whether some file system takes a name for `.git`: macOS skips characters, Windows shortens and cuts names."""
    plain = IGNORED_BY_MACOS.sub("", name).casefold()
    parts = (part.partition(":")[0].rstrip(" .") for part in plain.split("\\"))
    return any(part in (".git", "git~1") for part in parts)


def _is_bare_repository(path: Path) -> bool:
    """Whether git would take a folder for a repository without being told, and its settings for orders."""
    return all(path.joinpath(part).exists() for part in ("HEAD", "objects", "refs"))


def _leads_out(link: Path, project: Path) -> bool:
    """Whether a link points outside of its project, or into a repository in it."""
    target = os.readlink(link)  # noqa: PTH115 - Path.readlink would tidy the target
    inside = project.resolve()
    reached = Path(os.path.realpath(link))
    spelled = Path(os.path.normpath(inside / link.parent.relative_to(project) / target))
    absolute = PurePosixPath(target).is_absolute() or Path(target).is_absolute()
    return absolute or not all(place.is_relative_to(inside) for place in (reached, spelled)) or _names_git(target)


def _names_git(target: str) -> bool:
    return any(_is_git(part) for part in target.split("/"))
