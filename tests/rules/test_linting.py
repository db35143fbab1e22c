"""Who runs a linter: a hook, a step of CI, an action, whatever lies between."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.linting import lint_gate, lints

CI = ".github/workflows/ci.yml"
HOOKS = ".pre-commit-config.yaml"


def workflow(*steps: str) -> str:
    lines = "".join(f"    - {step}\n" for step in steps)
    return f"on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n{lines}"


def hooks(repo: str, *names: str) -> str:
    return f"repos:\n- repo: {repo}\n  rev: v1\n  hooks:\n" + "".join(f"  - id: {name}\n" for name in names)


LOCAL = "repos:\n- repo: local\n  hooks:\n  - id: tidy\n    entry: make\n    args: [clean]\n    language: system\n"
STYLED = "clean: style\n\trm -rf x\nstyle:\n\tblack .\n"


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({CI: workflow("run: ruff check")}, [f"{CI}:6"]),
        ({CI: workflow("run: uv run mypy src")}, [f"{CI}:6"]),
        ({CI: workflow("run: python -m flake8 . || true")}, [f"{CI}:6"]),
        ({CI: workflow("run: make lint"), "Makefile": "lint:\n\tblack --check .\n"}, [f"{CI}:6", "Makefile:2"]),
        ({CI: workflow("run: tox -e qa"), "tox.ini": "[testenv:qa]\ncommands=pylint src\n"}, [f"{CI}:6", "tox.ini:2"]),
        ({CI: workflow("uses: psf/black@stable")}, [f"{CI}:6"]),
        ({CI: workflow("uses: pre-commit/action@v3.0.1")}, [f"{CI}:6"]),
        ({CI: workflow("uses: super-linter/super-linter@v7")}, [f"{CI}:6"]),
        ({".pre-commit-config.yaml": hooks("https://github.com/psf/black", "black")}, [".pre-commit-config.yaml:5"]),
        ({".pre-commit-config.yaml": hooks("local", "check-toml", "ruff-format")}, [".pre-commit-config.yaml:6"]),
        ({HOOKS: LOCAL, "Makefile": STYLED}, [f"{HOOKS}:4", "Makefile:1", "Makefile:4"]),
        ({".husky/pre-commit": "npx eslint .\n"}, [".husky/pre-commit"]),
        ({".gitlab-ci.yml": "lint:\n  script:\n  - pip install ruff\n  - ruff check\n"}, [".gitlab-ci.yml:4"]),
    ],
)  # fmt: skip
def test_a_linter_that_something_runs_is_a_gate(files: dict[str, str], places: list[str]) -> None:
    outcome = lint_gate.check(Repo.given({"app.py": "x = 1\n", **files}))
    assert (outcome.verdict, [evidence.place for evidence in outcome.evidence]) == ("pass", places)


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({}, ""),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 99\n"}, "pyproject.toml"),
        ({".flake8": "[flake8]\n"}, ".flake8"),
        ({"Makefile": "lint:\n\truff check\n"}, ""),
        ({CI: workflow("run: pip install ruff black")}, ""),
        ({CI: workflow("run: echo ruff check")}, ""),
        ({CI: workflow("run: pytest")}, ""),
        ({".pre-commit-config.yaml": LOCAL, "Makefile": "clean:\n\trm -rf x\nstyle:\n\tblack .\n"}, ""),
        ({".pre-commit-config.yaml": hooks("https://github.com/pre-commit/pre-commit-hooks", "end-of-file-fixer")}, ""),
    ],
)
def test_a_linter_that_nothing_runs_is_none(files: dict[str, str], path: str) -> None:
    outcome = lint_gate.check(Repo.given({"app.py": "x = 1\n", **files}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("fail", path)


def test_a_workflow_of_somebody_else_cannot_be_read() -> None:
    text = "on: push\njobs:\n  lint:\n    uses: acme/shared/.github/workflows/lint.yml@main\n"
    assert lint_gate.check(Repo.given({"app.py": "x = 1\n", CI: text})).verdict == "unknown"


def test_without_code_there_is_nothing_to_lint() -> None:
    assert lint_gate.check(Repo.given({"README.md": "# A list\n", "rows.csv": "a,b\n"})).verdict == "pass"


@pytest.mark.parametrize("path", ["week 1/means.m", "src/main.rs", "app.js", "clean.R"])
def test_code_of_another_language_needs_a_gate_too(path: str) -> None:
    assert lint_gate.check(Repo.given({"README.md": "# Means\n", path: "x\n"})).verdict == "fail"


@pytest.mark.parametrize("command", ["pytest --flake8", "cargo clippy", "npx prettier --check .", "tsc --noEmit"])
def test_some_programs_lint_when_they_are_told_to(command: str) -> None:
    words = command.split()
    assert lints(words[0], words)
    assert not lints(words[0], words[:1])
