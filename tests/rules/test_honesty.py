"""Empty shells, placeholders, what a template left, badges, and tools that nothing runs."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.beyond import work_beyond_scaffold
from aiscaffold.rules.claims import badges_true, tools_declared_run
from aiscaffold.rules.honesty import no_hollow_files
from aiscaffold.rules.residue import no_placeholders

CI = ".github/workflows/ci.yml"
RUNS = "on: push\njobs:\n  check:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n"


@pytest.mark.parametrize(
    ("path", "text", "hollow"),
    [
        ("Dockerfile", "", True),
        ("Dockerfile", "# soon\nFROM python:3.12\n", True),
        ("Dockerfile", "FROM python:3.12\nCOPY . .\n", False),
        ("requirements.txt", "# nothing yet\n", True),
        ("poetry.lock", "", True),
        ("LICENSE", "MIT\n", True),
        ("README.md", "# House prices\n\n## Usage\n", True),
        ("README.rst", "Title\n=====\n", True),
        ("README.md", "# House prices\n\nPredicts prices.\n", False),
        ("MODEL_CARD.md", "# Model card\n", True),
        ("app/train.py", "", True),
        ("app/__init__.py", "", False),
        ("app/py.typed", "", False),
        ("data/.gitkeep", "", False),
        (CI, "# on: push\n", True),
        ("eda.ipynb", '{"cells": [], "metadata": {}}', True),
    ],
)
def test_an_empty_shell_is_found_by_what_its_name_promises(path: str, text: str, hollow: bool) -> None:
    outcome = no_hollow_files.check(Repo.given({path: text, "app.py": "x = 1\n"}))
    assert (outcome.verdict == "fail") is hollow
    assert not hollow or [evidence.path for evidence in outcome.evidence] == [path]


@pytest.mark.parametrize(
    ("readme", "verdict", "line"),
    [
        ("# Project Title\n\nPredicts prices.\n", "fail", 1),
        ("# App\n\nBy [Your Name].\n", "fail", 3),
        ("# App\n\nBy <your name here>.\n", "fail", 3),
        ("# App\n\nPredicts prices.\n\n## Results\n\nComing soon\n", "fail", 7),
        ("# App\n\nPredicts prices.\n\n## Usage\n\nTODO: explain\n", "fail", 7),
        ("# App\n\nThis is an example of how to list things you need to use the app.\n", "fail", 3),
        ("# App\n\nLorem ipsum dolor sit amet.\n", "fail", 3),
        ("# {{ cookiecutter.name }}\n\nPredicts prices.\n", "fail", 1),
        ("# App\n\n[Me](https://linkedin.com/in/yourprofile) wrote it.\n", "fail", 3),
        ("# App\n\nOne paragraph of project description goes here.\n", "fail", 3),
        ("# App\n\nSet `<your-token>` first.\n\n```\nexport KEY=<your key>\n```\n", "pass", 0),
        ("# App\n\nPredicts prices [1] from [the data](data.csv).\n\n- [ ] open\n", "pass", 0),
        ("# App\n\nPredicts prices.\n\n## Roadmap\n\n- TODO: more data\n", "pass", 0),
        (
            "# App\n\nTake your data and put it into `data/`. See https://a.org/speed-up-your-app/ for more.\n",
            "pass",
            0,
        ),
        ("# App\n\n```\ngit clone https://github.com/your-username/app.git\n```\n", "unknown", 4),
    ],
)
def test_a_placeholder_stands_in_place_of_content(readme: str, verdict: str, line: int) -> None:
    outcome = no_placeholders.check(Repo.given({"README.md": readme}))
    assert (outcome.verdict, outcome.evidence[0].line) == (verdict, line)


ANSWERS = "_commit: v1\n_src_path: gh:someone/template\n"
TEMPLATE = {"app.py": "".join(f"a{n} = {n}\n" for n in range(100)).encode()}


@pytest.mark.parametrize(
    ("own", "verdict"),
    [(0, "fail"), (40, "fail"), (60, "pass")],
)
def test_what_a_template_rendered_is_no_work_of_the_owner(own: int, verdict: str) -> None:
    mine = "".join(f"b{n} = {n}\n" for n in range(own))
    files = {".copier-answers.yml": ANSWERS, "app.py": TEMPLATE["app.py"].decode(), "mine.py": mine or "# nothing\n"}
    outcome = work_beyond_scaffold.check(Repo.given(files, pristine=lambda _: TEMPLATE))
    assert outcome.verdict == verdict
    assert "are not the template's" in outcome.evidence[0].remark


@pytest.mark.parametrize(
    ("own", "templates", "verdict"),
    [
        (49, 100, "fail"),
        (50, 100, "pass"),
        (199, 1_801, "fail"),
        (200, 1_800, "pass"),
        (299, 6_000, "fail"),
        (300, 6_000, "pass"),
        (300, 60_000, "pass"),
    ],
)
def test_a_larger_template_asks_for_a_tenth_but_never_for_more_than_three_hundred_lines(
    own: int, templates: int, verdict: str
) -> None:
    template = "".join(f"a{n} = {n}\n" for n in range(templates))
    files = {"app.py": template, "mine.py": "".join(f"b{n} = {n}\n" for n in range(own))}
    answers = {".copier-answers.yml": ANSWERS}
    repo = Repo.given({**files, **answers}, pristine=lambda _: {"app.py": template.encode()})
    assert work_beyond_scaffold.check(repo).verdict == verdict


def test_a_template_whose_render_is_not_known_leaves_it_open() -> None:
    files = {".copier-answers.yml": ANSWERS, "app.py": "x = 1\n"}
    assert work_beyond_scaffold.check(Repo.given(files)).verdict == "unknown"


def test_without_a_template_all_is_the_owners() -> None:
    assert work_beyond_scaffold.check(Repo.given({"app.py": "x = 1\n"})).verdict == "pass"


def test_a_template_that_only_the_readme_names_is_told() -> None:
    readme = "# App\n\nCreated using [a template](https://example.org/t), a cookiecutter template.\n"
    outcome = work_beyond_scaffold.check(Repo.given({"README.md": readme, "app.py": "x = 1\n"}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("pass", "README.md:3")
    assert outcome.evidence[0].remark.startswith("made from a template")


LINK = "https://github.com/ada/app"


@pytest.mark.parametrize(
    ("badge", "verdict"),
    [
        ("https://img.shields.io/badge/tests-passing-brightgreen", "fail"),
        ("https://img.shields.io/badge/coverage-97%25-green.svg", "fail"),
        ("https://img.shields.io/badge/python-3.12-blue", "pass"),
        ("https://img.shields.io/badge/license-MIT-green", "pass"),
        (f"{LINK}/actions/workflows/ci.yml/badge.svg", "pass"),
        (f"{LINK}/actions/workflows/tests.yml/badge.svg", "fail"),
        (f"{LINK}/workflows/Checks/badge.svg", "fail"),
        ("https://github.com/psf/black/actions/workflows/test.yml/badge.svg", "pass"),
        ("https://codecov.io/gh/ada/app/branch/main/graph/badge.svg", "pass"),
    ],
)
def test_a_badge_shows_what_a_run_said(badge: str, verdict: str) -> None:
    readme = f"# App\n\n![badge]({badge})\n\n[code]({LINK}) [issues]({LINK}/issues)\n"
    outcome = badges_true.check(Repo.given({"README.md": readme, CI: RUNS.format("pytest")}))
    assert (outcome.verdict, outcome.evidence[0].place) == (verdict, "README.md:3")


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n"}, "fail"),
        ({"pyproject.toml": "[tool.mypy]\nstrict = true\n", CI: RUNS.format("mypy .")}, "pass"),
        ({"pyproject.toml": "[tool.ruff.lint]\nselect = []\n", "Makefile": "lint:\n\truff check\n"}, "pass"),
        ({"setup.cfg": "[flake8]\nmax-line-length = 99\n"}, "fail"),
        ({"backend/pyproject.toml": '[project]\nname = "a"\n[tool.ty.rules]\nx = 1\n'}, "fail"),
        ({"tests/data/pyproject.toml": '[project]\nname = "a"\n[tool.ty.rules]\nx = 1\n'}, "pass"),
        ({"pyproject.toml": "[tool.ty.rules]\nx = 1\n", CI: RUNS.format("uv run ty check")}, "pass"),
        (
            {
                ".flake8": "[flake8]\n",
                ".pre-commit-config.yaml": "repos:\n- repo: https://a.org/f\n  rev: v7\n  hooks:\n  - id: flake8\n",
            },
            "pass",
        ),
        ({"pytest.ini": "[pytest]\n"}, "fail"),
        ({"pytest.ini": "[pytest]\n", "tests/test_app.py": "def test_x():\n    assert 1\n"}, "pass"),
        ({"app.py": "x = 1\n"}, "pass"),
    ],
)
def test_a_tool_that_is_configured_is_reached_by_something(files: dict[str, str], verdict: str) -> None:
    assert tools_declared_run.check(Repo.given(files)).verdict == verdict
