"""What tests share: where things are, and how to ask git."""

import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]
WORKERS = 2  # calls that are stopped at the same time
Judged = tuple[str, str]  # the phase that a stopped call had reached, and what is wrong after it, if anything
InParallel = Callable[[Callable[[int], Judged], list[int]], Counter[str]]


def git(folder: Path, *arguments: str) -> str:
    """What git says about a folder; `CalledProcessError` where it fails."""
    words = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def listing(folder: Path) -> list[str]:
    """Every path below a folder, hidden ones included."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
