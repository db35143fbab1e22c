"""The memory that a process and all its helpers hold together, by Linux's /proc."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

PROC = Path("/proc")
PAUSE = 0.01  # seconds between two looks
KILOBYTES = 1_000


def peak_of_tree(words: Sequence[str], cwd: Path, variables: Mapping[str, str]) -> float:
    """The most megabytes that were held at one time, shared pages counted once; zero where there is no /proc."""
    if not PROC.is_dir():
        return 0.0
    peak = 0
    with subprocess.Popen(words, cwd=cwd, env=dict(variables), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            peak = max(peak, held(process.pid))
            time.sleep(PAUSE)
    return peak / KILOBYTES


def held(process: int) -> int:
    """The kilobytes of a process and those it started; none of one that has just ended."""
    try:
        lines = (PROC / str(process) / "smaps_rollup").read_text(encoding="ascii").splitlines()
        tasks = list((PROC / str(process) / "task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    except OSError:
        return 0
    own = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return own + sum(held(int(child)) for child in children)
