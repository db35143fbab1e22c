"""`aiscaffold update`: what arrives, what is kept, what is said, and the way back."""

import json
import re
import sys
from pathlib import Path

import pytest
from support import Run, git

from aiscaffold import catalog, verify


def edit(project: Path, path: str, old: str, new: str) -> None:
    """Change a file of the project and commit that."""
    text = (project / path).read_text(encoding="utf-8")
    assert old in text
    (project / path).write_text(text.replace(old, new), encoding="utf-8", newline="\n")
    git(project, "commit", "--quiet", "--all", "--message", "Work")


def state(project: Path) -> tuple[dict[str, bytes], str, str]:
    """Every byte of the work tree, the index, and where HEAD stands."""
    files = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(project).parts
    }
    return files, git(project, "ls-files", "--stage"), git(project, "rev-parse", "HEAD")


def test_an_update_brings_the_new_version_and_keeps_what_its_owner_wrote(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 2\n", "line 2 of mine\n")
    head = git(project, "rev-parse", "HEAD")
    code, out, _ = run("update", "--defaults")
    assert code == 0
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert "It is for tests.\n\nline 1\nline 2 of mine\nline 3\nline 4 of theirs\n" in readme
    assert (project / "src/tide/extra.py").read_text(encoding="utf-8") == "EXTRA = 1\n"
    assert (project / "logo.bin").read_bytes() == b"\0two\n"
    assert not (project / "gone.txt").exists()
    assert "_commit: v0.3.0\n" in (project / ".copier-answers.yml").read_text(encoding="utf-8")
    assert git(project, "rev-parse", "HEAD") == head
    assert git(project, "diff", "--name-only") == "", "everything is staged"
    assert "mini v0.1.0 → v0.3.0: in your work tree and index, not committed" in out


def test_the_plan_gives_the_reason_of_each_change(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 2\n", "line 2 of mine\n")
    _, out, _ = run("update", "--dry-run")
    assert re.search(r"- says what the project is for, because nobody could tell.\n +merged +README.md\n", out)
    assert re.search(r"- a helper that everybody wrote by hand.\n +added +src/tide/extra.py\n", out)
    assert re.search(r"- removed.\n +removed +gone.txt\n", out)
    assert max(map(len, out.splitlines())) <= 80


def test_a_dry_run_touches_nothing_and_names_the_tree_that_applying_gives(run: Run, project: Path) -> None:
    before = state(project)
    objects = sorted((project / ".git/objects").rglob("*"))
    code, out, _ = run("update", "--dry-run", "--json")
    assert (code, state(project)) == (0, before)
    assert sorted((project / ".git/objects").rglob("*")) == objects
    planned = json.loads(out)
    assert planned["state"] == "planned"
    run("update", "--defaults")
    assert git(project, "write-tree") == planned["tree"]


def test_the_diff_of_a_plan_is_the_diff_that_applying_makes(run: Run, project: Path) -> None:
    _, out, _ = run("update", "--dry-run", "--diff")
    patch = out[out.index("diff --git") :].strip()
    run("update", "--defaults")
    assert git(project, "diff", "--cached", "--find-renames") == patch


@pytest.mark.parametrize(
    ("start", "code", "facts"),
    [
        ("0.1.0", 1, {"newer": True, "affects_you": True}),
        ("0.2.0", 0, {"newer": True, "affects_you": False}),
        ("0.3.0", 0, {"newer": False, "affects_you": False}),
    ],
)
def test_a_check_tells_news_for_you_from_news(
    run: Run, project: Path, start: str, code: int, facts: dict[str, bool]
) -> None:
    if start != "0.1.0":
        run("update", "--defaults", "--to", start)
        git(project, "commit", "--quiet", "--message", "Update")
    before = state(project)
    found, out, _ = run("update", "--check", "--json")
    assert (found, state(project)) == (code, before)
    assert facts.items() <= json.loads(out).items()


def test_a_check_says_what_it_found_in_words(run: Run, project: Path) -> None:
    assert "mini v0.3.0 is newer than your v0.1.0: " in run("update", "--check")[1]
    run("update", "--defaults", "--to", "v0.2.0")
    git(project, "commit", "--quiet", "--message", "Update")
    assert "but nothing in it is for you" in run("update", "--check")[1]
    run("update", "--defaults")
    assert run("update", "--check") == (0, "up to date: v0.3.0\n", "")


def test_a_conflict_is_shown_as_git_shows_one_and_exits_1(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 4\n", "line 4 of mine\n")
    code, out, _ = run("update", "--defaults")
    assert code == 1
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert "<<<<<<< yours\nline 4 of mine\n=======\nline 4 of theirs\n>>>>>>> template v0.3.0\n" in readme
    stages = [line.split()[2] for line in git(project, "ls-files", "--unmerged").splitlines()]
    assert stages == ["1", "2", "3"]
    assert "  conflict        README.md" in out
    assert "choose between the markers" in out
    assert git(project, "show", ":2:README.md").count("of mine") == 1


def test_going_on_waits_for_the_last_marker_and_then_stages(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 4\n", "line 4 of mine\n")
    run("update", "--defaults")
    code, out, _ = run("update", "--continue")
    assert code == 1
    assert "README.md: conflict markers are left in it" in out
    readme = (project / "README.md").read_text(encoding="utf-8")
    text = re.sub("<<<<<<< .*?>>>>>>> [^\n]*\n", "line 4 of both\n", readme, flags=re.DOTALL)
    (project / "README.md").write_text(text, encoding="utf-8", newline="\n")
    assert run("update", "--continue")[0] == 0
    assert git(project, "ls-files", "--unmerged") == ""
    assert "line 4 of both" in git(project, "show", ":README.md")


def test_while_conflicts_are_left_no_other_update_starts(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 4\n", "line 4 of mine\n")
    run("update", "--defaults", "--to", "0.2.0")
    before = state(project)
    code, out, err = run("update", "--defaults")
    assert (code, out, state(project)) == (3, "", before)
    assert "aiscaffold update --continue" in err


@pytest.mark.parametrize("line", ["line 2", "line 4"])
def test_an_abort_brings_back_every_byte(run: Run, project: Path, line: str) -> None:
    edit(project, "README.md", f"{line}\n", f"{line} of mine\n")
    (project / "untracked.txt").write_text("mine\n", encoding="utf-8")
    before = state(project)
    run("update", "--defaults")
    assert state(project) != before
    code, out, _ = run("update", "--abort")
    assert (code, state(project)) == (0, before)
    assert "every file is as it was before" in out
    assert run("update", "--abort")[0] == 3


def test_an_abort_saves_what_was_edited_since(run: Run, project: Path) -> None:
    run("update", "--defaults")
    (project / "README.md").write_text("an hour of work\n", encoding="utf-8")
    out = json.loads(run("update", "--abort", "--json")[1])
    assert [Path(place).read_text(encoding="utf-8") for place in out["saved"]] == ["an hour of work\n"]


def test_a_committed_update_is_history(run: Run, project: Path) -> None:
    run("update", "--defaults")
    git(project, "commit", "--quiet", "--message", "Update")
    before = state(project)
    code, _, err = run("update", "--abort")
    assert (code, state(project)) == (3, before)
    assert "there are commits since the last update" in err


@pytest.mark.parametrize("line", ["line 2", "line 4"])
def test_a_branch_takes_the_update_while_everything_else_stays(run: Run, project: Path, line: str) -> None:
    edit(project, "README.md", f"{line}\n", f"{line} of mine\n")
    before = state(project)
    code, out, _ = run("update", "--branch", "news", "--json", "--defaults")
    done = json.loads(out)
    assert code == int(line == "line 4"), "1 where conflicts are left"
    assert state(project) == before
    assert git(project, "rev-parse", "news", "news^{tree}", "news~1").split() == [
        done["commit"],
        done["tree"],
        before[2],
    ]
    assert "Update from the template mini: v0.1.0 to v0.3.0" in git(project, "log", "-1", "--format=%s", "news")


@pytest.mark.parametrize(("name", "why"), [("main", "there is a branch main already"), ("a..b", "cannot be the name")])
def test_a_branch_that_cannot_be_made_is_refused_at_once(run: Run, project: Path, name: str, why: str) -> None:
    code, _, err = run("update", "--branch", name)
    assert code == 3
    assert why in err


@pytest.mark.parametrize(("passes", "code"), [(True, 0), (False, 1)])
def test_gates_decide_before_the_project_is_touched(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch, passes: bool, code: int
) -> None:
    # A gate that sees the merged files, in a repository of its own, and none of what git ignores.
    look = f"import pathlib, sys; sys.exit(not pathlib.Path('src/tide/extra.py').exists() or {not passes})"
    monkeypatch.setattr(verify, "GATES", ((sys.executable, "-c", look), ("git", "diff", "--quiet", "HEAD")))
    before = state(project)
    found, out, _ = run("update", "--defaults", "--verify", "--json")
    assert found == code
    assert [gate["passed"] for gate in json.loads(out)["gates"]] == ([True, True] if passes else [False])
    assert (state(project) == before) is not passes


def test_with_conflicts_left_no_gate_is_run_and_nothing_changes(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 4\n", "line 4 of mine\n")
    before = state(project)
    code, out, _ = run("update", "--defaults", "--verify")
    assert (code, state(project)) == (1, before)
    assert "no gate was run and nothing was changed" in " ".join(out.split())


def test_an_answer_can_be_changed_without_a_newer_version(run: Run, project: Path) -> None:
    run("update", "--defaults")
    git(project, "commit", "--quiet", "--message", "Update")
    assert run("update", "--defaults", "-d", "author_name=Grace Hopper")[0] == 0
    assert "Grace Hopper" in (project / "README.md").read_text(encoding="utf-8")
    assert "author_name: Grace Hopper" in (project / ".copier-answers.yml").read_text(encoding="utf-8")


def test_a_former_address_of_the_catalogue_is_its_own(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit(project, ".copier-answers.yml", "gh:aiscaffold/aiscaffold", "gh:someone/earlier")
    monkeypatch.setattr(catalog, "FORMER_ADDRESSES", ("gh:someone/earlier",))
    assert run("update", "--defaults")[0] == 0
    assert "_src_path: gh:aiscaffold/aiscaffold" in (project / ".copier-answers.yml").read_text(encoding="utf-8")


def test_markdown_can_be_pasted_into_a_pull_request(run: Run, project: Path) -> None:
    edit(project, "README.md", "line 4\n", "line 4 of mine\n")
    _, out, _ = run("update", "--dry-run", "--markdown")
    assert out.startswith("## Template `mini`: v0.1.0 → v0.3.0\n")
    assert "### Look at these first\n\n- **conflict** `README.md`: Both changed the same lines" in out
    assert "| added | `src/tide/extra.py` | a helper that everybody wrote by hand. |" in out


def test_a_project_is_found_from_any_folder_in_it(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "src" / "tide")
    assert run("update", "--defaults")[0] == 0
    assert (project / "src/tide/extra.py").exists()
