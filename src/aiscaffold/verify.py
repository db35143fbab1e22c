"""Run a generated project's own gates: its locked install and its own checks."""

import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiscaffold.errors import ToolMissing
from aiscaffold.process import attempt, find, stream

GATES = (
    ("uv", "sync", "--locked"),
    ("uv", "run", "--locked", "poe", "check"),
)


@dataclass(frozen=True)
class Gate:
    """One command of the project, whether it passed, and how long it took."""

    command: str
    passed: bool
    seconds: float


def require_tools(python: str) -> None:
    """Raise `ToolMissing`, naming the command that helps, unless uv and a fitting Python are here."""
    find("uv")
    if attempt(["uv", "python", "find", "--no-project", python], Path.cwd()).returncode:
        raise ToolMissing(f"no Python {python} was found for the gates", hint="run: uv python install 3.13")


def gate_python(project: Path) -> str | None:
    """The Python versions of a project whose pyproject.toml has the task `check`; None where it has not."""
    try:
        pyproject = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
        has_gate = "check" in pyproject["tool"]["poe"]["tasks"]
        return str(pyproject["project"].get("requires-python", ">=3.11")) if has_gate else None
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return None


def run_gates(project: Path, tell: Callable[[str], None]) -> tuple[Gate, ...]:
    """Run the gates one after the other, passing their lines on, up to the first that fails."""
    gates: list[Gate] = []
    for command in GATES:
        started = time.monotonic()
        passed = stream(command, project, tell) == 0
        gates.append(Gate(" ".join(command), passed, round(time.monotonic() - started, 1)))
        if not passed:
            break
    return tuple(gates)
