"""Bring a newer template into a project: the steps of `aiscaffold update`."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from aiscaffold.catalog import Catalogue, is_ours
from aiscaffold.checkout import Checkout, open_checkout, require_git, require_quiet
from aiscaffold.errors import ProjectNotReady, UpdateRefused
from aiscaffold.exchange import Session, Swap, session
from aiscaffold.lineage import Terms, Wish, bundled
from aiscaffold.plan import Plan, below, planned
from aiscaffold.process import git_answers, stream, zeroed
from aiscaffold.project import Project
from aiscaffold.repository import identity
from aiscaffold.results import Ended, Updated, message
from aiscaffold.store import Store
from aiscaffold.syntax import why_broken
from aiscaffold.texts import has_markers
from aiscaffold.verify import run_gates

Tell = Callable[[str], None]


@contextmanager
def prepared(project: Project, wish: Wish, catalogue: Catalogue, terms: Terms) -> Iterator[Plan | None]:
    """The plan of an update, None where there is none to make; nothing of the project is touched.

    Raises `ProjectNotReady`, `UpdateRefused`, and what rendering raises.
    """
    require_git()
    checkout = open_checkout(project.folder)
    require_quiet(checkout)
    # Importing copier takes 0.3 s, in which git can get on with its part.
    ahead = Thread(target=import_module, args=("aiscaffold.render",))
    ahead.start()
    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as scratch:
        if is_ours(project.address):
            lineage = bundled(project, wish, Store(catalogue.root), Path(scratch), terms.ask)
        else:
            from aiscaffold.third_party import third_party  # waits for the same import

            lineage = third_party(project, checkout, wish, terms)
        ahead.join()
        if lineage is None:
            yield None
            return
        with planned(project, checkout, lineage) as plan:
            yield plan


def settle(folder: Path, tell: Tell) -> None:
    """Take back, or finish, an update that was cut off in the repository of a folder, which may be away meanwhile."""
    checkout = open_checkout(next(place for place in (folder, *folder.parents) if place.is_dir()))
    with session(checkout.work_tree, checkout.git_dir) as held:
        tell("an update was cut off here: it is taken back, or finished if only its last step was missing")
        for place in held.kept:
            tell(f"what you edited since then is saved in {place}")


def carry_out(planned: Updated, branch: str) -> Updated:
    """Apply the plan, or commit it to a branch; where a gate failed, nothing."""
    if not planned.passed:
        return planned
    return commit_to(planned, branch) if branch else apply(planned)


def apply(planned: Updated) -> Updated:
    """Put the plan into the work tree and the index, all or nothing. HEAD stays where it is."""
    plan, checkout = planned.plan, planned.plan.checkout
    require_committed(plan)
    with session(checkout.work_tree, checkout.git_dir) as held:
        if git_answers("rev-parse", "HEAD^{commit}", cwd=checkout.work_tree) != checkout.head:
            raise ProjectNotReady("there is a new commit since the update was planned", hint="start it again")
        plan.quarantine.keep()
        _prepare(plan, held)
        appearing = plan.merged.tree.keys() | plan.writes.keys()
        swaps = [Swap(path, was, path in appearing) for path, was in plan.stood.items()]
        held.apply(swaps, _record(plan))
    return replace(planned, done="applied")


def require_free(project: Project, branch: str) -> None:
    """Raise `UpdateRefused` unless a branch of this name can be made."""
    if git_answers("check-ref-format", "--branch", branch, cwd=project.folder) is None:
        raise UpdateRefused(f"{branch!r} cannot be the name of a branch", hint="for example: --branch template-update")
    if git_answers("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", cwd=project.folder):
        raise UpdateRefused(
            f"there is a branch {branch} already", hint=f"choose another name, or: git branch -D {branch}"
        )


def commit_to(planned: Updated, branch: str) -> Updated:
    """Commit the plan to a new branch on top of HEAD; work tree, index and HEAD stay as they are."""
    plan, checkout = planned.plan, planned.plan.checkout
    words = ("commit-tree", plan.changes.tree, "-p", checkout.head, "-m", message(plan.lineage))
    commit = plan.quarantine.git(*words, env=identity(checkout.work_tree)).decode().strip()
    plan.quarantine.keep()
    checkout.git("update-ref", "-m", "aiscaffold update", f"refs/heads/{branch}", commit, "0" * len(commit))
    return replace(planned, done="committed", branch=branch, commit=commit)


def verified(plan: Plan, tell: Tell) -> Updated:
    """Run the project's own gates on the merged tree, in a repository of its own in a temporary folder."""
    if plan.changes.conflicts:
        return Updated(plan, unverifiable=True)
    with TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        work_tree = Path(folder, plan.checkout.work_tree.name)
        plan.quarantine.check_out(plan.changes.tree, work_tree)
        inside = work_tree / below(plan.project, plan.checkout)
        if _lock(plan) in {change.path for change in plan.changes.of("told")}:
            stream(("uv", "lock"), inside, tell)
            plan = plan.with_file(_lock(plan), (inside / "uv.lock").read_bytes(), "in step again: uv lock")
        return Updated(plan, gates=run_gates(inside, tell))


def _lock(plan: Plan) -> str:
    return below(plan.project, plan.checkout) + "uv.lock"


def abort(project: Project) -> Ended:
    """Take the last update back. Raises `UpdateRefused`.

    What its owner edited in the updated files since then is saved first.
    """
    require_git()
    checkout = open_checkout(project.folder)
    with session(checkout.work_tree, checkout.git_dir) as held:
        record = _last(project, checkout, held)
        return Ended("taken back", record["message"], saved=(*held.kept, *held.undo()))


def resume(project: Project) -> Ended:
    """Stage what its owner resolved, once every conflict is. Raises `UpdateRefused`."""
    require_git()
    checkout = open_checkout(project.folder)
    with session(checkout.work_tree, checkout.git_dir) as held:
        record = _last(project, checkout, held)
        # Staged or not: `git add` takes a file with markers in it for resolved.
        unsettled = tuple(why for path in record["conflicts"] if (why := _unsettled(checkout, path)))
        if unsettled:
            return Ended("conflicts left", record["message"], unsettled)
        if not checkout.git("diff-index", "--cached", "--name-only", "HEAD"):
            raise UpdateRefused("nothing of the last update is staged any more", hint="start again: aiscaffold update")
        waiting = [path for path in record["conflicts"] if path in checkout.unmerged]
        checkout.git("update-index", "--add", "--remove", "-z", "--stdin", feed=zeroed(waiting))
        return Ended("resolved", record["message"])


def require_committed(plan: Plan) -> None:
    """Raise `ProjectNotReady` where a path of the plan holds work that no commit has."""
    if dirty := plan.uncommitted:
        more = f" and {len(dirty) - 3} more" if dirty[3:] else ""
        raise ProjectNotReady(
            f"not committed yet: {', '.join(dirty[:3])}{more}",
            hint="the update changes them too; commit first (git commit) or set them aside (git stash)",
        )
    if hidden := [path for path in plan.swapped if path in plan.checkout.hidden]:
        raise ProjectNotReady(
            f"a sparse checkout leaves out {', '.join(hidden[:3])}", hint="run first: git sparse-checkout disable"
        )


def _prepare(plan: Plan, held: Session) -> None:
    """Lay out the new files and the new index beside the work tree."""
    checkout, tree, conflicts = plan.checkout, plan.merged.tree, plan.merged.conflicts
    index = {"GIT_INDEX_FILE": str(held.index)}
    nothing = "0" * len(checkout.head)
    gone = [f"0 {nothing}\t{path}" for path in plan.swapped]
    present = [path for path in plan.swapped if path in tree]
    plain = [f"{tree[path][0]} {tree[path][1]}\t{path}" for path in present]
    checkout.git("update-index", "-z", "--index-info", feed=zeroed(gone + plain), env=index)
    checkout.git("checkout-index", "-z", "--stdin", f"--prefix={held.new}/", feed=zeroed(present), env=index)
    staged = [f"{mode} {blob} {n}\t{path}" for path in conflicts for n, (mode, blob) in conflicts[path].items()]
    unmerged = [f"0 {nothing}\t{path}" for path in conflicts]
    checkout.git("update-index", "-z", "--index-info", feed=zeroed(unmerged + staged), env=index)
    for path, content in plan.writes.items():
        target = held.new / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        if (mine := checkout.work_tree / path).is_file():
            shutil.copymode(mine, target)  # it may be a script, or hold secrets


def _record(plan: Plan) -> dict[str, Any]:
    """What `--continue` and `--abort` need to know."""
    return {
        "project": below(plan.project, plan.checkout),
        "head": plan.checkout.head,
        "conflicts": sorted(plan.merged.conflicts),
        "message": message(plan.lineage),
    }


def _unsettled(checkout: Checkout, path: str) -> str:
    """Why a path is still a conflict; empty where it is settled."""
    file = checkout.work_tree / path
    content = file.read_bytes() if file.is_file() else b""
    if has_markers(content):
        return f"{path}: conflict markers are left in it"
    broken = why_broken(path, content)
    return f"{path}: it does not parse: {broken}" if broken else ""


def _last(project: Project, checkout: Checkout, held: Session) -> dict[str, Any]:
    """The record of the last update, as long as it is this project's and nothing was committed since."""
    record = held.last()
    if record is None:
        raise UpdateRefused("there is no update to continue or take back", hint="start one with: aiscaffold update")
    if record["head"] != checkout.head:
        raise UpdateRefused(
            "there are commits since the last update: it is part of your history now",
            hint="to take a commit back: git revert",
        )
    if record["project"] != below(project, checkout):
        raise UpdateRefused(
            f"the last update in this repository was that of another project, {record['project'] or 'at its top'}",
            hint="call this command there",
        )
    return record
