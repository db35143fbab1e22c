"""The real templates: a project of any release comes to the newest, untouched or after a week of its owner's work."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from machines import machine, plain_copier
from support import ROOT, Run, git

from aiscaffold import __version__, cli
from aiscaffold.catalog import Catalogue
from aiscaffold.store import BUNDLE, LOCK, Store
from aiscaffold.tree import tree_id

from .conftest import inside

RELEASES = list(Store(ROOT).releases)
TEMPLATES = sorted(file.parent.name for file in ROOT.glob("templates/[!_]*/questions.yml"))
PARTS = ("src", "templates", "tools", "copier.yml", LOCK, BUNDLE)


@pytest.fixture(scope="session")
def newest(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue at its newest release; between two releases, at the one that would be cut now."""
    if ".dev" not in __version__:
        return Catalogue(ROOT)
    version = __version__.partition(".dev")[0]
    root = tmp_path_factory.mktemp("next") / "aiscaffold"
    for name in PARTS:
        take = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        root.mkdir(exist_ok=True)
        take(ROOT / name, root / name)
    (root / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    (root / "src/aiscaffold/__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
    (root / "CHANGELOG.md").write_text(f"# Changelog\n\n## {version} (2026-01-02)\n", encoding="utf-8")
    git(root, "init", "--quiet")
    env = {**os.environ, "PYTHONPATH": str(root / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, root / "tools/release.py"], cwd=root, env=env, check=True)
    return Catalogue(root, version)


def made_with(release: str, catalogue: Catalogue, place: Path) -> Catalogue:
    """The catalogue as that release had it, from the store."""
    old = Catalogue(place / f"release-{release}", release)
    Store(catalogue.root).unpack(release, old.root)
    return old


@pytest.fixture
def new(run: Run, newest: Catalogue, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Make a project of a template with a release, in a folder called `tide` at a place of its own."""
    monkeypatch.setattr(cli.update, "load_catalogue", lambda: newest)

    def make(template: str, release: str) -> Path:
        catalogue = made_with(release, newest, tmp_path)
        monkeypatch.setattr(cli.new, "load_catalogue", lambda: catalogue)
        project = home / release / "tide"
        code, _, err = run("new", template, project, "--defaults", "--no-hooks")
        assert code == 0, err
        return project

    return make


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_an_untouched_project_of_any_release_becomes_what_the_newest_makes(
    run: Run, newest: Catalogue, new, template: str, release: str
) -> None:
    if release == (last := Store(newest.root).newest):
        pytest.skip("the newest release itself")
    if not (made_with(release, newest, newest.root.parent / "looked-up").root / "templates" / template).exists():
        pytest.skip(f"{template} is younger than {release}")
    project = new(template, release)
    code, out, err = run("update", project, "--defaults")
    assert code == 0, out + err
    assert git(project, "diff", "--name-only") == ""
    assert git(project, "write-tree") == tree_id(project) == tree_id(new(template, last))


def test_plain_copier_and_we_come_to_the_same_real_project(newest: Catalogue, new, run: Run, tmp_path: Path) -> None:
    last = Store(newest.root).newest
    project = new("end-to-end-ml", RELEASES[0])
    plain_copier(newest.root / BUNDLE, tmp_path / "copier").update(project, last)
    assert tree_id(project) == tree_id(new("end-to-end-ml", last))


def week_of_work(project: Path) -> None:
    """Prose, a dependency with its lock, settings, a module of one's own with its test, a file that is not wanted."""
    change(project, "README.md", "Who acts on this score,", "The night desk acts on this score. Who acts on it,")
    change(project, "config.toml", "largest_batch = 100", "largest_batch = 250")
    change(project, "pyproject.toml", '    "numpy>=2.5",\n', '    "humanize>=4.12",\n    "numpy>=2.5",\n')
    (project / "src/tide/delays.py").write_text(
        '"""Delays in words."""\n\nimport humanize\n\n\ndef in_words(minutes: int) -> str:\n'
        '    """Return a delay as one says it."""\n    return humanize.precisedelta(minutes * 60)\n',
        encoding="utf-8",
    )
    (project / "tests/test_delays.py").write_text(
        '"""Delays are said as people say them."""\n\nfrom tide.delays import in_words\n\n\n'
        'def test_an_hour_and_a_half() -> None:\n    assert in_words(90) == "1 hour and 30 minutes"\n',
        encoding="utf-8",
    )
    git(project, "rm", "--quiet", ".github/dependabot.yml")
    inside(project, "uv", "lock")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "A week of work")
    inside(project, "uv", "run", "--locked", "poe", "report")
    git(project, "commit", "--quiet", "--all", "--message", "Report")


def change(project: Path, path: str, old: str, new: str) -> None:
    text = (project / path).read_text(encoding="utf-8")
    assert text.count(old) == 1, path
    (project / path).write_text(text.replace(old, new), encoding="utf-8", newline="\n")


def test_after_a_week_of_work_and_an_update_by_another_machine_its_own_gates_are_green(
    newest: Catalogue, new, home: Path, tmp_path: Path
) -> None:
    made = new("end-to-end-ml", RELEASES[0])
    inside(made, "uv", "sync", "--locked")
    week_of_work(made)
    git(home, "clone", "--quiet", str(made), "elsewhere/tide")
    project = home / "elsewhere/tide"
    out = json.loads(machine(tmp_path / "machine", newest.root).run("update", "--defaults", "--json", cwd=project))
    kinds = {file["path"]: file["kind"] for file in out["files"]}
    assert "conflict" not in kinds.values()
    # The template has new dependencies, the owner one of their own: the update says what joins them.
    assert kinds["uv.lock"] == "told"
    inside(project, "uv", "lock")
    git(project, "add", "uv.lock")
    git(project, "commit", "--quiet", "--message", "Update")
    assert not (project / ".github/dependabot.yml").exists()
    assert "largest_batch = 250" in (project / "config.toml").read_text(encoding="utf-8")
    assert "The night desk" in (project / "README.md").read_text(encoding="utf-8")
    inside(project, "uv", "lock", "--check")
    inside(project, "uv", "sync", "--locked")
    inside(project, "uv", "run", "--locked", "poe", "check")
