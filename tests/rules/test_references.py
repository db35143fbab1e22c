"""Whether what a README points to is there."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.references import references_resolve

FILES = {
    "docs/design.md": "# Design\n",
    "img/my plot.svg": "<svg/>",
    "LICENSE": "MIT\n",
    "src/churn/model.py": "x = 1\n",
}


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/design.md) [b](./docs/design.md#parts) [c](/docs/design.md) [d](src/) [e](docs)",
        "![plot](img/my%20plot.svg) <img src='img/my%20plot.svg'>",
        "[up](../../issues) [site](https://example.org/x) [mail](mailto:ada@example.org) [p](docs/design)",
        "[to](#how-it-works) [top](#churn)\n\n## How it works?\n\nWell.",
        "[to](#-set-up)\n\n## 🚀 Set up\n\nSo.",
        "Nothing at all.",
    ],
)
def test_references_that_resolve_pass(text: str) -> None:
    assert references_resolve.check(Repo.given({"README.md": f"# Churn\n\n{text}\n", **FILES})).verdict == "pass"


@pytest.mark.parametrize(
    "text",
    [
        "[a](docs/plan.md)",
        "[a](license)",
        "![plot](img/loss.png)",
        "<img src='img/loss.png'>",
        "[to](#results)",
        "`python train.py`",
        "`make train`",
    ],
)
def test_references_that_lead_nowhere_fail_at_their_line(text: str) -> None:
    outcome = references_resolve.check(Repo.given({"README.md": f"# Churn\n\n{text}\n", **FILES}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("fail", 3)


TREE = """```
churn
├── data/
│   └── raw.csv            <- not in git
├── docs
│   ├── design.md
│   └── {name}          <- why
├── *.py
└── model.py
```"""


@pytest.mark.parametrize(
    ("name", "line"), [("plan.md", 9), ("DESIGN.md", 0), ("plan.csv", 0), ("<plan>.md", 0), ("secret.toml", 0)]
)
def test_a_drawn_tree_names_files_that_are_there(name: str, line: int) -> None:
    text = f"# Churn\n\n{TREE.format(name=name)}\n"
    outcome = references_resolve.check(Repo.given({"README.md": text, ".gitignore": "secret.toml\n", **FILES}))
    assert (outcome.verdict, outcome.evidence[0].line) == ("fail" if line else "pass", line)


def test_a_drawn_tree_of_something_else_is_not_judged() -> None:
    text = "# Churn\n\nLay your files out like this:\n\n```\n├── mine.py\n├── other.py\n└── train.py\n```\n"
    assert references_resolve.check(Repo.given({"README.md": text, **FILES})).verdict == "pass"


def test_links_of_a_readme_in_a_folder_start_there() -> None:
    files = {"docs/README.md": "# Churn\n\n[a](design.md) [b](../LICENSE)\n", **FILES}
    assert references_resolve.check(Repo.given(files)).verdict == "pass"
