"""Merge three trees: git joins what it can, policy decides and tells what lines cannot, the rest is in conflict."""

from dataclasses import dataclass, replace

from aiscaffold.objects import REGULAR, Entry, Merge, Message, Quarantine, Sides, Stages, Tree
from aiscaffold.policies import IT_REMOVED, ONE_NAME, YOU_DELETED, Note, Settled, with_neighbours, withdraw
from aiscaffold.syntax import why_broken
from aiscaffold.texts import Formatter, MergedText, Versions, disputed_text, merge_text

ROUNDS = 6  # each takes out what the last merge could not decide; two are the most that was seen
TEXT_CONFLICTS = frozenset({"CONFLICT (contents)", "CONFLICT (binary)", "CONFLICT (add/add)"})


@dataclass(frozen=True)
class Merged:
    """The result: a tree, its conflicts (whose files hold markers, or the owner's version), and what to tell."""

    tree: Tree
    conflicts: dict[str, Stages]
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Style:
    """How conflicts are written: the template's name in markers, and a formatter for Python files."""

    label: str
    formatter: Formatter


def merge(quarantine: Quarantine, settled: Settled, style: Style) -> Merged:
    """Merge the template's changes into the owner's tree."""
    sides, notes, result = _decide(quarantine, settled)
    tree, conflicts, why = dict(result.tree), {}, []
    for path, stages in result.conflicts.items():
        entry, disputed = _resolve(quarantine, path, stages, style)
        if entry is not None:
            tree[path] = entry
        if disputed:
            conflicts[path] = stages
    for path, entry, stages, reason in _broken(quarantine, sides, tree, conflicts, style):
        tree[path], conflicts[path] = entry, stages
        why.append(Note(path, "conflict", f"merged line by line it would not parse: {reason}"))
    return Merged(tree, conflicts, (*notes, *why))


def _decide(quarantine: Quarantine, settled: Settled) -> tuple[Sides, tuple[Note, ...], Merge]:
    """Merge, and take out what lines cannot decide, until nothing of that kind is left."""
    sides, notes = settled.sides, list(settled.notes)
    result = quarantine.merge(sides)
    for _ in range(ROUNDS):
        before = sides
        for message in result.messages:
            if message.kind.startswith("CONFLICT") and message.kind not in TEXT_CONFLICTS:
                sides, told = _take_out(sides, message)
                notes += told
        if sides == before:
            break
        result = quarantine.merge(sides)
    return sides, tuple(notes), result


def _take_out(sides: Sides, message: Message) -> tuple[Sides, list[Note]]:
    """The sides without the template's part in a conflict that is not one of lines."""
    match message.kind, message.paths:
        case "CONFLICT (rename/rename)", (origin, yours, theirs):
            return _keep_name(sides, origin, yours, theirs)
    touched = {path for path in sides.theirs.keys() | sides.base.keys() if _is_about(path, message)}
    changed = sorted(path for path in with_neighbours(sides, touched) if sides.theirs.get(path) != sides.base.get(path))
    told = [_note(sides, path, message) for path in changed if not _is_gone(sides, path, message)]
    return withdraw(sides, changed), told


def _is_about(path: str, message: Message) -> bool:
    if message.kind != "CONFLICT (file/directory)":
        return path in message.paths
    return any(path == about or path.startswith(f"{about}/") for about in message.paths)


def _is_gone(sides: Sides, path: str, message: Message) -> bool:
    """Whether a file is nowhere any more, under none of its names: there is nothing to tell of it."""
    return path not in sides.theirs and sides.ours.keys().isdisjoint({path, *message.paths})


def _keep_name(sides: Sides, origin: str, yours: str, theirs: str) -> tuple[Sides, list[Note]]:
    """Both moved a file: its owner's place is kept, and the template's new content goes there."""
    if theirs not in sides.theirs:
        return sides, []
    moved = {path: entry for path, entry in sides.theirs.items() if path != theirs}
    note = Note(yours, "told", f"the template moved {origin} to {theirs}; yours stays where you moved it")
    return replace(sides, theirs=moved | {origin: sides.theirs[theirs]}), [note]


def _note(sides: Sides, path: str, message: Message) -> Note:
    """What to tell of a change that was taken out."""
    if path not in sides.theirs:
        place = next((p for p in message.paths if p in sides.ours), path)
        moved = "" if place == path else f" (as {path})"
        return Note(place, "kept yours", IT_REMOVED.replace("removed it", f"removed it{moved}"))
    if message.kind == "CONFLICT (file/directory)" or path not in message.paths:
        return Note(path, "told", ONE_NAME)
    if message.kind in {"CONFLICT (modify/delete)", "CONFLICT (rename/delete)"} and path not in sides.ours:
        return Note(path, "deleted by you", YOU_DELETED)
    kinds = "is of another kind (a link, a file, a folder)"
    why = kinds if message.kind == "CONFLICT (distinct types)" else "was moved, and has this name or another"
    return Note(path, "told", f"left out: yours {why}")


def _resolve(quarantine: Quarantine, path: str, stages: Stages, style: Style) -> tuple[Entry | None, bool]:
    """A conflict's file, and whether it still is one; no file where what git left stands."""
    if not {2, 3} <= stages.keys() or any(mode not in REGULAR for mode, _ in stages.values()):
        return None, True
    ours, theirs = (quarantine.read(stages[side]) for side in (2, 3))
    versions = Versions(quarantine.read(stages[1]) if 1 in stages else b"", ours, theirs)
    if not versions.is_text:
        return stages[2], True
    merged = merge_text(path, versions, style.label, style.formatter) if 1 in stages else _joined(versions, style)
    return (_mode(stages), quarantine.write(merged.content)), bool(merged.disputed)


def _joined(versions: Versions, style: Style) -> MergedText:
    """A file that both added: the same but for line ends, or in conflict."""
    if versions.ours.replace(b"\r\n", b"\n") == versions.theirs.replace(b"\r\n", b"\n"):
        return MergedText(versions.ours, 0)
    return MergedText(disputed_text(versions.ours, versions.theirs, style.label), 1)


def _mode(stages: Stages) -> str:
    """The mode that one side changed, or both have."""
    base = stages.get(1, stages[2])[0]
    return stages[2][0] if stages[2][0] != base else stages[3][0]


def _broken(
    quarantine: Quarantine, sides: Sides, tree: Tree, conflicts: dict[str, Stages], style: Style
) -> list[tuple[str, Entry, Stages, str]]:
    """The files that no longer parse since both sides were joined in them, as conflicts."""
    found = []
    for path, entry in tree.items():
        if entry in (sides.ours.get(path), sides.theirs.get(path)) or path in conflicts or entry[0] not in REGULAR:
            continue
        reason = why_broken(path, quarantine.read(entry))
        if not reason:
            continue
        stages = _stages(quarantine, sides, tree, path)
        ours, theirs = (quarantine.read(stages[side]) if side in stages else b"" for side in (2, 3))
        if not why_broken(path, ours) and not why_broken(path, theirs):
            blob = quarantine.write(disputed_text(ours, theirs, style.label))
            found.append((path, (entry[0], blob), stages, reason))
    return found


def _stages(quarantine: Quarantine, sides: Sides, tree: Tree, path: str) -> Stages:
    """The three versions of a merged file, wherever each side has it."""
    result = quarantine.write_tree(tree)
    stages = {}
    for number, side in enumerate((sides.base, sides.ours, sides.theirs), start=1):
        place = path if path in side else quarantine.renames(quarantine.write_tree(side), result).get(path)
        if place is not None and place in side:
            stages[number] = side[place]
    return stages
