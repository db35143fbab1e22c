"""A reviewer's four minutes fit one screen, whatever a README holds."""

from dataclasses import replace

import pytest
from formats.reports import EMPTY, HOSTILE, STRONG, WEAK

from aiscaffold.formats.report_brief import WIDTH, render
from aiscaffold.report import FirstScreen, Report
from aiscaffold.wording import columns

NOTHING = FirstScreen("", None, None, None, None, 0, (), 1, 1, ())


@pytest.mark.parametrize("report", [STRONG, WEAK, HOSTILE, EMPTY], ids=["strong", "weak", "hostile", "empty"])
def test_lines_are_printable_and_fit_80_columns(report: Report) -> None:
    for line in render(report).split("\n"):
        assert line.isprintable()
        assert columns(line) <= WIDTH


def test_it_follows_the_eyes_of_a_reviewer() -> None:
    text = render(STRONG)
    assert len(text.splitlines()) <= 24
    marks = (
        "Pitch ",
        "RMSE 4.2 cm",
        "after 74 words, about 18 seconds",
        "https://tides",
        "src/tides/model.py",
        "212 commits",
    )
    assert [text.index(mark) for mark in marks] == sorted(text.index(mark) for mark in marks)


def test_it_shows_two_files_however_many_there_are() -> None:
    assert STRONG.first_screen
    files = STRONG.first_screen.load_bearing * 3
    assert render(replace(STRONG, first_screen=replace(STRONG.first_screen, load_bearing=files))) == render(STRONG)


def test_a_number_that_comes_late_is_called_late() -> None:
    assert STRONG.first_screen
    late = replace(STRONG.first_screen, words_before_number=900)
    assert "about 225 seconds of reading: too late for many" in render(replace(STRONG, first_screen=late))
    assert "too late" not in render(STRONG)


def test_what_is_missing_is_said_in_words() -> None:
    text = render(replace(STRONG, first_screen=NOTHING))
    assert [line.split()[1] for line in text.splitlines()[2:8]] == ["none", "none:", "none", "none:", "none:", "none:"]
    assert "1 commit over 1 day" in text
    assert "There is no README" in render(WEAK)
