"""No situation costs a user anything: texts, files and what they mean."""

from pathlib import Path

import pytest

from .adapters import Tool
from .conftest import ends_as_it_says, identifier
from .description import Situation
from .situations import FILES, SITUATIONS, of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("situation", of(FILES), ids=identifier)
def test_an_update_ends_as_the_situation_says(situation: Situation, tool: Tool, tmp_path: Path) -> None:
    ends_as_it_says(situation, tool, tmp_path)


def test_there_are_enough_situations_and_each_has_its_name() -> None:
    titles = [situation.name for situation in SITUATIONS]
    assert len(titles) == len(set(titles)) >= 80
    assert all(situation.expect.acceptable for situation in SITUATIONS)
