"""Everything that an update will do, known before anything is touched."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from aiscaffold.account import Outcome, changes_of
from aiscaffold.changes import ChangeSet
from aiscaffold.checkout import Checkout
from aiscaffold.exchange import fingerprint
from aiscaffold.files import remove
from aiscaffold.formatting import formatter_for
from aiscaffold.lineage import Lineage, Migrate, render_both
from aiscaffold.merge import Merged, Style, merge
from aiscaffold.migrations import Stage
from aiscaffold.objects import Quarantine, Sides, Tree
from aiscaffold.policies import (
    Settled,
    keep_locks,
    keep_once_written,
    keep_tiny_files_apart,
    neutralise_regions,
)
from aiscaffold.project import Project
from aiscaffold.recorded import keep_answers
from aiscaffold.untracked import give_way, go_around

# What a template's code leaves behind that is no part of a project.
MADE_BY_CODE = (
    ".git",
    ".venv",
    "venv",
    "node_modules",
    "__pycache__",
    ".pixi",
    ".tox",
    ".nox",
    ".ruff_cache",
    ".mypy_cache",
)


@dataclass(frozen=True)
class Plan:
    """What an update does to a project; `changes.tree` is the tree id of the whole repository afterwards."""

    project: Project
    checkout: Checkout
    lineage: Lineage
    changes: ChangeSet
    sides: Sides
    merged: Merged
    writes: Mapping[str, bytes]  # outside of git
    quarantine: Quarantine
    stood: Mapping[str, str | None]  # the fingerprint of what stands at each path that is written or goes

    @property
    def affects_owner(self) -> bool:
        """Whether more changes than the version in the answers file."""
        recorded = below(self.project, self.checkout) + self.project.answers_file
        return any(change.path != recorded for change in self.changes.changes)

    def with_file(self, path: str, content: bytes, note: str) -> "Plan":
        """The plan with another content for one of its files."""
        entry = (self.merged.tree[path][0], self.quarantine.write(content))
        tree = {**self.merged.tree, path: entry}
        changes = tuple(
            replace(change, kind="merged", note=note) if change.path == path else change
            for change in self.changes.changes
        )
        notes = tuple(told for told in self.merged.notes if told.path != path)
        stood = {**self.stood, path: fingerprint(self.checkout.work_tree / path)}
        return replace(
            self,
            changes=ChangeSet(changes, self.quarantine.write_tree(tree)),
            merged=replace(self.merged, tree=tree, notes=notes),
            stood=stood,
        )

    @property
    def diff(self) -> str:
        """What changes, as a patch against the last commit."""
        neutral = ("-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "-c", "core.quotePath=false")
        words = ("diff", "--no-ext-diff", "--no-textconv", "--find-renames", self.checkout.head, self.changes.tree)
        return self.quarantine.git(*neutral, *words).decode(errors="replace")

    @property
    def uncommitted(self) -> tuple[str, ...]:
        """The paths of the plan that hold work of the owner's that is not committed."""
        return tuple(path for path in self.swapped if path in self.checkout.changed)

    @property
    def swapped(self) -> tuple[str, ...]:
        """The tracked paths that get other content, or go."""
        return _swapped(self.sides, self.merged)


@contextmanager
def planned(project: Project, checkout: Checkout, lineage: Lineage) -> Iterator[Plan]:
    """The plan of one update, as long as the quarantine with its new objects lasts."""
    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        quarantine = Quarantine(checkout, Path(folder, "quarantine"))
        sides = _sides(project, quarantine, lineage, Path(folder))
        prefix = below(project, checkout)
        # A formatter that came with the repository is not run: it may be anything.
        has_own = any(path.startswith(f"{prefix}.venv/") for path in sides.ours)
        style = Style(f"template {lineage.new}", formatter_for(project.folder, use_own=not has_own))
        settled = _settled(project, quarantine, _migrated_before(quarantine, sides, lineage, prefix), lineage)
        merged = _migrated_after(quarantine, merge(quarantine, settled, style), lineage, prefix)
        merged = keep_answers(quarantine, sides, merged, prefix + project.answers_file)
        around = go_around(quarantine, sides, merged, style)
        changes = changes_of(Outcome(quarantine, sides, around.merged), lineage, prefix, project.answers_file)
        paths = (*_swapped(sides, around.merged), *around.writes)
        stood = {path: fingerprint(checkout.work_tree / path) for path in paths}
        yield Plan(project, checkout, lineage, changes, sides, around.merged, around.writes, quarantine, stood)


def below(project: Project, checkout: Checkout) -> str:
    """The project's folder in its repository, empty or ending in a slash."""
    inside = project.folder.resolve().relative_to(checkout.work_tree.resolve()).as_posix()
    return "" if inside == "." else f"{inside}/"


def _swapped(sides: Sides, merged: Merged) -> tuple[str, ...]:
    paths = {path for path in sides.ours.keys() | merged.tree.keys() if sides.ours.get(path) != merged.tree.get(path)}
    return tuple(sorted(paths | merged.conflicts.keys()))


def _sides(project: Project, quarantine: Quarantine, lineage: Lineage, scratch: Path) -> Sides:
    """Both renders and the owner's last commit, as trees of the whole repository."""
    prefix = below(project, quarantine.repository)
    # The folder's own name is one of the values that a template may use.
    tops = [scratch / version / project.folder.name for version in ("old", "new")]
    tops = [top if not prefix else top.parent for top in tops]
    folders = [top / prefix for top in tops]
    for folder in folders:
        folder.mkdir(parents=True)
    ours = quarantine.read_tree(quarantine.repository.tree)
    render_both(lineage, *folders)
    base, theirs = (
        quarantine.add(top, ours, prefix, without=MADE_BY_CODE if lineage.runs_code else ()) for top in tops
    )
    return Sides(base, ours, theirs)


def _migrated_before(quarantine: Quarantine, sides: Sides, lineage: Lineage, prefix: str) -> Sides:
    """Base and ours after the migrations that come before an update: what these move is no edit of anybody's."""
    if lineage.migrate is None:
        return sides
    base, ours = (_migrated(quarantine, tree, lineage.migrate, ("before", prefix)) for tree in (sides.base, sides.ours))
    return Sides(base, ours, sides.theirs)


def _migrated_after(quarantine: Quarantine, merged: Merged, lineage: Lineage, prefix: str) -> Merged:
    if lineage.migrate is None:
        return merged
    return replace(merged, tree=_migrated(quarantine, merged.tree, lineage.migrate, ("after", prefix)))


def _migrated(quarantine: Quarantine, tree: Tree, migrate: Migrate, where: tuple[Stage, str]) -> Tree:
    """A tree after the migrations of a stage, which run in a throw-away work tree."""
    stage, prefix = where
    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        work_tree = Path(folder, quarantine.repository.work_tree.name)
        quarantine.check_out(quarantine.write_tree(tree), work_tree)
        migrate(stage, work_tree / prefix)
        remove(work_tree / ".git")
        return quarantine.add(work_tree, {}, "", without=MADE_BY_CODE)


def _settled(project: Project, quarantine: Quarantine, sides: Sides, lineage: Lineage) -> Settled:
    """What policy takes out of the merge before git sees it."""
    settled = Settled(sides)
    prefix = below(project, quarantine.repository)
    steps = (
        lambda known: give_way(quarantine, known),
        lambda known: keep_once_written(known, lambda path: lineage.is_written_once(path.removeprefix(prefix))),
        keep_locks,
        lambda known: keep_tiny_files_apart(quarantine, known),
        lambda known: neutralise_regions(quarantine, known),
    )
    for step in steps:
        done = step(settled.sides)
        settled = Settled(done.sides, settled.notes + done.notes)
    return settled
