"""Aiscaffold as the tool under test: in this process where it can be, which saves its start-up each time."""

import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from aiscaffold import cli

from . import adapters
from .adapters import Done, Tool, run_program
from .description import CONFLICT, REFUSED, Situation
from .playing import play

CODES = {CONFLICT: 1, REFUSED: 3}
PROGRAM = (sys.executable, "-m", "aiscaffold")


@pytest.fixture
def tool(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tool:
    """Aiscaffold for the situation at hand.

    A user's git configuration is for the tool alone, not for the tests' own git: it takes a process of its own.
    """
    situation = request.getfixturevalue("situation")

    def in_process(command: Sequence[str], cwd: Path, _env: Mapping[str, str]) -> Done:
        said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["aiscaffold", *command[len(PROGRAM) :]])
            patch.setattr(sys, "stdout", said)
            patch.setattr(sys, "stderr", said)
            patch.chdir(cwd)
            with pytest.raises(SystemExit) as end:
                cli.main()
        return Done(int(end.value.code or 0), said.buffer.getvalue().decode())

    return adapters.aiscaffold(PROGRAM, run_program if situation.gitconfig else in_process)


def identifier(situation: Situation) -> str:
    """A situation's name as pytest's `-k` takes it."""
    return situation.name.replace(" ", "-")


def ends_as_it_says(situation: Situation, tool: Tool, folder: Path) -> None:
    """Play a situation and hold the verdict, and the exit code, against what it says."""
    if situation.posix_only and sys.platform == "win32":
        pytest.skip("needs executable bits, links or names that Windows does not have")
    played = play(situation, tool, folder)
    said = f"{played.judgement.why}\n{played.done.output}"
    assert played.judgement.verdict is situation.expect, said
    assert played.done.code == (CODES.get(situation.expect, 0) if situation.code is None else situation.code), said
