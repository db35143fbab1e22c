"""What counts as a history that shows work: commits of people, over days, with messages that say something."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from audited import repo_of, repository
from hypothesis import given
from hypothesis import strategies as st
from support import git

from aiscaffold.evidence import Evidence
from aiscaffold.repo import Repo
from aiscaffold.rules.history import history_grown, informs, is_web_edit, messages_informative, work_spread
from aiscaffold.snapshot import open_snapshot

STEPS = [f"Answer question {number} about the data" for number in range(10)]
LONG = "".join(f"value_{number} = {number}\n" for number in range(1_200))


def history(tmp_path: Path, *commits: dict[str, object]) -> Repo:
    return repo_of({".history": json.dumps(numbered(commits))}, tmp_path / "repo")


def numbered(commits: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """The commits, each of which changes something."""
    return [{**each, "files": each["files"] or {"steps.txt": str(n)}} for n, each in enumerate(commits)]


def commit(subject: str, days: float = 0, author: str = "Ada Lovelace", **files: str) -> dict[str, object]:
    named = {f"{name}.py": text for name, text in files.items()}
    return {"subject": subject, "days": days, "author": author, "files": named}


def test_ten_commits_of_a_person_are_a_history(tmp_path: Path) -> None:
    repo = history(tmp_path, *(commit(subject, number, a="x = 1\n" * number) for number, subject in enumerate(STEPS)))
    outcome = history_grown.check(repo)
    assert outcome.verdict == "pass"
    assert outcome.evidence[0].commit == repo.git.commits[0].id
    assert outcome.evidence[0].remark.startswith("10 commits of people")


@pytest.mark.parametrize(
    "more",
    [
        [commit("Bump numpy", author="dependabot[bot]")] * 10,
        [commit("Add files via upload")] * 10,
        [commit("Update README.md"), commit("Create app.py"), commit("Delete data.csv")] * 4,
    ],
    ids=["bots", "uploads", "edits in the web page"],
)
def test_what_no_person_worked_on_does_not_count(more: list[dict[str, object]], tmp_path: Path) -> None:
    outcome = history_grown.check(history(tmp_path, *map(commit, STEPS[:9]), *more))
    assert outcome.verdict == "fail"
    assert "9 commits of people" in outcome.evidence[0].remark


def test_commits_that_change_nothing_do_not_count(tmp_path: Path) -> None:
    empty = json.dumps([commit(subject) for subject in STEPS])
    outcome = history_grown.check(repo_of({".history": empty, "a.py": "x = 1\n"}, tmp_path / "repo"))
    assert (outcome.verdict, outcome.evidence[0].remark) == (
        "fail",
        f"1 commits of people, besides {len(STEPS)} that change nothing",
    )


def test_merges_do_not_count(tmp_path: Path) -> None:
    top = repository({".history": json.dumps(numbered([commit(subject) for subject in STEPS[:9]]))}, tmp_path / "repo")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(top, "branch", "side", "HEAD~1")
    git(top, *identity, "merge", "--quiet", "--no-ff", "--strategy=ours", "-m", "Merge side", "HEAD~2")
    (top / "steps.txt").write_text("merge", encoding="utf-8")
    git(top, *identity, "commit", "--quiet", "--all", "-m", "Merge is only a word here")
    outcome = history_grown.check(Repo(open_snapshot(top)))
    assert "10 commits of people" in outcome.evidence[0].remark


def test_a_project_that_was_developed_elsewhere_is_not_judged_by_its_import(tmp_path: Path) -> None:
    repo = history(tmp_path, commit("Publish the code of the paper", model=LONG), commit("Fix the link to the data", 9))
    assert history_grown.check(repo).verdict == "unknown"
    assert work_spread.check(repo).verdict == "unknown"


def test_a_small_project_in_its_initial_commit_is_a_short_history(tmp_path: Path) -> None:
    commits = (commit("Initial commit: churn model", model=LONG), commit("Fix the link to the data", 9))
    assert history_grown.check(history(tmp_path, *commits)).verdict == "fail"
    told = json.dumps(numbered(commits))
    contest = repo_of({".history": told}, tmp_path / "contest", kind="kaggle")
    assert history_grown.check(contest).verdict == "unknown", "whoever competes publishes at the end"


@pytest.mark.parametrize("subject", ["Initial public release", "First open-source commit", "Initial import from SVN"])
def test_an_initial_commit_that_says_where_the_code_grew_is_an_import(tmp_path: Path, subject: str) -> None:
    repo = history(tmp_path, commit(subject, model=LONG), commit("Fix the link to the data", 9))
    assert history_grown.check(repo).verdict == "unknown"


def test_an_upload_of_everything_is_no_import(tmp_path: Path) -> None:
    repo = history(tmp_path, commit("Add files via upload", model=LONG), commit("Fix the link to the data", 9))
    assert history_grown.check(repo).verdict == "fail"


def test_a_shallow_clone_says_nothing_about_what_it_leaves_out(tmp_path: Path) -> None:
    source = repository({".history": json.dumps(numbered([commit(subject) for subject in STEPS]))}, tmp_path / "source")
    git(tmp_path, "clone", "--quiet", "--depth=2", source.as_uri(), "shallow")
    outcome = history_grown.check(Repo(open_snapshot(tmp_path / "shallow")))
    assert outcome.verdict == "unknown"
    assert "shallow" in outcome.evidence[0].remark


@pytest.mark.parametrize("author", ["aiscaffold", "Ada Lovelace"])
def test_the_commit_of_a_scaffold_is_nobodys_work(author: str, tmp_path: Path) -> None:
    answers = {".copier-answers.yml": "_commit: v1\n_src_path: gh:ada/template\n"}
    first = {"subject": "Start from the template", "author": author, "files": answers}
    outcome = history_grown.check(history(tmp_path, first, *map(commit, STEPS[:9])))
    assert outcome.evidence[0].remark.startswith("9 commits of people")


def test_without_git_there_is_no_history() -> None:
    assert history_grown.check(Repo.given({"a.py": "a = 1\n"})).evidence == (Evidence(remark="there is no history"),)


@pytest.mark.parametrize(
    ("days", "verdict"),
    [((0, 3, 7), "pass"), ((0, 0.01, 8), "fail"), ((0, 1, 2, 3, 4, 5), "fail"), ((0, 100), "fail"), ((5,), "fail")],
    ids=["three days in a week", "two days only", "six days in a row", "two days far apart", "one commit"],
)
def test_work_is_spread_over_three_days_and_a_week(days: tuple[float, ...], verdict: str, tmp_path: Path) -> None:
    repo = history(tmp_path, *(commit(f"Step {day}", day) for day in days))
    assert work_spread.check(repo).verdict == verdict


@pytest.mark.parametrize(
    "subject",
    [
        "Split by week so that no future leaks in",
        "fix typo",
        "feat(api): answer 422 to empty rows",
        "Add train.py",
        "修复数据加载错误",
        "Corrige el cálculo de la media",
        "DOC add entry in changelog",
        "Rename config.yaml to params.yaml",
        "Update the MLflow version to 2.3.1",
        "bump version to 0.0.5",
        "[ABC-12] drop rows without a date",
        ":bug: close the file after reading",
        "Fix device in submit.py",
    ],
)
def test_a_message_informs_when_it_says_what_changed(subject: str) -> None:
    assert informs(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "update", "Fix", "wip", ".", "", "test", "final commit", "minor fixes", "bug fix", "fix bug (#12)", "asdf",
        "train.py", "src/models/train.py", "Update README.md", "updated main.py file",
        "chore: update readme",
        "Add files via upload", "Create app.py", "Created using Colaboratory", "changes", "v2", "🚀", "更新", "#12",
    ],
)  # fmt: skip
def test_a_message_that_fits_any_commit_does_not_inform(subject: str) -> None:
    assert not informs(subject)


@given(st.text())
def test_any_text_is_a_message(subject: str) -> None:
    assert informs(subject) in (True, False)


def test_a_message_of_megabytes_is_judged_at_once() -> None:
    for letters in ("a", "a/", "a.", "[", "#1", " "):
        informs(letters * 1_000_000)


def test_seven_of_ten_messages_must_inform(tmp_path: Path) -> None:
    good = [commit(subject) for subject in STEPS[:7]]
    assert messages_informative.check(history(tmp_path / "a", *good, *[commit("update")] * 3)).verdict == "pass"
    outcome = messages_informative.check(history(tmp_path / "b", *good, *[commit("update")] * 4))
    assert outcome.verdict == "fail"
    assert [evidence.remark for evidence in outcome.evidence] == ["7 of 11 messages inform", *["update"] * 4]


def test_two_messages_show_nothing(tmp_path: Path) -> None:
    repo = history(tmp_path, commit("Initial commit"), *map(commit, STEPS[:2]))
    assert messages_informative.check(repo).verdict == "fail"


def test_only_the_host_makes_edits_of_files_without_an_extension(tmp_path: Path) -> None:
    (mine,) = history(tmp_path, commit("Create environments")).git.commits
    assert not is_web_edit(mine)
