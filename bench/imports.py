"""What the start-up time is spent on: every package that a command imports, by `python -X importtime`."""

import re
import subprocess
from collections import Counter
from collections.abc import Mapping

from environment import Environment

COMMANDS = ("--version", "templates", "--help")
HEAVY = ("copier", "jinja2", "pydantic", "rich", "yaml")
SHOWN = 12


def packages(environment: Environment, *arguments: str) -> Counter[str]:
    """The microseconds spent in importing each top-level package."""
    command = [environment.program("python"), "-X", "importtime", "-m", "aiscaffold", *arguments]
    done = subprocess.run(
        command, env=environment.variables, check=True, capture_output=True, encoding="utf-8", errors="replace"
    )
    spent: Counter[str] = Counter()
    for own, name in re.findall(r"^import time:\s+(\d+) \|\s+\d+ \|\s+(\w+)", done.stderr, re.MULTILINE):
        spent[name] += int(own)
    return spent


def table(spent: Mapping[str, Counter[str]]) -> str:
    """The dearest packages of each command, and the heavy ones that should not be among them."""
    lines = ["### Imports", "", "| command | packages | ms | heavy ones | the dearest, ms |", "|---|--:|--:|:--|:--|"]
    return "\n".join([*lines, *(_line(command, counted) for command, counted in spent.items()), ""])


def _line(command: str, counted: Counter[str]) -> str:
    heavy = ", ".join(name for name in HEAVY if name in counted) or "none"
    dearest = ", ".join(f"{name} {spent / 1000:.1f}" for name, spent in counted.most_common(SHOWN))
    return f"| `aiscaffold {command}` | {len(counted)} | {counted.total() / 1000:.0f} | {heavy} | {dearest} |"
