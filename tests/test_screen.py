"""What a reviewer sees does not depend on which rules were asked, or on the kind."""

from pathlib import Path

import pytest
from audited import SERVICE, repository

from aiscaffold.inspection import Order, inspect

README = (
    "# Tides\n\nTides predicts the height of the sea at a harbour for people who plan a landing, two days ahead.\n\n"
    "## Results\n\nRMSE 4.2 cm on 2023, against 9.8 cm of the baseline that repeats yesterday.\n"
)


@pytest.mark.parametrize("order", [{"select": ("TST",)}, {"ignore": ("DOC",)}, {"kind": "other"}])
def test_the_brief_judges_what_was_not_asked(tmp_path: Path, order: dict[str, object]) -> None:
    folder = str(repository({**SERVICE, "README.md": README}, tmp_path / "tides"))
    whole = inspect(folder, Order(with_screen=True)).report.first_screen
    assert whole
    assert whole.number
    assert inspect(folder, Order(with_screen=True, **order)).report.first_screen == whole  # type: ignore[arg-type]


def test_what_cannot_be_told_is_not_called_missing(tmp_path: Path) -> None:
    folder = repository({**SERVICE, "README.md": "# Tides\0\0\n"}, tmp_path / "tides")
    seen = inspect(str(folder), Order(with_screen=True)).report.first_screen
    assert seen
    assert seen.number
    assert seen.number.remark.startswith("cannot be told: ")
