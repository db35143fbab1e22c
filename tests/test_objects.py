"""Trees go through git and come back the same, and nothing reaches a repository before it is wanted."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from exchanging import Link, Script, repository
from merging import entry, lines, merge_files, quarantine, sides, tree
from support import git, listing

from aiscaffold.checkout import open_checkout
from aiscaffold.errors import ToolFailed
from aiscaffold.objects import Merge, Message, Quarantine, Sides

posix = pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not allow")
ODD = [
    "tab\there",
    'quo"ted"',
    "line\nend",
    "back\\slash",
    "ünï cödé",
    " lead",
    "-dash",
    ":(glob)*",
    os.fsdecode(b"latin-\xfc"),
]


@pytest.fixture
def held(home: Path) -> Quarantine:
    return quarantine(home / "project", {"a.txt": b"a\n", "b/c.txt": b"c\n"})


def objects(held: Quarantine) -> list[str]:
    return listing(held.repository.objects)


@pytest.mark.parametrize("name", ODD)
def test_any_name_goes_through_git_and_back(held: Quarantine, name: str) -> None:
    content = {name: entry(held, b"odd\n"), f"folder/{name}/below": entry(held, b"below\n")}
    assert held.read_tree(held.write_tree(content)) == content


@posix
def test_the_files_of_a_folder_become_a_tree_whatever_their_names(held: Quarantine, tmp_path: Path) -> None:
    folder = tmp_path / "render"
    folder.mkdir()
    for name in ODD:
        try:
            (folder / name).write_bytes(name.encode(errors="surrogateescape"))
        except OSError:
            pytest.skip(f"the file system has no {name!r}")
    found = held.add(folder, {}, "")
    assert {path: held.read(blob) for path, blob in found.items()} == {
        name: name.encode(errors="surrogateescape") for name in ODD
    }


@posix
@pytest.mark.parametrize("name", ODD)
def test_a_conflict_is_read_whatever_its_name(held: Quarantine, name: str) -> None:
    found = held.merge(sides(held, {name: b"base\n"}, {name: b"mine\n"}, {name: b"theirs\n"}))
    stages = {1: entry(held, b"base\n"), 2: entry(held, b"mine\n"), 3: entry(held, b"theirs\n")}
    assert found.conflicts == {name: stages}
    assert Message("CONFLICT (contents)", (name,)) in found.messages


@posix
@pytest.mark.parametrize("name", ODD)
def test_a_move_is_read_whatever_its_name(held: Quarantine, name: str) -> None:
    old, new = (held.write_tree(tree(held, {path: lines(5)})) for path in ("old", name))
    assert held.renames(old, new) == {name: "old"}


def test_a_merge_without_messages_is_the_tree_alone(held: Quarantine) -> None:
    known = sides(held, {}, {"a": b"a\n"}, {"b": b"b\n"})
    assert held.merge(known) == Merge(tree(held, {"a": b"a\n", "b": b"b\n"}), {}, ())


def test_a_merge_of_empty_trees_is_empty(held: Quarantine) -> None:
    assert held.merge(sides(held, {"a": b"a\n"}, {}, {})) == Merge({}, {}, ())


def test_messages_name_every_path_that_they_are_about(held: Quarantine) -> None:
    known = sides(held, {"a": lines(9)}, {"mine": lines(9)}, {"theirs": lines(9), "x": b"1"})
    assert Message("CONFLICT (rename/rename)", ("a", "mine", "theirs")) in held.merge(known).messages


def test_a_merge_of_what_is_no_commit_fails_and_takes_no_side(held: Quarantine) -> None:
    broken = sides(held, {}, {}, {})
    broken.ours["a"] = ("100644", "1" * 40)
    broken.theirs["a"] = ("100644", "2" * 40)
    with pytest.raises(ToolFailed):
        held.merge(broken)


def test_nothing_reaches_the_repository_before_it_is_kept(held: Quarantine) -> None:
    before = objects(held)
    id_of_tree = held.write_tree({**held.read_tree(held.repository.tree), "new": entry(held, b"new\n")})
    merge_files(held, {"a": b"1\n"}, {"a": b"2\n"}, {"a": b"3\n"})
    assert objects(held) == before
    assert git(held.repository.work_tree, "status", "--porcelain") == ""
    held.keep()
    assert git(held.repository.work_tree, "show", f"{id_of_tree}:new") == "new"
    assert not [path for path in objects(held) if "tmp_obj" in path]


def test_objects_are_kept_twice_without_harm(held: Quarantine) -> None:
    held.write(b"new\n")
    held.keep()
    before = objects(held)
    held.keep()
    assert objects(held) == before
    assert git(held.repository.work_tree, "fsck", "--strict", "--no-dangling") == ""


def test_modes_and_links_are_read_as_they_are(held: Quarantine) -> None:
    content = {"link": entry(held, Link("a.txt")), "run": entry(held, Script(b"run\n"))}
    assert [mode for mode, _ in held.read_tree(held.write_tree(content)).values()] == ["120000", "100755"]
    assert held.read(content["link"]) == b"a.txt"


def test_the_size_of_each_object_is_known_and_that_of_no_object_is_not(held: Quarantine) -> None:
    three, none = entry(held, b"abc"), entry(held, b"")
    assert held.sizes([three, none, three, ("100644", "1" * 40)]) == {three[1]: 3, none[1]: 0}
    assert held.sizes([]) == {}


def test_a_folder_is_added_with_the_repository_s_line_ends(home: Path) -> None:
    held = quarantine(home / "project", {".gitattributes": b"*.txt text\n"})
    folder = home / "render"
    folder.mkdir()
    (folder / ".gitattributes").write_bytes(b"*.txt text\n")
    (folder / "a.txt").write_bytes(b"a\r\n")
    assert held.read(held.add(folder, {}, "")["a.txt"]) == b"a\n"


def test_ignored_files_of_a_template_belong_to_it(held: Quarantine, tmp_path: Path) -> None:
    for name, content in {".gitignore": "data/\n", "data/a.csv": "1\n"}.items():
        (tmp_path / "render" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "render" / name).write_text(content, encoding="utf-8", newline="\n")
    assert held.add(tmp_path / "render", {}, "").keys() == {".gitignore", "data/a.csv"}


def test_a_project_below_the_top_replaces_only_its_own_folder(held: Quarantine, tmp_path: Path) -> None:
    (tmp_path / "render" / "b").mkdir(parents=True)
    (tmp_path / "render" / "b" / "new.txt").write_bytes(b"new\n")
    around = held.read_tree(held.repository.tree)
    found = held.add(tmp_path / "render", around, "b/")
    assert found.keys() == {"always", "a.txt", "b/new.txt"}
    assert found["a.txt"] == around["a.txt"]


@pytest.mark.parametrize("kind", ["sha1", "sha256"])
def test_the_commits_of_a_merge_are_the_same_everywhere(home: Path, kind: str) -> None:
    made = []
    for name in ("one", "two"):
        top = home / name
        subprocess.run(["git", "init", "--quiet", f"--object-format={kind}", top], check=True)
        repository(top, {"a": name.encode()})
        held = Quarantine(open_checkout(top), home / f"{name} quarantine")
        made.append(held.commit(tree(held, {"b": b"b\n"})))
    assert made[0] == made[1]
    assert len(made[0]) == {"sha1": 40, "sha256": 64}[kind]


def test_a_repository_of_sha_256_is_merged(home: Path) -> None:
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", home / "project"], check=True)
    held = quarantine(home / "project")
    found = merge_files(held, {"a": b"1\n"}, {"a": b"mine\n"}, {"a": b"theirs\n"})
    assert found.conflicts == {"a": {1: b"1\n", 2: b"mine\n", 3: b"theirs\n"}}


@pytest.mark.parametrize("cut", ["--depth=1", "--filter=blob:none"], ids=["shallow", "partial"])
def test_a_clone_that_has_not_everything_is_merged(home: Path, cut: str) -> None:
    origin = quarantine(home / "origin", {"a": lines(5), "unused": b"unused\n"}).repository.work_tree
    git(origin, "config", "uploadpack.allowFilter", "true")
    git(home, "clone", "--quiet", cut, origin.as_uri(), "clone")
    held = Quarantine(open_checkout(home / "clone"), home / "quarantine")
    base = held.read_tree(held.repository.tree)
    ours, theirs = ({**base, "a": entry(held, lines(5, **changed))} for changed in ({"l1": "MINE"}, {"l5": "THEIRS"}))
    merged = held.merge(Sides(base, ours, theirs))
    assert (held.read(merged.tree["a"]), merged.conflicts) == (lines(5, l1="MINE", l5="THEIRS"), {})
    held.keep()
    assert git(home / "clone", "fsck", "--connectivity-only", "--no-dangling") == ""
