"""A catalogue with three releases, a project that was made from the first, and two small services to be audited."""

import shutil
from pathlib import Path

import pytest
from audited import SERVICE, repository
from support import Run
from workshop import Workshop

from aiscaffold import cli
from aiscaffold.catalog import Catalogue
from aiscaffold.store import Store

CHANGELOG = """\
# Changes

## 0.2.0

- `README.md`: says what the project is for, because nobody could tell.
- `src/{{ package_name }}/extra.py`: a helper
  that everybody wrote by hand.
- `gone.txt`: removed.

## 0.1.0

- First version.
"""


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The root of a catalogue whose template `mini` changes in 0.2.0 and stays as it is in 0.3.0."""
    workshop = Workshop(tmp_path_factory.mktemp("shelf") / "catalogue")
    template = workshop.folder / "templates" / "mini"
    readme = template / "template" / "README.md.jinja"
    head, _, foot = readme.read_text(encoding="utf-8").partition("\n\n")
    _write(readme, f"{head}\n\nline 1\nline 2\nline 3\nline 4\n\n{foot}")
    _write(template / "template" / "gone.txt", "gone\n")
    _write(template / "template" / "logo.bin", "\0one\n")
    assert workshop.release("0.1.0").returncode == 0
    _write(readme, f"{head}\n\nIt is for tests.\n\nline 1\nline 2\nline 3\nline 4 of theirs\n\n{foot}")
    _write(template / "template" / "src" / "{{ package_name }}" / "extra.py", "EXTRA = 1\n")
    _write(template / "CHANGELOG.md", CHANGELOG)
    _write(template / "template" / "logo.bin", "\0two\n")
    (template / "template" / "gone.txt").unlink()
    assert workshop.release("0.2.0").returncode == 0
    _write(template / "CHANGELOG.md", CHANGELOG.replace("## 0.2.0", "## 0.3.0\n\n- Nothing.\n\n## 0.2.0"))
    assert workshop.release("0.3.0").returncode == 0
    return workshop.folder


@pytest.fixture
def project(shelf: Path, home: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of release 0.1.0 in a repository of its own, and the command line of an installation with all three."""
    old = Catalogue(tmp_path / "release-0.1.0", "0.1.0")
    Store(shelf).unpack("0.1.0", old.root)
    monkeypatch.setattr(cli.new, "load_catalogue", lambda: old)
    monkeypatch.setattr(cli.update, "load_catalogue", lambda: Catalogue(shelf))
    assert run("new", "mini", "tide", "--defaults", "--no-hooks")[0] == 0
    monkeypatch.chdir(home / "tide")
    return home / "tide"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service with one commit, to be copied."""
    return repository(SERVICE, tmp_path_factory.mktemp("service") / "tides")


@pytest.fixture
def tides(home: Path, service: Path) -> Path:
    """The service, in the working folder."""
    return Path(shutil.copytree(service, home / "tides"))


@pytest.fixture
def bikes(home: Path, service: Path) -> Path:
    """Another one."""
    return Path(shutil.copytree(service, home / "bikes"))


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")
