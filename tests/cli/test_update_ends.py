"""The end of an update with conflicts: nothing passes for settled that is not."""

import json
import shutil
from pathlib import Path

import pytest
from support import Run, git

from aiscaffold import cli


@pytest.fixture
def disputed(run: Run, project: Path) -> Path:
    """A project in which an update left a conflict in its README."""
    readme = project / "README.md"
    text = readme.read_text(encoding="utf-8").replace("line 4\n", "line 4 of mine\n")
    readme.write_text(text, encoding="utf-8", newline="\n")
    git(project, "commit", "--quiet", "--all", "--message", "Work")
    assert run("update", "--defaults")[0] == 1
    return project


@pytest.mark.parametrize("words", [(), ("--check",), ("--dry-run",), ("--json",)])
def test_with_conflicts_open_nothing_says_up_to_date(run: Run, disputed: Path, words: tuple[str, ...]) -> None:
    code, out, err = run("update", *words)
    assert (code, out) == (3, "")
    assert "conflicts are left in README.md" in err


def test_what_git_add_took_for_resolved_is_looked_at_all_the_same(run: Run, disputed: Path) -> None:
    git(disputed, "add", "--all")
    code, out, _ = run("update", "--continue")
    assert code == 1
    assert "README.md: conflict markers are left in it" in out


def test_a_resolution_staged_by_hand_is_fine(run: Run, disputed: Path) -> None:
    git(disputed, "checkout", "--quiet", "--ours", "--", "README.md")
    git(disputed, "add", "README.md")
    code, out, _ = run("update", "--continue", "--json")
    assert (code, json.loads(out)["state"]) == (0, "resolved")


def test_after_a_reset_there_is_nothing_to_go_on_with(run: Run, disputed: Path) -> None:
    git(disputed, "reset", "--quiet", "--hard")
    code, out, err = run("update", "--continue")
    assert (code, out) == (3, "")
    assert "nothing of the last update is staged any more" in err


def test_a_branch_with_conflicts_is_not_offered_for_a_merge(run: Run, project: Path) -> None:
    readme = project / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("line 4\n", "line 4 of mine\n"), encoding="utf-8")
    git(project, "commit", "--quiet", "--all", "--message", "Work")
    code, out, _ = run("update", "--branch", "news", "--defaults")
    assert code == 1
    assert "git merge" not in out
    assert "git switch news" in out


def test_a_result_that_cannot_be_printed_is_told_on_stderr(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def full(text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli.update.typer, "echo", lambda text="", err=False: said.append(text) if err else full(text))
    code, _, _ = run("update", "--defaults")
    assert code == 1
    assert any("in your work tree and index" in line and "No space left" in line for line in said)


def test_a_path_that_is_not_there_is_no_project_above_it(run: Run, project: Path) -> None:
    code, out, err = run("update", "abort")
    assert (code, out) == (3, "")
    assert "does not exist" in err


def test_in_one_repository_the_update_of_another_project_is_not_taken_back(run: Run, project: Path, home: Path) -> None:
    mono = home / "mono"
    for name in ("one", "two"):
        shutil.copytree(project, mono / name, ignore=shutil.ignore_patterns(".git"))
    git(mono, "init", "--quiet")
    git(mono, "add", "--all")
    git(mono, "commit", "--quiet", "--message", "Both")
    assert run("update", "--defaults", mono / "two")[0] == 0
    before = git(mono, "write-tree")
    code, _, err = run("update", "--abort", mono / "one")
    assert (code, git(mono, "write-tree")) == (3, before)
    assert "that of another project, two/" in err
    assert run("update", "--abort", mono / "two")[0] == 0
