"""An update arrives in a work tree as a staged change, or not at all, and can be taken back."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from exchanging import (
    NEW,
    RECORD,
    Content,
    Link,
    Script,
    git_dir,
    leftovers,
    memory,
    picture,
    plan,
    repository,
    state,
    update,
    usual,
    write,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import git

from aiscaffold.errors import ProjectChanged, UpdateRunning
from aiscaffold.exchange import Session, Swap, fingerprint, session

posix = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and odd names of POSIX")
pytestmark = posix


@pytest.fixture
def repo(home: Path) -> Path:
    """A repository in the state `OLD`."""
    return usual(home / "repo")


def undo(top: Path) -> tuple[Path, ...]:
    with session(top, git_dir(top)) as held:
        return held.undo()


def last(top: Path) -> object:
    with session(top, git_dir(top)) as held:
        return held.last()


def status(top: Path) -> set[str]:
    return set(git(top, "status", "--porcelain", "-z", "--no-renames").strip("\0").split("\0"))


def test_every_kind_of_change_arrives_staged_and_nothing_is_dirty(repo: Path) -> None:
    update(repo, NEW)
    assert status(repo) == {
        "?? notes.txt",
        "A  a/b/c/nested.txt",
        "A  added.txt",
        "A  to-file",
        "A  to-folder/inside.txt",
        "A  untracked.txt",
        "D  pkg/only.txt",
        "D  removed.txt",
        "D  to-file/deep/two.txt",
        "D  to-file/one.txt",
        "D  to-folder",
        "M  edited.txt",
        "M  script.sh",
        "M  tool.sh",
        "M  ünï cödé.txt",
        "M  link",
        "T  becomes link",
    }
    assert git(repo, "diff-files") == ""
    seen = picture(repo)
    assert {path for path in NEW if path in seen} == {path for path, content in NEW.items() if content is not None} | {
        "to-folder"
    }
    assert seen["script.sh"] == (0o100755, b"echo new\n")
    assert "pkg" not in seen
    assert leftovers(repo) == {"lock", "last"}


def test_undo_gives_back_the_tree_the_modes_and_the_index(repo: Path) -> None:
    before = state(repo)
    update(repo, NEW)
    assert undo(repo) == ()
    assert state(repo) == before
    assert status(repo) == {"?? notes.txt", "?? untracked.txt"}
    assert (git(repo, "diff-files"), leftovers(repo)) == ("", {"lock"})


def test_what_was_staged_elsewhere_since_the_update_stays_staged(repo: Path) -> None:
    update(repo, NEW)
    write(repo, "kept.txt", b"mine")
    write(repo, "fresh.txt", b"mine")
    git(repo, "add", "kept.txt", "fresh.txt")
    undo(repo)
    assert status(repo) == {"M  kept.txt", "A  fresh.txt", "?? notes.txt", "?? untracked.txt"}


def test_a_change_that_was_staged_before_the_update_is_staged_again(repo: Path) -> None:
    write(repo, "edited.txt", b"staged")
    git(repo, "add", "edited.txt")
    write(repo, "edited.txt", b"and edited further")
    before = state(repo)
    update(repo, NEW)
    undo(repo)
    assert state(repo) == before


def test_edits_at_the_paths_of_the_update_are_saved_before_it_is_taken_back(repo: Path) -> None:
    before = state(repo)
    update(repo, NEW)
    edits = {
        "edited.txt": b"1",
        "a/b/c/nested.txt": b"2",
        "script.sh": Script(b"echo new\n# 3\n"),
        "pkg/only.txt": b"4",
    }
    for path, content in edits.items():
        write(repo, path, content)
    (repo / "added.txt").unlink()
    saved = undo(repo)
    assert {p.relative_to(repo / ".git/aiscaffold/kept/1").as_posix(): p.read_bytes() for p in saved} == {
        path: content.text if isinstance(content, Script) else content for path, content in edits.items()
    }
    assert state(repo) == before


def test_a_folder_in_the_place_of_an_old_file_is_saved_with_all_that_is_in_it(repo: Path) -> None:
    before = state(repo)
    update(repo, NEW)
    write(repo, "to-folder/mine/deep.txt", b"mine")
    write(repo, "removed.txt/mine.txt", b"mine too")
    git(repo, "add", "removed.txt")
    (repo / "to-folder/empty").mkdir()
    saved = [path.relative_to(repo / ".git/aiscaffold/kept/1").as_posix() for path in undo(repo)]
    assert sorted(saved) == ["removed.txt/mine.txt", "to-folder/mine/deep.txt"]
    assert state(repo) == before


@pytest.mark.parametrize("content", [b"a file", Link("..")])
def test_what_stands_in_the_place_of_an_old_folder_is_saved(repo: Path, content: Content) -> None:
    outside = picture(repo.parent / "outside") if (repo.parent / "outside").exists() else None
    before = state(repo)
    update(repo, NEW)
    write(repo, "pkg", content)
    assert undo(repo) == (repo / ".git/aiscaffold/kept/1/pkg",)
    assert state(repo) == before
    assert outside is None


def test_edits_elsewhere_are_left_alone_by_an_undo(repo: Path) -> None:
    update(repo, NEW)
    write(repo, "kept.txt", b"mine")
    write(repo, "a/b/mine.txt", b"mine")
    undo(repo)
    assert ((repo / "kept.txt").read_bytes(), (repo / "a/b/mine.txt").read_bytes()) == (b"mine", b"mine")
    assert not (repo / "a/b/c").exists()


def test_only_the_last_update_can_be_taken_back_and_only_once(repo: Path) -> None:
    update(repo, {"edited.txt": b"2"})
    second = state(repo)
    update(repo, {"edited.txt": b"3", "added.txt": b"3"})
    assert last(repo) == RECORD
    undo(repo)
    assert (state(repo), last(repo), undo(repo)) == (second, None, ())


def test_an_update_that_is_forgotten_stays(repo: Path) -> None:
    update(repo, NEW)
    after = state(repo)
    with session(repo, git_dir(repo)) as held:
        held.forget()
        assert held.last() is None
    assert (undo(repo), state(repo), leftovers(repo)) == ((), after, {"lock"})


def test_odd_names_arrive_and_go_back(home: Path) -> None:
    names = [
        "two  spaces",
        "new\nline",
        "tab\there",
        "-dash",
        'quo"te',
        "back\\slash",
        "*",
        "é",
        "日本/語.txt",
        ".hidden",
    ]
    repo = repository(home / "repo", dict.fromkeys(names[:5], b"old"))
    before = state(repo)
    update(repo, dict.fromkeys(names, b"new"))
    assert status(repo) == {f"M  {name}" for name in names[:5]} | {f"A  {name}" for name in names[5:]}
    undo(repo)
    assert state(repo) == before


def test_a_linked_work_tree_is_updated_without_the_main_one(repo: Path) -> None:
    linked = repo.parent / "linked"
    git(repo, "worktree", "add", "--quiet", str(linked))
    main, before = state(repo), state(linked)
    update(linked, {"edited.txt": b"new", "added.txt": b"new"})
    assert status(linked) == {"M  edited.txt", "A  added.txt"}
    assert (state(repo), last(repo)) == (main, None)
    undo(linked)
    assert state(linked) == before


def test_conflicts_in_the_prepared_index_arrive_and_an_undo_ends_them(repo: Path) -> None:
    before = state(repo)
    with session(repo, git_dir(repo)) as held:
        swaps = plan(held, {"edited.txt": b"<<<<<<< ours\n"})
        blob = git(repo, "rev-parse", "HEAD:edited.txt")
        stages = "".join(f"100644 {blob} {stage}\tedited.txt\n" for stage in (1, 2, 3))
        env = {**os.environ, "GIT_INDEX_FILE": str(held.index)}
        clear = f"0 {blob}\tedited.txt\n"
        subprocess.run(
            ["git", "update-index", "--index-info"], input=clear + stages, text=True, check=True, cwd=repo, env=env
        )
        held.apply(swaps, RECORD)
    assert "UU edited.txt" in status(repo)
    git(repo, "add", "edited.txt")
    undo(repo)
    assert state(repo) == before


def test_empty_folders_of_the_users_outlive_an_update_and_its_undo(repo: Path) -> None:
    (repo / "a").mkdir()
    before = state(repo)
    update(repo, {"a/b/file.txt": b"new"})
    undo(repo)
    assert state(repo) == before


@pytest.mark.parametrize("path", ["edited.txt", "removed.txt", "added.txt", "untracked.txt", "to-file/one.txt", "link"])
def test_a_path_that_changed_since_it_was_planned_is_named_and_nothing_is_touched(repo: Path, path: str) -> None:
    with session(repo, git_dir(repo)) as held:
        swaps = plan(held, NEW)
        write(repo, path, b"changed meanwhile")
        before = state(repo)
        with pytest.raises(ProjectChanged, match=f"^{path} changed"):
            held.apply(swaps, RECORD)
    assert (state(repo), last(repo), leftovers(repo)) == (before, None, {"lock"})


def test_an_index_that_changed_since_it_was_copied_is_refused(repo: Path) -> None:
    with session(repo, git_dir(repo)) as held:
        swaps = plan(held, NEW)
        git(repo, "add", "notes.txt")
        before = state(repo)
        with pytest.raises(ProjectChanged, match="git's index changed"):
            held.apply(swaps, RECORD)
    assert (state(repo), leftovers(repo)) == (before, {"lock"})


@pytest.mark.parametrize(("path", "content"), [("a", b"a file"), ("a/b", Link("../pkg"))])
def test_a_file_or_a_link_in_the_place_of_a_folder_is_refused(repo: Path, path: str, content: Content) -> None:
    write(repo, path, content)
    before = state(repo)
    with pytest.raises(ProjectChanged, match=f"^{path} is no folder"):
        update(repo, NEW)
    assert (state(repo), leftovers(repo)) == (before, {"lock"})


def test_a_users_file_in_a_folder_that_must_give_way_is_refused_by_name(repo: Path) -> None:
    write(repo, "to-file/deep/mine.txt", b"mine")
    before = state(repo)
    with pytest.raises(ProjectChanged, match=r"^to-file/deep/mine\.txt stands"):
        update(repo, NEW)
    assert (state(repo), leftovers(repo)) == (before, {"lock"})


def test_a_running_git_is_named_by_its_lock_which_stays(repo: Path) -> None:
    before = state(repo)
    lock = repo / ".git/index.lock"
    lock.touch()
    with pytest.raises(UpdateRunning, match="another git command") as refusal:
        update(repo, NEW)
    assert str(lock) in refusal.value.hint
    assert (state(repo), leftovers(repo)) == (before, {"lock", "index.lock"})


def test_a_file_system_without_hard_links_is_locked_all_the_same(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(link: Path, target: Path) -> None:
        raise PermissionError(errno.EPERM, "no hard links here", str(link))

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    update(repo, {"edited.txt": b"new"})
    assert (status(repo) >= {"M  edited.txt"}, leftovers(repo)) == (True, {"lock", "last"})
    (repo / ".git/index.lock").touch()
    with pytest.raises(UpdateRunning, match="another git command"):
        undo(repo)
    assert last(repo) == RECORD


def test_git_is_locked_out_while_files_move(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locks = []
    replace = os.replace

    def look(source: Path, target: Path) -> None:
        if target == repo / "edited.txt":
            locks.append((repo / ".git/index.lock").read_text(encoding="utf-8"))
        replace(source, target)

    monkeypatch.setattr(os, "replace", look)
    update(repo, NEW)
    assert [lock.split()[0] for lock in locks] == ["aiscaffold"]


def test_a_second_update_is_refused_at_once(repo: Path) -> None:
    code = (
        "import pathlib, sys\nfrom aiscaffold.errors import UpdateRunning\nfrom aiscaffold.exchange import session\n"
        "top = pathlib.Path.cwd()\n"
        "try:\n    with session(top, top / '.git'): print('free')\nexcept UpdateRunning as error: print(error)\n"
    )

    def ask() -> str:
        return subprocess.run(
            [sys.executable, "-c", code], cwd=repo, check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()

    with session(repo, git_dir(repo)):
        assert ask() == f"another update of {repo} is running"
    assert ask() == "free"


def test_a_failing_plan_leaves_nothing_behind(repo: Path) -> None:
    before = state(repo)

    def fail(held: Session) -> None:
        plan(held, NEW)
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"), session(repo, git_dir(repo)) as held:
        fail(held)
    assert (state(repo), leftovers(repo)) == (before, {"lock"})


def test_a_path_that_stays_the_same_is_not_moved(repo: Path) -> None:
    inode = (repo / "kept.txt").stat().st_ino
    update(repo, {"kept.txt": b"stays\n", "edited.txt": b"new"})
    assert (repo / "kept.txt").stat().st_ino == inode
    write(repo, "kept.txt", b"mine")
    undo(repo)
    assert (repo / "kept.txt").read_bytes() == b"mine"


@pytest.fixture
def two_disks(home: Path) -> Iterator[Path]:
    """A repository whose work tree and git folder are on two file systems."""
    with memory() as elsewhere:
        yield usual(elsewhere / "repo", home / "git")


def test_a_work_tree_on_another_file_system_than_its_git_folder_is_updated_and_taken_back(two_disks: Path) -> None:
    before = state(two_disks)
    update(two_disks, NEW)
    assert git(two_disks, "diff-files") == git(two_disks, "diff", "--name-only") == ""
    assert not [path for path in picture(two_disks) if ".aiscaffold" in path]
    undo(two_disks)
    assert state(two_disks) == before


NAMES = st.sampled_from(["a", "b", "a/b", "a/c", "a/b/c", "d/e/f", "é"])
CONTENTS = st.one_of(
    st.sampled_from([b"", b"1", b"2"]), st.builds(Script, st.sampled_from([b"", b"1"])), st.just(Link("a"))
)


def fits(files: dict[str, Content]) -> dict[str, Content]:
    """The files without those that lie in another one of them."""
    return {path: c for path, c in files.items() if not any(path.startswith(f"{other}/") for other in files)}


TREES = st.dictionaries(NAMES, CONTENTS, max_size=5).map(fits)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=TREES, new=TREES, untracked=st.booleans())
def test_any_update_arrives_whole_and_goes_back_whole(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, Content], new: dict[str, Content], untracked: bool
) -> None:
    repo = repository(tmp_path_factory.mktemp("any") / "repo", {"always": b""} if untracked else {**old, "always": b""})
    for path, content in old.items():
        write(repo, path, content)
    before = state(repo)
    update(repo, {**dict.fromkeys(old), **new})
    wanted = repository(tmp_path_factory.mktemp("any") / "wanted", {**new, "always": b""})
    assert state(repo) == state(wanted)
    assert git(repo, "diff", "--name-only") == ""
    undo(repo)
    assert state(repo) == before


def test_a_fingerprint_tells_kinds_and_contents_apart(home: Path) -> None:
    for path, content in {"file": b"x", "script": Script(b"x"), "link": Link("x"), "other": b"y", "in/x": b"x"}.items():
        write(home, path, content)
    prints = [fingerprint(home / path) for path in ("file", "script", "link", "other", "in", "nothing")]
    assert len(set(prints)) == len(prints)
    assert prints[-1] is None
    write(home, "twin", b"x")
    assert fingerprint(home / "twin") == prints[0]
    assert Swap("file", prints[0], appears=False).was == fingerprint(home / "file")
