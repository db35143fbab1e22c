"""The formatter that a project's owner uses, for texts that differ in nothing but format."""

import shutil
import subprocess
from pathlib import Path

from aiscaffold.texts import Formatter


def formatter_for(project: Path, *, use_own: bool) -> Formatter:
    """A function that formats Python with the ruff on PATH or, with `use_own`, the project's first.

    It gives None where it cannot.
    """

    def formatted(path: str, text: bytes) -> bytes | None:
        program = _ruff(project, use_own=use_own) if path.endswith((".py", ".pyi")) else None
        if program is None:
            return None
        command = [program, "format", "--quiet", "--stdin-filename", path, "-"]
        done = subprocess.run(command, cwd=project, input=text, capture_output=True, check=False)
        return done.stdout if done.returncode == 0 else None

    return formatted


def _ruff(project: Path, *, use_own: bool) -> str | None:
    own = (project / ".venv" / folder / "ruff" for folder in ("bin", "Scripts") if use_own)
    return next((found for place in own if (found := shutil.which(place))), None) or shutil.which("ruff")
