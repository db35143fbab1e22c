"""Make a project from a template: the steps of `aiscaffold new`."""

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from aiscaffold import __version__, repository
from aiscaffold.address import shown_address
from aiscaffold.answers import Ask, resolve
from aiscaffold.apply import Staging, place, refuse_if_taken, staging
from aiscaffold.catalog import Catalogue, Template
from aiscaffold.changes import Change, ChangeSet
from aiscaffold.copier_yml import refuse_unknown
from aiscaffold.errors import WrongUsage
from aiscaffold.files import full_path, move
from aiscaffold.foreign import Recipe, recorded_answers
from aiscaffold.foreign import render as render_foreign
from aiscaffold.process import find
from aiscaffold.render import render
from aiscaffold.repository import Repository
from aiscaffold.source import open_source
from aiscaffold.tree import files_of, tree_id
from aiscaffold.trust import Demand, demand, require
from aiscaffold.verify import Gate, gate_python, require_tools, run_gates

Tell = Callable[[str], None]
UNTRUSTED_HOOKS = (
    "the template's pre-commit hooks are not installed, since they run code of its choice at each commit;"
    " read .pre-commit-config.yaml, then: pre-commit install"
)


@dataclass(frozen=True)
class Order:
    """What to make, where, and how much git it gets; `ask` and `trusted` concern third-party templates."""

    template: Template | Recipe
    answers: dict[str, Any]
    destination: Path
    git: bool = True
    hooks: bool = True
    ask: bool = False
    trusted: bool = True
    verify: bool = False

    @property
    def runs_code(self) -> bool:
        """Whether the template runs code of its own, which the user agreed to."""
        return isinstance(self.template, Recipe) and self.template.unsafe

    @property
    def label(self) -> str:
        """The template and its version, in words."""
        return self.template.label if isinstance(self.template, Recipe) else f"{self.template.name} {__version__}"


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
        made = f"{shown(self.order.destination)}: {self.plan.summary} from {self.order.label}"
        return made + (f", first commit {self.commit[:7]}" if self.commit else "")

    @property
    def message(self) -> str:
        """What the first commit says."""
        if isinstance(self.order.template, Recipe):
            return f"Start from {self.order.label}"
        return f"Start from aiscaffold's template {self.order.template.name} {self.revision}"

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
        if isinstance(self.order.template, Recipe):
            return (*go, "git show --stat" if self.commit else "ls")
        return (*go, "uv run poe setup", "uv run poe check", "uv run poe reproduce")


def order(template: Template, dest: str, given: Mapping[str, Any], ask: Ask | None) -> Order:
    """Complete the answers and choose the destination: each of the two names the other where it is not given."""
    place = full_path(dest or ".")
    named = {"project_name": place.name, **given} if dest else given
    answers = resolve(template, named, _suggestions(place, is_destination=bool(dest)), ask)
    return Order(template, answers, full_path(dest or answers["distribution_name"]))


def order_from(address: str, ref: str, dest: str, given: Mapping[str, Any], consent: Callable[[Demand], bool]) -> Order:
    """Fetch a third-party template and choose its version; what it would run needs the user's consent.

    Raises `TemplateUnreachable`, `NotTrusted`, and `BadAnswer` where an answer is given that no question asks for.
    """
    destination = full_path(dest)
    refuse_if_taken(destination)
    source = open_source(address)
    release = source.find(ref) if ref else source.newest()
    refuse_unknown(given, source.config(release), shown_address(source.address))
    demanded = demand(source, release)
    require([demanded] if demanded else [], consent)
    recipe = Recipe(source, release, dict(given), unsafe=demanded is not None)
    return Order(recipe, {}, destination, trusted=recipe.unsafe)


def preview(catalogue: Catalogue, order: Order) -> Created:
    """What `create` would write, rendered into a temporary folder; nothing else is touched."""
    refuse_if_taken(order.destination)
    with tempfile.TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as folder:
        project = Path(folder, order.destination.name)
        planned = _rendered(catalogue, order, project, is_final=False)
        notes = ("the template's tasks were not run and may change more",) if order.runs_code else ()
        return replace(planned, notes=(*planned.notes, *notes))


def create(catalogue: Catalogue, order: Order, tell: Tell) -> Created:
    """Render, commit and install hooks out of sight, then move the finished project into place."""
    if order.git:
        find("git")
    with staging(order.destination) as stage:
        tell(f"rendering {order.label}")
        made = _rendered(catalogue, order, stage.project)
        if order.verify:
            _require_gates(stage.project)
        outer = _outer_repository(order)
        if not order.git or outer:
            tell("moving the project into place")
            place(stage)
            notes = (f"{outer} is a git repository already: no second one was made inside it",) if outer else ()
            return replace(made, notes=(*made.notes, *notes))
        return _with_history(made, stage, tell)


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


def _rendered(catalogue: Catalogue, order: Order, project: Path, *, is_final: bool = True) -> Created:
    """Render into a folder, and say what is there now; only a final project sees a third-party template's tasks."""
    if isinstance(order.template, Template):
        render(catalogue, order.template, order.answers, project)
        return Created(order, catalogue.revision, _plan(order, project))
    recipe = replace(order.template, ask=order.ask, tasks=is_final)
    render_foreign(recipe, project)
    recorded = recorded_answers(recipe, project)
    known = replace(order, answers=recorded if recorded is not None else recipe.data)
    return Created(known, recipe.release.name, _plan(known, project), notes=recipe.notes(recorded))


def _require_gates(project: Path) -> None:
    """Raise `WrongUsage` unless a project has the gate that `--verify` runs, and `ToolMissing` without its tools."""
    python = gate_python(project)
    if python is None:
        raise WrongUsage("the project has no task `check` for --verify to run", hint="leave out --verify")
    require_tools(python)


def _with_history(made: Created, stage: Staging, tell: Tell) -> Created:
    """Commit the prepared project, install its hooks and move it into place."""
    tell("making the first commit")
    notes = [] if repository.has_identity(stage.folder) else [repository.NO_IDENTITY]
    if repository.is_repository(stage.destination):
        commit = _into_clone(stage, made, tell)
        refused = _hooks(made.order, stage.destination, tell)
    else:
        new = repository.new_repository(stage.project)
        commit = new.first_commit(made.message, ignored=not made.order.runs_code)
        new.publish(commit)
        refused = _hooks(made.order, stage.project, tell)
        tell("moving the project into place")
        place(stage)
    notes += [refused] if refused else []
    plan = _as_committed(stage.destination) if made.order.runs_code else made.plan
    hooks = made.order.hooks and not refused
    return replace(made, plan=plan, commit=commit, hooks=hooks, notes=(*made.notes, *notes))


def _as_committed(project: Path) -> ChangeSet:
    """What a project got without the files that it ignores itself, of which tasks may leave any number."""
    paths, tree = repository.committed(project)
    return ChangeSet(tuple(Change(path, "added", "") for path in paths), tree)


def _into_clone(stage: Staging, made: Created, tell: Tell) -> str:
    """Commit into the repository that stands at the destination; its branch moves after the files."""
    clone = repository.cloned_repository(stage.destination, stage.project, stage.index)
    commit = clone.first_commit(made.message, ignored=not made.order.runs_code)

    def publish() -> None:
        move(stage.index, repository.index_path(stage.destination))
        Repository(clone.git_dir, stage.destination, clone.git_dir / "index").publish(commit)

    tell("moving the project into place")
    place(stage, publish, commit)
    return commit


def _hooks(order: Order, project: Path, tell: Tell) -> str:
    if not order.hooks or not project.joinpath(".pre-commit-config.yaml").is_file():
        return ""
    if not order.trusted:
        return UNTRUSTED_HOOKS
    tell("installing the pre-commit hooks")
    return repository.install_hooks(project)


def _outer_repository(order: Order) -> Path | None:
    """The repository that the project would be nested in."""
    if not order.git or repository.is_repository(order.destination):
        return None
    return repository.enclosing_repository(order.destination)


def _plan(order: Order, project: Path) -> ChangeSet:
    """Every file of a rendered project with the reason why it is there."""
    reasons = order.template.reasons_with(order.answers) if isinstance(order.template, Template) else {}
    paths = [file.relative_to(project).as_posix() for file in files_of(project)]
    return ChangeSet(tuple(Change(path, "added", reasons.get(path, "")) for path in paths), tree_id(project))


def shown(path: Path) -> str:
    """A path as the user would type it: relative where it lies in or beside the current folder."""
    relative = os.path.relpath(path) if path.anchor == Path.cwd().anchor else str(path)
    return relative if not relative.startswith(os.path.join("..", "..")) else str(path)  # noqa: PTH118
