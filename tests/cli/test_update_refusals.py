"""`aiscaffold update` where it cannot work: one line, one hint, the right code, and nothing changed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from foreign_templates import ADDRESS, publish, write_template
from support import Run, git
from unchanged import contents

ANSWERS = ".copier-answers.yml"
posix = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell")


@dataclass(frozen=True)
class Refusal:
    """What is done to a project, the words of the call, and how that is answered."""

    prepare: Callable[[Path], object]
    says: str
    hint: str
    words: tuple[str, ...] = ()
    code: int = 3


def assert_refused(run: Run, project: Path, refusal: Refusal) -> None:
    before = contents(project)
    code, out, err = run("update", *refusal.words)
    assert (code, out) == (refusal.code, ""), err
    first, *more = err.splitlines()
    assert first.startswith("aiscaffold: ")
    assert refusal.says in first
    assert refusal.hint in "\n".join(line for line in more if line.startswith("  hint: ")), err
    assert "Traceback" not in err
    assert contents(project) == before


def nothing(project: Path) -> None:
    """Leave a project as it is."""


def answers(project: Path) -> str:
    return (project / ANSWERS).read_text(encoding="utf-8")


def record(project: Path, old: str, new: str) -> None:
    """Change the answers file and commit that."""
    text, found = re.subn(old, new, answers(project), flags=re.MULTILINE)
    assert found
    (project / ANSWERS).write_text(text, encoding="utf-8", newline="\n")
    git(project, "commit", "--quiet", "--all", "--message", "Record")


def recorded(old: str, new: str) -> Callable[[Path], None]:
    return lambda project: record(project, old, new)


def another_answers_file(project: Path) -> None:
    (project / ANSWERS).rename(project / ".copier-answers.one.yml")
    shutil.copyfile(project / ".copier-answers.one.yml", project / ".copier-answers.two.yml")


def without_commit(project: Path) -> None:
    git(project, "update-ref", "-d", "HEAD")


def bare(project: Path) -> None:
    shutil.rmtree(project / ".git")
    git(project, "init", "--quiet", "--bare", ".git")


def stuck_in(*command: str) -> Callable[[Path], None]:
    """Stop in a git command that meets a conflict."""

    def stop(project: Path) -> None:
        for branch in ("side", "main"):
            git(project, "checkout", "--quiet", "-B", branch, "main" if branch == "side" else "side~1")
            (project / "gone.txt").write_text(f"of {branch}\n", encoding="utf-8")
            git(project, "commit", "--quiet", "--all", "--message", branch)
        assert subprocess.run(["git", *command], cwd=project, check=False, capture_output=True).returncode

    return stop


def write(path: str, text: str) -> Callable[[Path], object]:
    return lambda project: (project / path).write_text(text, encoding="utf-8", newline="\n")


SRC, COMMIT = r"^_src_path: .*", r"^_commit: .*"
REFUSALS = {
    "no project": Refusal(lambda project: (project / ANSWERS).unlink(), "in no generated project", "aiscaffold new"),
    "several answers files": Refusal(another_answers_file, "made from several templates", ".copier-answers.one.yml"),
    "answers that are no YAML": Refusal(recorded(r"^license: .*", "license: [MIT"), "not YAML", "earlier commit"),
    "answers that are no mapping": Refusal(write(ANSWERS, "- one\n"), "_src_path is missing", "earlier commit"),
    "answers that are no text": Refusal(
        lambda project: (project / ANSWERS).write_bytes(b"\xff\xfe\x00"), "cannot read", "earlier commit"
    ),
    "no address": Refusal(recorded(SRC + r"\n", ""), "_src_path is missing", "by hand"),
    "no version": Refusal(recorded(COMMIT + r"\n", ""), "made without a version", "--base 0.3.0"),
    "a version nobody knows": Refusal(recorded(COMMIT, "_commit: v0.1.5"), "there is no release 0.1.5", "--base"),
    "a version of tomorrow": Refusal(recorded(COMMIT, "_commit: v9.0.0"), "newer than this aiscaffold", "upgrade"),
    "a development build": Refusal(
        recorded(COMMIT, "_commit: v0.2.0.dev0+gabc"), "by a development build (0.2.0.dev0+gabc)", "--base 0.3.0"
    ),
    "an unknown template": Refusal(recorded("^template: .*", "template: maxi"), "'maxi'", "mini", code=2),
    "no repository": Refusal(lambda project: shutil.rmtree(project / ".git"), "in no git work tree", "git init"),
    "a bare repository": Refusal(bare, "in no git work tree", "git init"),
    "no commit": Refusal(lambda project: git(project, "update-ref", "-d", "HEAD"), "has no commit yet", "git commit"),
    "a merge": Refusal(stuck_in("merge", "side"), "a merge is under way", "git merge"),
    "a rebase": Refusal(stuck_in("rebase", "side"), "a rebase is under way", "git rebase"),
    "a cherry-pick": Refusal(stuck_in("cherry-pick", "side"), "a cherry-pick is under way", "git cherry-pick"),
    "a bisection": Refusal(lambda project: git(project, "bisect", "start"), "a bisect is under way", "git bisect"),
    "work that is not committed": Refusal(write("README.md", "mine\n"), "not committed yet: README.md", "git commit"),
    "an edited answers file": Refusal(
        lambda project: (project / ANSWERS).write_text(answers(project) + "# mine\n", encoding="utf-8"),
        f"not committed yet: {ANSWERS}",
        "git commit",
    ),
    "an unknown release": Refusal(nothing, "there is no release 7", "0.1.0, 0.2.0, 0.3.0", ("--to", "7")),
    "a base that contradicts": Refusal(nothing, "was made from 0.1.0", "leave out --base", ("--base", "v0.2.0")),
    "an unknown base": Refusal(
        recorded(COMMIT, "_commit: v7.dev1"), "there is no release 6", "0.1.0, 0.2.0, 0.3.0", ("--base", "v6")
    ),
    "a way back": Refusal(
        recorded(COMMIT, "_commit: v0.3.0"), "newer than 0.2.0", "--allow-downgrade", ("--to", "v0.2.0")
    ),
    "an unknown answer": Refusal(nothing, "no question 'licence'", "license", ("-d", "licence=MIT"), code=2),
    "a bad answer": Refusal(nothing, "must be one of MIT, Apache-2.0", "", ("-d", "license=GPL"), code=2),
    "an answer without a value": Refusal(nothing, "not of the form key=value", "-d license=MIT", ("-d", "x"), code=2),
    "nothing to continue": Refusal(nothing, "no update to continue", "aiscaffold update", ("--continue",)),
    "nothing to take back": Refusal(nothing, "no update to continue or take back", "aiscaffold update", ("--abort",)),
    "a branch that is there": Refusal(nothing, "a branch main already", "git branch -D", ("--branch", "main")),
    "a folder that is not there": Refusal(nothing, "does not exist", "folder", ("/nowhere",)),
}
CONTRADICTIONS = [
    ("--check", "--dry-run"),
    ("--check", "--branch=news"),
    ("--check", "--continue"),
    ("--check", "--abort"),
    ("--dry-run", "--continue"),
    ("--continue", "--abort"),
    ("--continue", "--to=0.2.0"),
    ("--abort", "--data=license=MIT"),
    ("--abort", "--branch=news"),
    ("--abort", "--verify"),
    ("--json", "--markdown"),
    ("--json", "--diff"),
]


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_an_update_that_cannot_be_says_why_and_changes_nothing(run: Run, project: Path, refusal: Refusal) -> None:
    refusal.prepare(project)
    assert_refused(run, project, refusal)


@pytest.mark.parametrize("words", CONTRADICTIONS, ids=" ".join)
def test_options_that_contradict_each_other_are_wrong_usage(run: Run, project: Path, words: tuple[str, str]) -> None:
    named = [word.partition("=")[0] for word in words]
    assert_refused(run, project, Refusal(nothing, named[0], "", words, code=2))


@posix
def test_a_git_that_cannot_merge_trees_is_named_with_the_version_that_can(
    run: Run, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").write_text("#!/bin/sh\necho git version 2.30.2\n", encoding="utf-8")
    (place / "git").chmod(0o755)
    before = contents(project)
    monkeypatch.setenv("PATH", str(place), prepend=os.pathsep)
    code, _, err = run("update")
    assert (code, contents(project)) == (3, before)
    assert err == "aiscaffold: git 2.30 is too old: update needs 2.38 or newer\n  hint: upgrade git\n"


def test_without_git_there_is_no_update(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(project)
    monkeypatch.setenv("PATH", os.devnull)
    code, _, err = run("update")
    assert (code, contents(project)) == (3, before)
    assert err.startswith("aiscaffold: git was not found on PATH\n  hint: install git")


@pytest.mark.parametrize(
    "prepare",
    [
        write("own.txt", "untracked\n"),
        write("pyproject.toml", "[project]\n# mine, not committed\n"),
        lambda project: git(project, "rm", "--quiet", ".pre-commit-config.yaml"),
    ],
    ids=["untracked", "elsewhere", "removed elsewhere"],
)
def test_work_that_the_update_does_not_touch_need_not_be_committed(
    run: Run, project: Path, prepare: Callable[[Path], object]
) -> None:
    prepare(project)
    kept = {path: content for path, content in contents(project).items() if path in {"own.txt", "pyproject.toml"}}
    assert run("update", "--defaults")[0] == 0
    assert kept.items() <= contents(project).items()
    assert (project / ".pre-commit-config.yaml").exists() == bool(git(project, "ls-files", ".pre-commit-config.yaml"))


@pytest.mark.parametrize("made_from", ["v0.2.0.dev0+gabc", "v0.1.5", "main"])
def test_a_base_stands_for_a_version_that_no_release_is(run: Run, project: Path, made_from: str) -> None:
    record(project, COMMIT, f"_commit: {made_from}")
    assert run("update", "--defaults", "--base", "0.1.0")[0] == 0
    assert "_commit: v0.3.0\n" in answers(project)


def test_the_way_back_is_open_to_who_asks_for_it(run: Run, project: Path) -> None:
    before = git(project, "rev-parse", "HEAD^{tree}")
    assert run("update", "--defaults")[0] == 0
    git(project, "commit", "--quiet", "--message", "Update")
    assert run("update", "--defaults", "--to", "0.1.0", "--allow-downgrade")[0] == 0
    assert git(project, "write-tree") == before


def test_a_template_that_was_never_fetched_cannot_be_had_without_network(
    run: Run, project: Path, tmp_path: Path
) -> None:
    write_template(tmp_path / "template")
    publish(tmp_path / "template")
    assert run("new", ADDRESS, "other", "--defaults")[0] == 0
    shutil.rmtree(tmp_path / "template")
    assert run("update", "other", "--check")[0] == 0, "what was fetched once is enough"
    shutil.rmtree(tmp_path / "cache")
    refusal = Refusal(nothing, f"{ADDRESS} cannot be fetched", "check the address and the network", ("other",))
    assert_refused(run, project, refusal)
