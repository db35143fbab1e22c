"""The workflow that proposes template updates: its own commands, run on real git.

Only what would need GitHub is played: gh, and the aiscaffold that uvx would fetch.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from support import git

from .conftest import make
from .samples import Sample

WORKFLOW = ".github/workflows/template-update.yml"
BRANCH = "template-update-v9.0.0"
UVX = """\
echo "$@" >> "$CALLS"
case "$*" in
    *--version) exit "$INSTALL" ;;
    *--check) exit "$CHECK" ;;
    *"--defaults --branch template-update --markdown")
        git checkout --quiet -b template-update
        echo "_commit: v9.0.0" > .copier-answers.yml
        git commit --quiet --no-verify --all --message update
        git checkout --quiet main
        echo "# What is new"
        exit "$UPDATE" ;;
esac
exit 99
"""
GH = """\
case "$1 $2" in
    "auth setup-git") ;;
    "pr list") echo "$PROPOSED" ;;
    "pr create") for last; do :; done; cat "$last"; echo "$@"; exit "$CREATE" ;;
    *) exit 99 ;;
esac
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the workflow runs on Linux")


@dataclass(frozen=True)
class Runner:
    """A clone of the project on a machine of GitHub's, with a place for what its steps say."""

    clone: Path
    home: Path

    def step(self, number: int, **played: str) -> tuple[int, str]:
        """Run one of the workflow's scripts as GitHub does: (exit code, output)."""
        steps = yaml.safe_load((self.clone / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["propose"]["steps"]
        script = [step["run"] for step in steps if "run" in step][number]
        outcome = {"INSTALL": "0", "CHECK": "1", "UPDATE": "0", "PROPOSED": "0", "CREATE": "0"}
        env = {**os.environ, **self.environment, **outcome, **self.said, **played}
        done = subprocess.run(
            ["bash", "-e", "-c", script], cwd=self.clone, env=env, check=False, stdout=subprocess.PIPE, encoding="utf-8"
        )
        return done.returncode, done.stdout

    @property
    def environment(self) -> dict[str, str]:
        """What GitHub gives to each step, and the stand-ins; the catalogue's address leads to the project's origin."""
        origin = git(self.clone, "remote", "get-url", "origin")
        return {
            "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CALLS": str(self.home / "calls"),
            "RUNNER_TEMP": str(self.home),
            "GITHUB_OUTPUT": str(self.home / "output"),
            "GITHUB_REF_NAME": "main",
            "CATALOGUE": "https://catalogue.invalid",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{origin}.insteadOf",
            "GIT_CONFIG_VALUE_0": "https://catalogue.invalid",
        }

    @property
    def said(self) -> dict[str, str]:
        """The outputs of the first step, as the second one gets them."""
        lines = (self.home / "output").read_text(encoding="utf-8").splitlines()
        return {name.upper(): value for name, _, value in (line.partition("=") for line in lines)}

    @property
    def pushed(self) -> list[str]:
        """The branches that the origin has beside main."""
        heads = git(self.clone, "ls-remote", "--heads", "origin").splitlines()
        return [head.partition("refs/heads/")[2] for head in heads if not head.endswith("/main")]


@pytest.fixture(scope="module")
def origin(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of each template that wants the workflow, as a bare repository."""
    folder = tmp_path_factory.mktemp("origin")
    project = make(sample.template, folder / "project", "-d", "update_workflow=yes")
    git(project, "branch", "--move", "--force", "main")
    git(folder, "clone", "--quiet", "--bare", str(project), str(folder / "origin.git"))
    return folder / "origin.git"


@pytest.fixture
def runner(origin: Path, tmp_path: Path) -> Runner:
    """A fresh runner with a fresh origin."""
    git(tmp_path, "clone", "--quiet", "--bare", str(origin), "origin.git")
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), "clone")
    (tmp_path / "bin").mkdir()
    for name, script in (("uvx", UVX), ("gh", GH)):
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}", encoding="utf-8", newline="\n")
        program.chmod(0o755)
    (tmp_path / "output").touch()
    return Runner(tmp_path / "clone", tmp_path)


def test_nothing_new_ends_green_and_opens_nothing(runner: Runner) -> None:
    assert runner.step(0, CHECK="0")[0] == 0
    assert runner.said == {}


@pytest.mark.parametrize("played", [{"INSTALL": "1"}, {"CHECK": "3"}, {"UPDATE": "3"}], ids=str)
def test_what_fails_is_not_taken_for_news(runner: Runner, played: dict[str, str]) -> None:
    assert runner.step(0, **played)[0] == next(int(code) for code in played.values())
    assert runner.said == {}


@pytest.mark.parametrize(("code", "note"), [("0", ""), ("1", ", with conflicts to resolve")])
def test_an_update_becomes_a_branch_and_a_pull_request_that_carries_the_report(
    runner: Runner, code: str, note: str
) -> None:
    assert runner.step(0, UPDATE=code)[0] == 0
    assert runner.said == {"BRANCH": BRANCH, "TITLE": f"Update from the template to v9.0.0{note}"}
    code_of_request, request = runner.step(1)
    assert (code_of_request, runner.pushed) == (0, [BRANCH])
    assert request.startswith("# What is new\n")
    assert f"--head {BRANCH} --base main --title {runner.said['TITLE']} --body-file" in request
    assert git(runner.clone, "status", "--porcelain") == ""


def test_a_release_is_proposed_once(runner: Runner) -> None:
    runner.step(0)
    code, said = runner.step(1, PROPOSED="1")
    assert (code, runner.pushed) == (0, [])
    assert "has been proposed already" in said


def test_a_refused_pull_request_leaves_no_branch_behind(runner: Runner) -> None:
    runner.step(0)
    assert runner.step(1, CREATE="1")[0] == 1
    assert runner.pushed == []


@pytest.mark.parametrize("pinned", ["", "0123456789abcdef0123456789abcdef01234567"])
def test_aiscaffold_comes_from_the_catalogue_at_the_owners_commit_or_else_the_newest(
    runner: Runner, pinned: str
) -> None:
    runner.step(0, PINNED=pinned)
    expected = pinned or git(runner.clone, "rev-parse", "origin/main")
    calls = (runner.home / "calls").read_text(encoding="utf-8").splitlines()
    assert {call.split()[1] for call in calls} == {f"git+https://catalogue.invalid@{expected}"}
    assert expected in (runner.home / "report.md").read_text(encoding="utf-8")


def test_no_step_but_the_last_holds_a_token(runner: Runner) -> None:
    job = yaml.safe_load((runner.clone / WORKFLOW).read_text(encoding="utf-8"))["jobs"]["propose"]
    assert ["GH_TOKEN" in step.get("env", {}) for step in job["steps"]] == [False, False, False, True]
    assert job["steps"][0]["with"]["persist-credentials"] is False
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
