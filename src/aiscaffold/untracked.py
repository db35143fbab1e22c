"""What stands in a work tree without git's knowledge: an update goes around it, never over it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from aiscaffold.merge import Merged, Style
from aiscaffold.objects import REGULAR, Quarantine, Sides, Tree
from aiscaffold.policies import ONE_NAME, Note, Settled, with_neighbours, withdraw
from aiscaffold.texts import Versions, merge_text

SIDE = ".aiscaffold-new"
NO_LONGER = "the template removed it; yours is kept, because git does not track it"


@dataclass(frozen=True)
class Around:
    """The merge without the paths that are taken, and what is written outside of git instead."""

    merged: Merged
    writes: Mapping[str, bytes]


def give_way(quarantine: Quarantine, sides: Sides) -> Settled:
    """The sides without the files that could only stand where something else does that git does not track.

    What the template moved there stays where it was: its owner's edits have no other place.
    """
    work_tree = quarantine.repository.work_tree
    added = [path for path in sides.theirs if path not in sides.base and path not in sides.ours]
    blocked = {path: obstacle for path in added if (obstacle := _obstacle(work_tree, path, sides))}
    blocked = {path: obstacle for path, obstacle in blocked.items() if not _is_plain(work_tree, path, obstacle)}
    if not blocked:
        return Settled(sides)
    moved = quarantine.renames(quarantine.write_tree(sides.base), quarantine.write_tree(sides.theirs))
    paths = with_neighbours(sides, {*blocked, *(moved[path] for path in blocked if path in moved)})
    notes = [_left_out(path, obstacle, moved.get(path, "")) for path, obstacle in blocked.items()]
    notes += [Note(path, "told", ONE_NAME) for path in sorted(paths - blocked.keys() - sides.base.keys())]
    return Settled(withdraw(sides, paths), tuple(notes))


def go_around(quarantine: Quarantine, sides: Sides, merged: Merged, style: Style) -> Around:
    """Leave every file alone that git does not track: merge into it where that is clean, else write beside it."""
    work_tree = quarantine.repository.work_tree
    tree, notes, writes = dict(merged.tree), list(merged.notes), {}
    coming = [path for path in tree if path not in sides.ours]
    known = {*tree, *sides.ours, *(note.path for note in notes if note.kind == "told")}
    gone = [path for path in sides.theirs if path not in known and sides.template_changed(path)]
    for path in sorted({*coming, *gone}):
        obstacle = _obstacle(work_tree, path, sides)
        if not obstacle:
            continue
        entry = tree.pop(path, None) or sides.theirs[path]
        notes = [note for note in notes if note.path != path]
        if entry[0] not in REGULAR or not _is_plain(work_tree, path, obstacle):
            notes.append(_left_out(path, obstacle))
            tree |= _back(quarantine, sides, merged, path)
        elif (mine := (work_tree / path).read_bytes()) != (content := quarantine.read(entry)):
            note, write = _beside(quarantine, sides, Version(path, mine, content), style)
            notes.append(note)
            writes.update(write)
    notes += [Note(path, "kept yours", NO_LONGER) for path in sides.base if _is_left_behind(work_tree, path, sides)]
    conflicts = {path: stages for path, stages in merged.conflicts.items() if path in tree or path in sides.ours}
    return Around(replace(merged, tree=tree, conflicts=conflicts, notes=tuple(notes)), writes)


@dataclass(frozen=True)
class Version:
    """A file that git does not track, and what the template would put there."""

    path: str
    mine: bytes
    content: bytes


def _beside(quarantine: Quarantine, sides: Sides, found: Version, style: Style) -> tuple[Note, dict[str, bytes]]:
    """Merge into an untracked file where the template knows its former text and no line is disputed."""
    base = sides.base.get(found.path)
    if base is not None and base[0] in REGULAR:
        versions = Versions(quarantine.read(base), found.mine, found.content)
        if versions.base == found.mine:
            return Note(found.path, "updated", "git does not track it"), {found.path: found.content}
        merged = merge_text(found.path, versions, style.label, style.formatter) if versions.is_text else None
        if merged and not merged.disputed:
            return Note(found.path, "merged", "git does not track it"), {found.path: merged.content}
    beside = _free_name(quarantine.repository.work_tree, found.path)
    return Note(found.path, "told", f"yours is kept, git does not track it; the template's is in {beside}"), {
        beside: found.content
    }


def _is_plain(work_tree: Path, path: str, obstacle: str) -> bool:
    """Whether the obstacle is a file at the path itself, beside which another can be written."""
    return obstacle == path and (work_tree / path).is_file() and not (work_tree / path).is_symlink()


def _left_out(path: str, obstacle: str, origin: str = "") -> Note:
    stays = f"; {origin} stays where it is" if origin else ""
    return Note(path, "told", f"left out: {obstacle} is yours, and git does not track it{stays}")


def _back(quarantine: Quarantine, sides: Sides, merged: Merged, path: str) -> Tree:
    """A file of the owner's own, at its old place, that was to follow a folder which the template moved."""
    if path in sides.theirs or path not in merged.tree:
        return {}
    moved = quarantine.renames(quarantine.write_tree(sides.ours), quarantine.write_tree(merged.tree))
    return {moved[path]: sides.ours[moved[path]]} if path in moved else {}


def _obstacle(work_tree: Path, path: str, sides: Sides) -> str:
    """The path, or the one above it, where something stands that git does not track."""
    above = [str(parent) for parent in reversed(PurePosixPath(path).parents[:-1])]
    for folder in above:
        place = work_tree / folder
        if (place.is_symlink() or (place.exists() and not place.is_dir())) and folder not in sides.ours:
            return folder
    place = work_tree / path
    if place.is_dir() and not place.is_symlink():
        return next((name for name in _files(place, work_tree) if name not in sides.ours), "")
    return path if place.is_symlink() or place.exists() else ""


def _is_left_behind(work_tree: Path, path: str, sides: Sides) -> bool:
    """Whether the template removed a file that stands here without git's knowledge."""
    return path not in sides.theirs and path not in sides.ours and (work_tree / path).is_file()


def _files(folder: Path, top: Path) -> list[str]:
    """What lies in a folder, by its path below the top; the folder itself where it is empty."""
    inside = [file.relative_to(top).as_posix() for file in folder.rglob("*") if file.is_symlink() or not file.is_dir()]
    return inside or [folder.relative_to(top).as_posix()]


def _free_name(work_tree: Path, path: str) -> str:
    """A name beside a file that nothing stands at yet."""
    number, name = 1, path + SIDE
    while (work_tree / name).exists():
        number += 1
        name = f"{path}{SIDE}-{number}"
    return name
