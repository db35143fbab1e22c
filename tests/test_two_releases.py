"""A project of one release goes to the next one on another machine: by our wheel, by plain copier, and by both in turn.

The real templates are updated so from every release; what an owner's week of work makes of that is tried in
templates/test_updated_gates.py.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from machines import Machine, PlainCopier, machine, plain_copier
from support import git
from workshop import Workshop

from aiscaffold.store import BUNDLE
from aiscaffold.tree import files_of, tree_id

README = "# {{ project_name }}\n\n© {{ year }} {{ author_name }}\n\nfirst\n\nsecond\n\nthird\n\nlast"
# What becomes of the template from release to release, by file.
RELEASES: dict[str, dict[str, str | None]] = {
    "0.1.0": {"README.md.jinja": f"{README} of 1\n", "gone.txt": "gone\n"},
    "0.2.0": {"README.md.jinja": f"{README} of 2\n", "gone.txt": None, "docs/{{ package_name }}.md": "Two.\n"},
    "0.3.0": {"README.md.jinja": f"{README} of 3\n", "docs/{{ package_name }}.md": "Three.\n"},
}
NEW = ("new", "mini", "tide", "--defaults", "--no-hooks", "-d", "author_name=Zoë", "-d", "license=Apache-2.0")


def cut(workshop: Workshop, version: str) -> None:
    """Change the template to what it is as of a release, and release it."""
    for name, text in RELEASES[version].items():
        file = workshop.folder / "templates" / "mini" / "template" / name
        file.parent.mkdir(exist_ok=True)
        file.unlink(missing_ok=True)
        if text is not None:
            file.write_text(text, encoding="utf-8", newline="\n")
    done = workshop.release(version)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("workshop") / "catalogue")


@pytest.fixture(scope="module")
def machines(workshop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Machine]:
    """A machine for each release, whose wheel knows only what was released until then."""
    made = {}
    for version in RELEASES:
        cut(workshop, version)
        made[version] = machine(tmp_path_factory.mktemp("machine"), workshop.folder)
    return made


@pytest.fixture
def copier(workshop: Workshop, machines: dict[str, Machine], tmp_path: Path) -> PlainCopier:
    return plain_copier(workshop.folder / BUNDLE, tmp_path / "copier")


@pytest.fixture
def project(machines: dict[str, Machine], home: Path) -> Path:
    """A clone of a project that another machine made with release 0.1.0."""
    made = home / "first machine"
    made.mkdir()
    machines["0.1.0"].run(*NEW, cwd=made)
    git(home, "clone", "--quiet", str(made / "tide"), "somewhere/else/tide")
    return home / "somewhere/else/tide"


@pytest.fixture
def fresh(machines: dict[str, Machine], tmp_path: Path) -> Iterator[Path]:
    """The same project made with release 0.2.0 and with 0.3.0, in folders called so."""
    for version in ("0.2.0", "0.3.0"):
        (tmp_path / "fresh" / version).mkdir(parents=True)
        machines[version].run(*NEW, cwd=tmp_path / "fresh" / version)
    return tmp_path / "fresh"


def commit(project: Path, message: str = "Update") -> None:
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", message)


def test_each_wheel_knows_its_own_releases_and_no_other(machines: dict[str, Machine], tmp_path: Path) -> None:
    assert [made.run("--version", cwd=tmp_path).split()[-1] for made in machines.values()] == list(RELEASES)


def test_what_one_machine_made_another_brings_to_the_next_release(
    machines: dict[str, Machine], project: Path, fresh: Path
) -> None:
    out = machines["0.2.0"].run("update", "--defaults", cwd=project)
    assert "mini v0.1.0 → v0.2.0" in out
    assert git(project, "ls-files", "--unmerged") == git(project, "diff", "--name-only") == ""
    assert git(project, "write-tree") == tree_id(project) == tree_id(fresh / "0.2.0/tide")


def test_what_its_owner_wrote_is_kept_and_nothing_else_differs(
    machines: dict[str, Machine], project: Path, fresh: Path
) -> None:
    readme = project / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("first\n", "mine\n"), encoding="utf-8", newline="\n")
    (project / "own.txt").write_text("mine\n", encoding="utf-8")
    (project / "pyproject.toml").unlink()
    commit(project, "Work")
    machines["0.2.0"].run("update", "--defaults", cwd=project)
    expected = {file.relative_to(fresh / "0.2.0/tide"): file for file in files_of(fresh / "0.2.0/tide")}
    found = {file.relative_to(project): file for file in files_of(project)}
    assert expected.keys() ^ found.keys() == {Path("own.txt"), Path("pyproject.toml")}
    differ = [p for p in expected.keys() & found.keys() if expected[p].read_bytes() != found[p].read_bytes()]
    assert differ == [Path("README.md")]
    wanted = expected[Path("README.md")].read_text(encoding="utf-8").replace("first\n", "mine\n")
    assert readme.read_text(encoding="utf-8") == wanted


def test_plain_copier_goes_on_where_we_stopped(
    machines: dict[str, Machine], copier: PlainCopier, project: Path, fresh: Path
) -> None:
    machines["0.2.0"].run("update", "--defaults", cwd=project)
    commit(project)
    copier.update(project, "0.3.0")
    assert tree_id(project) == tree_id(fresh / "0.3.0/tide")


def test_we_go_on_where_plain_copier_stopped(
    machines: dict[str, Machine], copier: PlainCopier, project: Path, fresh: Path
) -> None:
    copier.update(project, "0.2.0")
    assert tree_id(project) == tree_id(fresh / "0.2.0/tide")
    commit(project)
    machines["0.3.0"].run("update", "--defaults", cwd=project)
    assert tree_id(project) == tree_id(fresh / "0.3.0/tide")
