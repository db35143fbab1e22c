"""What several rules ask of a repository is read once, and never mistaken for another one's."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from audited import repo_of

from aiscaffold.growth import biggest_step
from aiscaffold.promises import readme_promises
from aiscaffold.repo import Repo
from aiscaffold.suite import read_suite

STORY = json.dumps([{"subject": "Clean the contracts", "files": {"churn.py": "def clean(rows):\n    return rows\n"}}])
FILES = {
    "README.md": "# Churn\n\n```bash\npython churn.py\n```\n",
    "tests/test_churn.py": "from churn import clean\n\n\ndef test_clean():\n    assert clean([1]) == [1]\n",
    ".history": STORY,
}


@pytest.mark.parametrize("read", [read_suite, biggest_step, readme_promises])
def test_the_second_rule_gets_what_the_first_one_read(tmp_path: Path, read: Callable[[Repo], object]) -> None:
    repo, twin = repo_of(FILES, tmp_path / "one"), repo_of(FILES, tmp_path / "two")
    found = read(repo)
    assert found
    assert read(repo) is found
    assert read(twin) is not found


def test_repositories_with_other_files_are_read_on_their_own() -> None:
    told = {name: Repo.given({"README.md": f"```bash\npython {name}.py\n```\n"}) for name in ("one", "two")}
    assert [readme_promises(repo)[0].place.remark.count(name) > 0 for name, repo in told.items()] == [True, True]
