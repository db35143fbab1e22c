"""A small repository of its own in which releases are cut with the real tool."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from catalogues import write_catalogue
from support import ROOT, git

from aiscaffold.store import Store


class Workshop:
    """A small repository of its own in which releases are cut with the real tool."""

    def __init__(self, folder: Path) -> None:
        self.folder = write_catalogue(folder)
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "tools", folder / "tools")
        (folder / "catalogue.lock.json").write_text("{}", encoding="utf-8")
        git(folder, "init", "--quiet")

    def release(self, version: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "src/aiscaffold/__init__.py").write_text(f'__version__ = "{version}"\n', encoding="utf-8")
        changelog = f"# Changelog\n\n## {version} (2026-01-02)\n"
        (self.folder / "CHANGELOG.md").write_text(changelog, encoding="utf-8")
        return subprocess.run(
            [sys.executable, "tools/release.py"],
            cwd=self.folder,
            # Two versions within a second look the same to a bytecode cache.
            env={**os.environ, "PYTHONPATH": str(self.folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
            capture_output=True,
            text=True,
        )

    @property
    def store(self) -> Store:
        return Store(self.folder)
