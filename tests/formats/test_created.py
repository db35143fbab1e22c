"""What a user reads after `new`."""

from dataclasses import replace
from pathlib import Path

import pytest

from aiscaffold.catalog import Template
from aiscaffold.changes import Change, ChangeSet
from aiscaffold.formats import created
from aiscaffold.scaffold import Created, Order
from aiscaffold.verify import Gate


@pytest.fixture
def made(mini: Template, home: Path) -> Created:
    plan = ChangeSet((Change("README.md", "added", ""),), "f" * 40)
    return Created(Order(mini, {}, home / "my tide"), "v1", plan, commit="abcdef1234567890")


def test_the_headline_counts_files_and_names_the_commit(made: Created) -> None:
    assert created.render(made).startswith("my tide: 1 file from mini")
    assert "first commit abcdef1" in created.render(made)


def test_the_next_steps_can_be_typed_as_they_stand(made: Created) -> None:
    assert '  cd "my tide"' in created.render(made).splitlines()


def test_there_is_no_step_into_the_folder_where_one_stands(made: Created, home: Path) -> None:
    here = replace(made, order=replace(made.order, destination=home))
    assert "  cd " not in created.render(here)


def test_a_failed_gate_is_loud_and_makes_the_result_fail(made: Created) -> None:
    checked = replace(made, gates=(Gate("uv sync --locked", True, 1.0), Gate("uv run poe check", False, 9.5)))
    assert "FAILED  uv run poe check  9.5 s" in created.render(checked)
    assert not checked.passed
    assert replace(made, gates=(Gate("uv sync", True, 1.0),)).passed
