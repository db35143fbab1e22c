"""A virtual environment of the benchmark's own: this checkout's wheel, its peers, bytecode compiled by pip."""

import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
HELLO = Path(__file__).parent / "hello"
STEERING = frozenset({"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONPROFILEIMPORTTIME"})


@dataclass(frozen=True)
class Environment:
    """Where the programs are installed, and an empty home for what they write."""

    folder: Path
    home: Path

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of a measured run: nobody's configuration, bytecode on."""
        kept = {name: value for name, value in os.environ.items() if name not in STEERING and name[:4] != "GIT_"}
        home = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"), str(self.home))
        return {**kept, **home, "GIT_CONFIG_NOSYSTEM": "1"}

    def program(self, name: str) -> str:
        """The full path of an installed program."""
        scheme = "venv" if "venv" in sysconfig.get_scheme_names() else None
        base = {"base": str(self.folder), "platbase": str(self.folder), "installed_base": str(self.folder)}
        folder = sysconfig.get_path("scripts", scheme, base) if scheme else str(self.folder / "bin")
        return str(Path(folder, name + sysconfig.get_config_var("EXE")))


OURS_AND_PEERS = (str(ROOT), str(HELLO), "copier", "cookiecutter")


def make_environment(workspace: Path, packages: Sequence[str] = OURS_AND_PEERS) -> Environment:
    """Build this checkout's wheel and install it beside the peers that it is compared with; or install others."""
    made = Environment(workspace / "venv", workspace / "home")
    made.home.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", made.folder], check=True)
    pip = [made.program("python"), "-m", "pip", "--quiet", "--quiet", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, *packages], check=True)
    return made
