"""HON105: the project is more than its scaffold."""

import re

from aiscaffold.evidence import Evidence, at
from aiscaffold.layout import is_foreign
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import OWNER, SHOULD, Outcome, failed, passed, rule, unknown, without_object

TEXT = regex(
    r"\.(?:py|md|rst|txt|ipynb|toml|ya?ml|cfg|ini|js|ts|tsx|jsx|html|css|sh|r|jl|sql|tex|java|go|rs|c|cpp|h|"
    r"cu|dockerfile)$|(?:^|/)(?:Dockerfile|Makefile|justfile)$",
    re.IGNORECASE,
)
NOT_WRITTEN = regex(
    r"(?:^|/)(?:[^/]*\.lock|package-lock\.json|pnpm-lock\.yaml|\.copier-answers\.yml|\.cruft\.json|"
    r"LICENSE[^/]*)$|\.min\.",
    re.IGNORECASE,
)
OWN_SHARE = 10  # per cent
OWN_LINES = 50
ENOUGH_LINES = 300  # however large the template
UNTOUCHED = 4_000  # bytes; who wrote more than that has gone beyond a start page
MADE_FROM = regex(
    r"\b(?:created|generated|bootstrapped|scaffolded|initiali[sz]ed|set up|made|built|based)\s+(?:using|with|from|on)\b"
    r"(?! this\b)[^.\n]{0,80}?(?:\bcookiecutter|\bcopier\b|template\b(?![\w/.-]{0,40}dashboard))",
    re.IGNORECASE,
)
FINGERPRINTS = (
    (
        "docs/source/index.md",
        regex(r"^# .{0,60}\n+Welcome to the documentation"),
        "the start page of the DTU course's template",
    ),
    (
        "docs/index.md",
        regex(r"^# .{0,60} documentation!\n+## Description"),
        "the start page of cookiecutter-data-science",
    ),
    (
        "docs/docs/index.md",
        regex(r"^# .{0,60} documentation!\n+## Description"),
        "the start page of cookiecutter-data-science",
    ),
    ("docs/commands.rst", regex(r"Commands\n=+\n+The Makefile contains"), "a page of cookiecutter-data-science"),
    ("docs/getting-started.rst", regex(r"This is where you describe"), "a page of cookiecutter-data-science"),
    ("README.md", regex(r"^# Getting Started with Create React App"), "the README of Create React App"),
    ("README.md", regex(r"This is a \[Next\.js\].{0,80}bootstrapped with"), "the README of Create Next App"),
    (
        "README.md",
        regex(r"^---\ntitle: .{0,300}\n---\n+Check out the configuration reference at https://huggingface", re.DOTALL),
        "the README of a new Space",
    ),
)


@rule(
    "HON105",
    "work-beyond-scaffold",
    "The project goes beyond its scaffold",
    item="things-built",
    level=SHOULD,
    who=OWNER,
    fix="Replace what the template left at {path} by work of your own.",
    expected="a tenth of the lines, and at least fifty, are not the template's; three hundred are always enough",
    minutes=300,
    bad={"docs/index.md": "# Prices documentation!\n\n## Description\n\nPredicts prices.\n", "app.py": "print(1)\n"},
    good={"docs/index.md": "# Prices\n\nHow the model was built, and what it cannot do.\n", "app.py": "print(1)\n"},
)
def work_beyond_scaffold(repo: Repo) -> Outcome:
    """A template makes a repository look finished on its first day, and reviewers have seen the same template before.

    What counts is what the author added. Where the template is known, it is rendered again, and only lines that differ
    count as the author's. A tenth of all lines is asked for, but never more than three hundred: a share alone would ask
    for more whenever a template brings more with it, although what a person does in a week stays the same.
    """
    left = [
        at(path, what)
        for name, pattern, what in FINGERPRINTS
        for path in repo.glob(name)
        if pattern.search((repo.text_or_none(path) or "")[:2_000]) and repo.size(path) < UNTOUCHED
    ]
    if left and repo.origin is None:
        return failed(*left)
    if repo.origin is None:
        named = _named_template(repo)
        return passed(named) if named else without_object("no file tells of a template")
    if not repo.rendered:
        return unknown(at(repo.origin.path, f"what {repo.origin.address or 'its template'} rendered is not known"))
    own, total, most = _own_lines(repo)
    told = f"{own} of {total} lines ({100 * own // max(total, 1)} %) are not the template's"
    if own < OWN_LINES or (own < ENOUGH_LINES and 100 * own < OWN_SHARE * total):
        return failed(at(repo.origin.path, told))
    return passed(at(most, told))


def _named_template(repo: Repo) -> Evidence | None:
    """The line of the README that names a template as the project's origin."""
    lines = enumerate(repo.readme.lines if repo.readme else (), 1)
    found = next((number for number, line in lines if MADE_FROM.search(line[:1_000])), 0)
    told = "made from a template, whose render is not known here"
    return at(repo.readme_path, told, found) if found else None


def _own_lines(repo: Repo) -> tuple[int, int, str]:
    """How many lines of code and documents are the owner's, of how many, and the file with most of them."""
    own_by_path = {}
    total = 0
    for path in repo.paths:
        is_written = TEXT.search(path) and not NOT_WRITTEN.search(path) and not is_foreign(path)
        text = repo.text_or_none(path) if is_written else None
        if text is None:
            continue
        rendered = {line.strip() for line in repo.rendered.get(path, b"").decode(errors="replace").splitlines()}
        lines = [
            line.strip()
            for line in (_cells(repo, path) if path.endswith(".ipynb") else text).splitlines()
            if line.strip()
        ]
        total += len(lines)
        own_by_path[path] = sum(line not in rendered for line in lines)
    most = max(own_by_path, key=lambda path: (own_by_path[path], path), default="")
    return sum(own_by_path.values()), total, most


def _cells(repo: Repo, path: str) -> str:
    return "\n".join(cell.source for book in repo.notebooks if book.path == path for cell in book.cells)


RULES = (work_beyond_scaffold,)
