"""What the commands of a document promise: that they set the project up, or put it to use, and whether that is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from aiscaffold.document import Document
from aiscaffold.evidence import Evidence
from aiscaffold.promises.setting_up import sets_up
from aiscaffold.promises.using import uses
from aiscaffold.repo import Repo
from aiscaffold.whereabouts import State, Whereabouts

Kind = Literal["install", "use"]
SILENT = frozenset(
    {"cd", "git", "echo", "export", "wget", "curl", "cat", "ls", "mkdir", "cp", "mv", "rm", "nano", "vim"}
)


@dataclass(frozen=True, slots=True)
class Promise:
    """A command that sets up or runs the project; `open` ones lead out of what can be looked at."""

    kind: Kind
    state: State
    place: Evidence


@lru_cache(maxsize=1)  # several rules ask, one after the other; a Repo is hashed by its identity
def readme_promises(repo: Repo) -> tuple[Promise, ...]:
    """What every command of the README promises. Raises `Unreadable`."""
    return tuple(promises(repo, repo.readme)) if repo.readme else ()


def promises(repo: Repo, document: Document) -> Iterator[Promise]:
    """What every command of a document promises, in its order; those that promise nothing of the kind are left out."""
    where = Whereabouts(repo, document)
    for command in where.commands:
        if command.words[0] and command.program not in SILENT:
            if judged := sets_up(where, command):
                yield Promise("install", judged[0], command.place.saying(judged[1]))
            if judged := uses(where, command):
                yield Promise("use", judged[0], command.place.saying(judged[1]))
