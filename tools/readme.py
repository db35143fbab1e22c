"""Print a set-up command as it stands in README.md.

    python tools/readme.py new|test

Standard library only: it runs before anything is installed.
"""

import re
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def command(name: str) -> str:
    """The shell block below `<!-- command: NAME -->`."""
    pattern = rf"<!-- command: {re.escape(name)} -->\n```bash\n(.*?)\n```"
    found = re.findall(pattern, README.read_text(encoding="utf-8"), re.DOTALL)
    if len(found) != 1:
        raise SystemExit(f"README.md has {len(found)} commands called {name}")
    return str(found[0])


if __name__ == "__main__":
    print(command(sys.argv[1]))
