"""The page about real histories, from the numbers that `bench/histories.py` wrote."""

import statistics
from collections.abc import Sequence
from typing import Any

BREACHES = ("lost", "missed", "wrong")
Row = dict[str, Any]


def totals(data: Row) -> str:
    """One row per tool: how many updates kept the contract, and what broke it in the others."""
    head = [
        "tool",
        "updates",
        "contract kept",
        *BREACHES,
        "crashed",
        "files in conflict",
        "lines in conflict",
        "median s",
    ]
    return _table(head, [_total(tool, data["updates"]) for tool in data["tools"]])


def page(data: Row) -> str:
    """The page of the documentation."""
    versions = ", ".join(f"{tool} {version}" for tool, version in data["tools"].items())
    templates = dict.fromkeys(row["template"] for row in data["updates"])
    sections = [_section(name, [row for row in data["updates"] if row["template"] == name]) for name in templates]
    known = {"count": len(data["updates"]), "templates": len(templates), "versions": versions}
    return PROSE.format(**known, totals=totals(data)) + "".join(sections)


def _total(tool: str, updates: Sequence[Row]) -> list[str]:
    results = [row["results"][tool] for row in updates]
    broken = [sum(_count(result, kind) for result in results) for kind in BREACHES]
    crashed = sum(bool(result["crashed"]) for result in results)
    kept = sum(_is_kept(result) for result in results)
    files = sum(len(result["conflicts"]) for result in results)
    lines = sum(result["conflict_lines"] for result in results)
    median = statistics.median(result["seconds"] for result in results)
    numbers = [len(results), kept, *broken, crashed, files, lines]
    return [tool, *map(str, numbers), f"{median:.1f}"]


def _is_kept(result: Row) -> bool:
    return not (result["crashed"] or any(result[kind] for kind in BREACHES))


def _count(result: Row, kind: str) -> int:
    return sum(result[kind].values())


def _section(template: str, rows: Sequence[Row]) -> str:
    head = ["from → to", "user", "files changed", *rows[0]["results"]]
    return f"\n## [{template}](https://github.com/{template})\n\n" + _table(head, [_line(row) for row in rows])


def _line(row: Row) -> list[str]:
    about = [f"{row['old']} → {row['new']}", str(row["seed"] + 1), f"{row['changed']} of {row['files']}"]
    return [*about, *map(_outcome, row["results"].values())]


def _outcome(result: Row) -> str:
    """What an update came to, the breaches first and in bold."""
    breaches = [f"**{_count(result, kind)} {kind}**" for kind in BREACHES if result[kind]]
    crash = ["**crashed**"] if result["crashed"] else []
    conflicts = [f"{result['conflict_lines']} lines in conflict"] if result["conflicts"] else []
    return ", ".join([*crash, *breaches, *conflicts]) or "clean"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)


PROSE = """\
# Real templates, real histories

<!-- Written by bench/histories.py; do not edit. -->

{count} updates of projects that were made from {templates} public copier templates, from one of their releases to
a later one: the next, the third one on, and from the first that still renders to the last. In each project a user had
worked before, by chance but repeatably: lines inserted and changed, a function appended, a file reformatted, files
renamed, deleted and added, a binary replaced, the README edited, half of it in files that the template was about to
change. Both tools started from the same commit, with the same answers.

The verdict is read off the bytes of the project before and after, line by line:

- **lost**: a line or a binary of the user's is nowhere in the tree, not even between conflict markers
- **missed**: a line that the template added is nowhere, or one that it removed still stands, and neither a
  conflict nor the output names the file. What the template alone would have brought is what plain copier makes of the
  project without the user's work
- **wrong**: a line of the user's stands twice or in another file, a deleted file is back, a file no longer parses

Conflicts break no contract. Seconds were taken on a busy machine: [the benchmark](../../README.md) compares properly.

Measured with {versions}, by

```
python bench/histories.py CLONE…
```

{totals}"""
