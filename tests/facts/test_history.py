"""The history of real repositories: who, when, what, and what is too big to be in it."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from audited import START, repository
from support import git

from aiscaffold.evidence import Unreadable
from aiscaffold.facts.history import Commit, History

pytestmark = pytest.mark.usefixtures("home")
ADA = "Ada Lovelace <ada@example.org>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty repository."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "tides")
    return tmp_path / "tides"


@pytest.fixture
def histories() -> Iterator[list[History]]:
    """Whatever a test opens is closed behind it."""
    opened: list[History] = []
    yield opened
    for history in opened:
        history.stop()


def of(folder: Path) -> History:
    """The history that leads to HEAD."""
    return History(folder, git(folder, "rev-parse", "HEAD"))


def commit(folder: Path, message: str = "Work", author: str = ADA, **files: str) -> str:
    """Commit files, by name; the id."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "--all", "--force")
    git(folder, "commit", "--quiet", "--allow-empty", "--author", author, "--message", message)
    return git(folder, "rev-parse", "HEAD")


def raw_commit(folder: Path, header: str, message: str = "By hand\n") -> Commit:
    """What is read of a commit object with this header after its tree."""
    tree = git(folder, "mktree")
    content = f"tree {tree}\n{header}\n\n{message}".encode(errors="surrogateescape")
    words = ["git", "-C", str(folder), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    made = subprocess.run(words, input=content, capture_output=True, check=True).stdout.decode().strip()
    (found,) = History(folder, made).commits
    return found


def signed_by(time: str, name: str = "Ada", email: str = "ada@example.org") -> str:
    """The two lines of a commit object that say who made it and when."""
    return f"author {name} <{email}> {time}\ncommitter {name} <{email}> {time}"


def test_commits_are_told_newest_first_with_author_time_and_subject(tmp_path: Path) -> None:
    story = '[{"subject": "Begin"}, {"subject": "Split by week", "author": "Grace Hopper", "files": {"a.py": "x"}}]'
    history = of(repository({".history": story}, tmp_path / "tides"))
    newest, oldest = history.commits
    assert (newest.author, newest.email, newest.subject) == ("Grace Hopper", "grace@example.org", "Split by week")
    assert (oldest.author, oldest.time, oldest.subject, oldest.committer) == (
        "Ada Lovelace",
        START,
        "Begin",
        "Ada Lovelace",
    )
    assert (newest.is_root, oldest.is_root) == (False, True)
    assert history.human == history.commits


@pytest.mark.parametrize(
    "author",
    [
        "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "renovate <bot@renovateapp.com>",
        "pre-commit-ci <x@y.z>",
        "github-actions <x@y.z>",
        "release-bot <x@y.z>",
        "Someone <41898282+github-actions[bot]@users.noreply.github.com>",
    ],
)
def test_bots_are_told_from_people(folder: Path, author: str) -> None:
    commit(folder, author=author)
    (found,) = of(folder).commits
    assert (found.is_bot, found.is_human) == (True, False)


@pytest.mark.parametrize(
    "author", [ADA, "Abbott <b@x.org>", "Robotham <r@x.org>", "Botond <bot@x.org>", "Talbot <t@x.org>"]
)
def test_people_are_no_bots(folder: Path, author: str) -> None:
    commit(folder, author=author)
    assert [found.is_human for found in of(folder).commits] == [True]


def test_a_merge_is_no_work_of_its_own(folder: Path) -> None:
    commit(folder, "Begin", a="1")
    git(folder, "switch", "--quiet", "--create", "side")
    commit(folder, "Aside", b="1")
    git(folder, "switch", "--quiet", "main")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "Merge branch 'side'", "side")
    history = of(folder)
    assert [found.subject for found in history.commits if found.is_merge] == ["Merge branch 'side'"]
    assert {found.subject for found in history.human} == {"Aside", "Begin"}
    assert {touch.path for touch in history.touches} == {"a", "b"}


def test_co_authors_are_named_even_with_a_comma(folder: Path) -> None:
    trailers = (
        "Co-authored-by: Hopper, Grace <g@x.org>\nCo-Authored-By: Alan Turing <a@x.org>\nSigned-off-by: Ada <a@x.org>"
    )
    commit(folder, f"Work\n\n{trailers}")
    assert of(folder).commits[0].co_authors == ("Hopper, Grace <g@x.org>", "Alan Turing <a@x.org>")
    commit(folder, "Alone")
    assert of(folder).commits[0].co_authors == ()


@pytest.mark.parametrize("subject", ["a\x1eb", "a\x1fb", "a\tb", "caf\u00e9 \U0001f30a", "-rf", "%H %x00"])
def test_a_subject_of_any_letters_is_one_commit(folder: Path, subject: str) -> None:
    commit(folder, subject)
    commit(folder, subject, a="1")
    assert [found.subject for found in of(folder).commits] == [subject, subject]
    assert [touch.path for touch in of(folder).touches] == ["a"]


def test_a_subject_that_is_no_utf_8_can_be_read(folder: Path) -> None:
    assert raw_commit(folder, signed_by("1700000000 +0000"), "caf\udce9\n").subject.startswith("caf")


@pytest.mark.parametrize(
    "time", ["-86400 +0000", "0 +0000", "99999999999999999999 +0000", "yesterday", "1700000000 +9999"]
)
def test_a_date_of_any_kind_is_a_number(folder: Path, time: str) -> None:
    assert isinstance(raw_commit(folder, signed_by(time)).time, int)


def test_a_commit_without_author_can_be_read(folder: Path) -> None:
    assert raw_commit(folder, "committer x").subject == "By hand"


def test_touches_tell_paths_statuses_and_objects(folder: Path) -> None:
    first = commit(folder, a="1", b="1")
    second = commit(folder, a="2")
    (folder / "b").unlink()
    third = commit(folder)
    found = [(touch.commit, touch.status, touch.path) for touch in of(folder).touches]
    assert found == [(third, "D", "b"), (second, "M", "a"), (first, "A", "a"), (first, "A", "b")]
    contents = dict(of(folder).contents([of(folder).touches[1].blob]))
    assert [*contents.values()] == [b"2"]


@pytest.mark.skipif(sys.platform != "linux", reason="the file system refuses such names")
def test_names_of_any_bytes_are_told(folder: Path) -> None:
    names = ["a b", "tab\there", "new\nline", os.fsdecode(b"caf\xe9"), ":100644 000 A", "\x1erecord", "-"]
    made = commit(folder, **dict.fromkeys(names, "1\n2\n"))
    history = of(folder)
    assert sorted(touch.path for touch in history.touches) == sorted(names)
    changes = history.changes([made])
    assert sorted(change.path for change in changes) == sorted(names)
    assert {(change.commit, change.added, change.deleted) for change in changes} == {(made, 2, 0)}


def test_changes_count_lines_and_no_bytes_of_binary_files(folder: Path) -> None:
    first = commit(folder, a="1\n2\n3\n", b="\0\0")
    second = commit(folder, a="1\nx\n")
    found = {
        (change.commit, change.path): (change.added, change.deleted) for change in of(folder).changes([second, first])
    }
    assert found == {(first, "a"): (3, 0), (first, "b"): (0, 0), (second, "a"): (1, 2)}
    assert of(folder).changes([]) == ()


def test_big_files_are_found_though_they_were_deleted(folder: Path) -> None:
    (folder / "big.bin").write_bytes(b"x" * 1_200_000)
    (folder / "small.bin").write_bytes(b"x" * 900_000)
    (folder / "bigger.bin").write_bytes(b"y" * 2_000_000)
    added = commit(folder)
    (folder / "big.bin").unlink()
    commit(folder)
    found = [(size, touch.path, touch.commit) for size, touch in of(folder).big_blobs]
    assert found == [(2_000_000, "bigger.bin", added), (1_200_000, "big.bin", added)]


def test_big_files_of_another_branch_are_none_of_this_history(folder: Path) -> None:
    commit(folder, a="1")
    git(folder, "switch", "--quiet", "--create", "side")
    commit(folder, big="x" * 1_200_000)
    git(folder, "switch", "--quiet", "main")
    assert of(folder).big_blobs == ()


def test_a_shallow_clone_says_so(folder: Path, tmp_path: Path) -> None:
    for number in range(3):
        commit(folder, a=str(number))
    git(tmp_path, "clone", "--quiet", "--depth=1", folder.as_uri(), "shallow")
    assert not of(folder).is_shallow
    assert of(tmp_path / "shallow").is_shallow
    assert len(of(tmp_path / "shallow").commits) == 1


@pytest.mark.parametrize("given", [History(None, ""), History(None, "abc"), History(Path("nowhere"), "")])
def test_without_commits_there_is_a_problem_and_no_history(given: History) -> None:
    given.start()
    assert given.problem == "there is no commit"
    assert (given.commits, given.touches, given.tags, given.big_blobs) == ((), (), (), ())


def test_tags_are_those_that_lead_here(folder: Path) -> None:
    commit(folder)
    git(folder, "tag", "v1")
    first = of(folder)
    commit(folder)
    git(folder, "tag", "v2")
    assert (first.tags, of(folder).tags) == (("v1",), ("v1", "v2"))


def test_reading_ahead_gives_the_same(folder: Path, histories: list[History]) -> None:
    commit(folder, a="1")
    ahead = of(folder)
    histories.append(ahead)
    ahead.start()
    assert (ahead.commits, ahead.touches) == (of(folder).commits, of(folder).touches)


def test_what_was_read_ahead_for_nobody_is_ended(folder: Path) -> None:
    commit(folder, a="1")
    before = threading.enumerate()
    ahead = of(folder)
    ahead.start()
    ahead.stop()
    assert threading.enumerate() == before
    assert len(ahead.commits) == 1


def test_a_history_that_breaks_off_is_unreadable_and_not_short(folder: Path) -> None:
    first = commit(folder, a="1")
    commit(folder, a="2")
    (folder / ".git" / "objects" / first[:2] / first[2:]).unlink()
    with pytest.raises(Unreadable, match="git cannot read the whole history"):
        _ = of(folder).commits
    with pytest.raises(Unreadable):
        _ = of(folder).touches


def test_objects_that_are_missing_are_left_out_and_the_others_told(folder: Path) -> None:
    commit(folder, a="1", b="2")
    one, two = (touch.blob for touch in of(folder).touches)
    assert dict(of(folder).contents([one, "0" * 40, two])) == {one: b"1", two: b"2"}


@pytest.mark.skipif(sys.platform == "win32", reason="the program is a shell script")
def test_no_program_that_the_repository_names_is_run(folder: Path, tmp_path: Path) -> None:
    second = commit(folder, a="1")
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----"
    signed = raw_commit(folder, f"{signed_by('1700000000 +0000')}\n{signature}")
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path / 'was-run'}'\n", encoding="utf-8")
    program.chmod(0o755)
    (folder / ".git" / "info" / "attributes").write_text("* diff=odd\n", encoding="utf-8")
    git(folder, "config", "log.showSignature", "true")
    for setting in (
        "gpg.program",
        "core.pager",
        "diff.external",
        "diff.odd.textconv",
        "diff.odd.command",
        "core.fsmonitor",
    ):
        git(folder, "config", setting, str(program))
    history = History(folder, signed.id)
    assert (signed.subject, history.commits, history.touches) == ("By hand", (signed,), ())
    assert len(history.changes([second])) == 1
    assert not (tmp_path / "was-run").exists()
