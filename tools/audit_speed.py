"""How fast the audit is, as tables and a picture, from the numbers that bench/audit.py wrote."""

import json
import math
import statistics
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NUMBERS = ROOT / "bench" / "audit.json"
PICTURE = ROOT / "docs" / "images" / "audit-speed.svg"
WIDTH, HEIGHT, MARGIN = 640, 360, 56
SECONDS = (0.1, 1, 10)  # of the grid
UNITS = (100, 1_000, 10_000, 100_000, 1_000_000)


def summary() -> str:
    """The README's table: one line for each target."""
    measured = _numbers()
    many = measured["repositories"][-1]
    peers = [row for each in measured["repositories"] if (row := _beside_peer(each))]
    ratios = [row["ratio"] for row in peers]
    million, (single, version) = measured["million"], measured["single"]
    ours, parse = million["rows"]
    megabytes = max(each["megabytes"] for each in (*measured["repositories"], million))
    lines = [f"`python bench/audit.py` on {measured['machine']}; medians of whole processes, run in turn:", ""]
    lines += ["| `aiscaffold audit`, history included | |", "|---|---|"]
    lines += [
        f"| ten repositories, beside {peers[0]['command']} | {statistics.median(ratios):.2f} times as long (median) |"
    ]
    told = f"{_seconds(ours)}: {parse['ratio']:.2f} times `ast.parse` alone"
    lines += [f"| {million['size']['lines']:,} lines of Python | {told} |"]
    lines += [f"| {many['size']['files']:,} files, few of them code | {_seconds(many['rows'][0])} |"]
    lines += [f"| most memory, helper processes included | {megabytes:.0f} MB |"]
    told = f"{single['median']:.0f} ms: {version['ratio']:.2f} times `aiscaffold --version`"
    return "\n".join([*lines, f"| one rule of a generated project, as `verify` asks it | {told} |"])


def tables() -> str:
    """The page's tables: every repository, every tool, and the cost by size."""
    measured = _numbers()
    everything = [*measured["repositories"], measured["million"]]
    tools = list(dict.fromkeys(row["command"] for each in everything for row in each["rows"]))
    lines = [f"On {measured['machine']}; medians of {measured['pairs']} rounds in turn, in milliseconds.", ""]
    lines += [f"| repository | files | Python lines | commits | {' | '.join(tools)} | ours / repo-review | MB |"]
    lines += ["|---|--:|--:|--:|" + "--:|" * (len(tools) + 2)]
    lines += [_line(each, tools) for each in everything]
    lines += ["", "![Seconds against lines, files and commits](../images/audit-speed.svg)", ""]
    lines += ["| repository | lines + files + commits | seconds | ms for each 1,000 |", "|---|--:|--:|--:|"]
    return "\n".join([*lines, *map(_cost, sorted(everything, key=_units))])


def picture() -> str:
    """Seconds against lines + files + commits, both axes logarithmic; the dashed lines grow as fast as the input."""
    measured = _numbers()
    points = [
        (_units(each), each["rows"][0]["median"] / 1000) for each in (*measured["repositories"], measured["million"])
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    parts = [
        f'{head} font-family="sans-serif" font-size="12">',
        "<title>Seconds of an audit against lines, files and commits</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
    ]
    for units in UNITS:
        x = _x(units)
        parts += [f'<path d="M{x} {MARGIN}V{HEIGHT - MARGIN}" stroke="#ddd"/>']
        parts += [f'<text x="{x}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle" fill="#444">{units:,}</text>']
    for seconds in SECONDS:
        y = _y(seconds)
        parts += [f'<path d="M{MARGIN} {y}H{WIDTH - MARGIN}" stroke="#ddd"/>']
        parts += [f'<text x="{MARGIN - 8}" y="{y + 4}" text-anchor="end" fill="#444">{seconds} s</text>']
    line = f"M{_x(10_000)} {_y(0.1)}L{_x(1_000_000)} {_y(10)}"
    parts += [f'<path d="{line}" stroke="#888" stroke-dasharray="4 4" fill="none"/>']
    parts += [f'<circle cx="{_x(units)}" cy="{_y(took)}" r="4" fill="#0b6"/>' for units, took in points]
    label = "Python lines + files + commits; the dashed line grows as fast as they do"
    parts += [f'<text x="{WIDTH // 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#444">{label}</text>', "</svg>"]
    return "\n".join([*parts, ""])


def _numbers() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NUMBERS.read_text(encoding="utf-8"))
    return found


def _beside_peer(each: dict[str, Any]) -> dict[str, Any]:
    """The row of repo-review; empty where it did not run."""
    return next((row for row in each["rows"] if row["command"].startswith("repo-review")), {})


def _line(each: dict[str, Any], tools: list[str]) -> str:
    medians = {row["command"]: f"{row['median']:.0f}" for row in each["rows"]}
    peer = _beside_peer(each)
    size = each["size"]
    cells = [each["repository"], f"{size['files']:,}", f"{size['lines']:,}", f"{size['commits']:,}"]
    cells += [medians.get(tool, "") for tool in tools]
    cells += [format(peer["ratio"], ".2f") if peer else "", format(each["megabytes"], ".0f")]
    return f"| {' | '.join(cells)} |"


def _cost(each: dict[str, Any]) -> str:
    took = each["rows"][0]["median"]
    return f"| {each['repository']} | {_units(each):,} | {took / 1000:.2f} | {took * 1000 / _units(each):.1f} |"


def _units(each: dict[str, Any]) -> int:
    return sum(each["size"].values())


def _seconds(row: dict[str, Any]) -> str:
    return f"{row['median'] / 1000:.1f} s"


def _x(units: float) -> int:
    share = (math.log10(units) - 2) / 4
    return round(MARGIN + share * (WIDTH - 2 * MARGIN))


def _y(seconds: float) -> int:
    share = (math.log10(seconds) + 1) / 2.3
    return round(HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN))
