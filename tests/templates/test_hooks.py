"""The generated project's commit hooks stop what must never be committed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def clone(each: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the project, to commit bad files to it."""
    copy = tmp_path_factory.mktemp("hooks") / "copy"
    shutil.copytree(each, copy, ignore=shutil.ignore_patterns(".venv", ".git"))
    subprocess.run(["git", "init", "--quiet"], cwd=copy, check=True)
    return copy


def run_hook(clone: Path, hook: str, files: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one hook on staged files, as a commit would."""
    subprocess.run(["git", "add", "--force", "--", *files], cwd=clone, check=True)
    command = [sys.executable, "-m", "pre_commit", "run", hook, "--files", *files]
    return subprocess.run(command, cwd=clone, check=False, capture_output=True, encoding="utf-8", errors="replace")


@pytest.mark.parametrize(
    ("hook", "content"),
    [
        ("merge-markers", b"kept = 1\n<<<<<<< HEAD\n"),
        ("merge-markers", b">>>>>>> topic\n"),
        ("private-keys", b"-----BEGIN PRIVATE KEY-----\n"),
        ("private-keys", b"-----BEGIN OPENSSH PRIVATE KEY-----\n"),
        ("large-files", b"0" * 512_001),
    ],
)
def test_a_hook_stops_a_file_that_must_not_be_committed(clone: Path, hook: str, content: bytes) -> None:
    (clone / "bad.txt").write_bytes(content)
    done = run_hook(clone, hook, ["bad.txt"])
    assert done.returncode == 1, done.stdout
    assert "bad.txt" in done.stdout


@pytest.mark.parametrize("hook", ["merge-markers", "private-keys", "large-files", "uv-lock"])
def test_a_hook_accepts_every_file_of_a_fresh_project(clone: Path, each: Path, hook: str) -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=each, capture_output=True, encoding="utf-8", check=True)
    done = run_hook(clone, hook, listed.stdout.split())
    assert done.returncode == 0, done.stdout + done.stderr
