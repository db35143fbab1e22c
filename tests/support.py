"""What tests share: where things are, and how to ask git."""

import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
Run = Callable[..., tuple[int, str, str]]


def git(folder: Path, *arguments: str) -> str:
    """Ask git about a folder."""
    return subprocess.run(
        ["git", "-C", str(folder), *arguments], check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()
