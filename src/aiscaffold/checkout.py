"""A repository with commits, as an update finds it: where things are, and what stands in the way."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aiscaffold.errors import ProjectNotReady, ToolMissing
from aiscaffold.process import attempt, git_answers, git_command, git_data, git_environment

OLDEST_GIT = (2, 38)  # the first with `git merge-tree --write-tree`
UNDER_WAY = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "BISECT_LOG": "bisect",
}
FINISH = {
    **{what: f"finish it (git {what} --continue) or give it up (git {what} --abort)" for what in UNDER_WAY.values()},
    "bisect": "end it: git bisect reset",
}


@dataclass(frozen=True)
class Checkout:
    """A work tree with its repository; in a linked work tree `git_dir` is the work tree's own."""

    work_tree: Path
    git_dir: Path
    objects: Path
    index: Path
    head: str
    tree: str  # of HEAD

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point git to this repository from anywhere."""
        return {"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.work_tree)}

    def git(
        self, *arguments: str, feed: bytes = b"", env: Mapping[str, str] | None = None, fine: Collection[int] = (0,)
    ) -> bytes:
        """Run git here. Raises `ToolFailed`."""
        where = {**self.environment, **(env or {})}
        return git_data(*arguments, cwd=self.work_tree, env=where, feed=feed, fine=fine)

    @property
    def unmerged(self) -> tuple[str, ...]:
        """The paths that the index holds as conflicts."""
        lines = self.git("ls-files", "--unmerged", "-z").split(b"\0")
        return tuple(dict.fromkeys(line.partition(b"\t")[2].decode(errors="surrogateescape") for line in lines if line))

    @cached_property
    def changed(self) -> frozenset[str]:
        """The tracked paths whose file or index entry differs from the last commit."""
        words = self.git(
            "--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=no", "--no-renames",
            "--ignore-submodules=dirty",
        )  # fmt: skip
        seen = {word[3:].decode(errors="surrogateescape") for word in words.split(b"\0") if word}
        return frozenset(seen | self._changed_out_of_sight)

    @cached_property
    def _flags(self) -> dict[str, str]:
        """The paths that git was told not to look at: `h` assumed unchanged, `S` outside of a sparse checkout."""
        lines = self.git("ls-files", "-v", "-z").decode(errors="surrogateescape").split("\0")
        return {line[2:]: line[0] for line in lines if line and (line[0].islower() or line[0] == "S")}

    @property
    def hidden(self) -> frozenset[str]:
        """The tracked paths that a sparse checkout leaves out."""
        return frozenset(path for path, flag in self._flags.items() if flag.upper() == "S")

    @property
    def _changed_out_of_sight(self) -> set[str]:
        """Of the paths that git assumes to be unchanged, those that are not."""
        assumed = [path for path, flag in self._flags.items() if flag == "h"]
        present = [path for path in assumed if (self.work_tree / path).is_file()]
        feed = "\n".join(map(_quoted, present)).encode(errors="surrogateescape")
        found = self.git("hash-object", "--stdin-paths", feed=feed).decode().split() if present else []
        listed = self.git("ls-files", "--stage", "-z").decode(errors="surrogateescape").split("\0") if present else []
        known = {path: fields.split()[1] for fields, _, path in (line.partition("\t") for line in listed if line)}
        return {path for path, blob in zip(present, found, strict=True) if known.get(path) != blob}


def _quoted(path: str) -> str:
    """A path as git reads it from a line of its own, whatever it holds."""
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def open_checkout(folder: Path) -> Checkout:
    """The repository that a folder lies in. Raises `ProjectNotReady` where it has none, or no commit yet."""
    asked = (("--show-toplevel",), ("--absolute-git-dir",), ("--git-path", "objects"), ("--git-path", "index"))
    said = (git_answers("rev-parse", *(word for words in asked for word in words), cwd=folder) or "").split("\n")
    if len(said) != len(asked):  # no answer, or a path with line breaks
        said = [git_answers("rev-parse", *words, cwd=folder) or "" for words in asked]
    if not all(said):
        _refuse_foreign_owner(folder)
        raise ProjectNotReady(
            f"{folder} is in no git work tree",
            hint="an update merges with your history; start one: git init; git add --all; git commit -m 'Start'",
        )
    top, git_dir, objects, index = said
    head = git_answers("rev-parse", "--quiet", "HEAD^{commit}", "HEAD^{tree}", cwd=folder)
    if not head:
        raise ProjectNotReady(
            f"{top} has no commit yet", hint="commit what is there: git add --all; git commit -m 'Start'"
        )
    return Checkout(Path(top), Path(git_dir), folder / objects, folder / index, *head.split())


def _refuse_foreign_owner(folder: Path) -> None:
    """Raise `ProjectNotReady` where git looks away because somebody else owns the repository, as in a container."""
    said = attempt(git_command("rev-parse", "--git-dir"), folder, git_environment()).stderr
    if "dubious ownership" in said:
        raise ProjectNotReady(
            f"git does not touch {folder}, because somebody else owns it",
            hint=f"if you trust it: git config --global --add safe.directory {folder}",
        )


def require_git() -> None:
    """Raise `ToolMissing` unless git is here and new enough to merge trees."""
    said = git_answers("--version", cwd=Path.cwd())
    found = re.search(r"(\d+)\.(\d+)", said or "")
    if not found:
        raise ToolMissing("git was not found on PATH", hint="install git: https://git-scm.com/downloads")
    if (int(found[1]), int(found[2])) < OLDEST_GIT:
        wanted = ".".join(map(str, OLDEST_GIT))
        raise ToolMissing(f"git {found[0]} is too old: update needs {wanted} or newer", hint="upgrade git")


def require_quiet(checkout: Checkout) -> None:
    """Raise `ProjectNotReady` while git is in the middle of something."""
    for name, what in UNDER_WAY.items():
        if (checkout.git_dir / name).exists():
            raise ProjectNotReady(f"a {what} is under way in {checkout.work_tree}", hint=FINISH[what])
    if paths := checkout.unmerged:
        raise ProjectNotReady(
            f"conflicts are left in {', '.join(paths[:3])}{' …' if paths[3:] else ''}",
            hint="resolve them, then: aiscaffold update --continue; or take it back: aiscaffold update --abort",
        )
