"""A user's project, as the functions that do the user's work see it."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from .description import Content, Link, Script

HARMLESS = ("commit.gpgSign=false", "core.hooksPath=/dev/null", "protocol.file.allow=always")


def git(folder: Path, *arguments: str) -> str:
    """What git says about a folder, whatever the project's own configuration and hooks would do."""
    words = [word for setting in HARMLESS for word in ("-c", setting)]
    command = ["git", "-C", str(folder), *words, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8", errors="surrogateescape")
    return done.stdout


class Project:
    """A generated project in a git repository; `path` is relative to the project in every method."""

    def __init__(self, folder: Path, top: Path, template: Path, update: Callable[[Path, str], object]) -> None:
        self.folder = folder
        self.top = top
        self.template = template
        self._update = update

    def git(self, *arguments: str) -> str:
        """Run git in the project."""
        return git(self.folder, *arguments)

    def write(self, path: str, content: Content) -> None:
        """Write a new file, or another content into one that is there."""
        write(self.folder / path, content)

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a part of a file, byte for byte; the part must be there."""
        file = self.folder / path
        before = file.read_bytes()
        assert old.encode() in before, f"{old!r} is not in {path}"
        file.write_bytes(before.replace(old.encode(), new.encode(), 1))

    def append(self, path: str, text: str) -> None:
        """Add to the end of a file."""
        with (self.folder / path).open("ab") as file:
            file.write(text.encode())

    def move(self, old: str, new: str) -> None:
        """Rename a file or folder."""
        (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(self.folder / new)

    def remove(self, path: str) -> None:
        """Take a file or folder away."""
        target = self.folder / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink()

    def mode(self, path: str, mode: int) -> None:
        """Change a file's permissions."""
        (self.folder / path).chmod(mode)

    def commit(self, *options: str) -> None:
        """Commit everything that is not ignored."""
        self.git("add", "--all", str(self.top))
        self.git("commit", "--quiet", "--allow-empty", "--no-verify", "--message=My work", *options)

    def update(self, version: str) -> None:
        """Update to a version on the way, and commit what came of it."""
        self._update(self.folder, version)
        self.commit()

    def forget_version(self, tag: str) -> None:
        """Take a version out of the template's repository, as its owner may: tag and history."""
        tree = git(self.template, "rev-parse", "HEAD^{tree}").strip()
        alone = git(self.template, "commit-tree", tree, "-m", "Rewritten").strip()
        git(self.template, "reset", "--quiet", "--hard", alone)
        git(self.template, "tag", "--force", "v2", alone)
        git(self.template, "tag", "--delete", tag)
        git(self.template, "reflog", "expire", "--expire=now", "--all")
        git(self.template, "gc", "--quiet", "--prune=now")

    def clone(self, *options: str) -> "Project":
        """A clone of the project's repository as it is committed, made as `git clone` with these options does."""
        place = self.top.with_name("clone")
        git(self.top, "clone", "--quiet", *options, self.top.as_uri(), str(place))
        return self.at(place)

    def at(self, top: Path) -> "Project":
        """The same project in another working tree."""
        return Project(top / self.folder.relative_to(self.top), top, self.template, self._update)


def write(path: Path, content: Content) -> None:
    """Write content of any kind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():
        path.unlink()
    if isinstance(content, Link):
        path.unlink(missing_ok=True)
        path.symlink_to(content.target)
        return
    text = content.text if isinstance(content, Script) else content
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    if isinstance(content, Script):
        path.chmod(0o755)


@contextmanager
def environment(home: Path, gitconfig: Mapping[str, str]) -> Iterator[Mapping[str, str]]:
    """The environment of a user with a home, a git identity and this git configuration, set while it lasts for us too.

    Ours has the identity only: what the user configured is for the updater to stand.
    """
    ours = _write_gitconfig(home / "ours.gitconfig", {})
    theirs = _write_gitconfig(home / "theirs.gitconfig", gitconfig)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "XDG_", "COPIER_"))}
    folders = {"XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config", "LOCALAPPDATA": "local", "APPDATA": "roaming"}
    kept |= {name: str(home / folder) for name, folder in folders.items()}
    kept |= {"HOME": str(home), "USERPROFILE": str(home), "GIT_CONFIG_NOSYSTEM": "1", "COLUMNS": "200", "NO_COLOR": "1"}
    before = dict(os.environ)
    try:
        os.environ.clear()
        os.environ.update(kept, GIT_CONFIG_GLOBAL=str(ours))
        yield {**kept, "GIT_CONFIG_GLOBAL": str(theirs)}
    finally:
        os.environ.clear()
        os.environ.update(before)


def _write_gitconfig(path: Path, settings: Mapping[str, str]) -> Path:
    identity = {"user.name": "Ada Lovelace", "user.email": "ada@example.org", "init.defaultBranch": "main"}
    entries = [(*key.rsplit(".", 1), value) for key, value in {**identity, **settings}.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, "".join(f'[{section}]\n\t{key} = "{value}"\n' for section, key, value in entries))
    return path
