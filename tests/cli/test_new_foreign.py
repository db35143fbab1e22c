"""`aiscaffold new ADDRESS FOLDER`: third-party templates, with our promises and without trust in strangers."""

import json
import shutil
import sys
from pathlib import Path

import pytest
import typer
from foreign_templates import ADDRESS, ANSWERS, write_template
from support import Run, git, listing

from aiscaffold.cli import new
from aiscaffold.project import ANSWERS_FILE

posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell or links")


def test_the_project_is_committed_on_main_and_records_where_it_is_from(run: Run, template: Path, home: Path) -> None:
    code, out, err = run("new", ADDRESS, "tide", "-d", "port=8080", "--defaults")
    assert code == 0
    assert "tide: 2 files from gh:ada/template v1.0.0, first commit" in out
    assert "rendering gh:ada/template v1.0.0" in err
    project = home / "tide"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "--format=%s %D") == "Start from gh:ada/template v1.0.0 HEAD -> main"
    recorded = (project / ANSWERS_FILE).read_text(encoding="utf-8")
    assert recorded.endswith("\n_commit: v1.0.0\n_src_path: gh:ada/template\nname: tide\nport: 8080\n")
    assert [entry.name for entry in home.iterdir()] == ["tide"]


def test_a_version_can_be_chosen(run: Run, template: Path, home: Path) -> None:
    write_template(template, {"README.md.jinja": "two\n"}, "v2.0.0")
    write_template(template, {"README.md.jinja": "head\n"}, tag="")
    for ref, text in {"v1.0.0": "# tide at 80, from gh:ada/template\n", "main": "head\n", "": "two\n"}.items():
        assert run("new", ADDRESS, f"p{ref}", "--defaults", *(["--ref", ref] if ref else []))[0] == 0
        assert (home / f"p{ref}" / "README.md").read_text(encoding="utf-8") == text


def test_a_dry_run_promises_the_tree_that_the_run_then_gives(run: Run, template: Path, home: Path) -> None:
    code, planned, _ = run("new", ADDRESS, "tide", "--defaults", "--dry-run", "--json")
    assert code == 0
    assert listing(home) == []
    _, made, _ = run("new", ADDRESS, "tide", "--defaults", "--json")
    assert json.loads(planned)["tree"] == json.loads(made)["tree"] == git(home / "tide", "rev-parse", "HEAD^{tree}")


def test_json_tells_the_answers_and_the_version(run: Run, template: Path, home: Path) -> None:
    _, out, _ = run("new", ADDRESS, "tide", "--defaults", "--json")
    made = json.loads(out)
    assert (made["template"], made["revision"]) == (ADDRESS, "v1.0.0")
    assert made["answers"] == {"name": "tide", "port": 80}
    assert made["files"][0] == {"path": ANSWERS_FILE, "kind": "added", "reason": ""}


def test_a_plan_shows_the_files_and_writes_nothing(run: Run, template: Path, home: Path) -> None:
    code, out, err = run("new", ADDRESS, "tide", "--defaults", "--dry-run")
    assert (code, err) == (0, "")
    assert "tide: 2 files from gh:ada/template v1.0.0" in out
    assert "README.md" in out
    assert listing(home) == []


@posix
def test_links_and_modes_are_in_the_tree_that_is_promised(run: Run, template: Path, home: Path) -> None:
    (template / "here").symlink_to("README.md")
    (template / "loop").symlink_to(".")
    (template / "run.sh").write_text("#!/bin/sh\n", encoding="utf-8")
    (template / "run.sh").chmod(0o755)
    write_template(template, {"copier.yml": "_preserve_symlinks: true\nname: tide\nport: 1\n"}, "v2.0.0")
    _, out, _ = run("new", ADDRESS, "tide", "--defaults", "--json")
    assert json.loads(out)["tree"] == git(home / "tide", "rev-parse", "HEAD^{tree}")


def test_a_folder_without_git_makes_a_project_that_cannot_be_updated(run: Run, template: Path, home: Path) -> None:
    shutil.rmtree(template / ".git")
    code, out, _ = run("new", template, "tide", "--defaults")
    assert code == 0
    assert "cannot be updated" in " ".join(out.split())
    assert git(home / "tide", "log", "--format=%s") == f"Start from {template}"


def test_a_template_without_an_answers_file_is_told(run: Run, template: Path, home: Path) -> None:
    git(template, "rm", "--quiet", ANSWERS)
    git(template, "commit", "--quiet", "-m", "no answers")
    git(template, "tag", "v2.0.0")
    code, out, _ = run("new", ADDRESS, "tide", "-d", "name=x", "--defaults")
    assert code == 0
    assert "records no answers: the project cannot be updated" in " ".join(out.split())


def test_offline_the_version_that_was_fetched_before_is_used_and_told(run: Run, template: Path, home: Path) -> None:
    run("new", ADDRESS, "one", "--defaults")
    shutil.rmtree(template)
    code, out, _ = run("new", ADDRESS, "two", "--defaults")
    assert code == 0
    assert "could not be fetched" in out
    assert (home / "two" / "README.md").is_file()


def test_without_git_there_is_no_repository(run: Run, template: Path, home: Path) -> None:
    code, _, _ = run("new", ADDRESS, "tide", "--defaults", "--no-git")
    assert code == 0
    assert listing(home / "tide") == [ANSWERS_FILE, "README.md"]


def test_the_catalogues_names_win_over_folders(run: Run, catalogue: object, home: Path) -> None:
    write_template(home / "mini")
    code, out, _ = run("new", "mini", "tide", "--defaults")
    assert code == 0
    assert "from mini" in out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((ADDRESS,), 2, "needs the folder to make"),
        ((ADDRESS, "x", "-d", "prot=1"), 2, "has no question 'prot'"),
        ((ADDRESS, "x", "-d", "port=many"), 3, "does not render"),
        ((ADDRESS, "x", "--ref", "v9"), 3, "has no version 'v9'"),
        (("gh:ada/none", "x"), 3, "cannot be fetched"),
        (("./none", "x"), 3, "cannot be fetched"),
        (("https://a:b@example.org/t.git", "x"), 3, "credentials"),
        ((ADDRESS, "x", "--verify"), 2, "no task `check`"),
        (("mini", "x", "--ref", "v1"), 2, "--ref is for third-party templates"),
        (("mini", "x", "--trust"), 2, "--trust is for third-party templates"),
    ],
)
@pytest.mark.usefixtures("catalogue", "template")
def test_a_call_that_cannot_work_says_why_and_leaves_nothing(
    run: Run, home: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    git(home, "config", "--global", "url.file:///nowhere/.insteadOf", "https://github.com/ada/none")
    got, out, err = run("new", *arguments, "--defaults")
    assert (got, out) == (code, "")
    assert says in err
    assert "Traceback" not in err
    assert listing(home) == []


HOSTILE = {
    "tasks": {"copier.yml": "_tasks: ['touch RAN']\n"},
    "an extension": {"copier.yml": "_jinja_extensions: [evil.Extension]\n"},
    "included tasks": {"copier.yml": "!include more.yml\n", "more.yml": "_tasks: ['touch RAN']\n"},
    "data from outside": {"copier.yml": "_external_data: {a: ../../secret.yml}\n"},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_code_of_a_stranger_is_not_run_but_named(run: Run, template: Path, home: Path, name: str) -> None:
    files = {key: text.replace("RAN", str(home / "ran")) for key, text in HOSTILE[name].items()}
    write_template(template, files, "v2.0.0")
    for extra in ((), ("--dry-run",), ("--no-git",)):
        code, out, err = run("new", ADDRESS, "tide", "--defaults", *extra)
        assert (code, out) == (3, "")
        assert "would run code on this machine:" in err
        assert "hint: read the template" in err
        assert listing(home) == []


def test_the_users_trust_in_copiers_settings_is_not_ours(
    run: Run, template: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text(f"trust: ['{ADDRESS}', 'https://github.com/']\n", encoding="utf-8")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    write_template(template, {"copier.yml": "_tasks: ['touch ran']\n"}, "v2.0.0")
    assert run("new", ADDRESS, "tide", "--defaults")[0] == 3
    assert listing(home) == []


@posix
def test_with_consent_tasks_run_once_in_the_staged_project(run: Run, template: Path, home: Path) -> None:
    task = "_tasks: ['echo ran >> log; pwd > where; git init; echo KEY=1 > .env']\nname: tide\nport: 1\n"
    write_template(template, {"copier.yml": task, ".gitignore": ".env\n"}, "v2.0.0")
    code, out, err = run("new", ADDRESS, "tide", "--defaults", "--trust", "--json")
    assert code == 0
    assert "task: echo ran >> log" in err
    project = home / "tide"
    assert (project / "log").read_text(encoding="utf-8") == "ran\n"
    assert ".aiscaffold-" in (project / "where").read_text(encoding="utf-8")
    assert git(project, "log", "--format=%s") == "Start from gh:ada/template v2.0.0"
    assert (project / ".env").is_file()
    assert git(project, "ls-files").splitlines() == [ANSWERS_FILE, ".gitignore", "README.md", "log", "where"]
    assert json.loads(out)["tree"] == git(project, "rev-parse", "HEAD^{tree}")
    assert [file["path"] for file in json.loads(out)["files"]] == git(project, "ls-files").splitlines()


@posix
def test_a_dry_run_runs_no_task_even_with_consent(run: Run, template: Path, home: Path) -> None:
    write_template(template, {"copier.yml": f"_tasks: ['touch {home}/ran']\nname: tide\nport: 1\n"}, "v2.0.0")
    code, out, _ = run("new", ADDRESS, "tide", "--defaults", "--trust", "--dry-run", "--json")
    assert code == 0
    assert "tasks were not run" in json.loads(out)["notes"][0]
    assert listing(home) == []


@posix
def test_trust_holds_for_a_commit_and_is_asked_again_when_the_tag_moves(run: Run, template: Path, home: Path) -> None:
    write_template(template, {"copier.yml": "_tasks: ['touch one']\nname: tide\nport: 1\n"}, "v2.0.0")
    assert run("new", ADDRESS, "one", "--defaults", "--trust")[0] == 0
    assert run("new", ADDRESS, "two", "--defaults")[0] == 0
    write_template(template, {"copier.yml": "_tasks: ['touch evil']\nname: tide\nport: 1\n"}, "v2.0.0")
    code, _, err = run("new", ADDRESS, "three", "--defaults")
    assert code == 3
    assert "task: touch evil" in err
    assert sorted(entry.name for entry in home.iterdir()) == ["one", "two"]


@posix
def test_a_task_that_fails_leaves_nothing(run: Run, template: Path, home: Path) -> None:
    write_template(template, {"copier.yml": "_tasks: ['touch x; exit 3']\n"}, "v2.0.0")
    code, out, err = run("new", ADDRESS, "tide", "--defaults", "--trust")
    assert (code, out) == (3, "")
    assert "does not render" in err
    assert listing(home) == []


@pytest.mark.parametrize("answer", [True, False])
@posix
def test_on_a_terminal_the_user_is_asked_with_the_commands_in_view(
    run: Run, template: Path, home: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    write_template(template, {"copier.yml": "_tasks: ['touch done']\n", "README.md.jinja": ""}, "v2.0.0")
    asked: list[str] = []
    monkeypatch.setattr(new, "is_conversation", lambda: True)
    monkeypatch.setattr(typer, "confirm", lambda question, **_: asked.append(question) or answer)
    code, _, err = run("new", ADDRESS, "tide")
    assert code == (0 if answer else 3)
    assert asked == ["Do you trust it?"]
    assert "  task: touch done\n" in err
    assert (home / "tide" / "done").exists() == answer


def test_hooks_of_a_stranger_are_installed_only_with_trust(run: Run, template: Path, home: Path) -> None:
    write_template(template, {".pre-commit-config.yaml": "repos: []\n"}, "v2.0.0")
    code, out, _ = run("new", ADDRESS, "without", "--defaults")
    assert code == 0
    assert "hooks are not installed" in out
    assert run("new", ADDRESS, "with", "--defaults", "--trust")[0] == 0
    assert not (home / "without/.git/hooks/pre-commit").exists()
    assert (home / "with/.git/hooks/pre-commit").is_file()


def test_a_password_in_an_address_is_printed_nowhere(run: Run, home: Path, tmp_path: Path) -> None:
    code, out, err = run("new", "https://ada:s3cret@example.org/t.git", "tide", "--defaults")
    assert code == 3
    assert "s3cret" not in out + err
    assert not (tmp_path / "cache").exists()
