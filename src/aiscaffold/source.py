"""Third-party templates: their addresses, the cached mirrors of their repositories, their versions.

A template's git repository is mirrored into the user's cache and refreshed where the network allows; everything else
reads the mirror, so that what was fetched once works offline.
"""

import hashlib
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version
from platformdirs import user_cache_path

from aiscaffold.address import clone_url, normal_address, printable, shown_address
from aiscaffold.copier_yml import read_copier_yml
from aiscaffold.errors import TemplateUnreachable, ToolFailed
from aiscaffold.files import move, remove
from aiscaffold.process import git, git_answers, git_remote
from aiscaffold.tree import tree_id

HEAD = "refs/aiscaffold/head"  # the default branch: a bare mirror's own HEAD would not follow when it is renamed
REFS = (f"+HEAD:{HEAD}", "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
ABANDONED = 3600  # seconds
NO_CONFIGURATION = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True)
class Release:
    """One version of a template: the name that projects record, and the full id of its commit."""

    name: str
    commit: str


@dataclass(frozen=True)
class Source:
    """A template and the mirror of its repository; `stale` says why the mirror could not be refreshed."""

    address: str
    mirror: Path
    stale: str = ""
    _configs: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def versioned(self) -> bool:
        """Whether it has versions: a plain folder without git has none."""
        return str(self.mirror) != self.address

    def releases(self) -> tuple[Release, ...]:
        """The tags that are versions (PEP 440), oldest first."""
        if not self.versioned:
            return ()
        form = "--format=%(refname:strip=2) %(objectname) %(*objectname)"
        lines = (line.split() for line in self._git("for-each-ref", form, "refs/tags").splitlines())
        tagged = [Release(name, peeled[0] if peeled else commit) for name, commit, *peeled in lines if version_of(name)]
        return tuple(sorted(tagged, key=lambda release: (version_of(release.name), release.name)))

    def newest(self) -> Release:
        """The newest release that is no pre-release; where there is none, the head of the default branch."""
        if not self.versioned:
            return Release("", tree_id(self.mirror))
        final = [release for release in self.releases() if not Version(release.name).is_prerelease]
        return self.find(f"refs/tags/{final[-1].name}" if final else "HEAD")

    def find(self, ref: str) -> Release:
        """The version that a tag, a branch, a commit or `git describe` names.

        Raises `TemplateUnreachable`, naming what there is, where nothing is called so.
        """
        for candidate in _candidates(ref) if self.versioned else ():
            found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{candidate}^{{commit}}")
            if found:
                return Release(self._git("describe", "--tags", "--always", found), found)
        known = ", ".join(release.name for release in self.releases()[:-6:-1])
        hint = f"there is {known}" if known else "it has no tagged versions; name a branch or a commit"
        raise TemplateUnreachable(f"{shown_address(self.address)} has no version {printable(ref)!r}", hint=hint)

    def config(self, release: Release) -> dict[str, Any]:
        """The template's copier.yml at a release, read as copier reads it.

        Raises `RenderFailed` where it cannot be read or includes a file from outside the template.
        """
        if not self.versioned:
            return read_copier_yml(self.mirror)
        if release.commit not in self._configs:  # an update asks six times, and unpacking 300 files takes 50 ms
            with self._unpacked(release) as folder:
                self._configs[release.commit] = read_copier_yml(folder)
        return self._configs[release.commit]

    @contextmanager
    def _unpacked(self, release: Release) -> Iterator[Path]:
        """The template's files at a release in a temporary folder."""
        with tempfile.TemporaryDirectory(prefix="aiscaffold-", ignore_cleanup_errors=True) as place:
            folder = Path(place, "template")
            folder.mkdir()
            # Without anybody's filters: a template's attributes could call for them.
            env = {**NO_CONFIGURATION, "GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(Path(place, "index"))}
            self._git("read-tree", release.commit, env=env)
            self._git("checkout-index", "--all", "--force", env=env)
            yield folder

    def _git(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        # By name: `safe.bareRepository` may forbid to find a bare repository by standing in it.
        return git(f"--git-dir={self.mirror}", *arguments, cwd=self.mirror, env=env).strip()

    def _ask(self, *arguments: str) -> str | None:
        return git_answers(f"--git-dir={self.mirror}", *arguments, cwd=self.mirror)


def open_source(address: str, *, refresh: bool = True) -> Source:
    """A template by its address: its repository is cloned into the cache, or fetched where it is there already.

    Without network the cache has to do, and `stale` says why. Raises `TemplateUnreachable` where there is none, and
    for an address that is none.
    """
    normal = normal_address(address)
    folder = Path(normal)
    if folder.is_dir() and not _is_repository(folder):
        return _plain_folder(normal)
    url = clone_url(normal)
    mirror = user_cache_path("aiscaffold", appauthor=False) / "templates" / f"{_digest(url)}.git"
    if git_answers(f"--git-dir={mirror}", "rev-parse", "--verify", "--quiet", HEAD, cwd=Path.cwd()) is None:
        _clone(normal, url, mirror)
        return Source(normal, mirror)
    return Source(normal, mirror, _refresh(url, mirror) if refresh else "")


def _plain_folder(address: str) -> Source:
    if not any(Path(address, name).is_file() for name in ("copier.yml", "copier.yaml")):
        raise TemplateUnreachable(
            f"{shown_address(address)} is no template: it holds neither git nor copier.yml",
            hint="name a copier template's folder or the URL of its repository",
        )
    return Source(address, Path(address))


def _is_repository(folder: Path) -> bool:
    return folder.joinpath(".git").exists() or all(folder.joinpath(part).exists() for part in ("HEAD", "objects"))


def _clone(address: str, url: str, mirror: Path) -> None:
    """Clone into a draft beside the mirror's place: a clone that was cut off is never taken for one."""
    mirror.parent.mkdir(parents=True, exist_ok=True)
    remove(mirror)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=mirror.parent, ignore_cleanup_errors=True) as place:
        draft = Path(place, "mirror.git")
        try:
            git_remote("clone", "--quiet", "--bare", "--template=", "--", url, str(draft), cwd=Path(place))
            git(f"--git-dir={draft}", "update-ref", HEAD, "HEAD^{commit}", cwd=draft)
        except ToolFailed as error:
            raise TemplateUnreachable(
                f"{shown_address(address)} cannot be fetched: {_reason(error)}",
                hint="check the address and the network; git itself must be able to clone it",
            ) from error
        if not mirror.exists():  # else another run was faster
            move(draft, mirror)


def _refresh(url: str, mirror: Path) -> str:
    """Fetch what is new; why that failed, or nothing."""
    _remove_left_locks(mirror)
    git_dir = f"--git-dir={mirror}"
    options = ("--quiet", "--prune", "--force", "--no-write-fetch-head", "--no-recurse-submodules")
    try:
        git_remote(git_dir, "fetch", *options, "--", url, *REFS, cwd=mirror)
    except ToolFailed as error:
        return _reason(error)
    return ""


def _remove_left_locks(mirror: Path) -> None:
    """Remove the locks of a fetch that was killed long ago: git would respect them for ever."""
    for lock in mirror.rglob("*.lock"):
        with suppress(OSError):
            if time.time() - lock.stat().st_mtime > ABANDONED:
                remove(lock)


def _reason(error: ToolFailed) -> str:
    """Why git failed, in a line without control characters or secrets."""
    said = f"{error.hint} {error.message.partition(' failed: ')[2]}".replace("fatal: ", "")
    facts, _, _ = said.partition("Please make sure")
    return printable(re.sub(r"://[^/@\s]+@", "://", facts.strip()))


def _candidates(ref: str) -> tuple[str, ...]:
    """The full names that may be meant; nothing else of git's revision syntax gets through."""
    if ref == "HEAD":
        return (HEAD,)
    if ref.startswith("refs/tags/"):
        return (ref,)
    named = (f"refs/tags/{ref}", f"refs/heads/{ref}")
    is_id = re.fullmatch(r"(?:[^\s:^~]+-\d+-g)?[0-9a-f]{4,64}", ref)
    return (*named, ref) if is_id else named


def version_of(name: str) -> Version | None:
    """A tag's name as a version (PEP 440), or None where it is none."""
    try:
        return Version(name)
    except InvalidVersion:
        return None


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()[:40]
