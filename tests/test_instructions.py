"""What a document tells its reader to type."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.instructions import instructions
from aiscaffold.readers import read_document


def typed(text: str) -> list[tuple[int, str]]:
    return [(each.place.line, " ".join(each.words)) for each in instructions(read_document("README.md", text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```bash\npip install .\n# a comment\nmake run\n```\n", [(2, "pip install ."), (4, "make run")]),
        ("```console\n$ make run\nrunning\n$ make stop\n```\n", [(2, "make run"), (4, "make stop")]),
        ("```\n(venv) ada@home:~/churn$ make run\n```\n", [(2, "make run")]),
        ("```powershell\nPS C:\\churn> python app.py\n```\n", [(2, "python app.py")]),
        ("```python\n!pip install pandas\nimport pandas\n```\n", [(2, "pip install pandas")]),
        ("```\nchurn/\n├── train.py\n```\n", []),
        ("```python\nmake = build()  # make it\n```\n", []),
        ("```bash\npython train.py \\\n  --lr 1\n```\n", [(2, "python train.py --lr 1")]),
        ("Run `python train.py` or `train.py`.\n", [(1, "python train.py")]),
        ("Please run python train.py, then wait.\n", [(1, "python train.py")]),
        ("Python is fun, and make sure to install it.\n", []),
    ],
)
def test_commands_are_read_from_blocks_and_sentences(text: str, expected: list[tuple[int, str]]) -> None:
    assert typed(text) == expected


@given(st.text(alphabet="$>#`~ \n\\&|;'\"(){}<>abpi=-./│├─", max_size=300))
def test_any_text_is_read_and_lines_stay_in_range(text: str) -> None:
    document = read_document("README.md", f"```\n{text}\n```\npip install {text}")
    assert all(1 <= each.place.line <= len(document.lines) for each in instructions(document))


@pytest.mark.parametrize("part", ["a" * 10, "make ", "$ ", "python x.py ", "pip install ", "\\", "(", "`"])
def test_a_long_line_is_read_in_no_time(part: str) -> None:
    start = time.perf_counter()
    typed(f"```\n{part * 50_000}\n```\n\n{part * 50_000}\n")
    assert time.perf_counter() - start < 5
