"""Released templates: the store holds what its lock says, and what the work tree says for a release."""

import json
import shutil
from pathlib import Path

import pytest
from support import ROOT, git
from workshop import Workshop

from aiscaffold import __version__
from aiscaffold.catalog import CONTENTS
from aiscaffold.errors import CatalogueBroken
from aiscaffold.store import Store
from aiscaffold.tree import tree_id

STORE = Store(ROOT)


@pytest.mark.parametrize("release", STORE.releases)
def test_a_stored_release_is_what_the_lock_says(release: str, tmp_path: Path) -> None:
    STORE.unpack(release, tmp_path)
    assert tree_id(tmp_path) == STORE.releases[release]


def test_a_release_that_landed_is_never_changed() -> None:
    """The lock of every earlier commit is a prefix of today's."""
    for commit in git(ROOT, "log", "--format=%H", "--", "catalogue.lock.json").split():
        earlier = json.loads(git(ROOT, "show", f"{commit}:catalogue.lock.json") or "{}")
        assert earlier.items() <= STORE.releases.items()


@pytest.mark.skipif(".dev" in __version__, reason="between releases the templates may differ from the store")
def test_the_templates_of_a_release_are_the_stored_ones() -> None:
    assert tree_id(ROOT, only=CONTENTS) == STORE.releases[__version__]


def test_an_unknown_release_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueBroken, match=r"release 99\.0 is not in this catalogue"):
        STORE.unpack("99.0", tmp_path)


def test_a_store_that_breaks_its_lock_is_refused(tmp_path: Path) -> None:
    shutil.copy(ROOT / "catalogue.bundle", tmp_path)
    release = next(iter(STORE.releases))
    (tmp_path / "catalogue.lock.json").write_text(json.dumps({release: "0" * 40}), encoding="utf-8")
    with pytest.raises(CatalogueBroken, match="not what its lock says"):
        Store(tmp_path).unpack(release, tmp_path / "out")


def test_releases_are_appended_and_the_earlier_ones_stay(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "one")
    assert workshop.release("0.1.0").returncode == 0
    first = dict(workshop.store.releases)
    readme = workshop.folder / "templates/mini/template/README.md.jinja"
    readme.write_text("# New\n", encoding="utf-8")
    assert workshop.release("0.2.0").returncode == 0
    assert list(workshop.store.releases) == ["0.1.0", "0.2.0"]
    assert workshop.store.releases["0.1.0"] == first["0.1.0"]
    workshop.store.unpack("0.1.0", tmp_path / "old")
    workshop.store.unpack("0.2.0", tmp_path / "new")
    assert "project_name" in (tmp_path / "old/templates/mini/template/README.md.jinja").read_text(encoding="utf-8")
    assert (tmp_path / "new/templates/mini/template/README.md.jinja").read_text(encoding="utf-8") == "# New\n"


def test_two_cuts_of_one_release_are_the_same_bytes(tmp_path: Path) -> None:
    bundles = []
    for name in ("one", "two"):
        workshop = Workshop(tmp_path / name)
        workshop.release("0.1.0")
        bundles.append((workshop.folder / "catalogue.bundle").read_bytes())
    assert bundles[0] == bundles[1]


def test_a_changed_template_cannot_pass_for_its_release(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "one")
    workshop.release("0.1.0")
    (workshop.folder / "templates/mini/template/README.md.jinja").write_text("# Sneaky\n", encoding="utf-8")
    again = workshop.release("0.1.0")
    assert again.returncode == 1
    assert "differ from release 0.1.0" in again.stderr


def test_a_development_version_is_not_released(tmp_path: Path) -> None:
    refused = Workshop(tmp_path / "one").release("0.2.0.dev1")
    assert refused.returncode == 1
    assert "development version" in refused.stderr
