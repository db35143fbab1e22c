"""Whether what CI calls its tests runs any: which of them pytest leaves out, and on which occasions it is called."""

import posixpath
import re
from collections.abc import Iterator, Sequence

from aiscaffold.folders import joined
from aiscaffold.gates import Check
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.suite import other_tests, test_modules

PYTEST = frozenset({"pytest", "py.test"})
# A single word is looked up; an expression may select anything.
PERSONAL = regex(r"^[^|]*\bgithub\.(?:triggering_)?actor\s{0,3}==[^|]*$")
# Branches that a clone may lack, and patterns of names.
USUAL = regex(
    r"^(?:main|master|trunk|dev\w*|stag\w*|prod\w*|stable|next|release\w*|test\w*)$|[*?+\[\]!$/]", re.IGNORECASE
)
OTHER_CHANGES = frozenset({"pull_request", "pull_request_target", "merge_group", "workflow_call", "workflow_run"})
WORD = regex(r"[A-Za-z_]\w*")


def runs_nothing(repo: Repo, check: Check) -> str:
    """Why a command of pytest runs none of the tests; nothing where it may run some."""
    tests, words, cwd = tuple(test_modules(repo)), check.words, check.cwd
    if check.program not in PYTEST or cwd == "?" or not tests or other_tests(repo):
        return ""
    outside = [word for word in words[1:] if word.startswith("../") and _is_outside(repo, joined(cwd, word))]
    inside = [word for word in words[1:] if not word.startswith("-") and repo.contents.has(joined(cwd, word))]
    if outside and not inside:
        return f"{outside[0]} lies outside the repository"
    ignored = [joined(cwd, folder) for folder in _values(words, "--ignore")]
    if ignored and all(any(_is_below(path, folder) for folder in ignored) for path in tests):
        return "every test is ignored"
    return next((f"no test is called {each}" for each in _values(words, "-k") if _is_unheard(repo, each, tests)), "")


def why_rare(repo: Repo, check: Check) -> str:
    """Why a check may never run: for one person only, or on branches that nobody knows; nothing where it does."""
    if PERSONAL.search(f"{check.job.condition} {check.step.condition}"):
        return "runs for one person only"
    workflow = next((each for each in repo.workflows if check.job in each.jobs), None)
    if workflow is None or not workflow.branches or not OTHER_CHANGES.isdisjoint(workflow.triggers):
        return ""
    known = any(USUAL.search(branch) or branch in repo.git.branches for branch in workflow.branches)
    return "" if known else f"runs only on pushes to {', '.join(workflow.branches)}, which is no branch here"


def _values(words: Sequence[str], option: str) -> Iterator[str]:
    """What an option is given, as the next word or after `=`."""
    for word, after in zip(words, (*words[1:], ""), strict=True):
        if word == option and after:
            yield after
        elif word.startswith(f"{option}="):
            yield word.partition("=")[2]


def _is_outside(repo: Repo, path: str) -> bool:
    return path.startswith("..") or (path != "?" and not repo.contents.has(path.partition("::")[0]))


def _is_below(path: str, folder: str) -> bool:
    return folder in ("", path) or path.startswith(f"{folder}/")


def _is_unheard(repo: Repo, word: str, tests: Sequence[str]) -> bool:
    """Whether neither the path nor the text of any test holds a word."""
    if not WORD.fullmatch(word) or word == "not":
        return False
    names = {part for path in tests for part in posixpath.dirname(path).lower().split("/")}
    texts = (f"{path}\n{repo.text_or_none(path) or word}".lower() for path in tests)
    return word.lower() not in names and not any(word.lower() in text for text in texts)
