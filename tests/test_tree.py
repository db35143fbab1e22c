"""Our tree ids are git's."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import git

from aiscaffold.tree import tree_id

names = st.sampled_from(["a", "a.b", "a-b", "ab", "é", "with space", "Z", "_", "0"])
folders = st.recursive(
    st.binary(max_size=30), lambda inside: st.dictionaries(names, inside, min_size=1, max_size=4), max_leaves=12
)


def write(folder: Path, content: dict[str, object]) -> None:
    for name, inside in content.items():
        path = folder / name
        if isinstance(inside, dict):
            path.mkdir()
            write(path, inside)
        else:
            assert isinstance(inside, bytes)
            path.write_bytes(inside)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(names, folders, min_size=1, max_size=5))
def test_any_folder_has_the_id_that_git_gives_it(
    tmp_path_factory: pytest.TempPathFactory, content: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    write(folder, content)
    ours = tree_id(folder)
    git(folder, "init", "--quiet")
    git(folder, "-c", "core.autocrlf=false", "add", "--all", "--force")
    assert ours == git(folder, "write-tree")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bit")
def test_an_executable_file_has_another_id(tmp_path: Path) -> None:
    script = tmp_path / "run"
    script.write_bytes(b"#!/bin/sh\n")
    plain = tree_id(tmp_path)
    script.chmod(0o755)
    assert tree_id(tmp_path) != plain
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    assert tree_id(tmp_path) == git(tmp_path, "write-tree")


def test_only_narrows_the_tree_to_some_entries(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"1")
    alone = tree_id(tmp_path)
    (tmp_path / "other").write_bytes(b"2")
    assert tree_id(tmp_path, only=["kept"]) == alone != tree_id(tmp_path)


def test_what_systems_leave_behind_does_not_count(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"1")
    clean = tree_id(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "x.pyc").write_bytes(b"x")
    (tmp_path / "empty").mkdir()
    assert tree_id(tmp_path) == clean


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_a_link_counts_by_its_target_and_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a": {"file": b"1"}})
    for name, target in {"to-file": "a/file", "to-folder": "a", "to-itself": "to-itself", "loop": "."}.items():
        (tmp_path / name).symlink_to(target)
    ours = tree_id(tmp_path)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", "--all")
    assert ours == git(tmp_path, "write-tree")
