"""Where the code lies, how large its pieces are, and what is tracked beside it."""

import json

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rules.structure import code_in_package, logic_in_modules, no_junk, no_monoliths


def code(lines: int) -> str:
    return "".join(f"value_{number} = {number}\n" for number in range(lines))


def notebook(lines: int, language: str = "python") -> str:
    cells = [{"cell_type": "code", "source": code(lines), "outputs": [], "execution_count": None}]
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": language}}, "cells": cells})


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"a.py": code(70), "src/b.py": code(30)}, "pass"),
        ({"a.py": code(71), "src/b.py": code(29)}, "fail"),
        ({"a.py": code(49)}, "pass"),
        ({"a.py": code(50)}, "fail"),
        ({"setup.py": code(500), "x/a.py": code(60)}, "pass"),
        ({"a.py": code(60), "tests/test_a.py": code(500)}, "fail"),
        ({"a.ipynb": notebook(900)}, "pass"),
    ],
)
def test_most_of_the_code_is_below_the_top(files: dict[str, str], verdict: str) -> None:
    assert code_in_package.check(Repo.given(files)).verdict == verdict


def test_a_folder_under_audit_has_a_top_of_its_own() -> None:
    files = {"api/a.py": code(60), "web/src/b.py": code(60)}
    assert code_in_package.check(Repo.given(files, project="api/")).verdict == "fail"
    assert code_in_package.check(Repo.given(files, project="web/")).verdict == "pass"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"a.ipynb": notebook(60), "b.py": code(40)}, "pass"),
        ({"a.ipynb": notebook(61), "b.py": code(39)}, "fail"),
        ({"a.ipynb": notebook(60), "tests/test_b.py": code(40)}, "pass"),
        ({"a.ipynb": notebook(600, "R"), "b.py": code(4)}, "pass"),
        ({"a.ipynb": "{", "b.py": code(4)}, "pass"),
        ({"b.py": code(4)}, "pass"),
    ],
)
def test_most_of_the_python_is_in_modules(files: dict[str, str], verdict: str) -> None:
    assert logic_in_modules.check(Repo.given(files)).verdict == verdict


def function(name: str, lines: int) -> str:
    return f"def {name}(x):\n" + f"    x = x + '{name}'\n" * lines


FOUR = "".join(function(f"f{number}", 6) for number in range(4))


def branches(number: int) -> str:
    return "def choose(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(number))


@pytest.mark.parametrize(
    ("files", "places"),
    [
        ({"a.py": code(1_000)}, []),
        ({"a.py": code(1_001)}, ["a.py"]),
        ({"a.py": "\n" + function("long", 121)}, ["a.py:2"]),
        ({"a.py": function("long", 119)}, []),
        ({"a.py": branches(15)}, ["a.py:1"]),
        ({"a.py": branches(14)}, []),
        ({"a.py": "".join(function(f"f{n}", 1) for n in range(60)) + function("long", 130)}, []),
        ({"train.py": FOUR, "train_v2.py": FOUR}, ["train_v2.py"]),
        ({"tests/test_a.py": code(2_000), "a.py": "x = 1\n"}, []),
    ],
    ids=["1,000 lines", "1,001 lines", "long", "almost long", "branches", "few", "one of sixty", "a copy", "tests"],
)  # fmt: skip
def test_pieces_are_small_and_stand_once(files: dict[str, str], places: list[str]) -> None:
    outcome = no_monoliths.check(Repo.given(files))
    assert outcome.verdict == ("fail" if places else "pass")
    assert [evidence.place for evidence in outcome.evidence if outcome.verdict == "fail"] == places


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store", "src/__pycache__/a.cpython-312.pyc", "tests/__pycache__/a.pyc", "venv/lib/python3.9/site.py",
        "api/env/Lib/a.py", "myenv/pyvenv.cfg", "web/node_modules/react/index.js", ".idea/workspace.xml",
        "notebooks/.ipynb_checkpoints/eda-checkpoint.ipynb", "mlruns/0/meta.yaml", "catboost_info/learn.tsv",
        "x.egg-info/PKG-INFO", "dist/x-1.0.tar.gz", "web/dist/index.html", ".history/a_2024.py", ".coverage",
    ],
)  # fmt: skip
def test_what_a_tool_makes_is_junk(path: str) -> None:
    outcome = no_junk.check(Repo.given({path: "x", "app.py": "x = 1\n"}))
    assert (outcome.verdict, outcome.evidence[0].path) == ("fail", path)


@pytest.mark.parametrize(
    "path",
    [
        ".vscode/settings.json", "environment.yml", "env/make_env.py", "src/dist/normal.py", "build/Dockerfile",
        "tests/fixtures/x.egg-info/PKG-INFO", "docs/venv.md", ".coveragerc", "envs/lib.yml", ".env.example",
    ],
)  # fmt: skip
def test_what_a_person_wrote_is_no_junk(path: str) -> None:
    assert no_junk.check(Repo.given({path: "x", "app.py": "x = 1\n"})).verdict == "pass"


@pytest.mark.parametrize(
    "folder", ["wandb/sweep-1", "lightning_logs/version_0", "runs/detect", "logs/events.out.tfevents"]
)
def test_logs_of_training_runs_are_junk_where_they_are_many(folder: str) -> None:
    logs = {f"{folder}.{number}/x": "x" for number in range(5)}
    outcome = no_junk.check(Repo.given({**logs, "app.py": "x = 1\n"}))
    assert (outcome.verdict, outcome.evidence[0].remark) == ("fail", "logs of training runs, 5 files")
    assert no_junk.check(Repo.given(dict([*logs.items()][:4]))).verdict == "pass"


def test_an_action_has_to_track_what_it_runs() -> None:
    assert no_junk.check(Repo.given({"dist/index.js": "x", "action.yml": "name: x\n"})).verdict == "pass"
    assert no_junk.check(Repo.given({"dist/index.js": "x"})).verdict == "fail"


def test_each_kind_of_junk_is_told_once_with_its_number() -> None:
    outcome = no_junk.check(Repo.given({".DS_Store": "", "a/.DS_Store": "", "a/b.pyc": ""}))
    assert [evidence.remark for evidence in outcome.evidence] == [
        "a file of the desktop, 2 files",
        "compiled Python, 1 file",
    ]
