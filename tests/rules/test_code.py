"""What is public is documented and typed; what changes from run to run can be set."""

import json
from collections.abc import Callable

import pytest

from aiscaffold.repo import Repo
from aiscaffold.rule import Outcome
from aiscaffold.rules.code import api_documented, settings_outside_code
from aiscaffold.rules.safety import safe_loading

BODY = "    x = x + 1\n    x = x * 2\n    return x\n"
FULL = 'def {}(x: int) -> int:\n    """Do it."""\n' + BODY
TYPED = "def {}(x: int) -> int:\n" + BODY
TOLD = 'def {}(x):\n    """Do it."""\n' + BODY
BARE = "def {}(x):\n" + BODY


def module(*shapes: str) -> str:
    return "\n\n".join(shape.format(f"step_{number}") for number, shape in enumerate(shapes))


@pytest.mark.parametrize(
    ("shapes", "verdict"),
    [
        ([FULL, FULL, BARE, BARE], "pass"),
        ([FULL, BARE, BARE], "fail"),
        ([TOLD, TOLD, TOLD], "fail"),
        ([TYPED, TYPED, TYPED], "fail"),
        ([TOLD, TOLD, TYPED, TYPED], "pass"),
        ([BARE, BARE], "pass"),
        ([FULL, FULL, FULL, *[BARE.replace("def ", "def _")] * 9], "pass"),
    ],
    ids=["half", "less than half", "no types", "no docstrings", "half of each", "too few", "private ones"],
)
def test_half_of_the_public_names_are_told_and_typed(shapes: list[str], verdict: str) -> None:
    assert api_documented.check(Repo.given({"src/a.py": module(*shapes)})).verdict == verdict


def test_short_functions_count_where_they_are_told() -> None:
    told = "".join(f'def part{n}(x: int) -> int:\n    """Part {n}."""\n    return x\n\n\n' for n in range(5))
    outcome = api_documented.check(Repo.given({"src/a.py": told}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("pass", "src/a.py:1")


@pytest.mark.parametrize("check", [api_documented.check, settings_outside_code.check, safe_loading.check])
def test_what_cannot_be_parsed_is_not_called_clean(check: Callable[[Repo], Outcome]) -> None:
    outcome = check(Repo.given({"src/a.py": "def f(:\n"}))
    assert (outcome.verdict, outcome.is_damage, outcome.evidence[0].path) == ("unknown", True, "src/a.py")


def test_stubs_hold_the_types() -> None:
    files = {"a.py": module(TOLD, TOLD, TOLD), "a.pyi": "def step_0(x: int) -> int: ...\n"}
    assert api_documented.check(Repo.given(files)).verdict == "pass"


def test_the_first_silent_functions_are_named() -> None:
    outcome = api_documented.check(Repo.given({"a.py": module(FULL, BARE, BARE, BARE)}))
    assert [(evidence.path, evidence.remark) for evidence in outcome.evidence[:2]] == [
        ("a.py", "step_1"),
        ("a.py", "step_2"),
    ]


FIXED = "model.fit(x, epochs=10, batch_size=32)\nload('weights/model.pt')\n"


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"a.py": "import argparse\n" + FIXED}, "a.py"),
        ({"a.py": "import hydra\n" + FIXED}, "a.py"),
        ({"a.py": "import os\nos.getenv('MODEL')\n" + FIXED}, "a.py"),
        ({"a.py": FIXED, "src/config.py": "EPOCHS = 10\n"}, "src/config.py"),
        ({"a.py": FIXED, "configs/train.yaml": "epochs: 10\n"}, "configs/train.yaml"),
        ({"a.py": FIXED, ".env.example": "MODEL=\n"}, ".env.example"),
        ({"a.py": "model.fit(x, epochs=10)\n"}, ""),
    ],
)
def test_settings_can_be_set_from_outside(files: dict[str, str], path: str) -> None:
    outcome = settings_outside_code.check(Repo.given(files))
    assert (outcome.verdict, outcome.evidence[0].path) == ("pass", path)


def test_numbers_and_paths_between_the_lines_are_shown() -> None:
    outcome = settings_outside_code.check(Repo.given({"a.py": FIXED, ".circleci/config.yml": "version: 2\n"}))
    assert outcome.verdict == "fail"
    assert [evidence.place for evidence in outcome.evidence] == ["a.py:1", "a.py:1", "a.py:2"]


def test_in_a_notebook_they_are_placed_by_cell() -> None:
    cells = [{"cell_type": "code", "source": text, "outputs": []} for text in ("import os", FIXED)]
    text = json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": cells})
    outcome = settings_outside_code.check(Repo.given({"a.ipynb": text}))
    assert [evidence.place for evidence in outcome.evidence] == [
        "a.ipynb cell 2:1",
        "a.ipynb cell 2:1",
        "a.ipynb cell 2:2",
    ]


def test_the_settings_of_another_language_are_not_known() -> None:
    outcome = settings_outside_code.check(Repo.given({"src/app.ts": "const rate = 0.1\n"}))
    assert (outcome.verdict, outcome.evidence[0].place) == ("unknown", "src/app.ts")
