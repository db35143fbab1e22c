"""Plant a mistake in a generated project, ask the gate that has to notice, and take the mistake out again."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

Gate = tuple[str, ...]
Result = tuple[int, str]

REPORT = ("poe", "report", "--check")
REPRODUCE = ("poe", "reproduce")
QUICK = ("poe", "reproduce-quick")
VERIFY = ("poe", "verify")


class Fault(NamedTuple):
    """One edit, the gate that has to go red, and a part of what it then says."""

    name: str
    file: str
    old: str
    new: str | Callable[[str], str]  # what replaces the old text, or what becomes of the whole file that holds it
    gate: Gate
    reason: str = "AssertionError"


def suite(*names: str) -> Gate:
    """Select tests of the project by name, wherever they stand."""
    return ("pytest", "--quiet", "--exitfirst", "--no-header", "-p", "no:cacheprovider", "-k", " or ".join(names))


def selected(gate: Gate) -> list[str]:
    """Name the tests that a gate selects."""
    return gate[-1].split(" or ") if gate[0] == "pytest" else []


def run(project: Path, gate: Gate, **variables: str) -> Result:
    """Run one of the project's gates; its exit code and all that it said."""
    env = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")}
    done = subprocess.run(
        ["uv", "run", "--no-sync", *gate],
        cwd=project,
        env=env | variables,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    return done.returncode, done.stdout


def every_gate(faults: tuple[Fault, ...]) -> list[Gate]:
    """The gates that notice any of the faults, the tests among them as one."""
    names = sorted({name for fault in faults for name in selected(fault.gate)})
    return [suite(*names), *sorted({fault.gate for fault in faults if not selected(fault.gate)})]


@contextmanager
def planted(fault: Fault, project: Path) -> Iterator[None]:
    """Make the edit, and undo it afterwards to the byte."""
    path = project / fault.file
    content = path.read_bytes()
    text = content.decode("utf-8", errors="surrogateescape")
    assert text.count(fault.old) == 1, f"{fault.name}: {fault.file} holds the text {text.count(fault.old)} times"
    changed = text.replace(fault.old, fault.new) if isinstance(fault.new, str) else fault.new(text)
    assert changed != text, f"{fault.name}: nothing is changed"
    path.write_bytes(changed.encode("utf-8", errors="surrogateescape"))
    try:
        yield
    finally:
        path.write_bytes(content)
