"""Paths of one person's machine, and errors that nobody sees."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.repo import Repo
from aiscaffold.rules.portable import no_machine_paths, personal_path


@pytest.mark.parametrize(
    "line",
    [
        "open('/home/alice/data.csv')",
        "path = '/Users/bob/Desktop/x.csv'",
        r"open('C:\Users\bob\x.csv')",
        r"open('c:\\users\\bob\\x.csv')",
        "open('C:/Users/bob/x.csv')",
        "pd.read_csv('/content/drive/MyDrive/x.csv')",
        "pd.read_csv('/content/drive/My Drive/x.csv')",
        "root = 'D:/datasets/coco'",
        r"root = r'E:\data\coco.json'",
        "# data = '/home/alice/data.csv'",
        "sys.path.append('/mnt/c/data/x')",
        "root = '/export/home/alice/x'",
        "root = '/media/alice/disk/x'",
    ],
)
def test_a_path_of_one_machine_is_found(line: str) -> None:
    assert personal_path(line)


@pytest.mark.parametrize(
    "line",
    [
        "open('data/x.csv')",
        "open('/home/user/x.csv')",
        "open('/home/runner/work/x')",
        "open('/home/jovyan/x.csv')",
        "open('/Users/runner/x')",
        "open('/Users/<name>/x')",
        r"open('C:\Users\<you>\x.csv')",
        r"open('C:\Users\username\x.csv')",
        r"open('C:\Windows\Fonts\arial.ttf')",
        r"open('C:\path\to\x.csv')",
        "open('/app/model.pkl')",
        "open('/root/.cache/x')",
        "open('/usr/local/lib/x')",
        "open('/kaggle/input/x.csv')",
        "drive.mount('/content/drive')",
        "requests.get('https://example.org/home/alice/x')",
        "requests.get('http://host/Users/alice/x')",
        "f'/home/{user}/x'",
        "@app.get('/users/list/all')",
        "re.sub(r'a:\\d', '')",
        "print('Ratio:/n')",
    ],
)
def test_what_holds_on_every_machine_is_fine(line: str) -> None:
    assert personal_path(line) == ""


@given(st.text(alphabet="/home\\Users:Calice.{}<> '"))
def test_any_line_can_be_asked(line: str) -> None:
    assert len(personal_path(line)) <= 80


def test_outputs_of_notebooks_count_too() -> None:
    outputs = [{"output_type": "stream", "text": ["/home/alice/env/lib/x.py: a warning\n"]}]
    cells = [
        {"cell_type": "markdown", "source": "/home/alice/x"},
        {"cell_type": "code", "source": "a", "outputs": outputs},
    ]
    text = json.dumps({"nbformat": 4, "metadata": {}, "cells": cells})
    outcome = no_machine_paths.check(Repo.given({"a.ipynb": text}))
    assert [evidence.place for evidence in outcome.evidence] == ["a.ipynb cell 2"]


@pytest.mark.parametrize(
    ("handler", "verdict"),
    [
        ("except:\n    pass", "fail"),
        ("except Exception:\n    pass", "fail"),
        ("except Exception as error:\n    ...", "fail"),
        ("except KeyError:\n    pass", "pass"),
        ("except Exception:\n    raise", "pass"),
        ("except Exception as error:\n    print(error)", "pass"),
    ],
)
def test_an_error_that_is_dropped_unseen_is_found(handler: str, verdict: str) -> None:
    outcome = no_machine_paths.check(Repo.given({"a.py": f"try:\n    run()\n{handler}\n"}))
    assert outcome.verdict == verdict
    assert verdict == "pass" or outcome.evidence[0].place == "a.py:3"


def test_code_that_is_not_read_is_not_praised() -> None:
    outcome = no_machine_paths.check(Repo.given({"src/app.ts": "const rows = '/home/alice/rows.csv'\n"}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("unknown", "src/app.ts")


def test_paths_in_tests_are_examples() -> None:
    files = {"tests/test_a.py": "assert shorten('/home/alice/x') == 'x'\n", "a.py": "x = 1\n"}
    assert no_machine_paths.check(Repo.given(files)).verdict == "pass"


def test_a_line_of_megabytes_is_no_code() -> None:
    assert no_machine_paths.check(Repo.given({"a.py": f"x = '{'/home/' * 200_000}alice/x'\n"})).verdict == "pass"
