"""What git does not track: an update goes around it, never over it, and tells where the template's file is."""

import os
import sys
from pathlib import Path

import pytest
from exchanging import Content, Link, Script, repository, state, write
from merging import Files, lines, plan

from aiscaffold import update
from aiscaffold.project import Project

TEXT, MINE, THEIRS = lines(9), lines(9, l1="MINE"), lines(9, l9="THEIRS")
BOTH = lines(9, l1="MINE", l9="THEIRS")
BESIDE = "a.aiscaffold-new"
Result = tuple[dict[str, str], dict[str, bytes]]


@pytest.fixture
def top(home: Path) -> Path:
    return home / "project"


def updated(top: Path, base: Files, theirs: Files, *, ours: Files | None = None, untracked: Files) -> Result:
    """The notes, by path, and every file that stands after an update; then the update is taken back."""
    repository(top, {"always": b"", **(base if ours is None else ours)})
    for path, content in untracked.items():
        write(top, path, content)
    before = state(top)
    with plan(top, base, theirs) as made:
        notes = {note.path: note.kind for note in made.merged.notes}
        update.apply(update.Updated(made))
    files = [path for path in top.rglob("*") if path.is_file() and ".git" not in path.parts and path.name != "always"]
    found = {path.relative_to(top).as_posix(): path.read_bytes() for path in files}
    update.abort(Project(top, ".copier-answers.yml"))
    assert state(top) == before
    return notes, found


def test_a_file_of_the_user_s_own_stays_and_the_template_s_is_put_beside_it(top: Path) -> None:
    assert updated(top, {}, {"a": THEIRS}, untracked={"a": MINE}) == ({"a": "told"}, {"a": MINE, BESIDE: THEIRS})


def test_an_ignored_file_is_kept_like_any_other(top: Path) -> None:
    base = {".gitignore": b"a\n"}
    notes, found = updated(top, base, {**base, "a": THEIRS}, untracked={"a": MINE})
    assert (notes, found) == ({"a": "told"}, {**base, "a": MINE, BESIDE: THEIRS})


def test_a_file_that_is_equal_to_the_template_s_is_no_matter(top: Path) -> None:
    assert updated(top, {}, {"a": THEIRS}, untracked={"a": THEIRS}) == ({}, {"a": THEIRS})


def test_a_free_name_is_found_beside_an_older_one(top: Path) -> None:
    untracked = {"a": MINE, BESIDE: b"older\n", f"{BESIDE}-2": b"old\n"}
    _, found = updated(top, {}, {"a": THEIRS}, untracked=untracked)
    assert found == {**untracked, f"{BESIDE}-3": THEIRS}


@pytest.mark.parametrize(
    ("mine", "kind", "wanted"),
    [
        (TEXT, "updated", {"a": THEIRS}),
        (MINE, "merged", {"a": BOTH}),
        (lines(9, l9="MINE"), "told", {"a": lines(9, l9="MINE"), BESIDE: THEIRS}),
        (b"\0", "told", {"a": b"\0", BESIDE: THEIRS}),
    ],
    ids=["as the old template made it", "edited elsewhere", "edited in the same line", "a binary"],
)
def test_a_file_taken_out_of_git_gets_the_change_where_it_fits(
    top: Path, mine: bytes, kind: str, wanted: Files
) -> None:
    assert updated(top, {"a": TEXT}, {"a": THEIRS}, ours={}, untracked={"a": mine}) == ({"a": kind}, wanted)


def test_a_file_taken_out_of_git_stays_where_the_template_did_not_change_it(top: Path) -> None:
    assert updated(top, {"a": TEXT}, {"a": TEXT}, ours={}, untracked={"a": MINE}) == ({}, {"a": MINE})


@pytest.mark.parametrize(
    ("theirs", "untracked"),
    [
        ({"a/b/c": THEIRS}, {"a": MINE}),
        ({"a": THEIRS}, {"a/mine": MINE}),
        ({"a/b": THEIRS}, {"a/b/mine": MINE}),
    ],
    ids=["a file where a folder would be", "a folder where a file would be", "a folder further down"],
)
def test_where_there_is_no_room_the_template_s_file_is_left_out(top: Path, theirs: Files, untracked: Files) -> None:
    notes, found = updated(top, {}, {**theirs, "other": THEIRS}, untracked=untracked)
    assert (notes, found) == (dict.fromkeys(theirs, "told"), {**untracked, "other": THEIRS})


@pytest.mark.parametrize("mine", [MINE, lines(9, l9="MINE"), b"\0mine"], ids=["beside", "in conflict", "a binary"])
@pytest.mark.parametrize("obstacle", ["x", "x/a/b"], ids=["a file", "a folder"])
def test_an_edited_file_stays_where_the_template_moved_it_to_no_room(top: Path, mine: bytes, obstacle: str) -> None:
    notes, found = updated(top, {"a": TEXT}, {"x/a": THEIRS}, ours={"a": mine}, untracked={obstacle: b"own\n"})
    assert (notes, found) == ({"x/a": "told"}, {"a": mine, obstacle: b"own\n"})


def test_a_file_of_the_user_s_does_not_follow_a_folder_to_no_room(top: Path) -> None:
    base = {"old/deep/a": TEXT, "old/b": lines(7), "old/c": lines(6)}
    theirs = {path.replace("old", "new"): content for path, content in base.items()}
    ours = {**base, "old/deep/mine": MINE}
    notes, found = updated(top, base, theirs, ours=ours, untracked={"new/deep": b"own\n"})
    assert found["old/deep/mine"] == MINE
    assert (found["new/deep"], found["new/b"], found["new/c"]) == (b"own\n", lines(7), lines(6))
    assert (found["old/deep/a"], notes["new/deep/a"]) == (TEXT, "told")


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("mine", [Link("always"), Link("nowhere")], ids=["to a file", "to nowhere"])
@pytest.mark.parametrize("theirs", [THEIRS, Link("elsewhere")], ids=["a file", "a link"])
def test_a_link_is_not_followed(top: Path, mine: Content, theirs: Content) -> None:
    notes, found = updated(top, {}, {"a": theirs}, untracked={"a": mine})
    assert (notes, BESIDE in found) == ({"a": "told"}, False)
    assert os.readlink(top / "a") == getattr(mine, "target", "")  # noqa: PTH115 - the same on every Python


@pytest.mark.skipif(sys.platform == "win32", reason="links")
@pytest.mark.parametrize("mine", [MINE, b""], ids=["a text", "an empty file"])
def test_a_link_of_the_template_s_is_left_out_where_a_file_stands(top: Path, mine: bytes) -> None:
    assert updated(top, {}, {"a": Link("always")}, untracked={"a": mine}) == ({"a": "told"}, {"a": mine})


def test_a_conflict_goes_beside_the_file_that_git_does_not_track(top: Path) -> None:
    mine = lines(9, l9="MINE")
    notes, found = updated(top, {"a": TEXT}, {"b": THEIRS}, ours={"a": mine}, untracked={"b": b"own\n"})
    assert (notes, found["b"]) == ({"b": "told"}, b"own\n")
    assert b"<<<<<<< yours\nMINE\n=======\n" in found["b.aiscaffold-new"]


@pytest.mark.skipif(sys.platform == "win32", reason="executable bits")
def test_the_mode_of_a_merged_file_stays(top: Path) -> None:
    repository(top, {"always": b""})
    write(top, "a", Script(MINE))
    with plan(top, {"a": TEXT}, {"a": THEIRS}) as made:
        update.apply(update.Updated(made))
    assert (top / "a").read_bytes() == BOTH
    assert (top / "a").stat().st_mode & 0o100
