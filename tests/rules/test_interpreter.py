"""Which versions of Python are stated where, and whether they can all hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.repo import Repo
from aiscaffold.rules.interpreter import allows, python_version_agreed

PROJECT = '[project]\nname = "x"\nversion = "1"\nrequires-python = "{}"\n'
CI = ".github/workflows/a.yml"
WORKFLOW = """on: push
jobs:
  test:
    runs-on: ubuntu-latest
    strategy:
      matrix:
        python: [{}]
    steps:
    - uses: actions/setup-python@v5
      with:
        python-version: ${{{{ matrix.python }}}}
"""
CONDA = "dependencies:\n- python=3.9\n"
IMAGE = "FROM python:{}-slim\nCOPY . .\nRUN pip install -r requirements.txt\n"
OLD_IMAGE, OLD_CI = IMAGE.format("3.11"), WORKFLOW.format("3.9")


@pytest.mark.parametrize(
    ("specifier", "admitted", "refused"),
    [
        (">=3.9", [(3, 9), (3, 14), (4, 0)], [(3, 8), (2, 7)]),
        (">=3.9,<3.12", [(3, 9), (3, 11)], [(3, 12)]),
        (">=3.9, <=3.12", [(3, 12)], [(3, 13)]),
        ("^3.10", [(3, 10), (3, 13)], [(3, 9), (4, 0)]),
        ("~3.10", [(3, 10)], [(3, 11)]),
        ("~=3.10", [(3, 11)], [(4, 0), (3, 9)]),
        ("~=3.10.2", [(3, 10)], [(3, 11)]),
        ("==3.10.*", [(3, 10)], [(3, 11)]),
        ("=3.10", [(3, 10)], [(3, 9)]),
        (">=3.8,!=3.9.*", [(3, 8), (3, 10)], [(3, 9)]),
        (">=3.8,!=3.9.7", [(3, 9)], [(3, 7)]),
        ("<3.12.5", [(3, 12)], [(3, 13)]),
        (">=3", [(3, 0)], [(2, 7)]),
        (">=2.7 || ^3.6", [(3, 9), (2, 7)], [(2, 6)]),
        ("whatever", [(3, 9)], []),
        ("", [(3, 9)], []),
    ],
)
def test_a_range_admits_minor_versions(
    specifier: str, admitted: list[tuple[int, int]], refused: list[tuple[int, int]]
) -> None:
    assert [version for version in admitted if not allows(specifier, version)] == []
    assert [version for version in refused if allows(specifier, version)] == []


@given(st.text(alphabet="0123456789.*<>=!~^,| v"))
def test_any_range_can_be_asked(specifier: str) -> None:
    assert allows(specifier, (3, 11)) in (True, False)


@pytest.mark.parametrize(
    ("files", "verdict", "places"),
    [
        ({}, "fail", [""]),
        ({"pyproject.toml": PROJECT.format(">=3.11")}, "pass", ["pyproject.toml:4"]),
        ({".python-version": "3.12.1\n"}, "pass", [".python-version:1"]),
        ({"runtime.txt": "python-3.9.6\n"}, "pass", ["runtime.txt:1"]),
        ({".python-version": "my-environment\n"}, "fail", [""]),
        ({"Dockerfile": "ARG V=3.11\nFROM python:${V}-slim\nCOPY . .\n"}, "pass", ["Dockerfile:2"]),
        ({"Dockerfile": "FROM python:latest\nCOPY . .\n"}, "fail", [""]),
        ({".python-version": "3.12", "Dockerfile": OLD_IMAGE}, "fail", [".python-version:1", "Dockerfile:1"]),
        ({".python-version": "3.11", "environment.yml": CONDA}, "fail", ["environment.yml:2", ".python-version:1"]),
        ({"pyproject.toml": PROJECT.format(">=3.11"), CI: OLD_CI}, "fail", ["pyproject.toml:4", f"{CI}:3"]),
        ({".python-version": "3.11", CI: WORKFLOW.format("'3.12'")}, "pass", [".python-version:1", f"{CI}:3"]),
    ],
)  # fmt: skip
def test_all_places_agree_on_the_version(files: dict[str, str], verdict: str, places: list[str]) -> None:
    outcome = python_version_agreed.check(Repo.given({"app.py": "print(1)\n", **files}))
    assert (outcome.verdict, [evidence.place for evidence in outcome.evidence]) == (verdict, places)


def test_services_with_manifests_of_their_own_may_differ() -> None:
    files = {
        "a/requirements.txt": "flask\n", "a/Dockerfile": IMAGE.format("3.9"),
        "b/requirements.txt": "flask\n", "b/docker/Dockerfile": IMAGE.format("3.12"), "b/app.py": "",
    }  # fmt: skip
    assert python_version_agreed.check(Repo.given(files)).verdict == "pass"
    clash = {**files, "a/.python-version": "3.12\n"}
    assert python_version_agreed.check(Repo.given(clash)).verdict == "fail"


def test_an_image_that_installs_something_else_says_nothing_of_the_project() -> None:
    files = {".python-version": "3.12", "mlflow.dockerfile": "FROM python:3.10\nRUN pip install mlflow\n", "a.py": ""}
    assert python_version_agreed.check(Repo.given(files)).verdict == "pass"


def test_without_python_there_is_no_version() -> None:
    assert python_version_agreed.check(Repo.given({"README.md": "# List\n"})).verdict == "pass"
