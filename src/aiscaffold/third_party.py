"""The lineage of a project that was made from a third-party template."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiscaffold.address import clone_url, shown_address
from aiscaffold.answers import render_text
from aiscaffold.catalog import is_ours
from aiscaffold.checkout import Checkout
from aiscaffold.copier_yml import refuse_unknown
from aiscaffold.errors import UpdateRefused
from aiscaffold.foreign import Recipe, render
from aiscaffold.lineage import Lineage, Migrate, Terms, Wish
from aiscaffold.migrations import Migration, Stage, matching, migrate
from aiscaffold.project import Project, read_answers
from aiscaffold.source import Release, Source, open_source, version_of
from aiscaffold.trust import Demand, demand, knows, require


def third_party(project: Project, checkout: Checkout, wish: Wish, terms: Terms) -> Lineage | None:
    """The lineage of a project from its recorded address; None where it stands at the wanted version.

    Raises `TemplateUnreachable`, `NotTrusted`, `UpdateRefused`, and `BadAnswer` for an answer that nobody asked for.
    """
    if not project.address:
        raise UpdateRefused(
            f"{project.answers_file} does not say which template it belongs to: _src_path is missing",
            hint="restore the line from an earlier commit, or add it by hand",
        )
    source = open_source(project.address)
    _refuse_versionless(source)
    old, new = source.find(wish.base or project.revision), source.find(wish.to) if wish.to else source.newest()
    if old == new and not wish.given:
        return None
    _refuse_downgrade(old, new, wish)
    refuse_unknown(wish.given, source.config(new), shown_address(source.address))
    demands = [asked for asked in (demand(source, new, old.name), demand(source, old)) if asked]
    require([*_changed_address(project, checkout, new), *demands], terms.consent)
    return _lineage(project, source, (old, new), wish, ask=terms.ask is not None)


def _lineage(project: Project, source: Source, releases: tuple[Release, Release], wish: Wish, *, ask: bool) -> Lineage:
    old, new = releases
    options = source.config(new)
    recipe = Recipe(source, old, last=project.text, answers_file=project.answers_file)
    # What the new version leaves out of projects, or of their updates, is not what it removes from them.
    recipe = replace(recipe, exclude=tuple(_patterns(options, "_exclude", project.answers)))
    before = replace(recipe, unsafe=demand(source, old) is not None)
    after = replace(recipe, release=new, unsafe=demand(source, new) is not None, data=dict(wish.given), ask=ask)
    return Lineage(
        name=shown_address(source.address),
        old=old.name,
        new=new.name,
        render_old=lambda folder: render(before, folder),
        render_new=lambda folder: render(after, folder),
        reasons={},
        notes=(f"the template could not be fetched: {source.stale}",) if source.stale else (),
        is_written_once=_matcher(options, project.answers),
        goes_back=_goes_back(old, new),
        runs_code=before.unsafe or after.unsafe,
        migrate=_migration(matching(options, old.name, new.name), project),
    )


def _refuse_versionless(source: Source) -> None:
    if not source.versioned:
        raise UpdateRefused(
            f"{shown_address(source.address)} is a folder without versions",
            hint="put the template under git: git init; git add --all; git commit; git tag v1",
        )


def _refuse_downgrade(old: Release, new: Release, wish: Wish) -> None:
    if _goes_back(old, new) and not wish.allow_downgrade:
        raise UpdateRefused(
            f"the project is at {old.name}, newer than {new.name}", hint="to go back, add --allow-downgrade"
        )


def _goes_back(old: Release, new: Release) -> bool:
    versions = version_of(old.name), version_of(new.name)
    return versions[0] is not None and versions[1] is not None and versions[1] < versions[0]


def _changed_address(project: Project, checkout: Checkout, new: Release) -> list[Demand]:
    """What to ask where the project's history says that its template came from elsewhere."""
    path = (project.folder / project.answers_file).resolve().relative_to(checkout.work_tree.resolve()).as_posix()
    words = ("log", "-n", "50", "--format=", "--unified=0", "-p", "--no-ext-diff", "--no-textconv", "--", path)
    lines = checkout.git(*words).decode(errors="replace").splitlines()
    former = {line.partition(":")[2].strip(" '\"") for line in lines if line.startswith("-_src_path:")}
    others = sorted(address for address in former if _url(address) != _url(project.address))
    if not others or knows(project.address):
        return []
    return [Demand(project.address, new.commit, tuple(f"it takes the place of {shown_address(old)}" for old in others))]


def _url(address: str) -> str:
    return clone_url(address) if not is_ours(address) else address


def _migration(migrations: tuple[Migration, ...], project: Project) -> Migrate | None:
    """A function that runs the migrations of a stage in a folder; None where there are none."""
    if not migrations:
        return None

    def run(stage: Stage, folder: Path) -> None:
        answers = {**project.answers, "_copier_answers": read_answers(project.text)}

        def fill(text: str, known: Mapping[str, Any]) -> str:
            return render_text(text, {**answers, **known})

        migrate(migrations, stage, folder, fill)

    return run


def _matcher(options: dict[str, Any], answers: dict[str, Any]) -> Callable[[str], bool]:
    """Whether a path is one that the template writes only once (`_skip_if_exists`)."""
    from pathspec import GitIgnoreSpec  # 10 ms that only third-party templates need

    return GitIgnoreSpec.from_lines(_patterns(options, "_skip_if_exists", answers)).match_file


def _patterns(options: dict[str, Any], name: str, answers: dict[str, Any]) -> list[str]:
    """A setting's patterns, in which a template may ask for answers and whether this is an update."""
    known = {**answers, "_copier_operation": "update"}
    patterns = (render_text(str(pattern), known) for pattern in options.get(name) or ())
    return [pattern for pattern in patterns if pattern.strip()]
