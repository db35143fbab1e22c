"""Make a project from a template: the steps of `aiscaffold new`."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from aiscaffold import __version__, repository
from aiscaffold.answers import Answers, Ask, resolve
from aiscaffold.apply import Staging, place, refuse_if_taken, staging
from aiscaffold.catalog import Catalogue, Template
from aiscaffold.changes import Change, ChangeSet
from aiscaffold.files import full_path, move
from aiscaffold.process import find
from aiscaffold.render import render
from aiscaffold.repository import Repository
from aiscaffold.tree import files_of, tree_id
from aiscaffold.verify import Gate, run_gates

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Order:
    """What to make, where, and how much git it gets."""

    template: Template
    answers: Answers
    destination: Path
    git: bool = True
    hooks: bool = True


@dataclass(frozen=True)
class Created:
    """A project that was made, or planned (then without a commit)."""

    order: Order
    revision: str
    plan: ChangeSet
    commit: str | None = None
    hooks: bool = False
    notes: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every gate that was run is green."""
        return all(gate.passed for gate in self.gates)

    @property
    def headline(self) -> str:
        """One sentence: what is there now."""
        made = f"{shown(self.order.destination)}: {self.plan.summary} from {self.order.template.name} {__version__}"
        return made + (f", first commit {self.commit[:7]}" if self.commit else "")

    @property
    def git_steps(self) -> str:
        """What git is used for, in words."""
        if not self.order.git:
            return "no repository, as asked"
        return "one first commit" + (" and the pre-commit hooks" if self.order.hooks else "")

    @property
    def next_steps(self) -> tuple[str, ...]:
        """The commands that a newcomer types next."""
        folder = shown(self.order.destination)
        go = () if folder == "." else (f'cd "{folder}"' if " " in folder else f"cd {folder}",)
        return (*go, "uv run poe setup", "uv run poe check", "uv run poe reproduce")


def order(template: Template, dest: str, given: Mapping[str, Any], ask: Ask | None) -> Order:
    """Complete the answers and choose the destination: each of the two names the other where it is not given."""
    place = full_path(dest or ".")
    named = {"project_name": place.name, **given} if dest else given
    answers = resolve(template, named, _suggestions(place, is_destination=bool(dest)), ask)
    return Order(template, answers, full_path(dest or answers["distribution_name"]))


def preview(catalogue: Catalogue, order: Order) -> Created:
    """What `create` would write, rendered into a temporary folder; nothing else is touched."""
    refuse_if_taken(order.destination)
    with tempfile.TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        project = Path(folder, "project")
        render(catalogue, order.template, order.answers, project)
        return Created(order, catalogue.revision, _plan(order, project))


def create(catalogue: Catalogue, order: Order, tell: Tell) -> Created:
    """Render, commit and install hooks out of sight, then move the finished project into place."""
    if order.git:
        find("git")
    with staging(order.destination) as stage:
        tell(f"rendering {order.template.name} {__version__}")
        render(catalogue, order.template, order.answers, stage.project)
        plan = _plan(order, stage.project)
        outer = _outer_repository(order)
        if not order.git or outer:
            tell("moving the project into place")
            place(stage)
            notes = (f"{outer} is a git repository already: no second one was made inside it",) if outer else ()
            return Created(order, catalogue.revision, plan, notes=notes)
        return _with_history(catalogue, order, stage, plan, tell)


def verify(made: Created, tell: Tell) -> Created:
    """Run the project's own gates where it stands now: environments cannot be moved."""
    tell("the project is in place; running its gates")
    return replace(made, gates=run_gates(made.order.destination, tell))


def _suggestions(place: Path, *, is_destination: bool) -> dict[str, str]:
    """Better defaults than the template's own: who the user is, as far as git knows, and the year."""
    is_clone = is_destination and repository.is_repository(place)
    return {
        "author_name": repository.user_name(place if place.is_dir() else Path.cwd()),
        "github_owner": repository.github_owner(place) if is_clone else "",
        "year": str(date.today().year),  # noqa: DTZ011 - the year on the user's own calendar
    }


def _with_history(catalogue: Catalogue, order: Order, stage: Staging, plan: ChangeSet, tell: Tell) -> Created:
    """Commit the prepared project, install its hooks and move it into place."""
    tell("making the first commit")
    notes = [] if repository.has_identity(stage.folder) else [repository.NO_IDENTITY]
    message = f"Start from aiscaffold's template {order.template.name} {catalogue.revision}"
    if repository.is_repository(stage.destination):
        commit = _into_clone(stage, message, tell)
        refused = _hooks(order, stage.destination, tell)
    else:
        made = repository.new_repository(stage.project)
        commit = made.first_commit(message)
        made.publish(commit)
        refused = _hooks(order, stage.project, tell)
        tell("moving the project into place")
        place(stage)
    notes += [refused] if refused else []
    return Created(order, catalogue.revision, plan, commit, order.hooks and not refused, tuple(notes))


def _into_clone(stage: Staging, message: str, tell: Tell) -> str:
    """Commit into the repository that stands at the destination; its branch moves after the files."""
    clone = repository.cloned_repository(stage.destination, stage.project, stage.index)
    commit = clone.first_commit(message)

    def publish() -> None:
        move(stage.index, repository.index_path(stage.destination))
        Repository(clone.git_dir, stage.destination, clone.git_dir / "index").publish(commit)

    tell("moving the project into place")
    place(stage, publish, commit)
    return commit


def _hooks(order: Order, project: Path, tell: Tell) -> str:
    if not order.hooks or not project.joinpath(".pre-commit-config.yaml").is_file():
        return ""
    tell("installing the pre-commit hooks")
    return repository.install_hooks(project)


def _outer_repository(order: Order) -> Path | None:
    """The repository that the project would be nested in."""
    if not order.git or repository.is_repository(order.destination):
        return None
    return repository.enclosing_repository(order.destination)


def _plan(order: Order, project: Path) -> ChangeSet:
    """Every file of a rendered project with the reason why it is there."""
    reasons = order.template.reasons_with(order.answers)
    paths = [file.relative_to(project).as_posix() for file in files_of(project)]
    return ChangeSet(tuple(Change(path, "added", reasons.get(path, "")) for path in paths), tree_id(project))


def shown(path: Path) -> str:
    """A path as the user would type it: relative where it lies in or beside the current folder."""
    relative = os.path.relpath(path) if path.anchor == Path.cwd().anchor else str(path)
    return relative if not relative.startswith(os.path.join("..", "..")) else str(path)  # noqa: PTH118
