"""Git trees as dictionaries, and a quarantine for new objects: nothing reaches a repository before it is wanted.

The quarantine is a folder of its own that git writes objects to, with the repository's objects behind it, as a server
does with what is pushed to it (https://git-scm.com/docs/git-receive-pack#_quarantine_environment).
"""

import os
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiscaffold.checkout import Checkout
from aiscaffold.process import git, git_data, path_lines, zeroed

Entry = tuple[str, str]  # a mode as git writes it (100644, 100755, 120000, 160000) and an object id in hexadecimal
Tree = dict[str, Entry]  # by path, relative to the top of the repository
Stages = dict[int, Entry]  # of a conflict: 1 the base's, 2 ours, 3 theirs

REGULAR = frozenset({"100644", "100755"})
# Merges are no history: their commits get the same id wherever and whenever they are made.
NOBODY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (
        ("NAME", "aiscaffold"),
        ("EMAIL", "noreply@aiscaffold.invalid"),
        ("DATE", "2000-01-01T00:00:00+00:00"),
    )
}


@dataclass(frozen=True)
class Sides:
    """Three trees that are merged: what the old template makes, what its owner has, what the new template makes."""

    base: Tree
    ours: Tree
    theirs: Tree

    def template_changed(self, path: str) -> bool:
        """Whether the two versions of the template differ at a path."""
        return self.base.get(path) != self.theirs.get(path)


@dataclass(frozen=True)
class Message:
    """What git says of a merge: a machine's word for the kind, and the paths it is about."""

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Merge:
    """What git makes of three trees: one tree, conflicts in it, and how it came to them."""

    tree: Tree
    conflicts: dict[str, Stages]
    messages: tuple[Message, ...]


@dataclass(frozen=True)
class Quarantine:
    """Git objects that belong to a repository, but are not in it yet; `folder` is empty at the start."""

    repository: Checkout
    folder: Path
    _written: dict[frozenset[tuple[str, Entry]], str] = field(default_factory=dict, repr=False, compare=False)

    def git(
        self, *arguments: str, feed: bytes = b"", env: Mapping[str, str] | None = None, fine: Collection[int] = (0,)
    ) -> bytes:
        """Run git with new objects kept in quarantine. Raises `ToolFailed`."""
        where = {**self.environment, **(env or {})}
        return git_data(*arguments, cwd=Path(where["GIT_WORK_TREE"]), env=where, feed=feed, fine=fine)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point git to the repository and the quarantine."""
        return {
            **self.repository.environment,
            "GIT_INDEX_FILE": str(self.folder / "index"),
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(self.repository.objects),
        }

    @property
    def objects(self) -> Path:
        """Where the new objects are."""
        objects = self.folder / "objects"
        objects.mkdir(parents=True, exist_ok=True)
        return objects

    def read_tree(self, tree: str) -> Tree:
        """The entries of the tree with this id."""
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", tree)
        entries = {path: (fields[0], fields[2]) for fields, path in path_lines(listed)}
        self._written[frozenset(entries.items())] = tree
        return entries

    def write_tree(self, tree: Tree) -> str:
        """The id of the tree that holds these entries."""
        entries = frozenset(tree.items())
        if entries not in self._written:  # one merge needs most of its trees twice, at two processes each
            self._fill_index(tree)
            self._written[entries] = self._index_tree()
        return self._written[entries]

    def _index_tree(self) -> str:
        # A partial clone need not hold what it does not change.
        return self.git("write-tree", "--missing-ok").decode().strip()

    def add(self, work_tree: Path, around: Tree, below: str, *, without: Sequence[str] = ()) -> Tree:
        """The tree that git makes of a folder's files, with the repository's own attributes and line ends.

        `work_tree` holds them under `below`, a path that ends in a slash or is empty; `around` is what else is there,
        `without` names folders that are left out wherever they are.
        """
        outside = {path: entry for path, entry in around.items() if below and not path.startswith(below)}
        self._fill_index(outside)
        where = {"GIT_WORK_TREE": str(work_tree)}
        # By force: what an ignore file names (data/, *.lock) belongs to a template all the same.
        paths = (f":(literal){below or '.'}", *(f":(exclude,glob)**/{name}/**" for name in without))
        self.git("add", "--all", "--force", "--", *paths, env=where)
        listed = self.git("ls-files", "--stage", "-z", env=where)
        entries = {path: (fields[0], fields[1]) for fields, path in path_lines(listed)}
        self._written[frozenset(entries.items())] = self._index_tree()
        return entries

    def read(self, entry: Entry) -> bytes:
        """The content of a file, or the target of a symbolic link."""
        return self.git("cat-file", "blob", entry[1])

    def sizes(self, entries: Iterable[Entry]) -> dict[str, int]:
        """The size in bytes of each object, by its id."""
        wanted = sorted({blob for _, blob in entries})
        answers = self.git("cat-file", "--batch-check=%(objectname) %(objectsize)", feed="\n".join(wanted).encode())
        sizes = (line.split() for line in answers.decode().splitlines())
        return {blob: int(size) for blob, size in sizes if size.isdigit()}

    def write(self, content: bytes) -> str:
        """The id of a blob with this content."""
        return self.git("hash-object", "-w", "--stdin", feed=content).decode().strip()

    def commit(self, tree: Tree, *parents: str) -> str:
        """The id of a commit that serves a merge."""
        words = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", self.write_tree(tree), *words, "-m", "merge", env=NOBODY).decode().strip()

    def merge(self, sides: Sides) -> Merge:
        """Merge the changes from base to theirs into ours, following renames."""
        root = self.commit(sides.base)
        commits = [self.commit(side, root) for side in (sides.ours, sides.theirs)]
        # Exit code 1 says that there are conflicts; anything above is a failure, never a reason to take one side.
        return self._read_merge(self.git("merge-tree", "--write-tree", "-z", "--messages", *commits, fine=(0, 1)))

    def check_out(self, tree: str, work_tree: Path) -> None:
        """Write a tree into a repository of its own with one commit, which borrows the objects of this one."""
        kind = self.git("rev-parse", "--show-object-format").decode().strip()
        git("init", "--quiet", "--template=", f"--object-format={kind}", str(work_tree), cwd=work_tree.parent)
        borrowed = "".join(f"{folder}\n" for folder in (self.repository.objects.resolve(), self.objects.resolve()))
        alternates = work_tree / ".git" / "objects" / "info" / "alternates"
        alternates.parent.mkdir(parents=True, exist_ok=True)
        alternates.write_text(borrowed, encoding="utf-8", newline="\n")
        git("read-tree", "-u", "--reset", tree, cwd=work_tree)
        commit = git("commit-tree", tree, "-m", "merged", cwd=work_tree, env=NOBODY).strip()
        git("update-ref", "HEAD", commit, cwd=work_tree)

    def renames(self, old: str, new: str) -> dict[str, str]:
        """Where the files of one tree stand in another, as far as they moved: new path → old path."""
        words = self.git("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", old, new).split(b"\0")
        triples = zip(words[1::3], words[2::3], strict=False)
        return {_text(to): _text(origin) for origin, to in triples}

    def keep(self) -> None:
        """Move every object into the repository: whatever happens next, they do no harm there."""
        for source in sorted(path for path in self.objects.rglob("*") if path.is_file()):
            target = self.repository.objects / source.relative_to(self.objects)
            if not target.exists():
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(source, draft := target.with_name(f"tmp_obj_{target.name}"))
                os.replace(draft, target)  # noqa: PTH105 - replaces on Windows too

    def _fill_index(self, tree: Tree) -> None:
        """Make an index of these entries alone."""
        (self.folder / "index").unlink(missing_ok=True)
        if feed := zeroed(f"{mode} {blob}\t{path}" for path, (mode, blob) in tree.items()):
            self.git("update-index", "-z", "--index-info", feed=feed)

    def _read_merge(self, output: bytes) -> Merge:
        head, _, said = output.partition(b"\0\0")
        tree, _, conflicted = head.partition(b"\0")
        conflicts: dict[str, Stages] = {}
        for fields, path in path_lines(conflicted):
            conflicts.setdefault(path, {})[int(fields[2])] = (fields[0], fields[1])
        return Merge(self.read_tree(tree.decode()), conflicts, tuple(_messages(said.split(b"\0"))))


def _messages(words: Sequence[bytes]) -> Iterable[Message]:
    """Read `<count> <path>… <kind> <text>`, again and again."""
    at = 0
    while at < len(words) and words[at]:
        count = int(words[at])
        paths = words[at + 1 : at + 1 + count]
        yield Message(_text(words[at + 1 + count]), tuple(map(_text, paths)))
        at += count + 3


def _text(path: bytes) -> str:
    return path.decode(errors="surrogateescape")
