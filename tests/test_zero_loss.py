"""Whatever a template and its user did: no line, no binary and no mode of either is lost, and all can be undone.

A longer look: `ZERO_LOSS_EXAMPLES=2000 pytest tests/test_zero_loss.py`.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from exchanging import Content, Script, picture, state
from hypothesis import HealthCheck, given, settings
from merging import plan
from support import git
from worlds import World, settle, text_of, worlds

from aiscaffold import update
from aiscaffold.errors import ProjectNotReady
from aiscaffold.plan import Plan
from aiscaffold.project import Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="executable bits")

EXAMPLES = int(os.environ.get("ZERO_LOSS_EXAMPLES", "50"))


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository without commits, to copy."""
    top = tmp_path_factory.mktemp("empty")
    git(top, "init", "--quiet", "--template=")
    return top


@dataclass(frozen=True)
class After:
    """A project after an update: the plan, what stands in the work tree, and what the plan tells of."""

    world: World
    plan: Plan
    standing: dict[str, tuple[bool, bytes]]  # executable or not, and content
    stages: dict[str, dict[int, bytes]]

    def tells_of(self, path: str) -> bool:
        """Whether a note names a path."""
        return any(path == note.path or path in note.text.replace(";", "").split() for note in self.plan.merged.notes)

    @property
    def known(self) -> list[bytes]:
        """What the old template made."""
        return [text_of(content) for content in self.world.base.values()]


def lines_of(who: str, contents: Iterable[bytes]) -> Counter[bytes]:
    """How often each line of a writer's occurs."""
    lined = (line.strip() for content in contents for line in content.splitlines())
    return Counter(line for line in lined if line.startswith(who.encode()))


def pictures(contents: Iterable[bytes]) -> set[bytes]:
    """The binaries among contents."""
    return {content for content in contents if b"\0" in content}


def lost_of_the_user(after: After) -> list[object]:
    """Lines that are not in the work tree as often as before, and binaries that are not there."""
    had = [
        text_of(content) for content in {**after.world.ours, **after.world.untracked, **after.world.unsaved}.values()
    ]
    have = [content for _, content in after.standing.values()]
    before, now = lines_of("mine", had), lines_of("mine", have)
    fewer, doubled = before - now, now - before
    gone = lines_of("both", had).keys() - lines_of("both", have).keys()
    return [*fewer, *doubled, *gone, *(pictures(had) - pictures(after.known) - pictures(have))]


def lost_of_the_template(after: After) -> list[object]:
    """Lines and binaries that neither arrived nor are in a conflict nor are told."""
    untold = [text_of(content) for path, content in after.world.theirs.items() if not after.tells_of(path)]
    binary = [stages.get(3, b"") for stages in after.stages.values() if pictures(stages.values())]
    shown = [*binary, *(content for _, content in after.standing.values())]
    fewer = lines_of("theirs", untold) - lines_of("theirs", shown)
    return [*fewer, *(pictures(untold) - pictures(after.known) - pictures(shown))]


def touched_without_need(after: After) -> list[object]:
    """Files that at most one side has touched, and that are not exactly as that side has them."""
    world = after.world
    wanted = {path: world.theirs.get(path) for path in world.base if world.ours.get(path) == world.base[path]}
    wanted |= {path: world.ours.get(path) for path in world.base if world.theirs.get(path) == world.base[path]}
    left = [path for path in wanted if not after.tells_of(path) and path not in {**world.untracked, **world.unsaved}]
    # A new file of the template's may arrive where an old one stood: it follows a folder that the user renamed.
    moved = {_seen(content) for content in world.theirs.values()}
    wrong = {path: found for path in left if (found := after.standing.get(path)) != _seen(wanted[path])}
    return [(path, found) for path, found in wrong.items() if wanted[path] is not None or found not in moved]


def wrong_modes(after: After) -> list[object]:
    """Files that are not executable though one side made them so, or that still are."""
    sides = after.world.base, after.world.ours, after.world.theirs
    shared = set.intersection(*(set(side) for side in sides)) & after.standing.keys()
    plain = [path for path in shared if not after.tells_of(path) and path not in {*after.stages, *after.world.unsaved}]
    modes = {path: [isinstance(side[path], Script) for side in sides] for path in plain}
    return [
        p for p, (base, ours, theirs) in modes.items() if after.standing[p][0] != (theirs if ours == base else ours)
    ]


def disturbed_strangers(after: After) -> list[object]:
    """Files that git does not track, and that are not as they were, though the plan does not say so."""
    strangers = {path: content for path, content in after.world.untracked.items() if path not in after.plan.writes}
    return [path for path, content in strangers.items() if after.standing.get(path) != _seen(content)]


def unclean_index(after: After) -> list[object]:
    """Files that differ from the index, and an index that is not the plan's tree."""
    top, conflicts = after.plan.checkout.work_tree, after.plan.merged.conflicts
    unstaged = set(git(top, "diff-files", "--name-only", "-z").split("\0")) - {"", *conflicts, *after.world.unsaved}
    tree = "" if conflicts else git(top, "write-tree")
    return [*unstaged, *({tree} - {"", after.plan.changes.tree})]


CHECKS = (
    lost_of_the_user,
    lost_of_the_template,
    touched_without_need,
    wrong_modes,
    disturbed_strangers,
    unclean_index,
)


def _seen(content: Content | None) -> tuple[bool, bytes] | None:
    return None if content is None else (isinstance(content, Script), text_of(content))


def seen_after(top: Path, world: World, made: Plan) -> After:
    """What an update has made of a project."""
    standing = {
        path: (bool(mode & 0o100), content) for path, (mode, content) in picture(top).items() if mode & 0o100000
    }
    stages = {p: {n: made.quarantine.read(e) for n, e in found.items()} for p, found in made.merged.conflicts.items()}
    return After(world, made, standing, stages)


def problems(top: Path, world: World) -> dict[str, list[object]]:
    """Update a project and take the update back; what went wrong on the way, by the check that found it."""
    before = state(top)
    with plan(top, world.base, world.theirs) as made:
        try:
            update.apply(update.Updated(made))
        except ProjectNotReady:
            return {} if world.unsaved and state(top) == before else {"refused": ["for no reason"]}
        after = seen_after(top, world, made)
        found = {check.__name__: wrong for check in CHECKS if (wrong := check(after))}
    saved = update.abort(Project(top, ".copier-answers.yml")).saved
    if saved or state(top) != before:
        found["abort"] = [*saved, state(top)]
    return found


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_nothing_is_lost_on_either_side(empty: Path, tmp_path_factory: pytest.TempPathFactory, world: World) -> None:
    top = tmp_path_factory.mktemp("any") / "project"
    settle(empty, top, world)
    assert problems(top, world) == {}


@settings(max_examples=max(EXAMPLES // 6, 1), deadline=None)
@given(world=worlds())
def test_a_plan_is_the_same_when_it_is_made_again_and_touches_nothing(
    empty: Path, tmp_path_factory: pytest.TempPathFactory, world: World
) -> None:
    top = tmp_path_factory.mktemp("any") / "project"
    settle(empty, top, world)
    before = state(top)
    with plan(top, world.base, world.theirs) as made, plan(top, world.base, world.theirs) as again:
        assert (made.changes, made.merged, made.writes) == (again.changes, again.merged, again.writes)
    assert state(top) == before
