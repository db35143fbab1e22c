"""What one command sets a project up."""

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.installing import one_command_setup


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"Makefile": "install:\n\tpip install -r requirements.txt\n"}, "Makefile:1"),
        ({"Makefile": "setup: venv\n\nvenv:\n\tpython -m venv .venv && .venv/bin/pip install .\n"}, "Makefile:3"),
        ({"justfile": "bootstrap:\n    uv sync\n"}, "justfile:1"),
        ({"poetry.lock": '[[package]]\nname = "flask"\nversion = "3.0.0"\n'}, "poetry.lock"),
        ({"environment.yml": "dependencies:\n- flask\n"}, "environment.yml"),
        ({".devcontainer/devcontainer.json": '{"image": "python"}'}, ".devcontainer/devcontainer.json"),
        ({"docker/api.dockerfile": "FROM python:3.12\nCOPY . .\nRUN pip install .\n"}, "docker/api.dockerfile:3"),
        ({"scripts/setup_env.sh": "python -m venv .venv\n.venv/bin/pip install .\n"}, "scripts/setup_env.sh:2"),
    ],
)  # fmt: skip
def test_one_command_sets_it_up(files: dict[str, str], place: str) -> None:
    outcome = one_command_setup.check(Repo.given({"requirements.txt": "flask\n", **files}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("pass", place)


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"Makefile": "run:\n\tpython app.py\n"},
        {"Makefile": "test:\n\tpip install pytest && pytest\n"},
        {"Makefile": "install:\n\tcp app.py /opt\n"},
        {"Dockerfile": "FROM python:3.12\nCOPY . .\n"},
        {"setup.sh": "mkdir -p ~/.streamlit/\n"},
        {"poetry.lock": ""},
    ],
    ids=[
        "a list",
        "a task that runs it",
        "a task that tests",
        "a task that copies",
        "an image without it",
        "another script",
        "an empty lock",
    ],
)
def test_what_installs_nothing_sets_nothing_up(files: dict[str, str]) -> None:
    outcome = one_command_setup.check(Repo.given({"requirements.txt": "flask\n", **files}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("fail", "requirements.txt")


def test_only_lists_of_the_projects_own_language_are_installed_by_hand() -> None:
    blog = {"blog/Gemfile": "gem 'jekyll', '4.0'\n"}
    outcome = one_command_setup.check(Repo.given({**blog, "app.py": "import flask\n", "requirements.txt": "flask\n"}))
    assert [evidence.place for evidence in outcome.evidence] == ["requirements.txt"]
    outcome = one_command_setup.check(Repo.given({**blog, "app.py": "import flask\n"}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("fail", "")
