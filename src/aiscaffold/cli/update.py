"""`aiscaffold update`: bring a newer template into a project."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from aiscaffold.catalog import is_ours, load_catalogue
from aiscaffold.cli.options import (
    DataOption,
    DefaultsOption,
    JsonOutput,
    consent,
    is_conversation,
    pairs,
    put_question,
    tell,
)
from aiscaffold.errors import WrongUsage
from aiscaffold.files import full_path
from aiscaffold.project import Project, find_project, is_left_half_done, may_hold_conflicts
from aiscaffold.store import Store

if TYPE_CHECKING:
    from aiscaffold.catalog import Catalogue
    from aiscaffold.results import Updated


def update(
    path: Annotated[str, typer.Argument(help="The project: a folder in it, or its answers file.")] = ".",
    to: Annotated[str, typer.Option("--to", metavar="V", help="The version to go to; by default, the newest.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether there is something for you; exit 1 where there is.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Show the changes as a patch, too.")] = False,
    json: JsonOutput = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the result for a pull request.")] = False,
    data: DataOption = None,
    defaults: DefaultsOption = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Run the project's own gates on the result first; exit 1 where one fails."),
    ] = False,
    branch: Annotated[
        str, typer.Option("--branch", metavar="NAME", help="Commit to a new branch; your files stay as they are.")
    ] = "",
    trust: Annotated[bool, typer.Option("--trust", help="Let this version of a template run its commands.")] = False,
    allow_downgrade: Annotated[bool, typer.Option("--allow-downgrade", help="Go back to an older version.")] = False,
    base: Annotated[
        str, typer.Option("--base", metavar="V", help="The version that the project was made from, if it does not say.")
    ] = "",
    go_on: Annotated[bool, typer.Option("--continue", help="All conflicts are resolved: stage them.")] = False,
    abort: Annotated[
        bool, typer.Option("--abort", help="Take the last update back, as long as it is not committed.")
    ] = False,
) -> None:
    """Bring template improvements into a project; planned first, then all or nothing, and never over your work."""
    starting = {"--check": check, "--dry-run": dry_run, "--branch": branch, "--to": to, "--base": base, "--data": data}
    _refuse_contradictions(
        {"--continue": go_on, "--abort": abort}, {**starting, "--verify": verify, "--trust": trust, "--diff": diff}
    )
    _refuse_contradictions({"--check": check}, {"--dry-run": dry_run, "--branch": branch})
    _refuse_contradictions({"--json": json, "--markdown": markdown, "--diff": diff})
    project = _project_at(full_path(path))
    if abort or go_on:
        _finish(project, take_back=abort, json=json)
        return
    catalogue = load_catalogue()
    given = pairs(data or [])
    if not given and not base and _is_up_to_date(project, catalogue, to):
        _say_up_to_date(project, json=json)
        return
    # Imported here because copier takes 0.3 s, which "already up to date" need not pay.
    from aiscaffold import update as steps
    from aiscaffold.lineage import Terms, Wish
    from aiscaffold.results import Updated

    ask = put_question if is_conversation() and not (defaults or check) else None
    if branch:
        steps.require_free(project, branch)
    terms = Terms(consent(agreed=trust, is_asking=ask is not None), tell, ask)
    with steps.prepared(project, Wish(to, base, given, allow_downgrade), catalogue, terms) as plan:
        if plan is None:
            _say_up_to_date(project, json=json)
            return
        if not (check or dry_run or branch):
            steps.require_committed(plan)
        checked = steps.verified(plan, tell) if verify else Updated(plan)
        done = checked if check or dry_run else steps.carry_out(checked, branch)
        text = _shown(done, check=check, json=json, markdown=markdown) + (f"\n{done.plan.diff}" if diff else "")
        _print(text, done)
        raise typer.Exit(_exit_code(done, check=check))


def _project_at(path: Path) -> Project:
    """The project at a path, after what a killed update left there is settled: it may have left no answers file."""
    if is_left_half_done(path):
        # Copier's import of 0.3 s is paid for by whom a kill hit.
        from aiscaffold import update as steps

        steps.settle(path, tell)
    return find_project(path)


def _print(text: str, done: "Updated") -> None:
    """Print the result; where that fails, as on a full disk, say at least what was done."""
    try:
        typer.echo(text)
    except OSError as error:
        tell(f"{done.headline}; but the result could not be printed: {error.strerror}")
        raise typer.Exit(1) from error


def _exit_code(done: "Updated", *, check: bool) -> int:
    """1 where something waits for the owner: a failed gate, a conflict that was written, news in a check."""
    waits = done.plan.affects_owner if check else bool(done.plan.changes.conflicts) and done.done != "planned"
    return int(waits or not done.passed)


def _shown(done: "Updated", *, check: bool, json: bool, markdown: bool) -> str:
    from aiscaffold.formats import json as json_format
    from aiscaffold.formats import markdown as markdown_format
    from aiscaffold.formats import updated

    if json:
        return json_format.updated(done)
    if markdown:
        return markdown_format.updated(done)
    return updated.availability(done) if check else updated.render(done)


def _finish(project: Project, *, take_back: bool, json: bool) -> NoReturn:
    """Take the last update back, or end it; exit 1 where conflicts are left."""
    from aiscaffold import update as steps
    from aiscaffold.formats import json as json_format
    from aiscaffold.formats import updated

    ended = steps.abort(project) if take_back else steps.resume(project)
    typer.echo(json_format.ended(ended) if json else updated.ended(ended))
    raise typer.Exit(int(bool(ended.unsettled)))


def _refuse_contradictions(one_of: Mapping[str, object], without: Mapping[str, object] | None = None) -> None:
    """Raise `WrongUsage` where two of the first options are given, or one of them together with others."""
    chosen, others = ([name for name, value in options.items() if value] for options in (one_of, without or {}))
    given = [*chosen, *others]
    if chosen and len(given) > 1:
        raise WrongUsage(f"{given[0]} and {given[1]} exclude each other", hint="leave out one of the two")


def _is_up_to_date(project: Project, catalogue: "Catalogue", to: str) -> bool:
    """Whether the project stands at the wanted release of the catalogue, without conflicts of the last update."""
    wanted = to.removeprefix("v") or Store(catalogue.root).newest
    is_there = is_ours(project.address) and project.revision == f"v{wanted}"
    return is_there and not may_hold_conflicts(project.folder)


def _say_up_to_date(project: Project, *, json: bool) -> None:
    if json:
        from aiscaffold.formats import json as json_format

        typer.echo(json_format.up_to_date(str(project.answers.get("template", "")), project.revision))
    else:
        typer.echo(f"up to date: {project.revision}")
