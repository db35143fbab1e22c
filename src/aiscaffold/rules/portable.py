"""QUA108: the code runs on other machines, and says so when something goes wrong."""

import re
from collections.abc import Iterator

from aiscaffold.evidence import Evidence, Unreadable, at
from aiscaffold.facts.notebooks import Notebook
from aiscaffold.foreign_imports import other_code
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import SHOULD, Outcome, none_of, rule, unknown, without_object

# Homes that are not one person's: of containers and hosted machines, and those of examples.
NOBODY = frozenset(
    """
    user users username name me someone somebody foo bar baz example public default shared runner runneradmin jovyan
    app appuser root vscode docker node airflow nonroot coder codespace gitpod circleci travis distiller hadoop
    conda jupyter sagemaker-user studio-lab-user schoolofai repl site page index about home path to
    """.split()  # noqa: SIM905 - a list of words
)
NOBODYS = regex(r"(?:your|you$|test|my[-_]?|mamba|xxx)")  # how such names start
NAME = r"([A-Za-z0-9][\w.@-]{0,40})"
HOME = regex(
    rf"(?<![\w.:/<$\\{{}}-])(?:(?:/[\w.-]{{1,20}}){{0,2}}/homes?\d?|/Users)/{NAME}/[\w.~-]|"
    rf"\b[A-Za-z]:[\\/]{{1,4}}[Uu]sers[\\/]{{1,4}}{NAME}[\\/]"
)
MOUNTED = regex(
    r"(?<![\w-])/content/g?drive/(?:My ?Drive|Shared ?drives)/\w|"
    r"(?<![\w-])/mnt/[c-z]/\w|(?<![\w.:/-])/media/[\w-]{2,20}/[\w .-]{1,40}/\w"
)
# A drive of Windows, but for what every Windows has.
DRIVE = regex(
    r"[rbf]?['\"][C-Z]:[\\/]{1,4}(?!windows|program|path|users|temp\b|tmp\b|to\b|\.{3})[A-Za-z0-9_][\w .-]{0,60}[\\/.]",
    re.IGNORECASE,
)
QUICK = ("/home", "/Users/", ":\\", ":/", "drive/", "/mnt/", "/media/", "/users/")
LONGEST = 20_000  # characters of a line; beyond it stands data
EXAMPLES = 3  # per file


@rule(
    "QUA108",
    "no-machine-paths",
    "No machine's own path, no swallowed errors",
    item="well-engineered",
    level=SHOULD,
    fix="Replace what stands in {path} line {line} by a path relative to the project, or let the error be seen.",
    expected="no path of one person's machine, and no except whose body is only pass",
    minutes=20,
    bad={"train.py": 'import pandas as pd\n\nrows = pd.read_csv("/home/alice/projects/flights/rows.csv")\n'},
    good={"train.py": 'import pandas as pd\n\nrows = pd.read_csv("data/rows.csv")\n'},
)
def no_machine_paths(repo: Repo) -> Outcome:
    """`/home/alice/data.csv` exists on one machine in the world, so the code fails on every other one.

    An error that is caught and thrown away is worse: the code goes on with wrong values and nobody learns of it.
    """
    if other := other_code(repo):
        return unknown(other)
    if not repo.python and not repo.notebooks:
        return without_object("there is no Python in it")
    found = [evidence for path in repo.own_python for evidence in _in_module(repo, path)]
    found += [evidence for book in repo.notebooks for evidence in _in_notebook(book)]
    found += [
        at(module.path, "an error is caught and dropped", line)
        for module in repo.own_python.values()
        for line in module.swallowed
    ]
    found += [
        at(book.path, "an error is caught and dropped", *reversed(book.cell_at(line)))
        for book in repo.notebooks
        if book.path in repo.notebook_code
        for line in repo.notebook_code[book.path].swallowed
    ]
    return none_of(found, f"neither in {len(repo.own_python)} modules nor in {len(repo.notebooks)} notebooks")


def _in_module(repo: Repo, path: str) -> Iterator[Evidence]:
    try:
        text = repo.text(path)
    except Unreadable:
        return
    for number, told in _places(text):
        yield at(path, told, number)


def _in_notebook(book: Notebook) -> Iterator[Evidence]:
    for cell in book.cells:
        if cell.kind == "code":
            for number, told in _places(cell.source):
                yield at(book.path, told, number, cell.number)
            for _, told in _places(cell.outputs)[:1]:
                yield at(book.path, f"in what the cell printed: {told}", cell=cell.number)


def _places(text: str) -> list[tuple[int, str]]:
    """The lines that hold a path of one machine, and the path."""
    marks = [mark for mark in QUICK if mark in text]
    if not marks:
        return []
    lines = enumerate(text.splitlines(), 1)
    telling = [(number, line) for number, line in lines for mark in marks if mark in line and len(line) < LONGEST]
    found = [(number, personal_path(line)) for number, line in dict(telling).items()]
    return [(number, told) for number, told in found if told][:EXAMPLES]


def personal_path(line: str) -> str:
    """The path of one person's machine that stands in a line; empty for none."""
    if not any(mark in line for mark in QUICK):
        return ""
    homes = (found for found in HOME.finditer(line) if _is_somebody(found[1] or found[2]))
    found = next(homes, None) or MOUNTED.search(line) or DRIVE.search(line)
    return f"{found[0].lstrip('rbf').strip(chr(34) + chr(39))}…"[:80] if found else ""


def _is_somebody(name: str) -> bool:
    return name.lower() not in NOBODY and not NOBODYS.match(name.lower())


RULES = (no_machine_paths,)
