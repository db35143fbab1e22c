"""Snapshots: of a folder, of a commit without a checkout, of a bare repository, of a folder without git."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from audited import repository
from support import git, listing

from aiscaffold.errors import NotARepository
from aiscaffold.evidence import Unreadable
from aiscaffold.snapshot import LARGEST, LINK, SUBMODULE, Commit, Folder, Given, open_snapshot

pytestmark = pytest.mark.usefixtures("home")
FILES = {"README.md": "# Tides\n", "src/tides/app.py": "x = 1\n"}
posix_names = pytest.mark.skipif(sys.platform != "linux", reason="the file system refuses such names")
links = pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege")


def of_commit(folder: Path, revision: str = "HEAD") -> Commit:
    """The snapshot of a commit."""
    found = open_snapshot(folder, revision)
    assert isinstance(found, Commit)
    return found


def commit_all(folder: Path, message: str = "More") -> None:
    """Commit whatever the folder holds."""
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--message", message)


def test_a_folder_shows_what_stands_on_disk(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    (folder / "README.md").write_bytes(b"# Changed since\n")
    snapshot = open_snapshot(folder)
    assert isinstance(snapshot, Folder)
    assert list(snapshot.entries) == ["README.md", "src/tides/app.py"]
    assert snapshot.read("README.md") == b"# Changed since\n"
    assert snapshot.entries["README.md"].size == len(b"# Changed since\n")
    assert (snapshot.name, snapshot.commit) == ("tides", git(folder, "rev-parse", "HEAD"))


def test_a_commit_shows_what_it_recorded_and_checks_nothing_out(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    (folder / "README.md").write_bytes(b"# Changed since\n")
    commit_all(folder)
    before = listing(folder)
    snapshot = of_commit(folder, "HEAD~1")
    assert snapshot.read("README.md") == b"# Tides\n"
    assert snapshot.read("src/tides/app.py") == b"x = 1\n"
    assert snapshot.entries["README.md"].size == len(b"# Tides\n")
    snapshot.close()
    assert (folder / "README.md").read_bytes() == b"# Changed since\n"
    assert listing(folder) == before


@pytest.mark.parametrize("revision", ["", "HEAD"])
def test_a_subfolder_opens_the_whole_repository_under_its_own_name(tmp_path: Path, revision: str) -> None:
    folder = repository(FILES, tmp_path / "tides")
    snapshot = open_snapshot(folder / "src" / "tides", revision)
    assert (snapshot.name, snapshot.folder, len(snapshot.entries)) == ("tides", folder.resolve(), 2)


def test_a_bare_repository_shows_its_head(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    git(tmp_path, "clone", "--quiet", "--bare", str(folder), "bare")
    snapshot = of_commit(tmp_path / "bare", "")
    assert snapshot.read("README.md") == b"# Tides\n"
    snapshot.close()


def test_a_linked_work_tree_shows_its_own_files(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    git(folder, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "linked"))
    (tmp_path / "linked" / "README.md").write_bytes(b"# Linked\n")
    snapshot = open_snapshot(tmp_path / "linked")
    assert (snapshot.name, snapshot.read("README.md")) == ("linked", b"# Linked\n")


def test_untracked_ignored_and_deleted_files_are_not_there(tmp_path: Path) -> None:
    folder = repository({**FILES, ".gitignore": "*.log\n", "kept.log": "tracked all the same"}, tmp_path / "tides")
    (folder / "new.py").touch()
    (folder / "ignored.log").touch()
    (folder / "README.md").unlink()
    assert list(open_snapshot(folder).entries) == [".gitignore", "kept.log", "src/tides/app.py"]
    assert "README.md" in of_commit(folder).entries


def test_an_empty_repository_has_neither_files_nor_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    snapshot = open_snapshot(tmp_path)
    assert (dict(snapshot.entries), snapshot.commit) == ({}, "")


def test_files_of_an_empty_repository_count_once_they_are_staged(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").touch()
    git(tmp_path, "add", "a.py")
    assert list(open_snapshot(tmp_path).entries) == ["a.py"]


def test_both_sides_of_a_conflict_are_one_file(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    blob = git(folder, "rev-parse", "HEAD:README.md")
    lines = "".join(f"100644 {blob} {stage}\tREADME.md\n" for stage in (1, 2, 3))
    subprocess.run(["git", "-C", folder, "update-index", "--index-info"], input=lines.encode(), check=True)
    assert list(open_snapshot(folder).entries) == ["README.md", "src/tides/app.py"]


def test_without_git_the_ignore_file_on_top_decides(tmp_path: Path) -> None:
    for name in (".gitignore", "app.py", "data/big.csv", "notes.log", ".venv/lib.py", "node_modules/x/index.js"):
        (tmp_path / "plain" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "plain" / name).write_text("data/\n*.log\n", encoding="utf-8")
    snapshot = open_snapshot(tmp_path / "plain")
    assert list(snapshot.entries) == [".gitignore", "app.py"]
    assert (snapshot.folder, snapshot.commit) == (tmp_path / "plain", "")


def test_without_git_an_ignore_file_that_is_no_text_ignores_nothing(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"\xff\0[")
    (tmp_path / "app.py").touch()
    assert "app.py" in open_snapshot(tmp_path).entries


@links
@pytest.mark.parametrize("tracked", [True, False])
def test_links_are_listed_and_never_read(tmp_path: Path, tracked: bool) -> None:
    (tmp_path / "secret.txt").write_text("of somebody else", encoding="utf-8")
    folder = tmp_path / "tides"
    folder.mkdir()
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path)
    (folder / "loop").symlink_to("loop")
    if tracked:
        git(folder, "init", "--quiet")
        commit_all(folder)
    snapshot = open_snapshot(folder)
    assert {path: entry.mode for path, entry in snapshot.entries.items()} == dict.fromkeys(
        ("link.txt", "loop", "up"), LINK
    )
    with pytest.raises(Unreadable):
        snapshot.read("link.txt")


@links
def test_a_folder_that_became_a_link_since_hides_its_files(tmp_path: Path) -> None:
    folder = repository({**FILES, "data/deep/secret.txt": "ours"}, tmp_path / "tides")
    (folder / "data").rename(tmp_path / "elsewhere")
    (folder / "data").symlink_to(tmp_path / "elsewhere")
    assert list(open_snapshot(folder).entries) == list(FILES)


@links
def test_what_became_a_pipe_since_is_unreadable(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    (folder / "README.md").unlink()
    os.mkfifo(folder / "README.md")
    snapshot = open_snapshot(folder)
    assert list(snapshot.entries) == list(FILES)
    with pytest.raises(Unreadable, match=r"README\.md: no regular file"):
        snapshot.read("README.md")


@pytest.mark.parametrize("revision", ["", "HEAD"])
def test_a_submodule_is_listed_without_its_files(tmp_path: Path, revision: str) -> None:
    folder = repository(FILES, tmp_path / "tides")
    repository({"b.py": ""}, folder / "lib")
    git(folder, "-c", "advice.addEmbeddedRepo=false", "add", "lib")
    git(folder, "commit", "--quiet", "--message", "Add a library")
    entries = open_snapshot(folder, revision).entries
    assert entries["lib"].mode == SUBMODULE
    assert "lib/b.py" not in entries


@posix_names
def test_names_of_any_bytes_can_be_read(tmp_path: Path) -> None:
    names = [
        "a b.txt",
        "a\nb.txt",
        "x blob",
        "tab\t.txt",
        os.fsdecode(b"caf\xe9.txt"),
        "caf\u00e9.txt",
        "-rf",
        '"q".txt',
    ]
    folder = tmp_path / "odd"
    folder.mkdir()
    for name in names:
        (folder / name).write_bytes(os.fsencode(name))
    plain = open_snapshot(folder)
    git(folder, "init", "--quiet")
    commit_all(folder)
    commit = of_commit(folder)
    for snapshot in (plain, open_snapshot(folder), commit):
        assert sorted(snapshot.entries) == sorted(names)
        assert {name: snapshot.read(name) for name in names} == {name: os.fsencode(name) for name in names}
    commit.close()


@pytest.mark.parametrize("damage", [b"", b"no object", None], ids=["emptied", "overwritten", "missing"])
def test_a_damaged_object_is_unreadable_and_the_others_are_not(tmp_path: Path, damage: bytes | None) -> None:
    folder = repository(FILES, tmp_path / "tides")
    blob = git(folder, "rev-parse", "HEAD:README.md")
    file = folder / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    file.unlink()
    if damage is not None:
        file.write_bytes(damage)
    snapshot = of_commit(folder)
    with pytest.raises(Unreadable, match=r"README\.md: its content is not in this clone"):
        snapshot.read("README.md")
    assert snapshot.read("src/tides/app.py") == b"x = 1\n"
    snapshot.close()


def test_an_object_that_breaks_off_is_unreadable_and_not_empty(tmp_path: Path) -> None:
    folder = repository({**FILES, "a.bin": random.Random(0).randbytes(100_000)}, tmp_path / "tides")
    blob = git(folder, "rev-parse", "HEAD:a.bin")
    file = folder / ".git" / "objects" / blob[:2] / blob[2:]
    file.chmod(0o644)
    snapshot = of_commit(folder)
    file.write_bytes(file.read_bytes()[:50_000])
    with pytest.raises(Unreadable, match=r"a\.bin: its content is not in this clone"):
        snapshot.read("a.bin")
    assert snapshot.read("README.md") == b"# Tides\n"
    snapshot.close()


def partial_clone(tmp_path: Path) -> Path:
    """A clone without any content, that would run a program of its own choice to fetch what is missing."""
    source = repository(FILES, tmp_path / "source")
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--bare", "--filter=blob:none", source.as_uri(), "partial")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'was-run'}'\n", encoding="utf-8")
    program.chmod(0o755)
    git(tmp_path / "partial", "config", "remote.origin.uploadpack", str(program))
    return tmp_path / "partial"


def test_a_partial_clone_is_read_as_far_as_it_goes_and_nothing_is_fetched(tmp_path: Path) -> None:
    snapshot = of_commit(partial_clone(tmp_path))
    assert sorted(snapshot.entries) == sorted(FILES)
    assert snapshot.entries["README.md"].size != 0, "what is not here is not known to be empty"
    with pytest.raises(Unreadable, match="not in this clone"):
        snapshot.read("README.md")
    assert not (tmp_path / "was-run").exists()


@links
def test_a_file_without_permission_is_unreadable(tmp_path: Path) -> None:
    folder = repository(FILES, tmp_path / "tides")
    snapshot = open_snapshot(folder)
    (folder / "README.md").unlink()
    with pytest.raises(Unreadable, match=r"README\.md: No such file"):
        snapshot.read("README.md")


def test_no_more_than_a_little_above_the_cap_is_read_of_a_file(tmp_path: Path) -> None:
    folder = repository({"big.bin": b"x" * (LARGEST + 100)}, tmp_path / "tides")
    assert len(open_snapshot(folder).read("big.bin")) == LARGEST + 1


@pytest.mark.parametrize(
    ("place", "revision", "said"),
    [
        ("nowhere", "", "does not exist"),
        ("tides/README.md", "", "is no folder"),
        ("tides", "v9", "tides has no commit v9"),
        ("tides", "--all", "tides has no commit --all"),
        ("tides", "HEAD:src", "tides has no commit HEAD:src"),
        ("plain", "v1", "is in no git repository, so it has no v1"),
    ],
)
def test_what_cannot_be_opened_is_told_with_a_hint(tmp_path: Path, place: str, revision: str, said: str) -> None:
    repository(FILES, tmp_path / "tides")
    (tmp_path / "plain").mkdir()
    with pytest.raises(NotARepository, match=said) as refusal:
        open_snapshot(tmp_path / place, revision)
    assert refusal.value.hint


def test_files_from_a_dict_are_sorted_and_of_bytes() -> None:
    given = Given({"b.txt": "\u00e9", "a.bin": b"\0"})
    assert [(path, entry.size) for path, entry in given.entries.items()] == [("a.bin", 1), ("b.txt", 2)]
    assert given.read("b.txt") == b"\xc3\xa9"
