"""Three trees become one: moves are followed, no side's work is dropped, what lines cannot decide is told."""

import sys
from pathlib import Path

import pytest
from exchanging import Link, Script
from merging import LABEL, Files, Outcome, lines, merge_files, quarantine

from aiscaffold.objects import Quarantine
from aiscaffold.texts import disputed_text

TEXT, MINE, THEIRS = lines(9), lines(9, l1="MINE"), lines(9, l9="THEIRS")
BOTH = lines(9, l1="MINE", l9="THEIRS")
WINDOWS = TEXT.replace(b"\n", b"\r\n")


@pytest.fixture
def held(home: Path) -> Quarantine:
    return quarantine(home / "project")


def clean(files: Files, **notes: str) -> Outcome:
    return Outcome(dict(files), {}, notes)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "wanted"),
    [
        ({"a": TEXT}, {"a": MINE}, {"a": THEIRS}, {"a": BOTH}),
        ({"a": TEXT}, {"b": MINE}, {"a": THEIRS}, {"b": BOTH}),
        ({"a": TEXT}, {"a": MINE}, {"b": THEIRS}, {"b": BOTH}),
        ({"a": TEXT}, {"b": MINE}, {"b": THEIRS}, {"b": BOTH}),
        ({"a": TEXT}, {}, {}, {}),
        ({"a": TEXT}, {}, {"a": TEXT}, {}),
        ({"a": TEXT}, {"a": TEXT}, {}, {}),
        ({}, {"a": TEXT}, {"a": TEXT}, {"a": TEXT}),
        ({}, {"a": WINDOWS}, {"a": TEXT}, {"a": WINDOWS}),
        ({}, {"a": TEXT}, {"a": WINDOWS}, {"a": TEXT}),
        ({"a": TEXT}, {"a": Script(MINE)}, {"a": THEIRS}, {"a": Script(BOTH)}),
        ({"a": TEXT}, {"a": MINE}, {"a": Script(THEIRS)}, {"a": Script(BOTH)}),
        ({"a": Script(TEXT)}, {"a": MINE}, {"a": Script(THEIRS)}, {"a": BOTH}),
        ({"a": TEXT}, {"a": TEXT, "a2/b": MINE}, {"a": THEIRS}, {"a": THEIRS, "a2/b": MINE}),
        ({"a": Link("x")}, {"a": Link("x")}, {"a": Link("y")}, {"a": Link("y")}),
    ],
    ids=[
        "both edited",
        "the user moved",
        "the template moved",
        "both moved to one place",
        "both deleted",
        "the user deleted",
        "the template deleted",
        "both added the same",
        "both added, the user's of Windows",
        "both added, the template's of Windows",
        "the user made it executable",
        "the template made it executable",
        "the user made it not executable",
        "a file more",
        "a link",
    ],
)
def test_what_does_not_collide_is_joined(
    held: Quarantine, base: Files, ours: Files, theirs: Files, wanted: Files
) -> None:
    assert merge_files(held, base, ours, theirs) == clean(wanted)


@pytest.mark.parametrize("by_user", [True, False], ids=["the user made it executable", "the template did"])
def test_the_mode_survives_a_merge_that_only_line_ends_stopped(held: Quarantine, by_user: bool) -> None:
    mine = MINE.replace(b"\n", b"\r\n")
    ours, theirs = (Script(mine), THEIRS) if by_user else (mine, Script(THEIRS))
    found = merge_files(held, {"a": TEXT}, {"a": ours}, {"a": theirs})
    assert found == clean({"a": Script(BOTH.replace(b"\n", b"\r\n"))})


def test_a_file_that_its_user_deleted_stays_deleted_and_is_told(held: Quarantine) -> None:
    assert merge_files(held, {"a": TEXT}, {}, {"a": THEIRS}) == clean({}, a="deleted by you")


def test_a_file_that_the_template_deleted_stays_where_its_user_edited_it(held: Quarantine) -> None:
    assert merge_files(held, {"a": TEXT}, {"a": MINE}, {}) == clean({"a": MINE}, a="kept yours")


def test_a_file_that_its_user_moved_and_edited_stays_where_the_template_deleted_it(held: Quarantine) -> None:
    found = merge_files(held, {"a": TEXT}, {"b": MINE}, {})
    assert (found.files, found.conflicts) == ({"b": MINE}, {})
    assert found.notes == {"b": "kept yours"}


def test_a_file_that_its_user_deleted_and_the_template_moved_stays_deleted(held: Quarantine) -> None:
    assert merge_files(held, {"a": TEXT}, {}, {"b": THEIRS}) == clean({}, b="deleted by you")


def test_of_two_new_places_the_user_s_is_kept_with_both_changes(held: Quarantine) -> None:
    assert merge_files(held, {"a": TEXT}, {"mine": MINE}, {"new": THEIRS}) == clean({"mine": BOTH}, mine="told")


def test_two_files_moved_to_one_place_are_a_conflict_there(held: Quarantine) -> None:
    other = TEXT.replace(b"line", b"another line")
    found = merge_files(held, {"a": TEXT, "b": other}, {"c": TEXT, "b": other}, {"a": TEXT, "c": other})
    assert found == Outcome({"c": disputed_text(TEXT, other, LABEL)}, {"c": {2: TEXT, 3: other}}, {})


def test_a_file_of_the_user_s_is_stronger_than_a_folder_of_the_template_s(held: Quarantine) -> None:
    found = merge_files(held, {}, {"x": MINE}, {"x/inside": THEIRS, "y": THEIRS})
    assert found == clean({"x": MINE, "y": THEIRS}, **{"x/inside": "told"})


def test_a_folder_of_the_user_s_is_stronger_than_a_file_of_the_template_s(held: Quarantine) -> None:
    found = merge_files(held, {}, {"x/inside": MINE}, {"x": THEIRS})
    assert found == clean({"x/inside": MINE}, x="told")


def test_an_edited_file_is_not_replaced_by_a_folder(held: Quarantine) -> None:
    found = merge_files(held, {"x": TEXT}, {"x": MINE}, {"x/inside": b"new\n"})
    assert found == clean({"x": MINE}, x="kept yours", **{"x/inside": "told"})


def test_an_edited_file_in_a_folder_is_not_replaced_by_a_file(held: Quarantine) -> None:
    found = merge_files(held, {"x/inside": TEXT}, {"x/inside": MINE}, {"x": b"new\n"})
    assert found == clean({"x/inside": MINE}, x="told", **{"x/inside": "kept yours"})


@pytest.mark.parametrize("moved_by_user", [True, False])
def test_a_file_becomes_a_folder_where_only_one_side_touched_it(held: Quarantine, moved_by_user: bool) -> None:
    base, other = {"x": TEXT}, {"x/inside": b"new\n"}
    ours, theirs = (other, base) if moved_by_user else (base, other)
    assert merge_files(held, base, ours, theirs) == clean(other)


def test_a_new_file_of_the_template_s_follows_the_folder_that_its_user_renamed(held: Quarantine) -> None:
    base = {"old/a": TEXT, "old/b": lines(7)}
    ours = {"new/a": TEXT, "new/b": lines(7)}
    assert merge_files(held, base, ours, {**base, "old/c": b"c\n"}) == clean({**ours, "new/c": b"c\n"})


def test_a_file_of_the_user_s_follows_the_folder_that_the_template_renamed(held: Quarantine) -> None:
    base = {"old/a": TEXT, "old/b": lines(7)}
    theirs = {"new/a": TEXT, "new/b": lines(7)}
    assert merge_files(held, base, {**base, "old/mine": MINE}, theirs) == clean({**theirs, "new/mine": MINE})


def test_a_link_against_a_file_leaves_the_user_s(held: Quarantine) -> None:
    for base, ours, theirs in ((TEXT, Link("x"), THEIRS), (TEXT, MINE, Link("x")), (Link("y"), MINE, Link("x"))):
        assert merge_files(held, {"a": base}, {"a": ours}, {"a": theirs}) == clean({"a": ours}, a="told")


def test_two_links_to_different_places_are_a_conflict_with_the_user_s_in_place(held: Quarantine) -> None:
    found = merge_files(held, {"a": Link("x")}, {"a": Link("mine")}, {"a": Link("theirs")})
    assert found == Outcome({"a": Link("mine")}, {"a": {1: b"x", 2: b"mine", 3: b"theirs"}}, {})


def test_two_changes_of_one_line_are_a_conflict_with_all_three_versions(held: Quarantine) -> None:
    mine, theirs = lines(2, l2="MINE"), lines(2, l2="THEIRS")
    found = merge_files(held, {"a": lines(2)}, {"a": mine}, {"a": theirs})
    assert found.conflicts == {"a": {1: lines(2), 2: mine, 3: theirs}}
    assert found.files == {"a": lines(1) + b"<<<<<<< yours\nMINE\n=======\nTHEIRS\n>>>>>>> template 2\n"}


def test_two_different_new_files_are_a_conflict_between_markers(held: Quarantine) -> None:
    found = merge_files(held, {}, {"a": b"same\nmine\n"}, {"a": b"same\ntheirs\n"})
    assert found.files == {"a": b"same\n<<<<<<< yours\nmine\n=======\ntheirs\n>>>>>>> template 2\n"}
    assert found.conflicts == {"a": {2: b"same\nmine\n", 3: b"same\ntheirs\n"}}


@pytest.mark.parametrize("base", [{}, {"a": b"\0base"}], ids=["added", "changed"])
def test_of_two_binaries_the_user_s_stays_and_all_versions_are_in_the_index(held: Quarantine, base: Files) -> None:
    found = merge_files(held, base, {"a": b"\0mine"}, {"a": b"\0theirs"})
    stages = {1: b"\0base"} if base else {}
    assert found == Outcome({"a": b"\0mine"}, {"a": {**stages, 2: b"\0mine", 3: b"\0theirs"}}, {})


COMMENTS = "".join(f"    # comment {number}\n" for number in range(6))
ITEMS = '"numbers":\n[\n' + "".join(f"{number},\n" for number in range(90)) + "90\n]\n"
# Each side alone parses, and so does what each side made of it, but not both together.
BROKEN = {
    "a.yaml": (f"a: 1\n{COMMENTS}b: 1\n", f"k: mine\na: 1\n{COMMENTS}b: 1\n", f"a: 1\n{COMMENTS}b: 1\nk: theirs\n"),
    "a.toml": (f"a = 1\n{COMMENTS}b = 1\n", f"k = 1\na = 1\n{COMMENTS}b = 1\n", f"a = 1\n{COMMENTS}b = 1\nk = 2\n"),
    "a.json": (f"{{\n{ITEMS}}}\n", f'{{"k": 1,\n{ITEMS}}}\n', f'{{\n{ITEMS}, "k": 2}}\n'),
    "a.py": (
        f"if x:\n    mine()\n{COMMENTS}    theirs()\n",
        f"if x:\n{COMMENTS}    theirs()\n",
        f"if x:\n    mine()\n{COMMENTS}",
    ),
}


@pytest.mark.parametrize("place", ["", "moved/"], ids=["in place", "moved by its user"])
@pytest.mark.parametrize("path", BROKEN)
def test_a_clean_merge_that_no_longer_parses_is_a_conflict_with_all_three_versions(
    held: Quarantine, path: str, place: str
) -> None:
    base, ours, theirs = (text.encode() for text in BROKEN[path])
    found = merge_files(held, {path: base}, {place + path: ours}, {path: theirs})
    assert found.conflicts == {place + path: {1: base, 2: ours, 3: theirs}}
    assert found.files == {place + path: disputed_text(ours, theirs, LABEL)}
    assert found.notes == {place + path: "conflict"}


def test_a_file_that_was_broken_before_is_merged_by_lines(held: Quarantine) -> None:
    found = merge_files(held, {"a.json": TEXT}, {"a.json": MINE}, {"a.json": THEIRS})
    assert found == clean({"a.json": BOTH})


@pytest.mark.skipif(sys.version_info >= (3, 15), reason="the syntax is known there")
def test_python_of_a_newer_syntax_is_not_called_broken_by_the_merge(held: Quarantine) -> None:
    newer = "".join(f"a{number} = 1\n" for number in range(9)) + "exec_later x\n"
    ours, theirs = "mine = 1\n" + newer, newer + "theirs = 1\n"
    found = merge_files(held, {"a.py": newer.encode()}, {"a.py": ours.encode()}, {"a.py": theirs.encode()})
    assert found == clean({"a.py": ("mine = 1\n" + newer + "theirs = 1\n").encode()})
