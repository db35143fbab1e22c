"""Each template's changelog names every file that a release changed: updates give its lines as their reasons."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from support import ROOT

from aiscaffold import __version__
from aiscaffold.answers import resolve
from aiscaffold.catalog import Catalogue, Template
from aiscaffold.render import render
from aiscaffold.store import Store
from aiscaffold.tree import files_of

RELEASES = [*Store(ROOT).releases]
VERSIONS = [*RELEASES, __version__] if ".dev" in __version__ else RELEASES
ANSWERS_FILE = ".copier-answers.yml"  # differs with each version


def catalogue_of(version: str, folder: Path) -> Catalogue:
    """The templates of a release, or of the work tree; all under one number, which is no difference."""
    if version in RELEASES:
        Store(ROOT).unpack(version, folder)
    return Catalogue(folder if version in RELEASES else ROOT, release="0")


def choices(template: Template) -> Iterator[dict[str, str]]:
    """The default answers, then each other choice in turn."""
    yield {}
    for question in template.questions:
        yield from ({question.name: choice} for choice in question.choices if choice != question.default)


def contents(catalogue: Catalogue, template: Template, folder: Path) -> dict[str, set[bytes]]:
    """What each file of a project may hold, whatever is chosen."""
    found = defaultdict(set)
    for number, chosen in enumerate(choices(template)):
        project = folder / str(number)
        render(catalogue, template, resolve(template, chosen), project)
        for file in files_of(project):
            found[file.relative_to(project).as_posix()].add(file.read_bytes())
    return found


@pytest.mark.parametrize(("older", "newer"), [*pairwise(VERSIONS)])
def test_the_changelog_names_every_file_that_a_release_changed_and_no_other(
    older: str, newer: str, tmp_path: Path
) -> None:
    before, after = catalogue_of(older, tmp_path / "old"), catalogue_of(newer, tmp_path / "new")
    known = {template.name for template in before.templates}
    for template in (each for each in after.templates if each.name in known):
        old = contents(before, before.template(template.name), tmp_path / template.name / "old")
        new = contents(after, template, tmp_path / template.name / "new")
        changed = {path for path in {*old, *new} if old.get(path) != new.get(path)}
        assert set(template.changes_since(older, resolve(template, {}))) == changed - {ANSWERS_FILE}
