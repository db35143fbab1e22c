"""Texts of strangers become lines that are printable, short and as wide as they say."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.wording import columns, fit, one_line, one_path, wrapped

ANYTHING = st.text(st.characters(categories=None), max_size=400)


@given(ANYTHING)
def test_a_line_is_printable_encodable_and_capped(text: str) -> None:
    for line in (one_line(text, 50), one_path(text, 50)):
        assert line.isprintable()
        assert line.encode("utf-8").decode("utf-8") == line
        assert len(line) <= 50


@given(ANYTHING, st.integers(2, 90))
def test_wrapping_keeps_the_text_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert all(columns(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(ANYTHING, st.integers(2, 90))
def test_a_text_cut_to_a_width_is_not_wider(text: str, width: int) -> None:
    assert columns(fit(text, width)) <= width


@pytest.mark.parametrize(
    ("text", "wide"),
    [("plain", 5), ("東京", 4), (unicodedata.normalize("NFD", "é"), 1), ("", 0)],
)
def test_columns_are_those_of_a_terminal(text: str, wide: int) -> None:
    assert columns(text) == wide


def test_a_text_that_fits_stays_as_it_is() -> None:
    assert one_line("five words\n of  a\ttext") == "five words of a text"
    assert fit("exactly", 7) == "exactly"
    assert wrapped("one two three", 7) == ["one two", "three"]


def test_what_hides_or_drives_a_terminal_is_written_out() -> None:
    assert one_line("\x1b[31m \u202e") == "\\x1b[31m \\u202e"
    assert one_path("a\nb\udcff") == "a\\nb\\udcff"


def test_a_long_path_keeps_its_top_and_its_name() -> None:
    shown = one_path("src/" + "deep/" * 50 + "model.py:12", 40)
    assert shown.startswith("src/deep/")
    assert shown.endswith("model.py:12")
