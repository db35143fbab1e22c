"""What is taken out of a merge before git sees it, and what is told of that."""

from pathlib import Path

import pytest
from exchanging import Content, Link
from merging import Files, contents, lines, quarantine, sides

from aiscaffold.objects import Quarantine, Sides
from aiscaffold.policies import (
    RELOCK,
    TINY,
    Settled,
    keep_locks,
    keep_once_written,
    keep_tiny_files_apart,
    neutralise_regions,
    with_neighbours,
    withdraw,
)

BIG = lines(20)
BASE, OURS, THEIRS = b"base\n", b"ours\n", b"theirs\n"
ONE = ("100644", "1" * 40)
TWO = ("100644", "2" * 40)


@pytest.fixture
def held(home: Path) -> Quarantine:
    return quarantine(home / "project")


def seen(held: Quarantine, settled: Settled) -> tuple[Files, dict[str, str]]:
    """What is left of the template's side, and the kinds of the notes."""
    return contents(held, settled.sides.theirs), {note.path: note.kind for note in settled.notes}


@pytest.mark.parametrize("name", RELOCK)
def test_a_lock_that_its_owner_changed_stays_and_the_command_is_told(held: Quarantine, name: str) -> None:
    settled = keep_locks(sides(held, {f"a/{name}": BASE}, {f"a/{name}": OURS}, {f"a/{name}": THEIRS}))
    assert seen(held, settled) == ({f"a/{name}": BASE}, {f"a/{name}": "told"})
    assert settled.notes[0].text.endswith(f": {RELOCK[name]}")


@pytest.mark.parametrize(
    ("base", "ours", "theirs"),
    [
        ({"uv.lock": BASE}, {"uv.lock": BASE}, {"uv.lock": THEIRS}),
        ({"uv.lock": BASE}, {"uv.lock": THEIRS}, {"uv.lock": THEIRS}),
        ({"uv.lock": BASE}, {"uv.lock": OURS}, {"uv.lock": BASE}),
        ({"uv.lock": BASE}, {}, {"uv.lock": THEIRS}),
        ({"uv.locked": BASE}, {"uv.locked": OURS}, {"uv.locked": THEIRS}),
    ],
    ids=["unchanged by its owner", "the same on both sides", "unchanged by the template", "deleted", "no lock"],
)
def test_any_other_lock_is_merged(held: Quarantine, base: Files, ours: Files, theirs: Files) -> None:
    assert seen(held, keep_locks(sides(held, base, ours, theirs))) == (theirs, {})


def test_a_lock_that_both_added_stays_its_owner_s(held: Quarantine) -> None:
    settled = keep_locks(sides(held, {}, {"uv.lock": OURS}, {"uv.lock": THEIRS}))
    assert seen(held, settled) == ({}, {"uv.lock": "told"})


def test_a_lock_that_the_template_removed_stays_where_its_owner_changed_it(held: Quarantine) -> None:
    settled = keep_locks(sides(held, {"uv.lock": BASE}, {"uv.lock": OURS}, {}))
    assert seen(held, settled) == ({"uv.lock": BASE}, {"uv.lock": "told"})


@pytest.mark.parametrize("ours", [{"once": OURS}, {"once": BASE}, {}], ids=["edited", "as it was", "deleted"])
def test_what_is_written_once_is_never_changed_again(held: Quarantine, ours: Files) -> None:
    known = sides(held, {"once": BASE}, ours, {"once": THEIRS, "other": THEIRS})
    assert seen(held, keep_once_written(known, lambda path: path == "once")) == ({"once": BASE, "other": THEIRS}, {})


def test_what_is_written_once_is_written_where_nothing_is(held: Quarantine) -> None:
    settled = keep_once_written(sides(held, {}, {}, {"once": THEIRS}), lambda path: path == "once")
    assert seen(held, settled) == ({"once": THEIRS}, {})


def test_a_file_of_the_user_s_own_is_not_written_over_once(held: Quarantine) -> None:
    settled = keep_once_written(sides(held, {}, {"once": OURS}, {"once": THEIRS}), lambda path: path == "once")
    assert seen(held, settled) == ({}, {})


TWINS = {"a/__init__.py": b"", "b/__init__.py": b""}


def test_a_deleted_tiny_file_does_not_pass_its_change_to_a_twin(held: Quarantine) -> None:
    ours = {"a/__init__.py": b"", "c/__init__.py": b""}
    theirs = {**TWINS, "b/__init__.py": b"import b\n"}
    settled = keep_tiny_files_apart(held, sides(held, TWINS, ours, theirs))
    assert seen(held, settled) == (TWINS, {"b/__init__.py": "deleted by you"})


def test_a_tiny_file_moves_with_its_folder(held: Quarantine) -> None:
    base = {**TWINS, "b/big.py": BIG}
    ours = {"a/__init__.py": b"", "c/__init__.py": b"", "c/big.py": BIG}
    theirs = {**base, "b/__init__.py": b"import b\n"}
    assert seen(held, keep_tiny_files_apart(held, sides(held, base, ours, theirs))) == (theirs, {})


@pytest.mark.parametrize(("size", "is_tiny"), [(TINY - 1, True), (TINY, False)])
def test_only_tiny_files_are_kept_apart(held: Quarantine, size: int, is_tiny: bool) -> None:
    twins = dict.fromkeys(TWINS, b"#" * size)
    ours = {"a/__init__.py": b"#" * size, "c/__init__.py": b"#" * size}
    settled = keep_tiny_files_apart(held, sides(held, twins, ours, {**twins, "b/__init__.py": THEIRS}))
    assert bool(settled.notes) is is_tiny


def test_a_tiny_file_alone_may_have_moved(held: Quarantine) -> None:
    base, theirs = {"old.txt": BASE}, {"old.txt": THEIRS}
    assert seen(held, keep_tiny_files_apart(held, sides(held, base, {"new.txt": BASE}, theirs))) == (theirs, {})


def test_a_tiny_file_that_the_template_removed_and_its_user_edited_stays(held: Quarantine) -> None:
    settled = keep_tiny_files_apart(
        held, sides(held, TWINS, {**TWINS, "b/__init__.py": OURS}, {"a/__init__.py": b"", "c/__init__.py": b""})
    )
    assert seen(held, settled) == ({**TWINS, "c/__init__.py": b""}, {"b/__init__.py": "kept yours"})


def test_a_folder_cannot_come_where_a_tiny_file_is_brought_back(held: Quarantine) -> None:
    theirs: Files = {"a": b"", "b/inside.txt": THEIRS, "c/b": b""}
    settled = keep_tiny_files_apart(held, sides(held, {"a": b"", "b": b""}, {"a": b"", "b": OURS}, theirs))
    assert seen(held, settled) == ({"a": b"", "b": b"", "c/b": b""}, {"b": "kept yours", "b/inside.txt": "told"})


REGION = b'# %s\n\n<!-- aiscaffold:gen id="table" -->\n%s\n<!-- /aiscaffold:gen -->\n'


def test_a_rewritten_region_is_no_change_of_either_side(held: Quarantine) -> None:
    texts = [REGION % part for part in [(b"old", b"1"), (b"old", b"computed"), (b"new", b"2")]]
    known = sides(held, *({"README.md": text} for text in texts))
    settled = neutralise_regions(held, known)
    assert settled.sides.ours == known.ours
    assert contents(held, settled.sides.base) == {"README.md": REGION % (b"old", b"computed")}
    assert contents(held, settled.sides.theirs) == {"README.md": REGION % (b"new", b"computed")}


@pytest.mark.parametrize(
    ("path", "mine"),
    [("README.md", Link("elsewhere")), ("README.txt", REGION % (b"old", b"computed"))],
    ids=["a link", "not Markdown"],
)
def test_no_region_is_looked_for_elsewhere(held: Quarantine, path: str, mine: Content) -> None:
    known = sides(held, {path: REGION % (b"old", b"1")}, {path: mine}, {path: REGION % (b"new", b"2")})
    assert neutralise_regions(held, known).sides == known


def test_a_withdrawn_path_is_as_if_the_template_had_not_touched_it() -> None:
    known = Sides({"changed": ONE, "removed": ONE}, {}, {"changed": TWO, "added": TWO})
    assert withdraw(known, ["changed", "removed", "added"]).theirs == known.base


def test_what_would_lie_below_or_above_a_restored_file_is_withdrawn_too() -> None:
    known = Sides({"file": ONE, "folder/a/b": ONE}, {}, {"file/inside": ONE, "folder/a": ONE, "other/file": ONE})
    assert with_neighbours(known, ["file"]) == {"file", "file/inside"}
    assert with_neighbours(known, ["folder/a/b"]) == {"folder/a/b", "folder/a"}
    assert with_neighbours(known, ["other/file"]) == {"other/file"}
