"""What git knows about the user and the destination."""

import subprocess
import sys
from pathlib import Path

import pytest
from support import git

from aiscaffold.errors import ToolFailed
from aiscaffold.lock import locked
from aiscaffold.process import git as run_git
from aiscaffold.process import stream
from aiscaffold.repository import github_owner, has_identity, user_name


@pytest.mark.parametrize(
    ("url", "owner"),
    [
        ("https://github.com/ada/engine.git", "ada"),
        ("https://token@github.com/ada/engine", "ada"),
        ("git@github.com:ada/engine.git", "ada"),
        ("ssh://git@github.com/ada/engine.git", "ada"),
        ("https://gitlab.com/ada/engine.git", ""),
        ("https://example.org/github.com/ada/engine.git", ""),
        ("../engine.git", ""),
    ],
)
def test_the_owner_is_read_from_a_remote_on_github_alone(home: Path, url: str, owner: str) -> None:
    git(home, "init", "--quiet")
    git(home, "remote", "add", "origin", url)
    assert github_owner(home) == owner


def test_who_commits_is_known_only_with_name_and_email(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (user_name(home), has_identity(home)) == ("Ada Lovelace", True)
    half = home / "half"
    half.write_text("[user]\n\tname = Ada\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(half))
    assert not has_identity(home)


def test_a_failing_git_is_named_by_its_command_not_by_an_option(home: Path) -> None:
    with pytest.raises(ToolFailed, match=r"^git rev-parse failed: "):
        run_git("-c", "a.b=c", "rev-parse", "--verify", "no-such-ref", cwd=home)


def test_a_held_lock_is_refused_to_others_even_after_its_owner_wrote_into_it(home: Path) -> None:
    probe = (
        "import sys, pathlib\nfrom aiscaffold.lock import locked\n"
        "try:\n    with locked(pathlib.Path(sys.argv[1])): print('free')\n"
        "except BlockingIOError: print('held')\n"
    )

    def ask() -> str:
        command = [sys.executable, "-c", probe, str(home / "lock")]
        return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()

    with locked(home / "lock") as lock:
        lock.write(b"owned")
        lock.flush()
        assert ask() == "held"
    assert ask() == "free"


def test_a_projects_gates_see_no_environment_of_the_users(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"):
        monkeypatch.setenv(name, "precious")
    seen: list[str] = []
    stream([sys.executable, "-c", "import os; print('precious' in os.environ.values())"], home, seen.append)
    assert seen == ["False"]
