"""Whether a README shows a result, a picture, a demo and the architecture."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.demo import demo_linked
from aiscaffold.rules.results import results_shown
from aiscaffold.rules.shown import architecture_drawn, visual_shown


def repo_of(text: str, **files: str) -> Repo:
    return Repo.given({"README.md": f"# Churn\n\n{text}\n", **files})


@pytest.mark.parametrize(
    "text",
    [
        "The model reaches an accuracy of 93.1 % on the test set.",
        "ROC-AUC: 0.71 (baseline 0.64)",
        "- F1 score of 0.88 on the held-out months",
        "| model | RMSE |\n|---|---|\n| forest | 4.21 |",
        "| measure | value |\n|---|---|\n| Accuracy | 91 |",
        "<table><tr><th>epochs</th><th>acc1</th></tr><tr><td>1000</td><td>73.5%</td></tr></table>",
        "7th place solution of the competition.",
        "We finished in the top 3% with a public score of 0.78229.",
        "Inference is faster: latency of 12 ms per request.",
        "## Results\n\n![curve](https://example.org/curve.png)",
        "## Evaluation\n\n```\nval accuracy: 0.91\n```",
        "模型的准确率为 93.5%。",
        '## Evaluation\n\n```json\n{\n  "precision": 0.9076136428670714,\n  "rows": 191\n}\n```',
        '## Metrics\n\n```json\n{"rows": 191, "f1": 0.88}\n```',
        "## Results\n\n```yaml\ntest_accuracy: 0.91\n```",
    ],
)
def test_a_measure_with_its_number_is_a_result(text: str) -> None:
    assert results_shown.check(repo_of(text)).verdict == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "It works with great accuracy.",
        "Needs Python 3.11 and torch 2.1.0.",
        "Train with a learning rate of 0.001 and dropout 0.5 to lower the loss.",
        "The model has 7.5M parameters.",
        "In the first place, install it. It was written in 2024.",
        "| option | value |\n|---|---|\n| batch size | 32 |",
        "![shield](https://img.shields.io/badge/accuracy-93%25-green)",
        "## Setup\n\n![screen](https://example.org/screen.png)",
        "Churn costs a 37% loss of revenue.",
        '## Usage\n\n```json\n{"precision": 0.9}\n```',
        '## Metrics\n\n```json\n{"precision": "0.9.1"}\n```',
        '## Results\n\n```json\n{\n  "label": "stays",\n  "score": 0.98\n}\n```',
        '## Evaluation\n\n```json\n{\n  "learning_rate": 0.001,\n  "precision": "fp16"\n}\n```',
    ],
)
def test_versions_settings_and_praise_are_no_result(text: str) -> None:
    outcome = results_shown.check(repo_of(text))
    assert (outcome.verdict, outcome.evidence[0].path) == ("fail", "README.md")


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("![plot](plot.png)", "pass"),
        ("![plot](missing.png)", "fail"),
        ("![plot](empty.png)", "fail"),
        ("![logo](logo.png)", "fail"),
        ("![CI](https://github.com/ada/churn/workflows/CI/badge.svg)", "fail"),
        ("![plot](tiny.png)", "fail"),
        ("![plot](stored.png)", "pass"),
        ("![plot](blank.svg)", "fail"),
        ("![plot](https://example.org/plot.png)", "pass"),
        ("[![Hands-on](https://example.org/x.png)](https://www.oreilly.com/churn)", "fail"),
        ("![book cover](https://example.org/x.png)", "fail"),
        ("```mermaid\nflowchart LR\n  a --> b --> c\n```", "pass"),
        ("See [the tour](docs/tour.md).", "pass"),
    ],
)
def test_a_picture_is_there_and_no_badge(text: str, verdict: str) -> None:
    pictures = {
        "plot.png": "x" * 200,
        "logo.png": "x" * 200,
        "empty.png": "",
        "tiny.png": "x",
        "stored.png": "version https://git-lfs.github.com/spec/v1\n",
        "blank.svg": f"<svg>{' ' * 200}</svg>",
    }
    tour = {"docs/tour.md": "# Tour\n\n![plot](../plot.png)\n"}
    assert visual_shown.check(repo_of(text, **pictures, **tour)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("[app](https://churn.streamlit.app)", "pass"),
        (
            "[![Open](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/a/b/blob/main/x.ipynb)",
            "pass",
        ),
        ("[Live demo](https://churn.example.org)", "pass"),
        ("[Demo video](https://youtu.be/abc)", "pass"),
        ("![tour](https://example.org/tour.gif)", "pass"),
        ("[documentation](https://churn.readthedocs.io)", "fail"),
        ("[demo](https://github.com/ada/churn)", "fail"),
        ("Built with [Gradio](https://www.gradio.app/).", "fail"),
        ("https://www.youtube.com/watch?v=abc", "unknown"),
        ("## References\n\n[a video tutorial](https://youtu.be/abc)", "fail"),
        ("The tutorial for this project is on [YouTube](https://youtu.be/abc).", "pass"),
        ("A [tutorial](https://youtu.be/abc) on transformers helped us.", "fail"),
    ],
)
def test_a_demo_is_something_to_see(text: str, verdict: str) -> None:
    assert demo_linked.check(repo_of(text)).verdict == verdict


@pytest.mark.parametrize(
    ("command", "verdict"),
    [
        ("uv run acme deploy . --name churn", "pass"),
        ("flyctl deploy --remote-only", "pass"),
        ("make ship", "pass"),
        ("mike deploy --push 1.0", "fail"),
        ("mkdir deploy", "fail"),
        ("echo deploy", "fail"),
    ],
)
def test_a_workflow_that_deploys_the_app_lets_it_be_seen(command: str, verdict: str) -> None:
    steps = f"on: push\njobs:\n  ship:\n    runs-on: ubuntu-latest\n    steps:\n    - run: {command}\n"
    files = {".github/workflows/ship.yml": steps, "Makefile": "ship:\n\tacme deploy churn\n"}
    assert demo_linked.check(repo_of("Says who leaves.", **files)).verdict == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("```mermaid\nflowchart LR\n  a[Rows and more] --> b{Model}\n```", "fail"),
        ("```mermaid\ngraph TD\n  a[Rows] --> b\n  b -->|scores| c(API)\n```", "pass"),
        ("```mermaid\nsequenceDiagram\n  user->>api: asks\n  api->>model: predicts\n```", "pass"),
        ("```mermaid\npie\n  a: 1\n```", "fail"),
        ("## Architecture\n\n![parts](https://example.org/x.png)", "pass"),
        ("![System architecture](https://example.org/x.png)", "pass"),
        ("## Architecture\n\n```\n[data] --> [model] --> [api]\n```", "pass"),
        ("## Structure\n\n```\n├── src\n└── tests\n```", "fail"),
        ("## Usage\n\n![screenshot](https://example.org/x.png)", "fail"),
    ],
)
def test_an_architecture_is_drawn(text: str, verdict: str) -> None:
    assert architecture_drawn.check(repo_of(text)).verdict == verdict


def test_a_number_that_the_projects_own_report_renders_is_a_result() -> None:
    page = '# Churn\n\n<!-- aiscaffold:gen id="results" -->\n- ROC-AUC: {} (baseline 0.64)\n<!-- /aiscaffold:gen -->\n'
    answers = {".copier-answers.yml": "_src_path: gh:ada/template\n_commit: v1\n"}
    for shown, verdict in (("0.71", "fail"), ("0.73", "pass")):
        files = {"README.md": page.format(shown), **answers}
        repo = Repo.given(files, pristine=lambda _: {"README.md": page.format("0.71").encode()})
        assert results_shown.check(repo).verdict == verdict
