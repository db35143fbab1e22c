"""The command line in a process of its own, with the catalogue of a test instead of the real one.

Run as a program: the catalogue's folder, then the arguments. `AISCAFFOLD_TEST_USER` names a user id to become once
all modules are imported, since the interpreter itself may stand where that user cannot read.
"""

import io
import os
import subprocess
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

UNPRIVILEGED = 65534
SWITCH = "AISCAFFOLD_TEST_USER"


def command(catalogue: Path, *arguments: object) -> list[str]:
    """The command line of one call."""
    return [sys.executable, "-P", __file__, str(catalogue), *map(str, arguments)]


def call(catalogue: Path, *arguments: object, **settings: Any) -> "subprocess.CompletedProcess[str]":
    """Run one call with stdin closed off; `settings` are those of subprocess.run."""
    known = {"stdin": subprocess.DEVNULL, "capture_output": True, "timeout": 120, **settings}
    return subprocess.run(command(catalogue, *arguments), check=False, encoding="utf-8", **known)


def _main() -> None:
    from aiscaffold import cli
    from aiscaffold.catalog import Catalogue

    catalogue = Catalogue(Path(sys.argv.pop(1)))
    cli.new.load_catalogue = lambda: catalogue
    if user := int(os.environ.get(SWITCH, "0")):
        # Whatever the command line imports on its way is imported by one rendering and one page of help.
        for words in (["new", catalogue.templates[0].name, "warm-up", "--dry-run"], ["new", "--help"]):
            with redirect_stdout(io.StringIO()):
                cli.app(words, standalone_mode=False)
        os.setgroups([])
        os.setgid(user)
        os.setuid(user)
    cli.main()


if __name__ == "__main__":
    _main()
