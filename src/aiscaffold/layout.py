"""Where things lie in a repository, by the names that the field gives them."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from aiscaffold.regex import regex

README_PLACES = ("", ".github/", "docs/", "doc/")
README = regex(r"readme(?:\.(?:md|markdown|mdown|rst|txt|org|adoc))?$", re.IGNORECASE)
PAGE = regex(r"(?:[^/]+|\.github/[^/]+|docs?/.+)\.(?:md|rst)$", re.IGNORECASE)
# Of others, made by tools, or a template's, in which braces stand for names.
FOREIGN = regex(
    r"(?:^|/)(?:node_modules|third_?party|vendor(?:ed)?|_vendor|external|site-packages|\.?venv|env/lib|"
    r"__pycache__|bower_components|dist|build/lib|\.ipynb_checkpoints|\.history)(?:/|$)|\{\{|\{%",
    re.IGNORECASE,
)
TEST = regex(
    r"(?:^|/)(?:tests?|testing|unit_?tests?)/|(?:^|/)(?:test_[^/]*|[^/]*_tests?|tests|conftest)\.py$", re.IGNORECASE
)
MANIFEST = regex(r"pyproject\.toml|setup\.py|requirements\.txt|environment\.ya?ml|Pipfile|Dockerfile")
ASIDE = regex(
    r"(?:^|/)(?:docs?|tests?|examples?|\.[^/]*|docker|requirements|scripts|templates?|binder|ci)/|\{\{", re.IGNORECASE
)
DEEPEST = 3  # folders below which nobody looks for a project


def readmes(paths: Sequence[str], project: str) -> list[str]:
    """Every README of a project, the one to be read first in front."""
    found = []
    named = [path for path in paths if "readme" in path.lower() and README.fullmatch(_name(path))]
    for place in README_PLACES:
        folder = (project + place).rstrip("/").lower()
        here = [path for path in named if _folder(path).lower() == folder]
        found += sorted(here, key=lambda path: (not path.lower().endswith(".md"), path))
    return found


def is_page(path: str, project: str) -> bool:
    """Whether a file documents a project: on its top or below docs/."""
    return bool(PAGE.match(path[len(project) :]))


@lru_cache(100_000)  # asked by twenty rules of every path
def is_foreign(path: str) -> bool:
    """Whether a file is somebody else's, or a template's."""
    return bool(FOREIGN.search(path))


def is_test(path: str, project: str) -> bool:
    """Whether a file holds tests or helps them, by its place or name."""
    return bool(TEST.search(path[len(project) :]))


def projects(paths: Iterable[str]) -> tuple[str, ...]:
    """The folders below the top that are projects of their own: a manifest, and code beside or below it."""
    named = {_folder(path): None for path in paths if MANIFEST.fullmatch(_name(path))}
    coded = {folder for path in paths if _is_code(path) for folder in above(path)}
    return tuple(
        folder for folder in named if folder in coded and folder.count("/") < DEEPEST and not ASIDE.search(f"{folder}/")
    )


def import_roots(modules: Iterable[str]) -> frozenset[str]:
    """The names under which packages and modules at these paths can be imported."""
    found = set()
    for path in modules:
        first = re.sub(r"^(?:src|lib|python)/", "", path).split("/")[0]
        found |= {first.removesuffix(".py"), _name(path).removesuffix(".py")}
        if path.endswith("/__init__.py"):
            found.add(_name(_folder(path)))
    return frozenset(found - {"", "__init__", "setup", "conftest"})


def _is_code(path: str) -> bool:
    return path.endswith((".py", ".ipynb")) and _name(path) != "setup.py"


def above(path: str) -> Iterable[str]:
    """The folders that a path lies in, the innermost first."""
    while path := _folder(path):
        yield path


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]
