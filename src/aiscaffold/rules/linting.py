"""QUA105: a linter, formatter or type checker looks at the code before it lands."""

import re
from collections.abc import Iterator, Sequence

from aiscaffold.evidence import Evidence, at
from aiscaffold.facts.tasks import Resolved
from aiscaffold.gates import looks_for_one
from aiscaffold.growth import is_code
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import SHOULD, Outcome, failed, passed, rule, unknown, without_object

LINTERS = frozenset(
    """
    ruff black flake8 pylint mypy pyright basedpyright pyrefly pytype isort yapf autopep8 autoflake pycodestyle
    pydocstyle pyflakes pylama prospector docformatter interrogate pyupgrade nbqa dmypy pydoclint bandit eslint prettier
    biome tslint oxlint stylelint markdownlint markdownlint-cli2 shellcheck shfmt hadolint yamllint actionlint sqlfluff
    golangci-lint gofmt clippy rustfmt rubocop clang-format clang-tidy cpplint checkstyle ktlint scalafmt awesome-lint
    djlint super-linter
    """.split()  # noqa: SIM905 - a list of words
)
WORDS = frozenset(
    {"ty", "pyre", "blue", "xo", "standard", "vale", "mdl", "lintr", "darker"}
)  # also words of the language
SERVICES = ("pre-commit/action@", "pre-commit-ci/", "trunk-io/")
CHECKING = regex(r"lint|style|quality|check|static|format", re.IGNORECASE)
OPTION = regex(r"--(?:flake8|pylint|mypy|black|ruff|isort|pycodestyle|pep8|noEmit)$")
SECOND_WORD = {
    "cargo": {"fmt", "clippy"},
    "go": {"vet", "fmt"},
    "setup.py": {"flake8", "lint", "check"},
    "next": {"lint"},
}
GIT_HOOKS = regex(r"(?:\.husky|\.githooks|\.hooks|githooks)/(?:pre-commit|pre-push|commit)$")
CONFIGURED = regex(
    r"(?:^|/)(?:\.flake8|mypy\.ini|\.mypy\.ini|\.?pylintrc|\.?ruff\.toml|\.isort\.cfg|\.style\.yapf|pyrightconfig\.json|"
    r"\.eslintrc[^/]*|eslint\.config\.\w+|\.prettierrc[^/]*|biome\.json)$"
)
TABLES = frozenset(
    {"ruff", "black", "mypy", "pylint", "isort", "flake8", "pyright", "basedpyright", "yapf", "ty", "pylama"}
)
OTHER_CODE = regex(r"\.(?:m|lua|pl|dart|kts|hs|exs?|clj|ps1|f90|vue|rmd|sas|do|vba?)$", re.IGNORECASE)
EXAMPLES = 8
HOOKS = """repos:
- repo: https://github.com/astral-sh/ruff-pre-commit
  rev: v0.12.0
  hooks:
  - id: ruff-check
"""


@rule(
    "QUA105",
    "lint-gate",
    "A linter runs before code lands",
    item="well-engineered",
    level=SHOULD,
    fix="Add .pre-commit-config.yaml with ruff-check and ruff-format, and run `pre-commit run --all-files` in CI.",
    expected="a linter, formatter or type checker in a CI step or in a pre-commit hook",
    minutes=15,
    bad={
        "app.py": "import os\n",
        "pyproject.toml": '[tool.ruff]\nline-length = 100\n[tool.ruff.lint]\nselect = ["E"]\n',
    },
    good={
        "app.py": "import os\n",
        ".pre-commit-config.yaml": HOOKS,
    },
)
def lint_gate(repo: Repo) -> Outcome:
    """A linter finds unused imports, undefined names and half of the discussions of a review before a person looks.

    Its configuration alone proves nothing: what counts is that CI or a hook runs it on every change.
    """
    found = [*_hooks(repo), *_steps(repo), *_actions(repo), *_git_hooks(repo)]
    if found:
        return passed(*found[:EXAMPLES])
    if not (repo.python or repo.notebooks or any(is_code(path) or OTHER_CODE.search(path) for path in repo.paths)):
        return without_object("there is no code in it")
    elsewhere = [
        job.place.saying(f"calls {job.uses}")
        for workflow in repo.workflows
        for job in workflow.jobs
        if not job.uses.startswith("./") and CHECKING.search(job.uses)
    ]
    if elsewhere:
        return unknown(*elsewhere)
    configured = [
        at(path, "configures a linter that neither CI nor a hook runs")
        for path in repo.paths
        if CONFIGURED.search(path)
    ]
    configured += [
        at(m.path, f"configures {tool}, which neither CI nor a hook runs")
        for m in repo.manifests
        for tool in m.tools
        if tool in TABLES
    ]
    return failed(*(configured[:EXAMPLES] or [Evidence(remark="neither CI nor a hook runs a linter")]))


def _hooks(repo: Repo) -> Iterator[Evidence]:
    for hook in repo.hooks:
        if names_linter(hook.id) or names_linter(hook.entry):
            yield hook.place
        elif hook.repo == "local":
            yield from _linting(repo.tasks.resolve(hook.entry, hook.place))


def names_linter(text: str) -> bool:
    """Whether a word of a text, or a part of one (`black-jupyter`, `super-linter`), is the name of a linter."""
    words = re.split(r"[^a-z0-9-]+", text.lower()[:2_000])
    parts = [part for word in words for part in (word, *word.split("-"))]
    return any(part in LINTERS or part.startswith(("lint", "megalint")) for part in parts)


def _steps(repo: Repo) -> Iterator[Evidence]:
    for run in repo.ci:
        yield from _linting(run.resolved)


def _linting(resolved: Resolved) -> tuple[Evidence, ...]:
    """The way to the first command that lints."""
    return next((each.chain for each in resolved.commands if lints(each.program, each.words)), ())


def lints(program: str, words: Sequence[str]) -> bool:
    """Whether a command looks at code without running it."""
    if looks_for_one(words):
        return False
    if program in LINTERS or program in WORDS or (program == "pre-commit" and "run" in words):
        return True
    if program in SECOND_WORD and SECOND_WORD[program] & set(words[1:3]):
        return True
    if program in ("npx", "bunx", "pnpm", "yarn", "uvx", "pipx"):
        return any(word.partition("@")[0] in LINTERS for word in words[1:3])
    return any(OPTION.match(word) for word in words)


def _actions(repo: Repo) -> Iterator[Evidence]:
    for workflow in repo.workflows:
        for job in workflow.jobs:
            for step in job.steps:
                if step.uses.startswith(SERVICES) or names_linter(step.uses.partition("@")[0]):
                    yield step.place.saying(f"uses {step.uses}")


def _git_hooks(repo: Repo) -> Iterator[Evidence]:
    for path in repo.paths:
        if GIT_HOOKS.search(path):
            hook = at(path, "a hook of git")
            if _linting(repo.tasks.resolve(repo.text_or_none(path) or "", hook)):
                yield hook


RULES = (lint_gate,)
