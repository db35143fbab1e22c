"""The history of a repository: its commits, what each touched, and what is too big to be in it."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Thread
from typing import IO, NamedTuple

from aiscaffold.errors import ToolFailed
from aiscaffold.evidence import Evidence, Unreadable
from aiscaffold.process import OFFLINE, find, git_answers, git_command, git_data, git_environment
from aiscaffold.regex import regex

# Git would map whole packs into memory, 200 MB of a large repository.
SMALL = ("core.packedGitWindowSize=1m", "core.packedGitLimit=32m")
BIG = 1_000_000  # bytes from which an object is listed
SIZES = ("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objectsize) %(objectname)")
BIG_OBJECT = regex(rb"^(\d{7,}) ([0-9a-f]+)$", re.MULTILINE)
DEEPEST = 5_000  # commits, the newest ones, whose paths are read
BOT = regex(
    r"\[bot\]|(?:^|[-_ ])bot$|^(?:dependabot|renovate|pre-commit-ci|github-actions|greenkeeper|snyk)", re.IGNORECASE
)
FIELDS = ("%H", "%P", "%aN", "%aE", "%at", "%cN", "%s", "%(trailers:key=Co-authored-by,valueonly,separator=%x1f)")
TOUCHED = regex(rb"\x1e([0-9a-f]+)|:\d{6} \d{6} [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*\0([^\0]*)\0")
CUT_SHORT = "git cannot read the whole history of this clone"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `time` is the author's, in seconds since 1970."""

    id: str
    author: str
    email: str
    time: int
    subject: str
    is_merge: bool
    is_bot: bool
    is_root: bool
    committer: str
    co_authors: tuple[str, ...]

    @property
    def is_human(self) -> bool:
        """Whether somebody wrote it: no bot, no merge."""
        return not (self.is_bot or self.is_merge)


class Touch(NamedTuple):  # of which large histories have 100,000
    """A path in a commit: added (A), modified (M) or deleted (D), and the object that it held afterwards."""

    commit: str
    path: str
    status: str
    blob: str


@dataclass(frozen=True, slots=True)
class Change:
    """Lines that a commit added to a file and took from it; both 0 for binary files."""

    commit: str
    path: str
    added: int
    deleted: int


@dataclass(frozen=True)
class History:
    """The commits that lead to one commit; empty, with a problem, where there are none.

    Each question raises `Unreadable` where objects that it needs are missing or damaged.
    """

    folder: Path | None
    head: str
    _started: "dict[tuple[str, ...], _Running]" = field(default_factory=dict, repr=False, compare=False)

    @property
    def problem(self) -> str:
        """Why there is no history; empty where there is one."""
        return "" if self.folder and self.head else "there is no commit"

    def start(self) -> None:
        """Let git read the history while something else is done."""
        for arguments in (self._log, self._raw, SIZES):
            if not self.problem and arguments not in self._started:
                self._started[arguments] = _Running(arguments, self.folder)

    def stop(self) -> None:
        """End what was started and never asked for."""
        while self._started:
            _, running = self._started.popitem()
            running.stop()

    @cached_property
    def commits(self) -> tuple[Commit, ...]:
        """Every commit, newest first."""
        fields = iter(self._output(self._log).decode(errors="replace").split("\0"))
        return tuple(_commit(record) for record in zip(*[fields] * len(FIELDS), strict=False))

    @cached_property
    def human(self) -> tuple[Commit, ...]:
        """The commits that people wrote, newest first."""
        return tuple(commit for commit in self.commits if commit.is_human)

    @cached_property
    def touches(self) -> tuple[Touch, ...]:
        """What the newest commits (no merges) touched, newest first."""
        return tuple(_touches(self._output(self._raw)))

    @cached_property
    def empty(self) -> frozenset[str]:
        """The ids of the newest commits (no merges) that touched nothing."""
        touched = {touch.commit for touch in self.touches}
        return frozenset(each.id for each in self.commits[:DEEPEST] if not (each.is_merge or each.id in touched))

    @cached_property
    def is_shallow(self) -> bool:
        """Whether older commits were left out of this clone."""
        if self.folder is None:
            return False
        return git_answers("rev-parse", "--is-shallow-repository", cwd=self.folder, env=OFFLINE) == "true"

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags that are reachable."""
        if self.problem or self.folder is None:
            return ()
        return tuple((git_answers("tag", "--merged", self.head, cwd=self.folder, env=OFFLINE) or "").split())

    @cached_property
    def branches(self) -> frozenset[str]:
        """The branches that this clone knows, its remotes' by their names there too."""
        asked = ("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes")
        named = (git_answers(*asked, cwd=self.folder, env=OFFLINE) or "").split() if self.folder else []
        return frozenset(part for name in named for part in (name, name.partition("/")[2]))

    def changes(self, commits: Sequence[str]) -> tuple[Change, ...]:
        """The lines that these commits added and deleted."""
        if not commits or self.folder is None:
            return ()
        arguments = ("log", "--no-walk=unsorted", "--numstat", "-z", "--no-renames", "--format=%x1e%H", *commits)
        return tuple(_changes(self._data(*arguments)))

    @cached_property
    def big_blobs(self) -> tuple[tuple[int, Touch], ...]:
        """Files above a megabyte anywhere in this history, with their size in bytes, biggest first."""
        if self.problem or self.folder is None:
            return ()
        sizes = {blob.decode(): int(size) for size, blob in BIG_OBJECT.findall(self._output(SIZES))}
        first = {touch.blob: touch for touch in self.touches if sizes.get(touch.blob, 0) > BIG}
        return tuple(sorted(((sizes[blob], touch) for blob, touch in first.items()), key=lambda f: (-f[0], f[1].path)))

    def contents(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """The contents of objects, by their ids."""
        wanted = list(blobs)
        if not wanted or self.folder is None:
            return
        with _reading(wanted, self.folder) as output:
            while head := output.readline():
                fields = head.split()
                if len(fields) == 3:  # noqa: PLR2004 - id, type, size; "missing" has two
                    yield fields[0].decode(), output.read(int(fields[2]) + 1)[:-1]

    @property
    def _log(self) -> tuple[str, ...]:
        return ("log", "-z", f"--format={'%x00'.join(FIELDS)}", self.head)

    @property
    def _raw(self) -> tuple[str, ...]:
        return (
            "log",
            "--raw",
            "-z",
            "--no-renames",
            "--no-abbrev",
            "--root",
            f"-n{DEEPEST}",
            "--format=%x1e%H",
            self.head,
        )

    def _output(self, arguments: tuple[str, ...]) -> bytes:
        if self.problem:
            return b""
        running = self._started.pop(arguments, None) or _Running(arguments, self.folder)
        return running.output()

    def _data(self, *arguments: str, feed: bytes = b"") -> bytes:
        """What git prints. Raises `Unreadable`."""
        try:
            return git_data(*arguments, cwd=self.folder or Path(), env=OFFLINE, feed=feed)
        except ToolFailed as error:
            raise Unreadable(Evidence(remark=CUT_SHORT)) from error


class _Running:
    """A git whose output is read as it comes: it need not wait until somebody asks for it."""

    def __init__(self, arguments: Sequence[str], folder: Path | None) -> None:
        self.process = _run(arguments, folder)
        self.read = b""
        self.reader = Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        self.read = self.process.communicate()[0]

    def output(self) -> bytes:
        """All that it prints. Raises `Unreadable`."""
        self.reader.join()
        if self.process.returncode:
            raise Unreadable(Evidence(remark=CUT_SHORT))
        return self.read

    def stop(self) -> None:
        """End it, whatever it still has to say."""
        self.process.kill()
        self.reader.join()


@contextmanager
def _reading(blobs: Sequence[str], folder: Path) -> Iterator[IO[bytes]]:
    """What git prints of these objects; one that stops reading ends it. Raises `Unreadable`."""
    process = _run(("cat-file", "--batch", "--buffer"), folder, stdin=subprocess.PIPE)
    assert process.stdin
    assert process.stdout
    # Fed by a thread of its own: git answers before it has heard everything, and both pipes would be full.
    feeder = Thread(target=_feed, args=(process.stdin, blobs), daemon=True)
    feeder.start()
    try:
        yield process.stdout
        if process.wait():
            raise Unreadable(Evidence(remark=CUT_SHORT))
    finally:
        process.kill()
        process.stdout.close()
        feeder.join()
        process.wait()


def _feed(pipe: IO[bytes], blobs: Sequence[str]) -> None:
    with suppress(OSError), pipe:
        pipe.write("".join(f"{blob}\n" for blob in blobs).encode())


def _run(arguments: Sequence[str], folder: Path | None, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    command = git_command(*(word for setting in SMALL for word in ("-c", setting)), *arguments)
    return subprocess.Popen(
        [find("git"), *command[1:]],
        cwd=folder,
        env=git_environment(OFFLINE),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _commit(fields: Sequence[str]) -> Commit:
    identity, parents, author, email, time, committer, subject, trailers = fields
    return Commit(
        id=identity,
        author=author,
        email=email,
        time=int(time) if time.lstrip("-").isdigit() else 0,
        subject=subject,
        is_merge=" " in parents,
        is_bot=bool(BOT.search(author) or "[bot]@" in email),
        is_root=not parents,
        committer=committer,
        co_authors=tuple(filter(None, (name.strip() for name in trailers.split("\x1f")))),
    )


def _touches(output: bytes) -> Iterator[Touch]:
    """Read `<commit>`, then again and again `:<modes> <objects> <status>` and a path, all ended by zeros."""
    commit = ""
    for identity, blob, status, path in TOUCHED.findall(output):
        if identity:
            commit = identity.decode()
        else:
            yield Touch(commit, path.decode(errors="surrogateescape"), status.decode(), blob.decode())


def _changes(output: bytes) -> Iterator[Change]:
    commit = ""
    for word in output.split(b"\0"):
        line = word.decode(errors="surrogateescape").lstrip("\n")
        if line.startswith("\x1e"):
            commit, _, line = line[1:].partition("\n")
            line = line.lstrip("\n")
        added, tab, rest = line.partition("\t")
        deleted, _, path = rest.partition("\t")
        if tab and path:
            yield Change(commit, path, int(added) if added.isdigit() else 0, int(deleted) if deleted.isdigit() else 0)
