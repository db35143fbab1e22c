"""Every planted fault turns a shipped gate red, and the unharmed project passes all of these gates."""

import shutil
from pathlib import Path

import pytest

from . import faults, paper_faults
from .conftest import Projects
from .planting import Fault, Gate, Result, every_gate, planted, run, selected
from .samples import PAPER, SERVICE, Sample

pytestmark = pytest.mark.slow

FAULTS = {SERVICE: faults.FAULTS, PAPER: paper_faults.FAULTS}
EACH = [
    pytest.param(sample, fault, id=f"{sample}-{fault.name.replace(' ', '-')}")
    for sample, planned in FAULTS.items()
    for fault in planned
]


@pytest.fixture(scope="module")
def unharmed(sample: Sample, synced: Projects) -> dict[Gate, Result]:
    """Run every gate without a fault, which also compiles all that the faults' runs import."""
    return {gate: run(synced(sample), gate) for gate in every_gate(FAULTS[sample])}


def test_the_unharmed_project_passes_the_same_gates(unharmed: dict[Gate, Result]) -> None:
    assert {gate: code for gate, (code, _) in unharmed.items()} == dict.fromkeys(unharmed, 0), unharmed


@pytest.mark.usefixtures("unharmed")
@pytest.mark.parametrize(("sample", "fault"), EACH, indirect=["sample"])
def test_a_planted_fault_turns_its_gate_red(fault: Fault, each_installed: Path) -> None:
    if fault.gate == faults.ALERTS and shutil.which("promtool") is None:
        pytest.skip("promtool comes with Prometheus")
    with planted(fault, each_installed):
        # Bytecode is told apart by size and second, which a fault and its undoing can share.
        code, said = run(each_installed, fault.gate, PYTHONDONTWRITEBYTECODE="1")
    assert code == 1, f"ended {code}\n{said}"
    assert fault.reason in said
    assert all(name in said for name in selected(fault.gate))
