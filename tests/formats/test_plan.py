"""The tree of a dry run."""

from pathlib import Path

import pytest

from aiscaffold.catalog import Template
from aiscaffold.changes import Change, ChangeSet
from aiscaffold.formats import plan
from aiscaffold.scaffold import Created, Order

PATHS = {"README.md": "What it is.", "src/a/b.py": "Deep " + "and wordy " * 9, "src/a/c.py": "", "[red]x[bold]": "Odd."}


@pytest.fixture
def planned(mini: Template, home: Path) -> Created:
    changes = tuple(Change(path, "added", reason) for path, reason in PATHS.items())
    return Created(Order(mini, {}, home / "tide"), "v1", ChangeSet(changes, "f" * 40))


def test_folders_stand_once_and_files_below_them(planned: Created) -> None:
    lines = plan.render(planned).splitlines()
    names = [line.split("── ")[1].split("  ")[0].strip() for line in lines if "── " in line]
    assert names == ["README.md", "[red]x[bold]", "src/", "a/", "b.py", "c.py"]


def test_it_fits_80_columns_and_reads_without_colour(planned: Created, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = plan.render(planned)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_colour_comes_where_it_is_forced(planned: Created, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in plan.render(planned)


def test_it_says_that_nothing_was_written_and_which_tree_it_would_be(planned: Created) -> None:
    assert "Nothing was written" in plan.render(planned)
    assert "f" * 40 in plan.render(planned)
