"""Where a reader of a document may stand in the repository, and whether what a command names is there for them."""

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal
from urllib.parse import unquote

from aiscaffold.document import Document
from aiscaffold.instructions import Instruction, instructions, task_name, task_runner
from aiscaffold.manifest import canonical
from aiscaffold.regex import regex
from aiscaffold.repo import Repo

State = Literal["kept", "broken", "open"]
Judged = tuple[State, str]  # and what to say about it

PLACEHOLDER = regex(
    r"[<>$*{}|%]|\.\.\.|…|\bpath[_/-]?to\b|\byour[_-]|\bmy[_-]?\w{1,40}\.|miniconda|anaconda|miniforge|\bxxx+",
    re.IGNORECASE,
)
ADDRESS = regex(r"[a-z][a-z0-9+.-]{1,20}:|//", re.IGNORECASE)
FETCHES = frozenset({"curl", "wget", "touch", "cp", "mv", "nano", "vim", "cat"})


@dataclass(frozen=True, eq=False)
class Whereabouts:
    """A reader of one document, with the whole repository at hand."""

    repo: Repo
    document: Document

    @cached_property
    def commands(self) -> tuple[Instruction, ...]:
        """What the document tells to type."""
        return instructions(self.document)

    @cached_property
    def own_names(self) -> frozenset[str]:
        """Under which names an index or a shell may know the project, in their canonical form."""
        built = [each for each in self.repo.manifests if each.name and not each.is_lock]
        named = [name for each in built for name in (each.name, *each.scripts, *each.packages)]
        return frozenset(map(canonical, named))

    @cached_property
    def folders(self) -> tuple[str, ...]:
        """The folders in which a reader may stand: the project's, the document's, the top, and those entered."""
        roots = dict.fromkeys((self.repo.project.rstrip("/"), posixpath.dirname(self.document.path), ""))
        entered = [command.words[1] for command in self.commands if command.program == "cd" and len(command.words) > 1]
        below = [self.in_tree(posixpath.join(root, _plain(folder))) for folder in entered for root in roots]
        return tuple(dict.fromkeys([*roots, *filter(None, below)]))

    @cached_property
    def fetched(self) -> frozenset[str]:
        """The names of files that the reader downloads or writes."""
        words = [word for command in self.commands if command.program in FETCHES for word in command.words[1:]]
        return frozenset(posixpath.basename(word.partition("?")[0]) for word in words)

    def in_tree(self, path: str) -> str:
        """A path without the name of the clone that may lead it; empty where nothing is there."""
        path = posixpath.normpath(path).removeprefix("./")
        return next((each for each in (path, path.partition("/")[2]) if each and self.repo.has(each)), "")

    def standing(self, command: Instruction) -> tuple[str, ...]:
        """The folders in which a command may be typed, the likeliest first."""
        entered = [] if command.cwd in ("", "?") else [self.in_tree(command.cwd)]
        return tuple(dict.fromkeys([*entered, *self.folders]))

    def find(self, command: Instruction, *names: str) -> str:
        """The first of some files where a reader may stand; empty where none is there."""
        paths = [posixpath.join(folder, _plain(name)) for folder in self.standing(command) for name in names]
        return next(filter(None, map(self.in_tree, paths)), "")

    def elsewhere(self, name: str) -> list[str]:
        """Every file of this name that is not empty."""
        return [path for path in self._by_name.get(posixpath.basename(_plain(name)), ()) if self.repo.size(path)]

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path in self.repo.paths:
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def named(self, command: Instruction, *names: str) -> Judged:
        """Whether one of some files is there; a name with a gap in it is the reader's to fill."""
        if any(PLACEHOLDER.search(name) for name in names):
            return "open", f"`{command.text}` has a gap to fill"
        if found := self.find(command, *names):
            is_empty = found in self.repo.snapshot.entries and self.repo.size(found) == 0
            return ("broken", f"`{command.text}`, but {found} is empty") if is_empty else kept(command)
        if posixpath.basename(names[0]) in self.fetched:
            return "open", f"`{command.text}` needs what was fetched before"
        if others := self.elsewhere(names[0]):
            folder = posixpath.dirname(others[0]) or "the top folder"
            return ("kept" if len(others) == 1 else "open"), f"`{command.text}`, whose file is in {folder}"
        return "broken", f"`{command.text}`, but {names[0]} is not there"

    def task(self, command: Instruction) -> Judged | None:
        """Whether the target of make, or of what is like it, exists."""
        runner, name = task_runner(command), task_name(command)
        if PLACEHOLDER.search(name):
            return "open", f"`{command.text}` has a gap to fill"
        folders = (*self.standing(command), *map(self.in_tree, values(command.words, "-C")))
        if any(self.repo.tasks.find(runner, name, folder) for folder in folders):
            return kept(command)
        if not any(task.runner == runner for task in self.repo.tasks.tasks):
            return "broken", f"`{command.text}`, but there is nothing that {runner} could read"
        return ("broken", f"`{command.text}`, but {runner} knows no {name}") if name else None


def is_shown(repo: Repo, document: Document, target: str) -> bool:
    """Whether what a picture points to is there and not empty; addresses on the web are believed."""
    return bool(ADDRESS.match(target) or tracked_picture(repo, document, target))


def tracked_picture(repo: Repo, document: Document, target: str) -> str:
    """The file that a picture shows; empty where it is none of the repository's, or holds nothing."""
    path = _plain(unquote(target.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0]))
    for base in ("", posixpath.dirname(document.path)):
        found = posixpath.normpath(posixpath.join(base, path.lstrip("/")))
        entry = repo.snapshot.entries.get(found)
        if entry and entry.size:
            return found
    return ""


def kept(command: Instruction) -> Judged:
    """What the command names is there."""
    return "kept", f"`{command.text}`"


def elsewhere(command: Instruction) -> Judged:
    """The command leads out of the repository."""
    return "open", f"`{command.text}` takes what it needs from elsewhere"


def values(words: tuple[str, ...], *flags: str) -> list[str]:
    """The values of an option, written `--file x` or `--file=x`."""
    after = [value for flag, value in pairwise(words) if flag in flags]
    return after + [word.partition("=")[2] for word in words if "=" in word and word.partition("=")[0] in flags]


def _plain(path: str) -> str:
    return path.strip("\"'").replace("\\", "/")
