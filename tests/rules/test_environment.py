"""What declares, locks and completes the list of dependencies."""

import json

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.environment import dependencies_declared, dependencies_locked, imports_declared

CODE = "import pandas as pd\n\nprint(pd)\n"


def notebook(*cells: str) -> str:
    told = [{"cell_type": "code", "source": cell, "outputs": [], "execution_count": None} for cell in cells]
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": told})


@pytest.mark.parametrize(
    ("files", "verdict", "place"),
    [
        ({"requirements.txt": "pandas\n"}, "pass", "requirements.txt:1"),
        ({"requirements/base.txt": "pandas\n"}, "pass", "requirements/base.txt:1"),
        ({"environment.yml": "dependencies:\n- python=3.11\n- pandas\n"}, "pass", "environment.yml:3"),
        ({"pyproject.toml": '[project]\nname = "x"\ndependencies = ["pandas"]\n'}, "pass", "pyproject.toml:3"),
        ({"Dockerfile": "FROM python:3.12\nRUN pip install pandas\n"}, "pass", "Dockerfile:2"),
        ({"requirements.txt": ""}, "fail", "app.py:1"),
        ({"docs/requirements.txt": "sphinx\n"}, "fail", "app.py:1"),
        ({"package.json": '{"dependencies": {"react": "1"}}'}, "fail", "app.py:1"),
        ({"README.md": "You need pandas.\n"}, "fail", "app.py:1"),
        ({"pyproject.toml": "[project\n"}, "unknown", "pyproject.toml"),
        ({"pyproject.toml": '[project]\nname = "x"\ndynamic = ["dependencies"]\n'}, "unknown", "pyproject.toml"),
    ],
)
def test_dependencies_stand_in_a_file(files: dict[str, str], verdict: str, place: str) -> None:
    outcome = dependencies_declared.check(Repo.given({"app.py": CODE, **files}))
    assert (outcome.verdict, outcome.evidence[0].place) == (verdict, place)


@pytest.mark.parametrize(
    "files",
    [
        {"app.py": "import os\n"},
        {"README.md": "# A list\n"},
        {"app.py": "import tools\n", "tools.py": "import json\n"},
        {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "x/__init__.py": "import math\n"},
    ],
)
def test_a_project_without_foreign_imports_needs_no_list(files: dict[str, str]) -> None:
    assert dependencies_declared.check(Repo.given(files)).verdict == "pass"


@pytest.mark.parametrize(
    ("files", "verdict", "path"),
    [
        ({"uv.lock": '[[package]]\nname = "pandas"\nversion = "2.2.2"\n'}, "pass", "uv.lock"),
        ({"requirements.txt": "pandas==2.2.2\nnumpy==1.26.4\n"}, "pass", "requirements.txt"),
        ({"requirements.txt": "".join(f"p{n}==1.0\n" for n in range(9)) + "pandas\n"}, "pass", "requirements.txt"),
        ({"requirements.txt": "".join(f"p{n}==1.0\n" for n in range(8)) + "a\npandas\n"}, "fail", "requirements.txt"),
        ({"requirements.txt": "pandas>=2\n"}, "fail", "requirements.txt"),
        ({"requirements.txt": "a\nb\nc\n", "requirements-dev.txt": "d==8.0.0\n"}, "fail", "requirements.txt"),
        ({"requirements.txt": "a\nb\nc\n", "tools/requirements.txt": "d==8.0.0\n"}, "fail", "requirements.txt"),
        ({"uv.lock": "", "requirements.txt": "pandas\n"}, "fail", "requirements.txt"),
        (
            {"uv.lock": '[[package]]\nname = "colorama"\nversion = "0.4"\n', "requirements.txt": "pandas\n"},
            "fail",
            "requirements.txt",
        ),
        ({"package-lock.json": "{}"}, "unknown", "package-lock.json"),
        ({}, "fail", "app.py"),
    ],
)  # fmt: skip
def test_versions_are_locked_by_a_lock_or_by_pins(files: dict[str, str], verdict: str, path: str) -> None:
    outcome = dependencies_locked.check(Repo.given({"app.py": CODE, **files}))
    assert (outcome.verdict, outcome.evidence[0].path) == (verdict, path)


@pytest.mark.parametrize(
    ("code", "requirements"),
    [
        ("import sklearn\nimport cv2\nimport yaml\n", "scikit-learn\nopencv-python-headless\npyyaml\n"),
        ("import os, sys, json\n", "pandas\n"),
        ("try:\n    import ujson\nexcept ImportError:\n    import json\n", "pandas\n"),
        ("def plot():\n    import matplotlib\n", "pandas\n"),
        ("import numpy\n", "pandas\n"),
        ("from google.cloud import storage\n", "google-cloud-storage\n"),
        ("import cleantext\n", "clean-text\n"),
        ("from . import tools\n", "pandas\n"),
        ("import urllib2\n", "pandas\n"),
        ("import psycopg\nimport ulid\n", "psycopg-binary\npython-ulid\n"),
    ],
    ids=["renamed", "built in", "guarded", "inside", "brought", "shared", "spelled", "relative", "old", "varied"],
)  # fmt: skip
def test_an_import_is_declared_under_the_name_of_its_distribution(code: str, requirements: str) -> None:
    files = {"app.py": code, "requirements.txt": requirements}
    assert imports_declared.check(Repo.given(files)).verdict == "pass"


def test_the_first_import_of_each_undeclared_package_is_named() -> None:
    files = {
        "app.py": "import os\nimport torch\nimport torch.nn\n",
        "b.py": "import yaml\n",
        "requirements.txt": "pandas\n",
    }
    outcome = imports_declared.check(Repo.given(files))
    assert outcome.verdict == "fail"
    assert [evidence.place for evidence in outcome.evidence] == ["app.py:2", "b.py:1"]


def test_modules_of_the_project_are_not_foreign_whatever_the_layout() -> None:
    files = {
        "requirements.txt": "pandas\n",
        "services/api/main.py": "import config.settings\nimport utils\nfrom src.data import load\n",
        "services/api/config/settings.py": "",
        "services/api/utils.py": "",
        "src/data.py": "",
    }
    assert imports_declared.check(Repo.given(files)).verdict == "pass"


def test_what_broken_code_imports_is_not_known() -> None:
    for rule in (dependencies_declared, imports_declared):
        for path, text in (("app.py", "import pandas\nprint 1\n"), ("a.ipynb", "{")):
            outcome = rule.check(Repo.given({path: text}))
            assert (outcome.verdict, outcome.is_damage, outcome.evidence[0].path) == ("unknown", True, path)


def test_tests_examples_and_docs_have_needs_of_their_own() -> None:
    files = {"requirements.txt": "pandas\n", "app.py": CODE, "tests/test_a.py": "import hypothesis\n"}
    more = {
        "docs/conf.py": "import sphinx_rtd_theme\n",
        "examples/plot.py": "import bokeh\n",
        "setup.py": "import setuptools\n",
    }
    assert imports_declared.check(Repo.given({**files, **more})).verdict == "pass"


def test_an_import_in_a_notebook_is_placed_by_its_cell() -> None:
    files = {"requirements.txt": "pandas\n", "a.ipynb": notebook("x = 1\ny = 2", "import os\nimport bokeh")}
    outcome = imports_declared.check(Repo.given(files))
    assert outcome.evidence[0].place == "a.ipynb cell 2:2"


def test_what_a_notebook_installs_itself_is_declared() -> None:
    files = {"a.ipynb": notebook("!pip install -q bokeh>=3 scikit_image", "import bokeh\nimport skimage")}
    assert imports_declared.check(Repo.given(files)).verdict == "pass"


def test_an_image_that_installs_a_tenth_of_the_imports_declares_too_little() -> None:
    code = "".join(f"import {name}\n" for name in ("pandas", "torch", "flask", "yaml", "sklearn"))
    outcome = dependencies_declared.check(Repo.given({"app.py": code, "Dockerfile": "RUN pip install pandas\n"}))
    assert outcome.verdict == "fail"


OPTIONAL = """try:
    from tides.plots import draw
except ModuleNotFoundError:
    draw = None
"""


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"tides/__init__.py": OPTIONAL}, "pass"),
        ({"tides/__init__.py": OPTIONAL.replace("tides.plots", ".plots")}, "pass"),
        ({"tides/__init__.py": OPTIONAL.replace("from tides.plots import", "from . import plots as")}, "pass"),
        ({"tides/__init__.py": OPTIONAL, "tides/app.py": "from tides import plots\n"}, "fail"),
        ({"tides/__init__.py": "def show():\n    from tides.plots import draw\n"}, "fail"),
    ],
)
def test_a_module_that_others_can_do_without_has_optional_imports(files: dict[str, str], verdict: str) -> None:
    outcome = imports_declared.check(Repo.given({"tides/plots.py": "import seaborn\n", **files}))
    assert outcome.verdict == verdict


def test_what_a_compiler_generates_comes_from_nowhere_else() -> None:
    files = {"eda.ipynb": notebook("from person_pb2 import Person"), "requirements.txt": "protobuf\n"}
    assert imports_declared.check(Repo.given(files)).verdict == "pass"


def test_the_imports_of_other_languages_are_not_read() -> None:
    outcome = imports_declared.check(Repo.given({"src/app.ts": 'import { z } from "zod";\n'}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("unknown", "src/app.ts")
