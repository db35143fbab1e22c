"""Another paper takes Breiman's place by the README's own steps alone; claims come first, and git tells it."""

import csv
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support import git

from aiscaffold.inspection import Order, inspect
from aiscaffold.rule import TOOL

from . import secretary
from .conftest import inside, make
from .samples import PAPER
from .test_judges import CFFCONVERT, judge
from .test_paper import region

pytestmark = pytest.mark.slow

BREIMAN = r"Breiman|random forest|glass|sonar|ionosphere|out.of.bag|\btrees?\b"
# They hold the words of the project's name, or nothing that is read.
NAMED_AFTER = re.compile(r"forest[-_]check", re.IGNORECASE)
UNREAD = {"uv.lock"}
GENERATED = {
    "README.md",
    "CITATION.cff",
    "DEVIATIONS.md",
    "data/DATASHEET.md",
    "docs/DECISIONS.md",
    "results/environment.json",
    "results/figures.svg",
    "results/runs.csv",
    "results/verdicts.json",
}


def listed_places(project: Path) -> set[tuple[str, str]]:
    """Read which places the README says are to be replaced, by file and name."""
    return set(re.findall(r"^- `(\S+)`, (\S+): .", region(project / "README.md", "swap"), re.MULTILINE))


def commit(project: Path, message: str) -> None:
    """Commit what was changed, without the hooks: they want an environment for each clone."""
    git(project, "add", "--all")
    identity = ("-c", "user.name=Grace Hopper", "-c", "user.email=grace@example.org")
    git(project, *identity, "commit", "--quiet", "--no-verify", "--message", message)


def ours(project: Path, *command: str) -> tuple[int, str]:
    """Run one of the project's commands: exit code and what it said."""
    done = subprocess.run(
        ["uv", "run", "--no-sync", *command], cwd=project, check=False, capture_output=True, encoding="utf-8"
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout + done.stderr


def state_of(project: Path, claim: str) -> str:
    """The line that `claims` says of a claim."""
    code, said = ours(project, "forest-check", "claims")
    assert code == 0, said
    (line,) = (line for line in said.splitlines() if line.startswith(f"{claim} "))
    return line


def clone(project: Path, folder: Path) -> Path:
    """Copy a project with its history and its environment, which runs the copy's own code."""
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns(".venv"), symlinks=True)
    inside(folder, "uv", "sync", "--locked", "--quiet")
    return folder


@pytest.fixture(scope="module")
def claimed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project of which every marked place has been replaced and committed; nothing has been run."""
    project = make(PAPER.template, tmp_path_factory.mktemp("swapped") / PAPER.name)
    assert listed_places(project) == set(secretary.PLACES), "the README's list is not what had to be edited"
    secretary.write(project)
    secretary.follow_the_readme(project)
    inside(project, "uv", "sync", "--locked")
    commit(project, "Claims of another paper, before any run")
    return project


@pytest.fixture(scope="module")
def swapped(claimed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the claims, render the documents, commit."""
    project = clone(claimed, tmp_path_factory.mktemp("run") / PAPER.name)
    for command in (("forest-check", "run", "all"), ("forest-check", "ablate", "all"), ("poe", "report")):
        inside(project, "uv", "run", "--no-sync", *command)
    changed = {*git(project, "diff", "--name-only", "HEAD").splitlines()}
    assert changed <= GENERATED
    assert git(project, "ls-files", "--others", "--exclude-standard") == "results/runs.csv"
    commit(project, "What came out")
    return project


def test_before_the_run_nothing_is_claimed_to_have_been_run(claimed: Path) -> None:
    assert re.search(r" 0/20 +not run +not run$", state_of(claimed, "hundred"))


def test_every_gate_is_green_and_the_numbers_come_again(swapped: Path) -> None:
    said = inside(swapped, "uv", "run", "--no-sync", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == [*PAPER.checks]
    assert "numbers match README" in inside(swapped, "uv", "run", "--no-sync", "poe", "reproduce")
    assert git(swapped, "status", "--porcelain") == ""


def test_the_verdicts_are_those_that_mathematics_gives(swapped: Path) -> None:
    verdicts = json.loads((swapped / "results/verdicts.json").read_text(encoding="utf-8"))
    found = {claim: (finding["verdict"], finding["mean"]) for claim, finding in verdicts["findings"].items()}
    assert found == {
        "hundred": ("reproduced", pytest.approx(37.10, abs=1)),
        "few": ("reproduced", pytest.approx(38.42, abs=1)),
    }
    (effect,) = verdicts["effects"].values()
    assert effect["difference"] == pytest.approx(34.91 - 37.10, abs=1.2)
    assert ours(swapped, "forest-check", "verify")[0] == 0


def test_git_says_that_the_claims_were_there_before_the_results(swapped: Path) -> None:
    for claim in ("hundred", "few"):
        assert "claim before result" in state_of(swapped, claim)


def test_the_notice_is_gone_and_nothing_speaks_of_forests(swapped: Path) -> None:
    assert region(swapped / "README.md", "notice") == ""
    told = {
        name: lines
        for name in git(swapped, "ls-files").splitlines()
        if name not in UNREAD
        for text in [NAMED_AFTER.sub("", (swapped / name).read_text(encoding="utf-8"))]
        if (lines := [line for line in text.splitlines() if re.search(BREIMAN, line, re.IGNORECASE)])
    }
    assert told == {}


def test_the_citation_names_the_new_paper_and_is_valid(swapped: Path) -> None:
    text = (swapped / "CITATION.cff").read_text(encoding="utf-8")
    assert "Ferguson" in text
    assert "10.1214/ss/1177012493" in text
    judge(swapped, CFFCONVERT, "cffconvert", "--validate", python="3.11")


@pytest.mark.parametrize(("acknowledged", "code"), [("", 1), (secretary.ACKNOWLEDGED, 0)], ids=["silent", "said"])
def test_a_falsified_claim_is_as_good_as_any_once_it_is_acknowledged(
    swapped: Path, acknowledged: str, code: int, tmp_path: Path
) -> None:
    project = clone(swapped, tmp_path / PAPER.name)
    secretary.write(project, acknowledged, secretary.CLAIMS + secretary.WRONG)
    commit(project, "A rule that nobody claims to be good")
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "hasty")
    found, said = ours(project, "forest-check", "verify")
    assert re.search(r"^hasty .* falsified$", said, re.MULTILINE)
    assert (found, "problem: claim hasty is falsified" in said) == (code, code == 1)
    inside(project, "uv", "run", "--no-sync", "poe", "report")
    if code == 0:
        inside(project, "uv", "run", "--no-sync", "poe", "check")
        commit(project, "It fails, as it should")
        assert "claim before result" in state_of(project, "hasty")


def test_a_claim_written_after_its_result_is_said_to_be(claimed: Path, tmp_path: Path) -> None:
    project = clone(claimed, tmp_path / PAPER.name)
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "few")
    text = (project / "claims.toml").read_text(encoding="utf-8")
    (project / "claims.toml").write_text(text[: text.rindex("[[claim]]")], encoding="utf-8", newline="\n")
    git(project, "add", "--all")
    history = ("-c", "user.name=Grace", "-c", "user.email=g@example.org", "commit", "--quiet", "--no-verify")
    # The history is written anew, as if the claim had come last.
    git(project, *history, "--amend", "--message", "Results, and a claim to come")
    (project / "claims.toml").write_text(text, encoding="utf-8", newline="\n")
    commit(project, "A claim that fits")
    assert "result before claim" in state_of(project, "few")


def test_claim_and_result_in_one_commit_are_said_to_be(claimed: Path, tmp_path: Path) -> None:
    project = clone(claimed, tmp_path / PAPER.name)
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "few")
    git(project, "add", "--all")
    history = ("-c", "user.name=Grace", "-c", "user.email=g@example.org", "commit", "--quiet", "--no-verify")
    git(project, *history, "--amend", "--message", "Everything at once")
    assert "one commit" in state_of(project, "few")
    assert "claim before result" not in state_of(project, "few")


def test_results_of_a_claim_that_is_not_committed_are_said_to_be(claimed: Path, tmp_path: Path) -> None:
    project = clone(claimed, tmp_path / PAPER.name)
    secretary.write(project, claims=secretary.CLAIMS + secretary.WRONG)
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "all")
    assert "not committed" in state_of(project, "hasty")
    assert "claim before result" in state_of(project, "few"), "which is committed; the results will be, after it"


def test_a_claim_reworded_after_its_run_has_to_be_run_again(swapped: Path, tmp_path: Path) -> None:
    project = clone(swapped, tmp_path / PAPER.name)
    text = (project / "claims.toml").read_text(encoding="utf-8")
    reworded = text.replace('accept = "mean >= 36.3"', 'accept = "mean >= 38.0"')
    (project / "claims.toml").write_text(reworded, encoding="utf-8", newline="\n")
    commit(project, "Sharper")
    code, said = ours(project, "forest-check", "verify")
    assert code == 1
    assert "claim few was edited after its run: run it again" in " ".join(said.split())
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "few")
    inside(project, "uv", "run", "--no-sync", "poe", "report")
    commit(project, "Run again")
    assert ours(project, "forest-check", "verify")[0] == 0
    assert "reworded after a run" in state_of(project, "few")
    assert "claim before result" in state_of(project, "hundred")


def test_a_shallow_clone_or_none_cannot_be_judged(swapped: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", swapped.as_uri(), "shallow")
    inside(tmp_path / "shallow", "uv", "sync", "--locked", "--quiet")
    assert "cannot be judged" in state_of(tmp_path / "shallow", "few")
    assert ours(tmp_path / "shallow", "forest-check", "verify")[0] == 0
    said = inside(tmp_path / "shallow", "uv", "run", "--no-sync", "poe", "check")
    assert "FAILED" not in said
    exported = clone(swapped, tmp_path / PAPER.name)
    shutil.rmtree(exported / ".git")
    assert "cannot be judged" in state_of(exported, "few")


def test_a_rebase_changes_nothing_of_the_order(swapped: Path, tmp_path: Path) -> None:
    project = clone(swapped, tmp_path / PAPER.name)
    who = ("-c", "user.name=Grace Hopper", "-c", "user.email=grace@example.org")
    git(project, *who, "rebase", "--quiet", "--root", "--force-rebase", "--committer-date-is-author-date")
    assert git(project, "rev-parse", "HEAD") != git(swapped, "rev-parse", "HEAD")
    assert "claim before result" in state_of(project, "few")


def test_dates_that_lie_change_nothing(claimed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = clone(claimed, tmp_path / PAPER.name)
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "few")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_DATE", "2001-01-01T00:00:00Z")
    commit(project, "Long ago")
    assert "claim before result" in state_of(project, "few")


def test_runs_are_appended_never_replaced(swapped: Path, tmp_path: Path) -> None:
    project = clone(swapped, tmp_path / PAPER.name)
    before = (project / "results/runs.csv").read_text(encoding="utf-8")
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "all")
    assert (project / "results/runs.csv").read_text(encoding="utf-8") == before
    inside(project, "uv", "run", "--no-sync", "forest-check", "run", "few", "--seeds", "25")
    after = (project / "results/runs.csv").read_text(encoding="utf-8")
    assert after == before, "a claim's own number of runs is what it promised"
    with (project / "results/runs.csv").open(encoding="utf-8", newline="") as file:
        assert sum(row["claim"] == "few" for row in csv.DictReader(file)) == 20


def test_the_audit_finds_nothing_that_a_tool_could_have_done(swapped: Path) -> None:
    report = inspect(str(swapped), Order()).report
    failing = {each.rule.code for each in report.findings if each.rule.who == TOOL and each.counts and not each.is_pass}
    assert report.subject.kind == PAPER.kind
    assert failing <= {"TST104"}, "which asks for tests of a model, and a result of mathematics has none"
