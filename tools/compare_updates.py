"""Play every update situation with aiscaffold, copier and cruft, and publish what became of the user's work.

python tools/compare_updates.py --copier .venv/bin/copier --cruft /path/to/cruft
python tools/compare_updates.py --tools aiscaffold                          after a change of ours
python tools/compare_updates.py --only repeated --tools copier --verbose    while writing a situation
"""

import argparse
import importlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/explanation/updates-compared.md"
DATA = ROOT / "docs/explanation/updates-compared.json"
TOOLS = ("aiscaffold", "copier", "cruft")
VERDICTS = ("PASS", "conflict", "told", "refused", "LOST", "WRONG", "MISSED", "CRASH")
Row = dict[str, Any]
ABSENT: Row = {"verdict": "-"}  # not expressible for the tool


def main() -> None:
    """Play, print a summary, and bring the page and its data up to date with what was played."""
    options = _options()
    sys.path.insert(0, str(ROOT / "tests"))
    adapters = importlib.import_module("update.adapters")
    situations = importlib.import_module("update.situations").SITUATIONS
    tools = {name: getattr(adapters, name)(getattr(options, name).split()) for name in options.tools}
    chosen = [situation for situation in situations if any(words in situation.name for words in options.only)]
    rows = [_row(situation, tools, options.verbose) for situation in chosen]
    if options.verbose:
        return
    versions = {name: _version(tool.command) for name, tool in tools.items()} | {"git": _version(("git",))}
    data = _with_earlier_results(versions, rows, [situation.name for situation in situations])
    DATA.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    PAGE.write_text(page(data), encoding="utf-8", newline="\n")
    print(totals(data))


def _with_earlier_results(versions: Row, rows: Sequence[Row], names: Sequence[str]) -> Row:
    """The data with what earlier runs say about tools and situations that were not played this time."""
    before = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {"tools": {}, "situations": []}
    known = {row["situation"]: row for row in before["situations"]}
    for row in rows:
        earlier = known.get(row["situation"], {"results": {}})["results"]
        known[row["situation"]] = {**row, "results": {**earlier, **row["results"]}}
    tools = {**before["tools"], **versions}
    ordered = {name: tools[name] for name in (*TOOLS, "git") if name in tools}
    return {"tools": ordered, "situations": [known[name] for name in names if name in known]}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", nargs="+", choices=TOOLS, default=TOOLS, help="which tools to play with")
    for name in TOOLS:
        parser.add_argument(f"--{name}", default=name, metavar="COMMAND", help=f"how to call {name}")
    parser.add_argument(
        "--only", nargs="+", default=[""], metavar="WORDS", help="only situations named like one of these"
    )
    parser.add_argument("--verbose", action="store_true", help="print what the tools said, and write nothing")
    return parser.parse_args()


def _row(situation: Any, tools: Mapping[str, Any], verbose: bool) -> Row:
    """What each tool did in one situation."""
    row: Row = {"situation": situation.name, "kind": situation.kind, "expected": situation.expect.value, "results": {}}
    for name, tool in tools.items():
        result = _result(situation, tool, verbose) if tool.can_express(situation) else ABSENT
        row["results"][name] = result
        print(f"{result['verdict']:9} {name:11} {situation.name}", flush=True)
    return row


def _result(situation: Any, tool: Any, verbose: bool) -> Row:
    playing = importlib.import_module("update.playing")
    with tempfile.TemporaryDirectory(prefix="updates-", ignore_cleanup_errors=True) as folder:
        played = playing.play(situation, tool, Path(folder))
        if verbose:
            print(played.done.output)
        judgement = played.judgement
        why = judgement.why.replace(f"{folder}/work/", "").replace(folder, "")
    return {"verdict": judgement.verdict.value, "why": why, "conflict_lines": judgement.conflict_lines}


def _version(command: Sequence[str]) -> str:
    """The version that a tool says it has."""
    words = [command[0], *command[1:], "--version"]
    said = subprocess.run(words, check=False, capture_output=True, encoding="utf-8").stdout
    if not (found := re.search(r"\d+\.\d+(\.\w+)*", said)):
        said = subprocess.run([*command, "--help"], check=False, capture_output=True, encoding="utf-8").stdout
        found = re.search(r"\d+\.\d+\.\d+", said)
    return found[0] if found else "unknown"


def totals(data: Row) -> str:
    """One row per tool: how often each verdict fell, and how much was left between conflict markers."""
    head = ["tool", "situations", "acceptable", *VERDICTS, "lines in conflicts"]
    return _table(head, [_total(name, data["situations"]) for name in TOOLS if name in data["tools"]])


def _total(name: str, rows: Sequence[Row]) -> list[str]:
    results = [row["results"].get(name, ABSENT) for row in rows]
    results = [result for result in results if result != ABSENT]
    counts = Counter(result["verdict"] for result in results)
    acceptable = sum(counts[verdict] for verdict in VERDICTS[:4])
    lines = sum(result["conflict_lines"] for result in results)
    return [name, str(len(results)), str(acceptable), *(str(counts[verdict]) for verdict in VERDICTS), str(lines)]


def page(data: Row) -> str:
    """The page of the documentation."""
    versions = ", ".join(f"{name} {version}" for name, version in data["tools"].items())
    kinds = dict.fromkeys(row["kind"] for row in data["situations"])
    parts = [_section(kind, [row for row in data["situations"] if row["kind"] == kind]) for kind in kinds]
    count = len(data["situations"])
    return PROSE.format(count=count, versions=versions, totals=totals(data)) + "".join(parts)


def _section(kind: str, rows: Sequence[Row]) -> str:
    """The situations of one kind, with a word on whatever is not a plain PASS."""
    head = ["situation", *TOOLS, "why not PASS"]
    return f"\n## {kind[0].upper()}{kind[1:]}\n\n" + _table(head, [_line(row) for row in rows])


def _line(row: Row) -> list[str]:
    results: Mapping[str, Row] = row["results"]
    reasons = [f"{name}: {results[name]['why']}" for name in TOOLS if results.get(name, ABSENT).get("why")]
    shown = [_emphasised(results.get(name, ABSENT)["verdict"]) for name in TOOLS]
    return [row["situation"], *shown, _escaped("; ".join(reasons))]


def _emphasised(verdict: str) -> str:
    return f"**{verdict}**" if verdict in VERDICTS[4:] else verdict


def _escaped(text: str) -> str:
    """Text that cannot end a table's cell, nor be taken for a tag."""
    plain = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return re.sub(r"\s+", " ", plain)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in ruled)


PROSE = """\
# What updaters do to your work

<!-- Written by tools/compare_updates.py; do not edit. -->

A project made from a template is edited for weeks; then the template changes, and an updater brings both together.
This page lists {count} situations in which that can go wrong, and what three updaters did in each. Every situation is
a small program in `tests/update/`: two versions of a template, a user's work on the project, one update. The verdict
is read off the bytes of the project before and after; nobody's messages are taken on trust.

| verdict | meaning |
| --- | --- |
| PASS | all of the user's work and all of the template's change are in the tree, each where it belongs |
| conflict | the two contradict each other; nothing is lost, and the project shows where |
| told | the user's work is kept, the template's change did not arrive, and the output names the file |
| refused | nothing at all was changed, and the output says why |
| **LOST** | work of the user is no longer in the tree |
| **WRONG** | both are there, but something ended up in the wrong place or no longer means what it did |
| **MISSED** | the template's change is silently absent |
| **CRASH** | a traceback, or an exit code that says failure after a half-done update |

The first four are acceptable: you can go on from there. The last four are not. A dash means that the situation cannot
be expressed for that tool: cruft's templates have no settings for what is skipped or excluded, for example.
The tools meet the same files, in their own template formats, with their default options, except that
cruft is allowed to work beside untracked files.

Measured with {versions}, by

```
python tools/compare_updates.py --aiscaffold aiscaffold --copier copier --cruft cruft
```

{totals}"""


if __name__ == "__main__":
    main()
