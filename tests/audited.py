"""Repositories for tests of the audit: from a dict of files, with a real git history where one is asked for."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from support import git

from aiscaffold.repo import Repo
from aiscaffold.snapshot import Given, open_snapshot

HISTORY = ".history"  # of an example: its commits as JSON, oldest first
DAY = 86_400  # seconds
START = 1_700_000_000
# A service that has little to show.
SERVICE = {"README.md": "# Tides\n", "app.py": "import fastapi\nimport sklearn\n", "Dockerfile": "FROM python\n"}


def repo_of(files: Mapping[str, str | bytes], folder: Path, *, kind: str = "") -> Repo:
    """The repository that an example describes; with a history only where the example tells one."""
    if HISTORY not in files:
        return Repo(Given(files), declared_kind=(kind, ""))
    return Repo(open_snapshot(repository(files, folder)), declared_kind=(kind, ""))


def repository(files: Mapping[str, str | bytes], folder: Path) -> Path:
    """A git repository with these files; the last commit adds whatever the history does not."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commits = json.loads(files.get(HISTORY, "[]"))
    for number, commit in enumerate(commits):
        for path, text in commit.get("files", {}).items():
            if text is None:
                (folder / path).unlink()
            else:
                _write(folder / path, text)
        days = commit.get("days", number)
        _commit(folder, commit["subject"], commit.get("author", "Ada Lovelace"), START + int(days * DAY))
    rest = {path: content for path, content in files.items() if path != HISTORY}
    for path, content in rest.items():
        _write(folder / path, content)
    if rest and git(folder, "status", "--porcelain"):
        last = commits[-1].get("days", len(commits)) if commits else 0
        _commit(folder, "Add the remaining files of the project", "Ada Lovelace", START + int(last * DAY) + 60)
    return folder


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def _commit(folder: Path, subject: str, author: str, time: int) -> None:
    mail = f"{author.split(maxsplit=1)[0].lower()}@example.org"
    who = {
        f"GIT_{role}_{key}": value
        for role in ("AUTHOR", "COMMITTER")
        for key, value in (("NAME", author), ("EMAIL", mail))
    }
    when = {f"GIT_{role}_DATE": f"{time} +0000" for role in ("AUTHOR", "COMMITTER")}
    before = dict(os.environ)
    os.environ.update({**who, **when})
    try:
        git(folder, "add", "--all", "--force")
        git(folder, "commit", "--quiet", "--allow-empty", "--no-verify", "--no-gpg-sign", "--message", subject)
    finally:
        os.environ.clear()
        os.environ.update(before)
