"""Reading notebooks: cells, outputs, and their Python."""

import ast
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.facts.notebooks import Cell, Notebook, read_notebook


def notebook(*sources: str, **metadata: object) -> Notebook:
    cells = [{"cell_type": "code", "source": source, "outputs": [], "execution_count": None} for source in sources]
    return read_notebook("a.ipynb", json.dumps({"nbformat": 4, "metadata": metadata, "cells": cells}).encode())


def test_a_cell_has_its_source_and_what_it_showed() -> None:
    outputs = [
        {"output_type": "stream", "text": ["epoch 1\n", "epoch 2\n"]},
        {"output_type": "display_data", "data": {"image/png": "iVBO", "text/plain": "<Figure>"}},
        {"output_type": "error", "ename": "E", "traceback": ["\x1b[31mboom\x1b[0m"]},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# Title\n", "text"]},
        {"cell_type": "code", "source": "f()", "outputs": outputs, "execution_count": 7},
    ]
    read = read_notebook("a.ipynb", json.dumps({"nbformat": 4, "cells": cells}).encode())
    assert read.cells == (
        Cell(1, "markdown", "# Title\ntext", "", None, False, False),
        Cell(2, "code", "f()", "epoch 1\nepoch 2\n\n<Figure>\nboom", 7, True, True),
    )
    assert (read.language, read.code_lines, read.problem) == ("python", 1, "")


def test_a_notebook_of_format_3_is_read_too() -> None:
    cells = [
        {"cell_type": "heading", "level": 2, "source": "Data"},
        {
            "cell_type": "code",
            "input": "x",
            "prompt_number": 3,
            "outputs": [{"output_type": "pyout", "png": "iV", "text": "1"}],
        },
    ]
    read = read_notebook("a.ipynb", json.dumps({"nbformat": 3, "worksheets": [{"cells": cells}]}).encode())
    assert read.cells == (
        Cell(1, "markdown", "## Data", "", None, False, False),
        Cell(2, "code", "x", "1", 3, True, False),
    )


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass  # magic\nx = 1\n"),
        ("if x:\n    !pip install y \\\n      z\nx", "if x:\n    pass  # magic\n#\nx\n"),
        ("files = !ls\ndf.head?", "pass  # magic\npass  # magic\n"),
        ("pip install torch", "pass  # magic\n"),
        ("x = (a\n% b)", "x = (a\n% b)\n"),
        ("%%time\nfit()", "pass  # magic\nfit()\n"),
        ("%%bash\nls", "#\n#\n"),
        ("rf.", "#\n"),
    ],
)
def test_magics_become_statements_on_the_same_line(source: str, python: str) -> None:
    assert notebook(source).python() == python


def test_a_line_of_the_python_text_leads_back_to_its_cell() -> None:
    read = notebook("a\nb\n", "c", "", "d\n\ne")
    lines = read.python().splitlines()
    assert {line: read.cell_at(number) for number, line in enumerate(lines, 1) if line} == {
        "a": (1, 1), "b": (1, 2), "c": (2, 1), "d": (4, 1), "e": (4, 3),
    }  # fmt: skip
    assert read.cell_at(len(lines) + 1) == (0, 0)


def test_another_language_has_no_python() -> None:
    read = notebook("x <- 1", kernelspec={"name": "ir", "language": "R"})
    assert (read.language, read.python(), read.code_lines) == ("r", "", 1)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"", "line 1: Expecting value"),
        (b"{", "line 1: Expecting property name enclosed in double quotes"),
        (b"[]", "it holds no list of cells"),
        (b'{"cells": 1}', "it holds no list of cells"),
        (b"\xff{}", "it is not UTF-8"),
        (b"[" * 100_000, "it is nested too deeply"),
    ],
)
def test_what_is_no_notebook_says_why(raw: bytes, problem: str) -> None:
    assert read_notebook("a.ipynb", raw) == Notebook("a.ipynb", (), "", problem, 0)


KEYS = ["cells", "source", "outputs", "cell_type", "data", "text", "traceback", "metadata", "language_info", "level"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
)


@given(JSON)
def test_no_json_makes_the_reader_fail(content: object) -> None:
    read_notebook("a.ipynb", json.dumps(content).encode()).python()


@given(st.lists(st.text("ab%!?\\ \n\r=#('\x0c\u2028"), max_size=4))
def test_the_python_of_any_cells_parses_and_keeps_its_lines(sources: list[str]) -> None:
    read = notebook(*sources)
    text = read.python()
    ast.parse(text)
    assert all(read.cell_at(line) != (0, 0) for line in range(1, text.count("\n") + 1))
