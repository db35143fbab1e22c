"""`aiscaffold new`: code, stdout and stderr."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support import Run, git, listing

from aiscaffold.project import read_answers

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_project_is_committed_on_main_and_named_after_its_folder(run: Run, home: Path) -> None:
    code, out, err = run("new", "mini", "bike-demand", "--defaults")
    assert code == 0
    assert "bike-demand: 5 files from mini" in out
    assert "rendering mini" in err
    project = home / "bike-demand"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "branch", "--show-current") == "main"
    assert git(project, "log", "--format=%an <%ae>").splitlines() == ["Ada Lovelace <ada@example.org>"]
    assert "template mini v" in git(project, "log", "--format=%s")
    assert (project / "src" / "bike_demand" / "__init__.py").is_file()
    assert [entry.name for entry in home.iterdir()] == ["bike-demand"]


def test_without_a_folder_the_project_gets_its_own_name(run: Run, home: Path) -> None:
    code, _, _ = run("new", "mini", "-d", "project_name=Bike Demand", "--defaults")
    assert code == 0
    assert (home / "bike-demand").is_dir()


def test_the_answers_file_is_true_and_names_no_folder_of_this_machine(run: Run, home: Path) -> None:
    run("new", "mini", "tide", "-d", "license=Apache-2.0", "-d", "year=2030", "--defaults")
    recorded = read_answers((home / "tide" / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert recorded.pop("_commit").startswith("v0.")
    assert recorded == {
        "_src_path": "gh:aiscaffold/aiscaffold",
        "template": "mini",
        "project_name": "tide",
        "author_name": "Ada Lovelace",
        "license": "Apache-2.0",
        "distribution_name": "tide",
        "package_name": "tide",
        "year": "2030",
    }


def test_options_win_over_the_data_file(run: Run, home: Path) -> None:
    (home / "a.yml").write_text("license: Apache-2.0\nyear: 2029\n", encoding="utf-8")
    run("new", "mini", "tide", "--data-file", "a.yml", "-d", "year=2030", "--defaults")
    recorded = read_answers((home / "tide" / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert (recorded["license"], recorded["year"]) == ("Apache-2.0", "2030")


def test_json_is_the_only_thing_on_stdout_and_its_tree_is_the_commits(run: Run, home: Path) -> None:
    code, out, _ = run("new", "mini", "tide", "--defaults", "--json")
    made = json.loads(out)
    assert code == 0
    assert made["tree"] == git(home / "tide", "rev-parse", "HEAD^{tree}")
    assert made["commit"] == git(home / "tide", "rev-parse", "HEAD")
    assert made["hooks"] is True
    assert {file["path"]: file["reason"] for file in made["files"]}["README.md"] == "What it is."


def test_a_dry_run_shows_each_file_with_its_reason_and_writes_nothing(run: Run, home: Path) -> None:
    code, out, err = run("new", "mini", "tide", "--defaults", "--dry-run")
    assert (code, err) == (0, "")
    assert "__init__.py" in out
    assert "How it is built." in out
    assert listing(home) == []


def test_a_dry_run_promises_the_tree_that_the_run_then_gives(run: Run, home: Path) -> None:
    _, planned, _ = run("new", "mini", "tide", "--defaults", "--dry-run", "--json")
    _, made, _ = run("new", "mini", "tide", "--defaults", "--json")
    assert json.loads(planned)["tree"] == json.loads(made)["tree"]
    assert json.loads(planned)["commit"] is None


def test_the_hooks_are_installed_unless_unwanted(run: Run, home: Path) -> None:
    run("new", "mini", "with-hooks", "--defaults")
    run("new", "mini", "without", "--defaults", "--no-hooks")
    assert (home / "with-hooks/.git/hooks/pre-commit").is_file()
    assert not (home / "without/.git/hooks/pre-commit").exists()


def test_without_git_there_is_no_repository(run: Run, home: Path) -> None:
    code, out, _ = run("new", "mini", "tide", "--defaults", "--no-git")
    assert code == 0
    assert "commit" not in out
    assert not (home / "tide" / ".git").exists()


def test_a_fresh_clone_keeps_its_remote_and_gets_its_first_commit(run: Run, home: Path) -> None:
    git(home, "init", "--quiet", "--initial-branch=master")
    git(home, "remote", "add", "origin", "git@github.com:ada/home.git")
    code, _, _ = run("new", "mini", ".", "--defaults")
    assert code == 0
    assert git(home, "remote", "get-url", "origin") == "git@github.com:ada/home.git"
    assert git(home, "branch", "--show-current") == "main"
    assert git(home, "status", "--porcelain") == ""


def test_inside_another_repository_none_is_nested(run: Run, home: Path) -> None:
    git(home, "init", "--quiet")
    code, out, _ = run("new", "mini", "inner", "--defaults")
    assert code == 0
    assert "is a git repository already" in " ".join(out.split())
    assert not (home / "inner" / ".git").exists()


def test_a_repository_with_history_is_not_overwritten(run: Run, home: Path) -> None:
    git(home, "init", "--quiet")
    git(home, "commit", "--quiet", "--allow-empty", "-m", "mine")
    code, out, err = run("new", "mini", ".", "--defaults")
    assert (code, out) == (3, "")
    assert "is not empty (.git)" in err


def test_two_projects_of_one_name_differ_only_by_their_answers(run: Run, home: Path) -> None:
    _, one, _ = run("new", "mini", "a/tide", "--defaults", "--json")
    _, two, _ = run("new", "mini", "b/tide", "--defaults", "--json")
    assert json.loads(one)["tree"] == json.loads(two)["tree"]
    _, other, _ = run("new", "mini", "c/tide", "--defaults", "--json", "-d", "year=1999")
    assert json.loads(other)["tree"] != json.loads(one)["tree"]


def test_a_reader_that_goes_early_is_no_finding(home: Path) -> None:
    command = [sys.executable, "-m", "aiscaffold", "templates", "end-to-end-ml"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.close()
        assert process.wait(timeout=60) == 0
