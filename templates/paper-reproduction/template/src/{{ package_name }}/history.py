"""Which came first, a claim or its result: what git's ancestry shows.

No date is asked, for anybody can set it. Nor is this proof: a whole history can be rewritten.
"""

import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from .documents import TEMPLATE_COMMIT
from .paper import CLAIMS_NAME, PAPER_NAME, Claim, Project, read_claims
from .runs import RUNS_NAME, Run

TEMPLATE = "template"
NO_COMMIT = "none"
DIRTY = "+dirty"
COMMIT_DIGITS = 12
# A line for each commit that touched one of the two files, and for each merge; parents come first.
# Parents are rewritten: each is the nearest commit that is listed.
LOG = [
    *["log", "--topo-order", "--reverse", "--full-history", "--parents", "--no-show-signature"],
    *["--format=%H%x00%P%x00%s", "--", CLAIMS_NAME, RUNS_NAME],
]

type Wording = tuple[str, str]  # a claim's id, and the digest of what it says
type Wordings = frozenset[Wording]
NONE: Wordings = frozenset()


class Order(StrEnum):
    """What git shows of a claim and its results; of several, the one that stands first here."""

    NOT_RUN = "not run"
    REWORDED = "reworded after a run"
    TEMPLATE = "the template's own"
    POST_HOC = "result before claim"
    TOGETHER = "one commit"
    ORDERED = "claim before result"
    UNCOMMITTED = "not committed"
    UNKNOWN = "cannot be judged"


class Commit(NamedTuple):
    """The claims that a commit holds, and the claims that its results are of."""

    parents: list[str]
    subject: str
    claims: Wordings
    rows: Wordings


class History(NamedTuple):
    """Every claim that a commit ever held, and how its results stood to it in each commit."""

    claims: Wordings
    orders: dict[Wording, set[Order]]


def order(project: Project, runs: Sequence[Run], claim: Claim) -> Order:
    """Return what came first, the claim as it is worded now or a result of it."""
    own = (claim.id, claim.wording)
    rows = [run for run in runs if run.claim == claim.id and not run.variant]
    if not rows:
        return Order.NOT_RUN
    history = read_history(project.root)
    measured = {(run.claim, run.wording) for run in rows} | _measured(history, claim.id)
    if measured != {own}:
        return Order.REWORDED
    if any(run.commit == TEMPLATE for run in rows):
        return Order.TEMPLATE
    if history is None:
        return Order.UNKNOWN
    found = _judge(history, own)
    is_known = found is not Order.UNCOMMITTED
    return Order.POST_HOC if is_known and _is_run_without(project.root, own, rows) else found


def current_commit(root: Path) -> str:
    """Return the commit that is run, marked where the files that matter differ from it."""
    try:
        head = _git(root, "rev-parse", "HEAD").decode()
        changed = _git(root, "status", "--porcelain", "--", CLAIMS_NAME, PAPER_NAME, "src")
    except (OSError, subprocess.CalledProcessError):
        return NO_COMMIT
    return head[:COMMIT_DIGITS] + (DIRTY if changed else "")


def read_history(root: Path) -> History | None:
    """Return the history of claims and results, or nothing where git cannot show all of it."""
    try:
        is_shallow, head = _git(root, "rev-parse", "--is-shallow-repository", "HEAD").split()
        return _read_history(root, head.decode()) if is_shallow == b"false" else None
    except (OSError, ValueError, subprocess.CalledProcessError):
        return None


def _is_run_without(root: Path, own: Wording, rows: Sequence[Run]) -> bool:
    # A commit that a rebase has replaced is gone some day, and then says nothing.
    names = sorted({run.commit.removesuffix(DIRTY) for run in rows})
    answers = _git(root, "cat-file", "--batch-check", given=names).decode().splitlines()
    known = [name for name, answer in zip(names, answers, strict=True) if " commit " in answer]
    held = _read_versions(root, known, CLAIMS_NAME, _claims_in)
    return any(own not in wordings for wordings in held.values())


def _judge(history: History, own: Wording) -> Order:
    found = history.orders.get(own)
    if found:
        return min(found, key=[*Order].index)
    # The results are not committed yet: they will be, on top of the newest commit.
    return Order.ORDERED if own in history.claims else Order.UNCOMMITTED


def _measured(history: History | None, claim: str) -> set[Wording]:
    return {wording for wording in (history.orders if history else ()) if wording[0] == claim}


@lru_cache(maxsize=1)  # what leads to a commit never changes
def _read_history(root: Path, head: str) -> History:  # noqa: ARG001
    commits = _read_commits(root)
    claims = NONE.union(*(commit.claims for commit in commits.values()))
    return History(claims, _orders(commits))


def _orders(commits: dict[str, Commit]) -> dict[Wording, set[Order]]:
    found: dict[Wording, set[Order]] = defaultdict(set)
    until: dict[str, Wordings] = {}  # the claims of a commit and of its ancestors
    for name, commit in commits.items():
        earlier = NONE.union(*(until[parent] for parent in commit.parents if parent in until))
        for wording in commit.rows:
            found[wording].add(_compare(wording, commit, earlier))
        until[name] = earlier | commit.claims
    return found


def _compare(wording: Wording, commit: Commit, earlier: Wordings) -> Order:
    if wording in earlier:
        return Order.ORDERED
    if wording not in commit.claims:
        return Order.POST_HOC
    is_template = commit.subject.startswith(TEMPLATE_COMMIT)
    return Order.TEMPLATE if is_template else Order.TOGETHER


def _read_commits(root: Path) -> dict[str, Commit]:
    log = _git(root, *LOG).decode("utf-8", "replace").rstrip("\n").split("\n")
    lines = [line.split("\0") for line in log if line]
    names = [name for name, _, _ in lines]
    claims = _read_versions(root, names, CLAIMS_NAME, _claims_in)
    rows = _read_versions(root, names, RUNS_NAME, _rows_in)
    return {
        name: Commit(parents.split(), subject, claims[name], rows[name])
        for name, parents, subject in lines
    }


def _read_versions(
    root: Path, commits: list[str], file: str, parse: Callable[[str], Wordings]
) -> dict[str, Wordings]:
    """Return what the file holds in each commit, having read each of its versions once."""
    asked = [f"{commit}:./{file}" for commit in commits]
    answers = _git(root, "cat-file", "--batch-check", given=asked).decode().splitlines()
    blobs = [answer.split()[0] if " blob " in answer else "" for answer in answers]
    versions = [*dict.fromkeys(blob for blob in blobs if blob)]
    found = {blob: parse(text) for blob, text in _read_blobs(root, versions)}
    return {commit: found.get(blob, NONE) for commit, blob in zip(commits, blobs, strict=True)}


def _read_blobs(root: Path, blobs: list[str]) -> Iterator[tuple[str, str]]:
    stream = BytesIO(_git(root, "cat-file", "--batch", given=blobs))
    for blob in blobs:
        _, _, size = stream.readline().split()
        yield blob, stream.read(int(size)).decode("utf-8", "replace")
        stream.readline()


def _claims_in(text: str) -> Wordings:
    try:
        return frozenset((claim.id, claim.wording) for claim in read_claims(text))
    except ValueError:  # such a version was refused: nothing was run by it
        return NONE


def _rows_in(text: str) -> Wordings:
    head, *lines = text.splitlines() or [""]
    return frozenset(row for row in (_row(head, line) for line in lines) if row)


@cache  # results are only ever added to: most lines stand in the version before, too
def _row(head: str, line: str) -> Wording | None:
    row = dict(zip(head.split(","), line.split(","), strict=False))
    is_own = row.get("variant") == "" and {"claim", "wording"} <= {*row}
    return (row["claim"], row["wording"]) if is_own else None


def _git(root: Path, *arguments: str, given: list[str] | None = None) -> bytes:
    command: list[Any] = ["git", "-C", root, *arguments]
    lines = "".join(f"{line}\n" for line in given or []).encode()
    return subprocess.run(command, input=lines, capture_output=True, check=True).stdout
