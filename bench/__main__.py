"""Print how fast aiscaffold is beside its peers: `python bench [startup] [imports] [new] [update]`."""

import argparse
import json
import os
import platform
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import imports
import new
import startup
import timing
import update
from environment import make_environment

PARTS = ("startup", "imports", "new", "update")


def main() -> None:
    """Measure, print Markdown tables, and write the numbers where asked."""
    options = _options()
    results: dict[str, object] = {"machine": _machine()}
    print(f"{results['machine']}; {options.pairs} interleaved rounds after a warm-up\n")
    with tempfile.TemporaryDirectory(prefix="aiscaffold-bench-", ignore_cleanup_errors=True) as folder:
        results |= _measure(set(options.parts or PARTS), Path(folder), options.pairs)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8", newline="\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; by default all")
    parser.add_argument("--pairs", type=int, default=9, help="rounds, at least 7 (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write every number")
    options = parser.parse_args()
    if options.pairs < 7:  # noqa: PLR2004 - fewer say nothing on a busy machine
        parser.error("--pairs must be at least 7")
    return options


def _measure(parts: set[str], workspace: Path, pairs: int) -> dict[str, object]:
    environment = make_environment(workspace)
    rows: dict[str, list[timing.Row]] = {}
    spent = {}
    if "startup" in parts:
        rows |= startup.measure(environment, pairs)
    if "new" in parts:
        rows |= new.measure(environment, workspace, pairs)
    if "update" in parts:
        rows |= update.measure(environment, workspace, pairs)
    for title, group in rows.items():
        print(timing.table(title, group))
    if "imports" in parts:
        spent = {command: imports.packages(environment, command) for command in imports.COMMANDS}
        print(imports.table(spent))
    comparisons = {title: [asdict(row) for row in group] for title, group in rows.items()}
    return {"comparisons": comparisons, "imports_us": spent}


def _machine() -> str:
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} CPUs, {python}, {platform.system()} {platform.machine()}"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main()
