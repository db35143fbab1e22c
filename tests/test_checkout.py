"""What an update finds in a repository, and what it refuses to work in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from exchanging import repository
from support import git

from aiscaffold.checkout import UNDER_WAY, open_checkout, require_git, require_quiet
from aiscaffold.errors import ProjectNotReady, ToolMissing

posix = pytest.mark.skipif(sys.platform == "win32", reason="shell scripts, odd names")
ODD = 'tab\there and ünï "cödé"'


@pytest.fixture
def top(home: Path) -> Path:
    return repository(home / "project", {"a.txt": b"a\n", "b.txt": b"b\n", "sub/c.txt": b"c\n"})


def test_a_repository_without_changes_has_none(top: Path) -> None:
    found = open_checkout(top)
    (top / "untracked.txt").write_bytes(b"new\n")
    assert (found.changed, found.unmerged, found.hidden) == (frozenset(), (), frozenset())
    assert (found.work_tree, found.head) == (top, git(top, "rev-parse", "HEAD"))


def test_every_change_of_a_tracked_file_is_seen(top: Path) -> None:
    (top / "a.txt").write_bytes(b"edited\n")
    (top / "b.txt").unlink()
    (top / "new.txt").write_bytes(b"staged\n")
    git(top, "add", "new.txt")
    git(top, "mv", "sub/c.txt", "sub/d.txt")
    assert open_checkout(top).changed == {"a.txt", "b.txt", "new.txt", "sub/c.txt", "sub/d.txt"}


@posix
def test_names_and_modes_are_seen_too(top: Path) -> None:
    (top / ODD).write_bytes(b"staged\n")
    git(top, "add", ODD)
    (top / "a.txt").chmod(0o755)
    assert open_checkout(top).changed == {ODD, "a.txt"}


def test_a_look_at_a_repository_does_not_write_its_index(top: Path) -> None:
    os.utime(top / "a.txt", (1, 1))
    before = (top / ".git" / "index").read_bytes()
    assert open_checkout(top).changed == frozenset()
    assert (top / ".git" / "index").read_bytes() == before


@pytest.mark.parametrize("names", [["a.txt"], ["a.txt", "b.txt", "sub/c.txt"]], ids=["one", "all"])
def test_an_edit_of_a_file_that_git_assumes_unchanged_is_seen(top: Path, names: list[str]) -> None:
    git(top, "update-index", "--assume-unchanged", *names)
    assert open_checkout(top).changed == frozenset()
    (top / "a.txt").write_bytes(b"edited\n")
    assert git(top, "status", "--porcelain") == ""
    assert open_checkout(top).changed == {"a.txt"}


@posix
@pytest.mark.parametrize("name", ["line\nend", '"quoted"', "back\\slash", ODD])
def test_an_edit_that_git_does_not_look_at_is_seen_whatever_its_name(top: Path, name: str) -> None:
    (top / name).write_bytes(b"old\n")
    git(top, "add", name)
    git(top, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=odd")
    git(top, "update-index", "--assume-unchanged", name)
    assert open_checkout(top).changed == frozenset()
    (top / name).write_bytes(b"edited\n")
    assert open_checkout(top).changed == {name}


def test_what_a_sparse_checkout_leaves_out_is_known_and_no_change(top: Path) -> None:
    git(top, "sparse-checkout", "set", "sub")
    git(top, "update-index", "--skip-worktree", "a.txt")
    found = open_checkout(top)
    assert "a.txt" in found.hidden
    assert found.changed == frozenset()


def test_a_linked_work_tree_has_a_git_folder_and_an_index_of_its_own(top: Path, home: Path) -> None:
    git(top, "worktree", "add", "--quiet", "-b", "other", home / "linked")
    found = open_checkout(home / "linked")
    assert (found.work_tree, found.git_dir) == (home / "linked", top / ".git" / "worktrees" / "linked")
    assert (found.index.resolve(), found.objects.resolve()) == (found.git_dir / "index", top / ".git" / "objects")


def test_a_folder_below_the_top_belongs_to_the_repository(top: Path) -> None:
    found = open_checkout(top / "sub")
    assert (found.work_tree, found.git_dir) == (top, top / ".git")
    assert found.index.is_file()
    assert found.objects.is_dir()
    (top / "a.txt").write_bytes(b"edited\n")
    assert found.changed == {"a.txt"}


@pytest.mark.parametrize(
    "words", [["init", "--quiet"], ["init", "--quiet", "--bare"], None], ids=["no commit", "bare", "no git"]
)
def test_a_folder_without_history_is_refused_with_a_way_out(home: Path, words: list[str] | None) -> None:
    if words:
        git(home, *words)
    with pytest.raises(ProjectNotReady) as refused:
        open_checkout(home)
    assert "git" in refused.value.hint


@pytest.mark.parametrize("name", UNDER_WAY)
def test_a_repository_in_the_middle_of_something_is_refused(top: Path, name: str) -> None:
    require_quiet(open_checkout(top))
    (top / ".git" / name).write_text("x\n", encoding="utf-8")
    with pytest.raises(ProjectNotReady, match=f"a {UNDER_WAY[name]} is under way"):
        require_quiet(open_checkout(top))


def test_conflicts_without_a_merge_are_refused_by_name(top: Path) -> None:
    blob = git(top, "rev-parse", "HEAD:a.txt")
    staged = "".join(f"100644 {blob} {stage}\tünï cödé\0" for stage in (1, 2, 3))
    subprocess.run(["git", "update-index", "-z", "--index-info"], cwd=top, input=staged.encode(), check=True)
    with pytest.raises(ProjectNotReady, match="ünï cödé"):
        require_quiet(open_checkout(top))


def test_the_git_of_this_machine_is_new_enough() -> None:
    require_git()


@posix
@pytest.mark.parametrize(
    ("version", "is_fine"),
    [("2.37.9", False), ("1.9", False), ("2.38.0", True), ("2.39.5 (Apple Git-154)", True), ("3.0.0", True)],
)
def test_a_git_that_cannot_merge_trees_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_fine: bool
) -> None:
    fake = home / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text(f"#!/bin/sh\necho 'git version {version}'\n", encoding="utf-8")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(fake.parent))
    if is_fine:
        require_git()
        return
    with pytest.raises(ToolMissing, match=r"is too old: update needs 2\.38 or newer"):
        require_git()


def test_a_machine_without_git_is_told_where_to_get_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(ToolMissing) as refused:
        require_git()
    assert "git-scm.com" in refused.value.hint
