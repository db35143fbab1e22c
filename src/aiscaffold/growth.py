"""How the code came into a repository: what share of the lines that stand today each big commit brought."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from aiscaffold.evidence import Unreadable
from aiscaffold.facts.history import Commit, Touch
from aiscaffold.facts.notebooks import read_notebook
from aiscaffold.layout import is_foreign
from aiscaffold.regex import regex
from aiscaffold.repo import Repo

CODE = regex(
    r"\.(?:py|pyx|ipynb|r|jl|jsx?|tsx?|go|rs|java|kt|scala|c|cc|cpp|cu|hpp?|cs|rb|php|swift|sh)$", re.IGNORECASE
)
FOREIGN = regex(r"\.min\.js$|(?:^|/)(?:jquery|bootstrap|d3|plotly|three)[\w.-]*\.js$", re.IGNORECASE)
UPLOAD = regex(r"Add(?:ed)? files via upload", re.IGNORECASE)
NOTEBOOK_BYTES = 30_000  # beyond which a notebook's size tells of its pictures, not of its code
SHORTEST = 4  # characters; `else:` and the like are everywhere, `}` and `)` tell nothing
CANDIDATES = 2  # commits whose files are read
WORTH_READING = 0.4  # estimated share


@dataclass(frozen=True, slots=True)
class Step:
    """Commits that together brought some of the lines of code that stand today."""

    commits: tuple[Commit, ...]
    lines: int
    of: int

    @property
    def share(self) -> float:
        """The part of today's code that it brought."""
        return self.lines / self.of if self.of else 0.0

    @property
    def is_upload(self) -> bool:
        """Whether files were dropped into the web page of the host."""
        return all(UPLOAD.match(commit.subject) for commit in self.commits)


@lru_cache(100_000)  # asked of each path in each commit
def is_code(path: str) -> bool:
    """Whether a path holds code that somebody wrote for this repository."""
    return bool(CODE.search(path)) and not is_foreign(path) and not FOREIGN.search(path)


@lru_cache(maxsize=1)  # several rules ask, one after the other; a Repo is hashed by its identity
def biggest_step(repo: Repo) -> Step | None:
    """The commit that brought most of today's code, or all uploads together; None where no commit comes near to most.

    Sizes and names decide which few commits are read at all.
    """
    paths = [path for path in repo.paths if is_code(path)]
    groups = _candidates(repo, {path: _weight(path, repo.size(path)) for path in paths})
    if not groups:
        return None
    today = _lines_today(repo, paths)
    commits = {commit.id: commit for commit in repo.git.commits}
    steps = [
        Step(tuple(commits[name] for name in group), _brought(repo, group, today), today.total()) for group in groups
    ]
    return max(steps, key=lambda step: step.lines)


def _candidates(repo: Repo, weights: Mapping[str, int]) -> list[tuple[str, ...]]:
    """Groups of commits that may have brought much: the weightiest ones, and all uploads."""
    total = sum(weights.values())
    typical = total // len(weights) if weights else 0
    guess: dict[str, int] = defaultdict(int)
    for touch in repo.git.touches:
        if touch.status == "A" and is_code(touch.path):
            guess[touch.commit] += weights.get(touch.path, typical)
    heavy = sorted(guess, key=lambda commit: (-guess[commit], commit))[:CANDIDATES]
    groups = [(commit,) for commit in heavy if guess[commit] >= WORTH_READING * total]
    uploads = tuple(c.id for c in repo.git.human if UPLOAD.match(c.subject) and c.id in guess)
    return [*groups, *([uploads] if uploads and uploads not in groups else [])]


def _weight(path: str, size: int) -> int:
    return min(size, NOTEBOOK_BYTES) if path.endswith(".ipynb") else size


def _lines_today(repo: Repo, paths: Iterable[str]) -> Counter[str]:
    """The lines of code that stand today, without those that a template rendered."""
    found: Counter[str] = Counter()
    for path in paths:
        try:
            found.update(_lines(path, repo.raw(path)))
        except Unreadable:
            continue
        found.subtract(_lines(path, repo.rendered.get(path, b"")))
    return +found


def _brought(repo: Repo, group: Collection[str], today: Counter[str]) -> int:
    """How many of today's lines stood in files that these commits added, and not before in files that they changed."""
    added, before = _files_of(repo.git.touches, frozenset(group))
    contents = dict(repo.git.contents({**added, **before}))
    new = _count(added, contents) - _count(before, contents)
    return (new & today).total()


def _files_of(touches: Iterable[Touch], group: frozenset[str]) -> tuple[dict[str, str], dict[str, str]]:
    """The objects that commits added, and those that stood before at the paths they changed or deleted, by path."""
    added, before, last = {}, {}, dict[str, str]()
    for touch in reversed(list(touches)):
        if not is_code(touch.path):
            continue
        if touch.commit in group and touch.status == "A":
            added[touch.blob] = touch.path
        elif touch.commit in group and touch.path in last:
            before[last[touch.path]] = touch.path
        last[touch.path] = touch.blob
    return added, before


def _count(files: Mapping[str, str], contents: Mapping[str, bytes]) -> Counter[str]:
    found: Counter[str] = Counter()
    for blob, path in files.items():
        found.update(_lines(path, contents.get(blob, b"")))
    return found


def _lines(path: str, content: bytes) -> list[str]:
    """Lines that say something, without indentation; of a notebook those of its code cells."""
    if path.endswith(".ipynb"):
        cells = read_notebook(path, content).cells
        texts = [cell.source for cell in cells if cell.kind == "code"]
    else:
        texts = [content.decode(errors="replace")]
    return [line for text in texts for line in map(str.strip, text.splitlines()) if len(line) >= SHORTEST]


def written(repo: Repo) -> tuple[Commit, ...]:
    """The commits of people, newest first, without the one that a scaffold made and those that change nothing."""
    kept = (commit for commit in repo.git.human if commit.id not in repo.git.empty)
    return tuple(commit for commit in kept if not _is_scaffold(repo, commit))


def _is_scaffold(repo: Repo, commit: Commit) -> bool:
    return commit.author == "aiscaffold" or (commit.is_root and repo.origin is not None)
