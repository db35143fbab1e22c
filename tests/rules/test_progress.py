"""How a repository grew: steps or a dump, tests with the code or after it, big files, releases."""

import json
from pathlib import Path

import pytest
from audited import repo_of, repository
from support import git

from aiscaffold.repo import Repo
from aiscaffold.rules import progress
from aiscaffold.rules.progress import no_big_files, no_code_dump, releases_or_reviews, tests_grew_along
from aiscaffold.snapshot import open_snapshot

Commit = tuple[str, dict[str, str | None]]


def code(name: str, lines: int = 60) -> str:
    return "".join(f"{name}_{number} = {number}\n" for number in range(lines))


def history(tmp_path: Path, *commits: Commit, **files: bytes) -> Repo:
    told = [{"subject": subject, "days": number, "files": written} for number, (subject, written) in enumerate(commits)]
    return repo_of({".history": json.dumps(told), **files}, tmp_path / "repo")


def test_one_commit_with_most_of_the_code_is_a_dump(tmp_path: Path) -> None:
    repo = history(
        tmp_path,
        ("Add the project", {"a.py": code("a"), "b.py": code("b"), "c.py": code("c")}),
        ("Add a report", {"d.py": code("d", 20)}),
    )
    outcome = no_code_dump.check(repo)
    assert outcome.verdict == "fail"
    assert outcome.evidence[0].commit == repo.git.commits[1].id
    assert "90% of the 200 lines" in outcome.evidence[0].remark


def test_code_that_came_in_parts_grew(tmp_path: Path) -> None:
    parts = [(f"Add {name}", {f"{name}.py": code(name)}) for name in "abc"]
    assert no_code_dump.check(history(tmp_path, *parts)).verdict == "pass"


def test_moving_the_code_is_no_dump_even_where_its_imports_change(tmp_path: Path) -> None:
    parts: list[Commit] = [(f"Add {name}", {f"{name}.py": code(name)}) for name in "abc"]
    moved: dict[str, str | None] = {f"src/{name}.py": code(name) + "import os\n" for name in "abc"}
    repo = history(tmp_path, *parts, ("Move all to src", {**moved, **{f"{name}.py": None for name in "abc"}}))
    assert no_code_dump.check(repo).verdict == "pass"


def test_a_dump_stays_one_after_its_files_moved(tmp_path: Path) -> None:
    names = "abc"
    repo = history(
        tmp_path,
        ("Add all", {f"{name}.py": code(name) for name in names}),
        ("Move all", {**{f"src/{name}.py": code(name) for name in names}, **{f"{name}.py": None for name in names}}),
    )
    outcome = no_code_dump.check(repo)
    assert outcome.verdict == "fail"
    assert outcome.evidence[0].commit == repo.git.commits[-1].id


def test_several_uploads_count_together(tmp_path: Path) -> None:
    uploads: list[Commit] = [("Add files via upload", {f"{name}.py": code(name)}) for name in "ab"]
    repo = history(tmp_path, *uploads, ("Add c", {"c.py": code("c")}))
    outcome = no_code_dump.check(repo)
    assert outcome.verdict == "fail"
    assert len(outcome.evidence) == 2


def test_data_and_locks_are_no_code(tmp_path: Path) -> None:
    parts: list[Commit] = [(f"Add {name}", {f"{name}.py": code(name)}) for name in "abc"]
    repo = history(tmp_path, *parts, ("Add data", {"data.csv": "1,2\n" * 9_000, "uv.lock": "x\n" * 9_000}))
    assert no_code_dump.check(repo).verdict == "pass"


@pytest.mark.parametrize("files", [{"a.py": "a = 1\n"}, {"README.md": "# Hello\n"}], ids=["a script", "no code"])
def test_little_code_needs_no_steps(files: dict[str, str | None], tmp_path: Path) -> None:
    assert no_code_dump.check(history(tmp_path, ("Add it", files))).verdict == "pass"


def grown(*kinds: str) -> list[Commit]:
    paths = {"code": "src/a.py", "test": "tests/test_a.py"}
    return [
        (f"Step {number}", {paths[kind]: code(f"v{number}") for kind in each.split("+")})
        for number, each in enumerate(kinds)
    ]


@pytest.mark.parametrize(
    ("kinds", "verdict"),
    [
        (["code+test", "code", "code+test", "code", "test"], "pass"),
        (["code", "code", "code"], "fail"),
        (["code+test", "code", "code"], "fail"),
        (["code"] * 9 + ["test"] * 3, "fail"),
    ],
    ids=["with the code", "none", "only at the start", "only at the end"],
)
def test_tests_grow_with_the_code(kinds: list[str], verdict: str, tmp_path: Path) -> None:
    assert tests_grew_along.check(history(tmp_path, *grown(*kinds))).verdict == verdict


def test_a_big_file_that_was_deleted_is_still_in_the_history(tmp_path: Path) -> None:
    top = repository({"README.md": "# Model\n", "weights.bin": bytes(10_000_001)}, tmp_path / "repo")
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(top, "rm", "--quiet", "weights.bin")
    git(top, *identity, "commit", "--quiet", "-m", "Remove the weights")
    outcome = no_big_files.check(Repo(open_snapshot(top)))
    assert outcome.verdict == "fail"
    assert (outcome.evidence[0].path, outcome.evidence[0].remark) == ("weights.bin", "10 MB in the history")
    assert outcome.evidence[0].commit


def test_masses_of_data_files_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "MOST_DATA", 50)
    data = {f"data/{number}.csv": "" for number in range(50)}
    assert no_big_files.check(Repo.given({**data, "a.py": ""})).verdict == "pass"
    outcome = no_big_files.check(Repo.given({**data, "more.csv": ""}))
    assert outcome.verdict == "fail"
    assert outcome.evidence[0].remark == "one of 51 data files"


@pytest.mark.parametrize(
    ("subject", "files", "verdict"),
    [
        ("Add the reader (#12)", {}, "pass"),
        ("Merge pull request #3 from ada/reader", {}, "pass"),
        ("Add the reader, see issue #12", {}, "fail"),
        ("Add it", {"CHANGELOG.md": "# Changelog\n\n## [1.2.0] - 2024-05-01\n"}, "pass"),
        ("Add it", {"CHANGELOG.md": "# Changelog\n\n## [1.2.0] - 2020-05-01\n"}, "unknown"),
        ("Add it", {"CHANGELOG.md": "# Changelog\n\n## Unreleased\n"}, "fail"),
        ("Add it", {"docs/changelog.rst": "Changes\n=======\n\nVersion 0.2\n-----------\n"}, "pass"),
    ],
)
def test_a_release_or_a_review_shows(subject: str, files: dict[str, str | None], verdict: str, tmp_path: Path) -> None:
    assert releases_or_reviews.check(history(tmp_path, (subject, {"a.py": "a = 1\n", **files}))).verdict == verdict


def test_a_tag_is_a_release(tmp_path: Path) -> None:
    top = repository({"a.py": "a = 1\n"}, tmp_path / "repo")
    git(top, "tag", "v0.1.0")
    assert releases_or_reviews.check(Repo(open_snapshot(top))).evidence[0].remark == "1 tags, such as v0.1.0"
