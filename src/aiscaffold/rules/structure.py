"""Rules about the structure: code in packages and modules, small pieces, nothing tracked that is no source."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from aiscaffold.evidence import Evidence, at
from aiscaffold.module import Function, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    LIBRARY,
    LLM_APP,
    NICE,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    Outcome,
    damaged,
    failed,
    passed,
    rule,
    without_object,
)

FEW = 50  # lines of code
IN_ROOT, IN_NOTEBOOKS = 0.7, 0.6
TOOLING = frozenset(
    {"setup.py", "conftest.py", "noxfile.py", "tasks.py", "versioneer.py", "conf.py", "dodo.py", "fabfile.py"}
)
LONG_FILE, LONG_FUNCTION, COMPLEX = 1_000, 120, 15
EXCUSED = 50  # one function in so many may be long
ALIKE, FEWEST_ALIKE = 0.8, 3
EXAMPLES = 8

CODE = "".join(f"def step_{n}(value: int) -> int:\n    return value + {n}\n\n\n" for n in range(30))
LONG = "def train(rows):\n" + "".join(f"    rows = rows + {n}\n" for n in range(130)) + "    return rows\n"
BOOK = json.dumps(
    {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [{"cell_type": "code", "metadata": {}, "execution_count": 1, "outputs": [], "source": CODE}],
    }
)


@rule(
    "QUA101",
    "code-in-package",
    "The code is organised in packages",
    item="clear-structure",
    level=SHOULD,
    kinds=frozenset({SERVICE, LIBRARY, REPRODUCTION, LLM_APP}),
    fix="Move the code of {path} and its neighbours into a package, such as src/<name>/, and import it from there.",
    expected="at most 70 % of the code lines in scripts at the top",
    minutes=90,
    bad={"train.py": CODE, "utils.py": CODE, "tests/test_a.py": "def test_a():\n    assert 1 + 1 == 2\n"},
    good={
        "src/means/__init__.py": "",
        "src/means/steps.py": CODE,
        "train.py": "from means import steps\n\nprint(steps)\n",
    },
)
def code_in_package(repo: Repo) -> Outcome:
    """A heap of scripts can be run, a package can be imported: by tests, by a service, by somebody else.

    Folders also show at a glance what belongs together, before a line is read.
    """
    lines = {path: module.code_lines for path, module in repo.own_python.items() if _name(path) not in TOOLING}
    total = sum(lines.values())
    if total < FEW:
        return without_object(f"{total} lines of Python in modules, too few to need a structure")
    root = {path: count for path, count in lines.items() if "/" not in path[len(repo.project) :]}
    told = f"{sum(root.values())} of {total} lines of code are in scripts at the top"
    if sum(root.values()) > IN_ROOT * total:
        return failed(*(at(path, told) for path in sorted(root, key=lambda path: (-root[path], path))[:EXAMPLES]))
    inside = max((path for path in lines if path not in root), key=lambda path: (lines[path], path))
    return passed(at(inside, told))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


@rule(
    "QUA102",
    "logic-in-modules",
    "The logic is in modules, not notebooks",
    item="beyond-notebooks",
    level=SHOULD,
    kinds=frozenset({SERVICE, LIBRARY, LLM_APP}),
    fix="Move the functions of {path} into a module, and import them in the notebook.",
    expected="at most 60 % of the lines of Python in notebooks",
    minutes=120,
    bad={"eda.ipynb": BOOK, "app.py": "print(1)\n"},
    good={"eda.ipynb": BOOK, "app.py": CODE + CODE},
)
def logic_in_modules(repo: Repo) -> Outcome:
    """A notebook shows a line of thought; it cannot be tested, imported or reviewed like a module.

    Whoever hires for production looks for the step from the one to the other.
    """
    books = {book.path: book.code_lines for book in repo.notebooks if book.path in repo.notebook_code}
    inside, outside = sum(books.values()), sum(module.code_lines for module in repo.python.values())
    if not inside:
        return without_object("there is no notebook with Python in it")
    told = f"{inside} of {inside + outside} lines of Python are in notebooks"
    if inside > IN_NOTEBOOKS * (inside + outside):
        return failed(*(at(path, told) for path in sorted(books, key=lambda path: (-books[path], path))[:EXAMPLES]))
    largest = max(repo.python.values(), key=lambda module: (module.code_lines, module.path))
    return passed(at(largest.path, told))


@rule(
    "QUA103",
    "no-monoliths",
    "Files and functions stay small",
    item="well-engineered",
    level=NICE,
    fix="Split {path} (see line {line}) into parts with a name for what each does.",
    expected="files up to 1,000 lines, functions up to 120 lines and 15 branches, no module twice",
    minutes=120,
    bad={"src/train.py": LONG},
    good={"src/train.py": CODE},
)
def no_monoliths(repo: Repo) -> Outcome:
    """What fits on a screen can be understood, named and tested.

    A function of 300 lines, or the same module three times as `train_v2.py`, tells a reviewer that nobody has read the
    code since it was written. One function in fifty may be long.
    """
    modules = [module for module in repo.own_python.values() if not module.problem]
    if not modules and not repo.unread:
        return without_object("there is no Python module in it")
    large = [
        (function, at(module.path, told, function.line)) for module in modules for function, told in _large(module)
    ]
    functions = sum(len(module.functions) for module in modules)
    found = [
        at(module.path, f"{module.code_lines} lines of code") for module in modules if module.code_lines > LONG_FILE
    ]
    if len(large) * EXCUSED > functions or found:
        found += [place for _, place in large]
    found += list(_copies(modules))
    if found:
        return failed(*found)
    if repo.unread:
        return damaged(*repo.unread)
    largest = max(modules, key=lambda module: (module.code_lines, module.path))
    return passed(at(largest.path, f"the largest of {len(modules)} modules, {largest.code_lines} lines of code"))


def _large(module: Module) -> Iterator[tuple[Function, str]]:
    for function in module.functions:
        lines = function.body_lines
        if function.is_nested:
            continue
        if lines > LONG_FUNCTION:
            yield function, f"{function.name} has {lines} lines"
        elif function.complexity > COMPLEX:
            yield function, f"{function.name} has {function.complexity} branches"


def _copies(modules: list[Module]) -> Iterator[Evidence]:
    """Modules most of whose functions stand in another module too."""
    shapes = {module.path: {function.shape for function in module.functions if function.shape} for module in modules}
    holders = defaultdict(list)
    for path, inside in shapes.items():
        for shape in sorted(inside):
            holders[shape].append(path)
    shared = Counter(
        (one, other)
        for paths in holders.values()
        for one in paths[:EXAMPLES]
        for other in paths[:EXAMPLES]
        if one < other
    )
    for (one, other), number in sorted(shared.items()):
        if number >= max(FEWEST_ALIKE, ALIKE * min(len(shapes[one]), len(shapes[other]))):
            yield at(other, f"{number} of its functions stand in {one} too")


LOGS, FEWEST_LOGS = "logs of training runs", 5
JUNK = (  # each to be searched for in `/` + path: what starts with a slash is found quickly
    (r"/[^/]+\.egg-info/|/\.eggs/", "build output", True),
    (
        r"/(?:site-packages|\.venv|venv|virtualenv|\.?env/(?:[Ll]ib|bin|Scripts|Include))/|/pyvenv\.cfg$",
        "a virtual environment",
        True,
    ),
    (r"/node_modules/", "installed packages", True),
    (r"/__pycache__/|\.py[cod]$", "compiled Python", False),
    (r"/\.ipynb_checkpoints/|-checkpoint\.ipynb$", "checkpoints of notebooks", False),
    (r"/(?:\.DS_Store|Thumbs\.db|desktop\.ini)$|/__MACOSX/", "a file of the desktop", False),
    (
        r"/\.(?:idea|vs|history|mypy_cache|pytest_cache|ruff_cache|tox|nox|hypothesis)/|\.sw[op]$",
        "a cache of an editor or tool",
        False,
    ),
    (
        r"/(?:mlruns|catboost_info|htmlcov|wandb/(?:offline-)?run-[^/]+)/|/\.coverage$",
        "output of a run",
        False,
    ),
    (
        r"/(?:lightning_logs/|wandb/(?:sweep-|latest-run|debug)|events\.out\.tfevents|runs/(?:detect|train|exp|[A-Z]\w\w\d\d_))",
        LOGS,
        True,
    ),
    (
        r"^/(?:[^/]+/)?(?:build/(?:lib|bdist)[^/]*/|dist/[^/]+\.(?:whl|tar\.gz|egg|zip|exe)$)|^/build/[^/]+/(?:Analysis|PYZ|EXE)-",
        "build output",
        True,
    ),
    (r"^/(?:[^/]+/)?dist/(?:(?:assets|static|js|css)/|index\.html$|[^/]+\.js$)", "build output", True),
)
KINDS_OF_JUNK = tuple((regex(pattern), what, only_outside) for pattern, what, only_outside in JUNK)
FIXTURES = regex(r"(?:^|/)(?:tests?|fixtures?|test_?data|testdata)/", re.IGNORECASE)


@rule(
    "QUA104",
    "no-junk",
    "Only source is tracked",
    item="clear-structure",
    level=SHOULD,
    fix="Take {path} and its like out of git (`git rm -r --cached`), and add them to .gitignore.",
    expected="no environment, cache, checkpoint or build output among the tracked files",
    minutes=10,
    bad={"app.py": "print(1)\n", "__pycache__/app.cpython-312.pyc": b"\0", ".DS_Store": b"\0"},
    good={"app.py": "print(1)\n", ".gitignore": "__pycache__/\n.DS_Store\n"},
)
def no_junk(repo: Repo) -> Outcome:
    """What a tool makes anew on each machine is no source.

    Tracked, it hides the files that matter, causes conflicts, and is the first thing that an experienced reader
    notices.
    """
    found: dict[str, list[str]] = {}
    for path in repo.paths:
        what = _junk(path[len(repo.project) :], repo)
        if what:
            found.setdefault(what, []).append(path)
    if len(found.get(LOGS, ())) < FEWEST_LOGS:
        found.pop(LOGS, None)  # one or two may be shown on purpose
    if found:
        return failed(*(at(paths[0], f"{what}, {_files(len(paths))}") for what, paths in found.items()))
    return without_object(f"none of the {len(repo.paths)} tracked files is an environment, a cache or an output")


def _junk(path: str, repo: Repo) -> str:
    for pattern, what, only_outside in KINDS_OF_JUNK:
        if pattern.search(f"/{path}") and not (only_outside and FIXTURES.search(path)):
            is_action = path.startswith("dist/") and (repo.has("action.yml") or repo.has("action.yaml"))
            return "" if is_action else what
    return ""


def _files(number: int) -> str:
    return "1 file" if number == 1 else f"{number} files"


RULES = (code_in_package, logic_in_modules, no_monoliths, no_junk)
