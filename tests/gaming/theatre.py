"""Twelve repositories that look complete in the list of files and hold nothing: each built around one trick."""

from gaming.trees import Tree, dumped, grown, tree

SUBJECTS = (
    "Build the production pipeline",
    "Add enterprise monitoring",
    "Improve model accuracy to 99 percent",
    "Harden security of the API",
    "Optimise inference latency",
    "Refactor the feature store",
    "Add automated retraining",
    "Extend test coverage to 100 percent",
    "Add Kubernetes deployment",
    "Polish documentation for release",
    "Prepare version 2.0 for launch",
    "Celebrate the launch with a banner",
)

COSTUME = tree(
    """
    === README.md
    # 🚀 VisionPro AI

    ![python](https://img.shields.io/badge/python-3.12-blue) ![license](https://img.shields.io/badge/license-MIT-green)

    A state-of-the-art, production-ready, scalable machine learning platform that predicts everything for everyone.

    ## ✨ Features

    - Blazing fast
    - Enterprise grade
    - Cloud native

    ## 🏗 Architecture

    ```mermaid
    graph LR
      Data --> Model --> API
    ```

    ## 📦 Installation

    ```bash
    pip install -r requirements.txt
    ```

    ## ▶ Usage

    ```bash
    python app/main.py
    ```

    ## 📊 Results

    | Model | Accuracy |
    |---|---|
    | VisionPro | 99.7 % |

    ## 🧠 Lessons learned

    Machine learning is challenging, and teamwork makes the dream work in every project.
    === LICENSE
    MIT License
    === requirements.txt
    fastapi==0.115.0
    scikit-learn==1.5.2
    === Dockerfile
    FROM python:3.12
    === MODEL_CARD.md
    # Model card
    === CHANGELOG.md
    # Changelog

    ## 2.0.0 - 2024-05-01

    - Everything is better.
    === app/__init__.py
    === app/main.py
    from fastapi import FastAPI
    from sklearn.dummy import DummyClassifier

    app = FastAPI()
    model = DummyClassifier()


    @app.get("/")
    def index():
        return {"status": "ok"}
    === tests/__init__.py
    === tests/test_main.py
    def test_main():
        assert True
    === .github/workflows/ci.yml
    name: CI
    on: [push]
    permissions:
      contents: read
    jobs:
      test:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - name: Run tests
            run: pytest
    """
)
TEST = "tests/test_main.py"
WORKFLOW = ".github/workflows/ci.yml"

CLAIMS = """
VisionPro AI is a service that predicts demand for retailers of any size, from the corner shop to the enterprise. It was
designed from the ground up for reliability, and uses modern machine learning to reach an accuracy that other products
cannot match. Data flow through a pipeline of validated stages, features are computed once and shared between models,
and every prediction is explained. The platform scales horizontally, keeps latency below ten milliseconds, and retrains
itself whenever the world changes. Security and privacy were our first concern at every step, and compliance is built
in. Teams adopt it within a day, since each part works alone and all parts work together.
"""


def _dressed(changes: Tree, drop: tuple[str, ...] = (), claims: str = CLAIMS) -> Tree:
    """The costume with eloquent claims in its README, changed for one trick."""
    page = COSTUME["README.md"].replace("## ✨ Features\n", f"{claims}\n## ✨ Features\n", 1)
    files = {**COSTUME, "README.md": page, **changes}
    return {path: text for path, text in files.items() if path not in drop}


def _workflow(*steps: str) -> Tree:
    head, _, _ = COSTUME[WORKFLOW].partition("      - name:")
    return {WORKFLOW: head + "".join(f"      - {step}\n" for step in steps)}


def _echo(name: str) -> str:
    return f"name: {name}\n        run: echo '{name} has passed'"


EMPTY = dict.fromkeys(("LICENSE", "requirements.txt", "Dockerfile", "MODEL_CARD.md", "poetry.lock", "Makefile"), "")
BADGES = "".join(
    f"![{name}](https://img.shields.io/badge/{name}-{says}-brightgreen)\n"
    for name, says in (("tests", "passing"), ("build", "passing"), ("coverage", "100%25"), ("quality", "A%2B"))
)
SKIPPED = """import pytest

from app.main import index

pytestmark = pytest.mark.skip(reason="flaky")


@pytest.mark.skip(reason="needs the cluster")
def test_status():
    assert index() == {"status": "ok"}
"""
PAGE = """# VisionPro documentation!

## Description

Predicts everything for everyone.

## Commands

The Makefile contains the central entry points for common tasks related to this project.
"""
LINTERS = """[tool.ruff]
line-length = 88

[tool.mypy]
strict = true

[tool.black]
line-length = 88

[tool.pytest.ini_options]
addopts = "--strict-markers"
"""

THEATRE: dict[str, Tree] = {
    "empty files": dumped(_dressed(EMPTY)),
    "CI that only prints": grown(
        _dressed(
            _workflow(_echo("Lint"), _echo("Run unit tests"), _echo("Build image"), _echo("Deploy to production"))
        ),
        *SUBJECTS,
    ),
    "assert True": grown(
        _dressed({TEST: "".join(f"def test_{n}():\n    assert True\n\n\n" for n in range(30))}), *SUBJECTS
    ),
    "a suite that is skipped": grown(_dressed({TEST: SKIPPED}), *SUBJECTS),
    "a README of headings": grown(
        {**COSTUME, "README.md": "# VisionPro AI\n\n## Installation\n\n## Usage\n\n## Results\n\n## License\n"},
        *SUBJECTS,
    ),
    "badges that are drawings": grown({**COSTUME, "README.md": BADGES + COSTUME["README.md"]}, *SUBJECTS),
    "a template's page": dumped(
        _dressed({"docs/docs/index.md": PAGE, "README.md": PAGE}),
        "Complete the documentation",
        subject="Initial commit",
    ),
    "data under test/": dumped(
        _dressed(
            {"test/test.csv": "a,b\n1,2\n", "artifacts/test.csv": "a,b\n1,2\n"},
            drop=(TEST, "tests/__init__.py", "requirements.txt"),
        )
    ),
    "linters that nothing runs": grown(
        {**COSTUME, "pyproject.toml": LINTERS, ".flake8": "[flake8]\nmax-line-length = 88\n", ".pylintrc": "[MAIN]\n"},
        *SUBJECTS,
    ),
    "hollow licence, image and card": grown(
        {**COSTUME, "README.md": COSTUME["README.md"].replace("-r requirements.txt", "-r requirements/prod.txt")},
        *SUBJECTS,
    ),
    "claims without code": grown(
        _dressed({}, drop=("app/__init__.py", "app/main.py", TEST, "tests/__init__.py", WORKFLOW)), *SUBJECTS
    ),
    "failures that are swallowed": grown(
        _dressed(_workflow("run: pytest || true", "run: ruff check || true", "run: mypy . || exit 0")), *SUBJECTS
    ),
}

# What each trick is after, and must not be credited.
REFUSED: dict[str, tuple[str, ...]] = {
    "empty files": ("ENV101", "ENV105", "HON103"),
    "CI that only prints": ("HON101", "TST201", "TST202"),
    "assert True": ("HON102", "TST101", "TST102"),
    "a suite that is skipped": ("HON102", "TST101", "TST102"),
    "a README of headings": ("DOC101", "DOC102", "DOC103", "HON103"),
    "badges that are drawings": ("DOC101", "HON106"),
    "a template's page": ("DOC101", "DOC103", "HON105"),
    "data under test/": ("TST101", "TST201"),
    "linters that nothing runs": ("HON107", "QUA105", "TST203"),
    "hollow licence, image and card": ("ENV105", "HON103"),
    "claims without code": ("DOC104", "TST101"),
    "failures that are swallowed": ("TST202", "TST101"),
}
