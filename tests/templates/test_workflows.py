"""The workflows of a generated project, run by act. Played are only GitHub, the registry and, for speed, most of uv."""

import json
import os
import re
import shutil
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from acting import run_act, write
from support import git

from .conftest import make

RETRAIN, RELEASE, CI = (f".github/workflows/{name}.yml" for name in ("retrain", "release", "ci"))
REPOSITORY = "Octo-Cat/Flight-Delays"
IMAGE = "ghcr.io/octo-cat/flight-delays"
DIGEST = f"sha256:{'0' * 64}"
TAG = "refs/tags/v0.1.0"
BRANCH = "retrain-2013-12-01"
BOT = "github-actions[bot]|41898282+github-actions[bot]@users.noreply.github.com"
OUTCOMES = {"PROPOSED": "0", "CREATE": "0", "DRIFT": "3", "RETRAIN": "0", "CHECK": "0"}
GH = """\
echo "$@" >> {home}/gh
case "$1 $2" in
    "auth setup-git" | "release create") ;;
    "pr list") echo "$PROPOSED" ;;
    "pr create") for last; do :; done; cp "$last" {home}/body.md; exit "$CREATE" ;;
    *) exit 99 ;;
esac
"""
UV = """\
echo "$@" >> {home}/uv
case "$*" in
    "sync --locked" | "run flight-delays evaluate" | "run poe report" | "run poe reproduce") ;;
    "run flight-delays drift") echo "month by month"; exit "$DRIFT" ;;
    "run poe check") exit "$CHECK" ;;
    "run flight-delays retrain "*)
        sed -i 's/^test_until = .*/test_until = 2013-12-01/' config.toml
        mkdir -p model/previous && cp model/manifest.json model/previous
        echo "# One against the other"
        exit "$RETRAIN" ;;
    *) exec {uv} "$@" ;;
esac
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="act runs a job on the machine itself only on Linux"),
]


@dataclass(frozen=True)
class GitHub:
    """A repository on GitHub with a machine of its runners, below one folder."""

    home: Path

    def run(self, workflow: str, event: str = "push", *, job: str | None = None, **played: str) -> str:
        """Run a workflow, or one job of it, on a clone of the repository; what act says."""
        git(self.home, "clone", "--quiet", "origin.git", "clone")
        actions = self.actions(yaml.safe_load((self.home / "clone" / workflow).read_text(encoding="utf-8"))["jobs"])
        env = {**OUTCOMES, "GITHUB_REPOSITORY": REPOSITORY, **played}
        words = [word for name, value in env.items() for word in ("--env", f"{name}={value}")]
        words += ["--workflows", workflow, "--eventpath", str(self.home / "event.json")]
        words += ["--secret", "GITHUB_TOKEN=played"]  # without one, act would ask gh
        words += ["--job", job] if job else []
        return run_act(self.home / "clone", self.home / "act", actions, *words, event=event)

    def tell(self, ref: str = "refs/heads/main", *, private: bool = False, **inputs: str) -> None:
        """Set what GitHub says about an event: branch or tag, repository, inputs of a run started by hand."""
        event = {"ref": ref, "repository": {"private": private}, "inputs": inputs}
        (self.home / "event.json").write_text(json.dumps(event), encoding="utf-8")

    def actions(self, jobs: dict[str, Any]) -> dict[str, Path]:
        """Stand-ins for the actions that jobs use: each notes what it is given. act itself plays the checkout."""
        steps = [step for job in jobs.values() for step in job["steps"] if "uses" in step]
        found: dict[str, dict[str, str]] = defaultdict(dict)
        for step in steps:
            name, _, commit = step["uses"].partition("@")
            owner, repository, *folder = name.split("/")
            place = "/".join([*folder, "action.yml"])
            found[f"{owner}/{repository}@{commit}"][place] = self.action(name, step.get("with", {}))
        del found[next(name for name in found if name.startswith("actions/checkout@"))]
        return {name: write(self.home / "actions" / name, files) for name, files in found.items()}

    def action(self, name: str, inputs: dict[str, Any]) -> str:
        """An action that writes down its inputs, and says what an image that it built would be."""
        note = f'echo "$GIVEN" > {self.given(name)}'
        step = {"shell": "bash", "env": {"GIVEN": "${{ toJSON(inputs) }}"}, "run": note}
        described = {
            "inputs": {key: {"description": key} for key in inputs},
            "outputs": {"digest": {"value": DIGEST}},
            "runs": {"using": "composite", "steps": [step]},
        }
        return yaml.safe_dump(described)

    def given(self, name: str) -> Path:
        """Where an action notes what it is given; there is no such file if it did not run."""
        return self.home / f"{name.replace('/', '-')}.json"

    def inputs(self, name: str) -> dict[str, str]:
        """What an action was given."""
        return dict(json.loads(self.given(name).read_text(encoding="utf-8")))

    def calls(self, program: str) -> list[str]:
        """With what words a played program was called."""
        noted = self.home / program
        return noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []

    @property
    def pushed(self) -> list[str]:
        """The branches beside main."""
        heads = git(self.home / "origin.git", "branch", "--format=%(refname:short)").splitlines()
        return [head for head in heads if head != "main"]

    @property
    def proposed(self) -> list[str]:
        """Who committed what to the branch that was pushed, then the files."""
        (branch,) = self.pushed
        told = git(self.home / "origin.git", "log", f"main..{branch}", "--format=%an|%ae|%s", "--name-only")
        return told.splitlines()


def play(home: Path, **programs: str) -> None:
    """Put stand-ins for programs first on the path."""
    for name, script in programs.items():
        program = home / "bin" / name
        program.parent.mkdir(exist_ok=True)
        text = script.format(home=home, uv=shutil.which("uv"))
        program.write_text(f"#!/bin/sh\n{text}", encoding="utf-8", newline="\n")
        program.chmod(0o755)


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project as a bare repository."""
    folder = tmp_path_factory.mktemp("origin")
    project = make("end-to-end-ml", folder / "flight-delays")
    git(project, "branch", "--move", "--force", "main")
    git(folder, "clone", "--quiet", "--bare", str(project), "origin.git")
    return folder / "origin.git"


@pytest.fixture
def real(origin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitHub:
    """GitHub with a fresh origin, on a machine where only gh is played."""
    git(tmp_path, "clone", "--quiet", "--bare", str(origin), "origin.git")
    play(tmp_path, gh=GH)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    machine = GitHub(tmp_path)
    machine.tell()
    return machine


@pytest.fixture
def github(real: GitHub) -> GitHub:
    """GitHub, on a machine where uv runs nothing of the project either."""
    play(real.home, uv=UV)
    return real


def test_a_challenger_that_wins_becomes_a_pull_request_of_the_bots(github: GitHub) -> None:
    log = github.run(RETRAIN, "schedule")
    assert "Job succeeded" in log, log
    assert github.pushed == [BRANCH]
    assert (github.home / "body.md").read_text(encoding="utf-8") == "# One against the other\n"
    title = "Promote the model that won the test until 2013-12-01"
    assert f"pr create --head {BRANCH} --base main --title {title} --body-file" in github.calls("gh")[-1]
    assert github.proposed == [f"{BOT}|{title}", "", "config.toml", "model/previous/manifest.json"]
    assert github.calls("uv") == [
        "sync --locked",
        "run flight-delays drift",
        "run flight-delays retrain --promote --markdown",
        "run flight-delays evaluate",
        "run poe report",
        "run poe check",
    ]


def test_a_gate_that_says_no_ends_green_and_shows_the_comparison(github: GitHub) -> None:
    log = github.run(RETRAIN, "schedule", RETRAIN="3")
    assert "Job succeeded" in log, log
    assert "Summary - ## Drift" in log
    assert "# One against the other" in log
    assert github.calls("uv")[-1] == "run flight-delays retrain --promote --markdown"
    assert (github.pushed, github.calls("gh")) == ([], [])


@pytest.mark.parametrize("played", [{"DRIFT": "1"}, {"RETRAIN": "1"}, {"CHECK": "1"}], ids=str)
def test_what_fails_opens_nothing(github: GitHub, played: dict[str, str]) -> None:
    assert "Job failed" in github.run(RETRAIN, "schedule", **played)
    assert (github.pushed, github.calls("gh")) == ([], [])


def test_a_month_is_proposed_once(github: GitHub) -> None:
    log = github.run(RETRAIN, "schedule", PROPOSED="1")
    assert "Job succeeded" in log, log
    assert f"{BRANCH} has been proposed already" in log
    assert github.calls("gh") == [f"pr list --head {BRANCH} --state all --json number --jq length"]
    assert github.pushed == []


def test_a_refused_pull_request_leaves_no_branch_behind(github: GitHub) -> None:
    assert "Job failed" in github.run(RETRAIN, "schedule", CREATE="1")
    assert "pr create" in github.calls("gh")[-1]
    assert github.pushed == []


@pytest.mark.parametrize("day", ["2013-11-01", "$(touch harm); `touch harm`"])
def test_the_day_of_a_started_run_is_handed_on_as_it_is(github: GitHub, day: str) -> None:
    github.tell(as_of=day)
    github.run(RETRAIN, "workflow_dispatch", RETRAIN="3")
    assert github.calls("uv")[-1] == f"run flight-delays retrain --promote --markdown --as-of {day}"
    assert not (github.home / "clone/harm").exists()


def test_a_tag_passes_the_gates_before_its_image_is_pushed_attested_and_released(github: GitHub) -> None:
    github.tell(TAG)
    log = github.run(RELEASE)
    assert log.count("Job succeeded") == 3, log
    gates = ["version --short", "sync --locked", "run poe check", "run poe reproduce"]
    assert github.calls("uv")[:4] == gates
    assert github.inputs("docker/login-action")["registry"] == "ghcr.io"
    built = github.inputs("docker/build-push-action")
    assert (built["push"], built["sbom"], built["provenance"]) == ("true", "true", "mode=max")
    assert built["tags"].split() == [f"{IMAGE}:v0.1.0", f"{IMAGE}:latest"]
    attested = github.inputs("actions/attest")
    assert (attested["subject-name"], attested["subject-digest"]) == (IMAGE, DIGEST)
    (release,) = github.calls("gh")
    assert release.startswith("release create v0.1.0 --verify-tag --generate-notes")
    assert f"oci://{IMAGE}@{DIGEST} --repo {REPOSITORY}" in release
    assert release.endswith(" sbom.cdx.json")


@pytest.mark.parametrize("failing", ["CHECK", "version"])
def test_nothing_is_published_when_a_gate_fails_or_the_tag_is_not_the_version(github: GitHub, failing: str) -> None:
    github.tell(TAG)
    if failing == "version":
        play(github.home, uv="echo 0.2.0")
    assert "Job failed" in github.run(RELEASE, CHECK="1")
    assert not github.given("docker/login-action").exists()
    assert github.calls("gh") == []


def test_a_private_repository_gets_its_image_without_an_attestation(github: GitHub) -> None:
    github.tell(TAG, private=True)
    log = github.run(RELEASE)
    assert log.count("Job succeeded") == 3, log
    assert github.given("docker/build-push-action").exists()
    assert not github.given("actions/attest").exists()


@pytest.mark.parametrize("private", [False, True])
def test_codeql_judges_the_code_and_the_workflows_of_a_public_repository(github: GitHub, *, private: bool) -> None:
    github.tell(private=private)
    log = github.run(CI, job="codeql")
    assert "Job failed" not in log, log
    assert github.given("github/codeql-action/analyze").exists() is not private
    if not private:
        assert github.inputs("github/codeql-action/init") == {"languages": "actions, python"}


def test_the_shipped_gate_lets_the_challenger_of_november_in(real: GitHub) -> None:
    real.tell(as_of="2013-11-01")
    log = real.run(RETRAIN, "workflow_dispatch")
    assert "Job succeeded" in log, log
    assert real.pushed == ["retrain-2013-11-01"]
    changed = {"README.md", "config.toml", "model/manifest.json", "model/model.skops", "reports/metrics.json"}
    assert changed <= {*real.proposed}
    assert "--base main " in real.calls("gh")[-1]
    comparison = (real.home / "body.md").read_text(encoding="utf-8")
    assert "the challenger wins, judged on 2013-10-01 to 2013-10-31" in comparison
    assert f"Summary - {comparison.splitlines()[0]}" in log


def test_the_shipped_gate_keeps_the_model_in_the_newest_month(real: GitHub) -> None:
    log = real.run(RETRAIN, "schedule")
    assert "Job succeeded" in log, log
    assert re.search(r"Summary - .* the champion stays, judged on 2013-12-01 to 2013-12-31", log), log
    assert real.pushed == []
