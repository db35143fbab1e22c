"""What is taken out of a merge before git sees it: changes of the template's that must not arrive by themselves."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from aiscaffold.changes import Kind
from aiscaffold.objects import REGULAR, Entry, Quarantine, Sides, Tree
from aiscaffold.texts import Versions, with_regions_of

# The command that brings each lock file in step with its manifest.
RELOCK = {
    "Cargo.lock": "cargo update --workspace",
    "Pipfile.lock": "pipenv lock",
    "bun.lock": "bun install",
    "package-lock.json": "npm install",
    "pdm.lock": "pdm lock",
    "pixi.lock": "pixi lock",
    "pnpm-lock.yaml": "pnpm install",
    "poetry.lock": "poetry lock",
    "uv.lock": "uv lock",
    "yarn.lock": "yarn install",
}
# Bytes under which equal files say nothing of each other: two `__init__.py` are no rename.
TINY = 160


YOU_DELETED = "you deleted it, so the template's change is left out"
ONE_NAME = "left out: a file and a folder would have one name"
IT_REMOVED = "the template removed it; yours is kept, because you changed it"


@dataclass(frozen=True)
class Note:
    """A change of the template's that does not arrive, and why."""

    path: str
    kind: Kind
    text: str
    step: str = ""  # the command that its owner types next


@dataclass(frozen=True)
class Settled:
    """Three trees without what was taken out, and what has to be told of that."""

    sides: Sides
    notes: tuple[Note, ...] = ()


def with_neighbours(sides: Sides, paths: Collection[str]) -> frozenset[str]:
    """Paths and what must be withdrawn with them: no tree holds a file and a folder of one name."""
    restored = {path for path in paths if path in sides.base}
    below = {path for path in sides.theirs if not restored.isdisjoint(map(str, PurePosixPath(path).parents))}
    above = {str(parent) for path in restored for parent in PurePosixPath(path).parents} & sides.theirs.keys()
    return frozenset({*paths, *below, *above})


def withdraw(sides: Sides, paths: Collection[str]) -> Sides:
    """The sides as if the template had changed nothing at these paths."""
    kept = {path: entry for path, entry in sides.theirs.items() if path not in paths}
    return replace(sides, theirs=kept | {path: sides.base[path] for path in paths if path in sides.base})


def keep_locks(sides: Sides) -> Settled:
    """A lock file that its owner changed stays: a merge of two locks locks nothing."""
    kept = [p for p in _changed_by_both(sides) if PurePosixPath(p).name in RELOCK and p in sides.ours]
    steps = {path: RELOCK[PurePosixPath(path).name] for path in kept}
    notes = (Note(p, "told", f"yours is kept; bring it in step: {step}", step) for p, step in steps.items())
    return Settled(withdraw(sides, kept), tuple(notes))


def keep_once_written(sides: Sides, matches: Callable[[str], bool]) -> Settled:
    """What a template writes once (`_skip_if_exists`) stays as it is, or deleted."""
    known = {path for path in sides.base.keys() | sides.ours.keys() if matches(path)}
    return Settled(withdraw(sides, known))


def keep_tiny_files_apart(quarantine: Quarantine, sides: Sides) -> Settled:
    """Tiny files with equal siblings have not moved because an equal one stands elsewhere, unless their folder moved.

    Git takes any equal file for the moved one, and would bring the change of one `__init__.py` into another.
    """
    deleted = [p for p in sides.base if p not in sides.ours and sides.template_changed(p)]
    dropped = [p for p in sides.base if p not in sides.theirs and sides.ours.get(p) not in {None, sides.base[p]}]
    sizes = quarantine.sizes(sides.base[path] for path in (*deleted, *dropped))
    tiny = {path for path in (*deleted, *dropped) if sizes.get(sides.base[path][1], TINY) < TINY}
    notes = [
        Note(p, "deleted by you", YOU_DELETED) for p in deleted if p in tiny and _is_no_move(p, sides.base, sides.ours)
    ]
    notes += [
        Note(p, "kept yours", IT_REMOVED) for p in dropped if p in tiny and _is_no_move(p, sides.base, sides.theirs)
    ]
    paths = {note.path for note in notes}
    notes += [Note(path, "told", ONE_NAME) for path in sorted(with_neighbours(sides, paths) - paths)]
    return Settled(withdraw(sides, with_neighbours(sides, paths)), tuple(notes))


def neutralise_regions(quarantine: Quarantine, sides: Sides) -> Settled:
    """Regions of a Markdown file that commands of the project write are no edits: they stay as they are."""
    both = [p for p in _changed_by_both(sides) if p.endswith(".md") and all(p in s for s in _trees(sides))]
    base, theirs = dict(sides.base), dict(sides.theirs)
    for path in both:
        entries = [side[path] for side in _trees(sides)]
        if any(mode not in REGULAR for mode, _ in entries):
            continue
        known = Versions(*map(quarantine.read, entries))
        neutral = with_regions_of(known.ours, known)
        if neutral != known:
            base[path] = (base[path][0], quarantine.write(neutral.base))
            theirs[path] = (theirs[path][0], quarantine.write(neutral.theirs))
    return Settled(Sides(base, sides.ours, theirs))


def _trees(sides: Sides) -> tuple[Tree, Tree, Tree]:
    return sides.base, sides.ours, sides.theirs


def _changed_by_both(sides: Sides) -> Iterable[str]:
    """The paths that both sides changed, each in its way."""
    for path in sorted(sides.base.keys() | sides.theirs.keys()):
        if sides.template_changed(path) and sides.ours.get(path) not in {sides.base.get(path), sides.theirs.get(path)}:
            yield path


def _is_no_move(path: str, old: Tree, new: Tree) -> bool:
    """Whether a file that is gone has equals, so that any place it seems to have moved to is a guess."""
    equal = [place for place, entry in old.items() if entry[1] == old[path][1]]
    gone = [place for place in equal if place not in new]
    arrivals = [place for place, entry in new.items() if entry[1] == old[path][1] and place not in old]
    has_namesake = PurePosixPath(path).name in {PurePosixPath(place).name for place in arrivals}
    is_guess = len(gone) > 1 or len(arrivals) > 1 or (len(equal) > 1 and has_namesake)
    return is_guess and not _folder_moved(path, old, new)


def _folder_moved(path: str, old: Tree, new: Tree) -> bool:
    """Whether a file beside this one, with a content of its own, stands unchanged below another folder."""
    folder = PurePosixPath(path).parent
    arrivals: dict[Entry, set[str]] = {}
    for place, entry in new.items():
        if place not in old and entry[1] != old[path][1]:
            arrivals.setdefault(entry, set()).add(PurePosixPath(place).name)
    neighbours = [p for p in old if PurePosixPath(p).parent == folder and p not in new]
    return any(PurePosixPath(p).name in arrivals.get(old[p], ()) for p in neighbours)
