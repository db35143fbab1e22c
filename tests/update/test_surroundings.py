"""No situation costs a user anything: templates, repositories, histories and configurations.

A file of its own, so that two workers share the situations.
"""

from pathlib import Path

import pytest

from .adapters import Tool
from .conftest import ends_as_it_says, identifier
from .description import Situation
from .situations import SURROUNDINGS, of

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("situation", of(SURROUNDINGS), ids=identifier)
def test_an_update_ends_as_the_situation_says(situation: Situation, tool: Tool, tmp_path: Path) -> None:
    ends_as_it_says(situation, tool, tmp_path)
