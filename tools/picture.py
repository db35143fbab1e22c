"""Draw docs/images/new.svg: a real terminal session, run now and recorded as it printed.

python tools/picture.py
"""

import os
import re
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "images" / "new.svg"
PROMPT = "$ "
WIDTH = 92
# The session: each command, how its lines are shown, and where it runs.
SESSION = (
    ("aiscaffold templates", "."),
    ("aiscaffold new end-to-end-ml flight-delays --defaults", "."),
    ("uv run --quiet poe --quiet setup", "flight-delays"),
    ("uv run poe check", "flight-delays"),
    ("uv run poe reproduce", "flight-delays"),
)


def main() -> None:
    """Run the session in a temporary folder and draw it."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True, highlight=False)
    with TemporaryDirectory() as folder:
        for command, place in SESSION:
            console.print(Text(PROMPT + command, style="bold green"))
            console.print(Text(output_of(command, Path(folder, place))))
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    drawn = console.export_svg(title="aiscaffold", unique_id="aiscaffold")
    # Without rich's web fonts: a picture in a README loads nothing from elsewhere.
    plain = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    TARGET.write_text(plain, encoding="utf-8", newline="\n")


def output_of(command: str, folder: Path) -> str:
    """What a command prints, on stdout and stderr together; the tool ends where it fails."""
    words = command.split()
    program = shutil.which(words[0], path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    done = subprocess.run(
        [program or words[0], *words[1:]],
        cwd=folder,
        env={**env, "COLUMNS": str(WIDTH), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )
    if done.returncode:
        raise SystemExit(f"{command} ended {done.returncode}\n{done.stdout}")
    return done.stdout.replace(str(folder), "").strip() + "\n"


if __name__ == "__main__":
    main()
