"""What a README says first: enough words, and the problem that is solved."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.readme import problem_stated, readme_explains

PAGE = "Each row is one contract in one month, and the model says who will leave. " * 8


@pytest.mark.parametrize(
    "path", ["README.md", "readme.md", "Readme.rst", "README", "docs/README.md", ".github/readme.txt"]
)
def test_a_readme_counts_by_any_name_and_place(path: str) -> None:
    outcome = readme_explains.check(Repo.given({path: f"Churn\n=====\n\n{PAGE}\n"}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("pass", path)
    assert "words of prose" in outcome.evidence[0].remark


@pytest.mark.parametrize(
    "text",
    [
        "# Churn\n\n" + "[![CI](https://img.shields.io/x.svg)](https://example.org) " * 90,
        "# Churn\n\n```\n" + PAGE + "\n```\n",
        "# Churn\n\n| a | b |\n|---|---|\n" + "| many words here | and here |\n" * 40,
    ],
)
def test_badges_code_and_tables_are_no_words(text: str) -> None:
    assert readme_explains.check(Repo.given({"README.md": text})).verdict == "fail"


def test_chinese_counts_by_its_signs() -> None:
    assert (
        readme_explains.check(Repo.given({"README.md": "# 流失\n\n" + "预测哪些客户将在下个月离开。" * 12})).verdict
        == "pass"
    )


@pytest.mark.parametrize(
    "text",
    [
        "Predicts which customers of a telephone company will leave within a month.",
        "> A Python library for reading sensor data without surprises.",
        "- This repository contains the code for the paper *Attention is not enough*.",
        "<div align='center'><h1>Churn</h1><p>Predicting which customers leave, with gradient boosting.</p></div>",
        "## About\n\nGiven a photo of a leaf, the app detects the disease and suggests a treatment.",
        "根据电信客户的合同数据预测哪些客户将在下个月离开。",
        "Modelo que predice la fuga de clientes de una empresa de telecomunicaciones.",
        "Pandas is slow on many rows, so this package provides a way to use all cores.",
        "This is a PyTorch baseline for https://www.kaggle.com/c/leaves-of-trees/",
        "Predicts (within a month, or sooner) which customers of a telephone company will leave.",
        "Find photos of the same leaf among thousands of them, with a small network.",
    ],
)
def test_a_sentence_near_the_title_tells_the_problem(text: str) -> None:
    outcome = problem_stated.check(Repo.given({"README.md": f"# Churn\n\n{text}\n"}))
    assert outcome.verdict == "pass"
    assert outcome.evidence[0].line > 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "My final project!",
        "Install the requirements with pip before you run the training script for the model.",
        "This repository contains my assignments for the machine learning course of last semester.",
        "Thanks to everybody who helped to build and train this model for the project.",
        "If you find this library useful for your work, please give it a star on the page.",
        "STEP 01 - Create an environment with all the packages for training the model.",
        "You can find the tutorial for this model on the channel of our group.",
        "- Additional files if necessary (e.g., datasets, input files, models for the network, etc.).",
        "- Chapter 3: Statistics of models (interval estimation, tests by simulation)",
        "Each assignment demonstrates a technique that was learned throughout the course.",
        "## End-to-End Machine Learning Project with MLOps",
    ],
)
def test_install_texts_slogans_and_thanks_tell_no_problem(text: str) -> None:
    outcome = problem_stated.check(Repo.given({"README.md": f"# Churn\n\n{text}\n"}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("fail", 1)


def test_a_sentence_far_below_comes_too_late() -> None:
    late = "\n" * 60 + "Predicts which customers of a telephone company will leave within a month.\n"
    assert problem_stated.check(Repo.given({"README.md": f"# Churn\n{late}"})).verdict == "fail"


def test_a_list_of_contents_does_not_push_the_problem_down() -> None:
    contents = "".join(f"- [Part {number}](#part-{number})\n" for number in range(60))
    told = "Predicts which customers of a telephone company will leave within a month."
    assert problem_stated.check(Repo.given({"README.md": f"# Churn\n\n{contents}\n{told}\n"})).verdict == "pass"
    others = contents.replace("(#", "(docs/")
    assert problem_stated.check(Repo.given({"README.md": f"# Churn\n\n{others}\n{told}\n"})).verdict == "fail"


@pytest.mark.parametrize("title", ["End to End Machine Learning Project", "My First Data Science Portfolio Project"])
def test_a_title_that_fits_any_project_tells_nothing(title: str) -> None:
    assert problem_stated.check(Repo.given({"README.md": f"## {title}\n"})).verdict == "fail"


def test_a_title_that_says_it_all_may_be_enough() -> None:
    title = "# The machine learning toolkit for time series analysis in Python\n"
    assert problem_stated.check(Repo.given({"README.md": title})).verdict == "unknown"


def test_what_the_template_wrote_tells_nothing_of_the_owners() -> None:
    page = "# Churn\n\nPredicts which customers of a telephone company will leave within a month.\n"
    answers = {".copier-answers.yml": "_src_path: gh:ada/template\n_commit: v1\n"}
    repo = Repo.given({"README.md": page, **answers}, pristine=lambda _: {"README.md": page.encode()})
    assert problem_stated.check(repo).verdict == "fail"
    written = page + "\nThe sales team of our company calls the customers that this model predicts to leave.\n"
    repo = Repo.given({"README.md": written, **answers}, pristine=lambda _: {"README.md": page.encode()})
    assert (problem_stated.check(repo).verdict, problem_stated.check(repo).evidence[0].line) == ("pass", 5)


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        ("src/churn/provenance.py", "fail"),
        ("pyproject.toml", "pass"),  # where the owner wrote the sentence
    ],
)
def test_what_the_projects_own_report_says_of_it_is_the_owners_where_it_repeats_him(source: str, verdict: str) -> None:
    page = f'# Churn\n\n<!-- aiscaffold:gen id="summary" from="{source}" -->\n{{}}\n<!-- /aiscaffold:gen -->\n'
    files = {
        "README.md": page.format("Predicts which customers of a telephone company will leave within a month."),
        ".copier-answers.yml": "_src_path: gh:ada/template\n_commit: v1\n",
    }
    repo = Repo.given(files, pristine=lambda _: {"README.md": page.format("Predicts late flights.").encode()})
    assert problem_stated.check(repo).verdict == verdict
