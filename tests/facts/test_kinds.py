"""What kind of project a repository is taken for, and the reasons that are shown with it."""

import json
from collections.abc import Mapping

import pytest

from aiscaffold.catalog import ADDRESS
from aiscaffold.facts.kinds import Kinds
from aiscaffold.repo import Repo
from aiscaffold.rule import KINDS

Files = dict[str, str | bytes]
CODE = "".join(f"value_{number} = {number}\n" for number in range(20))
TRAIN = f"import torch\n{CODE}"
PACKAGE = "[project]\nname = 'tide-tools'\n"


def notebook(*sources: str) -> str:
    """A notebook with code cells."""
    cells = [{"cell_type": "code", "source": source, "outputs": [], "metadata": {}} for source in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def of(files: Mapping[str, str | bytes], declared: tuple[str, str] = ("", ""), project: str = "") -> Kinds:
    """The kind of a repository with these files."""
    return Repo.given(files, declared_kind=declared, project=project).kinds


# name → files, kind, each reason as its place and a part of its remark
TOLD: dict[str, tuple[Files, str, list[tuple[str, str]]]] = {
    "a web service with a model": (
        {
            "src/app.py": f"import fastapi\nfrom sklearn import svm\n{CODE}",
            "Dockerfile": "FROM python",
            "src/train.py": "x = 1",
        },
        "service",
        [
            ("src/app.py:1", "imports fastapi"),
            ("src/app.py:2", "imports sklearn"),
            ("Dockerfile", "is deployed"),
            ("src/train.py", "trains"),
        ],
    ),
    "an application of a language model": (
        {"app.py": f"import openai\nimport chromadb\n{CODE}", "prompts/answer.txt": "You are"},
        "llm-app",
        [("app.py:1", "imports openai"), ("app.py:2", "imports chromadb"), ("prompts/answer.txt", "holds prompts")],
    ),
    "an application of a language model in another language": (
        {"README.md": "# Chat\n", "package.json": '{"dependencies": {"openai": "4"}}', "index.js": "x"},
        "llm-app",
        [("package.json:1", "imports openai")],
    ),
    "the code of a paper": (
        {
            "README.md": "# Tides\n\nOfficial implementation of a paper.\n\nhttps://arxiv.org/abs/1\n\n@article{x,\n",
            "a.py": TRAIN,
        },
        "reproduction",
        [
            ("README.md:3", "says: Official implementation"),
            ("README.md:5", "names a paper: arxiv.org/"),
            ("README.md:7", "gives a citation"),
        ],
    ),
    "a solution of a competition": (
        {
            "README.md": "# Titanic\n\nhttps://www.kaggle.com/c/titanic\n",
            "train.py": TRAIN,
            "out/submission_3.csv": "a",
        },
        "kaggle",
        [("README.md:3", "names a competition: kaggle.com/c/titanic"), ("out/submission_3.csv", "a submission")],
    ),
    "a published package": (
        {
            "README.md": "# Tide tools\n\npip install tide-tools\n",
            "pyproject.toml": PACKAGE,
            "tide/a.py": TRAIN,
            "docs/index.md": "# Docs\n",
        },
        "library",
        [
            ("", "it builds the package tide-tools"),
            ("docs/index.md", "has pages"),
            ("README.md:3", "is installed by its name"),
        ],
    ),
    "notebooks": (
        {"README.md": "# Churn\n", "eda.ipynb": notebook(f"import pandas\n{CODE}"), "helper.py": "x = 1\n"},
        "notebooks",
        [("", "95 % of its code lines are in notebooks")],
    ),
}

NONE: dict[str, tuple[Files, str, str]] = {
    "nothing": ({}, "", "there is neither Python nor a notebook"),
    "only data": ({"a.csv": "1"}, "", "there is neither Python nor a notebook"),
    "a curated list": (
        {"README.md": "# Awesome tides\n", "a.py": "import torch\n"},
        "README.md:1",
        "says of itself: Awesome",
    ),
    "dotfiles": ({"README.md": "# My dotfiles\n", "a.py": "x = 1\n"}, "README.md:1", "says of itself: dotfiles"),
    "a template by its words": (
        {"README.md": "# A cookiecutter template for research\n", "a.py": TRAIN * 20},
        "README.md:1",
        "cookiecutter template",
    ),
    "a template by its paths": ({"{{ name }}/a.py": TRAIN, "b.py": TRAIN}, "", "it is a template"),
    "a course": (
        {"README.md": "# Deep learning course\n", "week1/a.py": TRAIN},
        "README.md:1",
        "its title says: course",
    ),
    "a web service without a model": ({"a.py": f"import flask\n{CODE}"}, "", "nothing in it trains"),
    "a package without a model": (
        {"README.md": "# Left pad\n", "pyproject.toml": PACKAGE, "pad/a.py": CODE},
        "",
        "nothing in it trains",
    ),
    "a script": ({"a.py": CODE}, "", "nothing in it trains"),
    "code that cannot be read": ({"a.py": "def f(:\n"}, "", "nothing in it trains"),
    "a README that cannot be read": ({"README.md": b"\0", "a.py": CODE}, "", "nothing in it trains"),
}


@pytest.mark.parametrize(("files", "kind", "reasons"), TOLD.values(), ids=TOLD)
def test_a_kind_is_told_with_its_reasons(files: Files, kind: str, reasons: list[tuple[str, str]]) -> None:
    found = of(files)
    assert found.kind == kind
    assert len(found.reasons) == len(reasons), found.reasons
    for evidence, (place, remark) in zip(found.reasons, reasons, strict=True):
        assert evidence.place == place
        assert remark in evidence.remark


@pytest.mark.parametrize(("files", "place", "remark"), NONE.values(), ids=NONE)
def test_what_is_no_portfolio_project_is_told_with_a_reason(files: Files, place: str, remark: str) -> None:
    found = of(files)
    (reason,) = found.reasons
    assert (found.kind, reason.place) == ("other", place)
    assert remark in reason.remark


def test_every_kind_has_its_example() -> None:
    assert {kind for _, kind, _ in TOLD.values()} | {"other"} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_declared_kind_goes_before_all_signals(kind: str) -> None:
    files, _, _ = TOLD["a web service with a model"]
    found = of(files, (kind, "pyproject.toml"))
    assert (found.kind, found.reasons[0].place, found.runner_up) == (kind, "pyproject.toml", "")


def test_a_kind_on_the_command_line_says_so() -> None:
    assert of({"app.py": "x = 1\n"}, ("service", "")).reasons[0].remark == "declared on the command line"


def test_a_project_without_code_is_none_whatever_it_is_declared_to_be() -> None:
    found = of({"README.md": "# A service\n"}, ("service", "pyproject.toml"))
    assert found.kind == "other"
    assert "no code" in found.reasons[0].remark


@pytest.mark.parametrize(("template", "kind"), [("end-to-end-ml", "service"), ("paper-reproduction", "reproduction")])
def test_our_answers_file_declares_the_kind(template: str, kind: str) -> None:
    answers = f"_src_path: {ADDRESS}\n_commit: v0.2.0\ntemplate: {template}\n"
    found = of({"a.ipynb": notebook(CODE), ".copier-answers.yml": answers})
    assert (found.kind, found.reasons[0].path) == (kind, ".copier-answers.yml")


def test_a_close_second_is_named() -> None:
    app = f"import fastapi\nimport torch\nimport openai\n{CODE}"
    found = of({"app.py": app})
    assert {found.kind, found.runner_up} == {"service", "llm-app"}
    clear = of({"app.py": app, "Dockerfile": "", "train.py": ""})
    assert (clear.kind, clear.runner_up) == ("service", "llm-app")
    assert of(TOLD["a published package"][0]).runner_up == ""


@pytest.mark.parametrize(
    "extra",
    [
        {"tests/test_app.py": "import torch\nimport fastapi\n"},
        {"vendor/torch_thing.py": "import torch\nimport fastapi\n"},
        {"README.md": "# Site\n\n" + "\n" * 100 + "https://arxiv.org/abs/1\n"},
    ],
    ids=["in tests", "in vendored code", "far down the README"],
)
def test_signals_elsewhere_do_not_count(extra: Files) -> None:
    assert of({"site.py": CODE, **extra}).kind == "other"


def test_a_library_is_named_by_the_manifest_on_top() -> None:
    files = {**TOLD["a published package"][0], "docs/plugin/pyproject.toml": '[project]\nname = "tide-plugin"\n'}
    assert ("", "it builds the package tide-tools") in [(each.place, each.remark) for each in of(files).reasons]


def test_a_library_may_cite_papers() -> None:
    files = dict(TOLD["a published package"][0])
    files["README.md"] = f"{files['README.md']!s}\nhttps://arxiv.org/abs/1\n\n@article{{x,\n"
    assert of(files).kind == "library"


def test_a_project_of_a_repository_is_told_by_its_own_files() -> None:
    files: Files = {"README.md": "# Awesome list\n", "api/app.py": f"import fastapi\nimport torch\n{CODE}"}
    assert of(files, project="api/").kind == "service"
