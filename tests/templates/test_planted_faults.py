"""Every planted fault turns a shipped gate red, and the unharmed project passes all of these gates."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .faults import ALERTS, FAULTS, Fault, suite

pytestmark = pytest.mark.slow

Gate = tuple[str, ...]
Result = tuple[int, str]


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


@contextmanager
def planted(fault: Fault, project: Path) -> Iterator[None]:
    """Make the edit, and undo it afterwards to the byte."""
    path = project / fault.file
    content = path.read_bytes()
    text = content.decode("utf-8", errors="surrogateescape")
    assert text.count(fault.old) == 1, f"{fault.name}: {fault.file} holds the text {text.count(fault.old)} times"
    path.write_bytes(text.replace(fault.old, fault.new).encode("utf-8", errors="surrogateescape"))
    try:
        yield
    finally:
        path.write_bytes(content)


def selected(gate: Gate) -> list[str]:
    """Name the tests that a gate selects."""
    return gate[-1].split(" or ") if gate[0] == "pytest" else []


@pytest.fixture(scope="module")
def unharmed(installed: Path) -> dict[Gate, Result]:
    """Run every gate without a fault, which also compiles all that the faults' runs import."""
    names = sorted({name for fault in FAULTS for name in selected(fault.gate)})
    others = {fault.gate for fault in FAULTS if not selected(fault.gate)}
    return {gate: run(installed, gate) for gate in [suite(*names), *sorted(others)]}


def test_the_unharmed_project_passes_the_same_gates(unharmed: dict[Gate, Result]) -> None:
    assert {gate: code for gate, (code, _) in unharmed.items()} == dict.fromkeys(unharmed, 0), unharmed


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_a_planted_fault_turns_its_gate_red(fault: Fault, installed: Path) -> None:
    if fault.gate == ALERTS and shutil.which("promtool") is None:
        pytest.skip("promtool comes with Prometheus")
    with planted(fault, installed):
        # Bytecode is told apart by size and second, which a fault and its undoing can share.
        code, said = run(installed, fault.gate, PYTHONDONTWRITEBYTECODE="1")
    assert code == 1, f"ended {code}\n{said}"
    assert fault.reason in said
    assert all(name in said for name in selected(fault.gate))
