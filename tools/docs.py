"""Rewrite what is generated in README.md and docs/: help texts, listings, numbers.

python tools/docs.py            rewrite
python tools/docs.py --check    exit 1 where something is not up to date
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import audit_speed

from aiscaffold import explain
from aiscaffold.catalog import Template, load_catalogue
from aiscaffold.checklist import load_checklist
from aiscaffold.document import slug
from aiscaffold.process import git
from aiscaffold.rule import SECTIONS, TIERS
from aiscaffold.rules import load
from aiscaffold.store import Store

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "bench"))
import agree  # noqa: E402 - a script, too

RULES = load()

COMMANDS = ("new", "update", "templates", "audit", "rules")
BENCH = ROOT / "bench" / "results.json"
SERVED = ROOT / "bench" / "serve.json"
AGREEMENT = ROOT / "bench" / "agreement.json"
SCREEN = 24  # lines of a report that are shown


def main() -> int:
    """Rewrite or compare; the exit code."""
    stale = [path for path, text in documents().items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"docs: {path.relative_to(ROOT)} was not up to date", file=sys.stderr)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(documents()[path], encoding="utf-8", newline="\n")
    return int(bool(stale) and "--check" in sys.argv)


def documents() -> dict[Path, str]:
    """Every document with generated parts, as it should be."""
    readme = ROOT / "README.md"
    how_to = ROOT / "docs/how-to/update-a-project.md"
    auditing = ROOT / "docs/how-to/audit-a-repository.md"
    judging = ROOT / "docs/explanation/audit.md"
    fast = ROOT / "docs/explanation/audit-speed.md"
    serving = ROOT / "docs/explanation/serving.md"
    return {
        ROOT / "docs/reference/cli.md": cli_page(),
        ROOT / "docs/reference/templates.md": templates_page(),
        ROOT / "docs/reference/rules.md": rules_page(),
        auditing: with_regions(auditing.read_text(encoding="utf-8"), {"audit": audit_session()}),
        judging: with_regions(judging.read_text(encoding="utf-8"), {"tiers": tiers(), "agreement": agreement()}),
        how_to: with_regions(how_to.read_text(encoding="utf-8"), {"update": update_session()}),
        fast: with_regions(fast.read_text(encoding="utf-8"), {"audit-bench-all": audit_speed.tables()}),
        serving: with_regions(serving.read_text(encoding="utf-8"), {"serve": serve_table()}),
        audit_speed.PICTURE: audit_speed.picture(),
        readme: with_regions(
            readme.read_text(encoding="utf-8"),
            {"templates": listing(), "bench": bench_table(), "audit-bench": audit_speed.summary()},
        ),
    }


def with_regions(text: str, regions: dict[str, str]) -> str:
    """A document with the content of its generated regions replaced."""
    for name, content in regions.items():
        found = re.findall(rf"<!-- generated: {name} -->\n.*?<!-- /generated -->", text, re.DOTALL)
        if len(found) != 1:
            raise SystemExit(f"docs: {len(found)} regions are called {name}")
        text = text.replace(found[0], f"<!-- generated: {name} -->\n{content}\n<!-- /generated -->")
    return text


def cli_page() -> str:
    """The reference of all commands, from their own help."""
    parts = ["# Command line", "", "Generated from `--help` by `poe docs`.", "", *block("--help")]
    for command in COMMANDS:
        parts += ["", f"## {command}", "", *block(command, "--help")]
    parts += ["", "## Exit codes", "", *EXIT_CODES, ""]
    return "\n".join(parts)


EXIT_CODES = (
    "| code | meaning |",
    "|---|---|",
    "| 0 | done |",
    "| 1 | `new --verify`: a gate failed (the project stays) |",
    "| 1 | `update`: conflicts are left; with `--verify` a gate failed (nothing was changed); `--check` found news |",
    "| 1 | `audit`: a repository is below the bar |",
    "| 2 | wrong usage: an unknown template, option, question or answer |",
    "| 3 | could not be done; nothing was changed |",
    "| 4 | a bug in aiscaffold: a traceback and where to report it |",
    "| 130 | interrupted; nothing was left behind |",
    "",
    "Results go to stdout; progress, questions and errors go to stderr.",
)


def templates_page() -> str:
    """The reference of all templates: summary, questions, files."""
    parts = ["# Templates", "", "Generated from `templates/` by `poe docs`.", ""]
    for template in load_catalogue().templates:
        parts += [
            f"## {template.name}",
            "",
            template.summary,
            "",
            *questions_table(template),
            "",
            *files_table(template),
        ]
    return "\n".join([*parts, ""])


def questions_table(template: Template) -> list[str]:
    """A template's questions."""
    rows = [
        f"| `{q.name}` | {q.help} | {', '.join(q.choices)} | {'asked' if q.asked else 'derived'} |"
        for q in template.questions
    ]
    return ["| question | meaning | choices | |", "|---|---|---|---|", *rows]


def files_table(template: Template) -> list[str]:
    """A template's files."""
    rows = [f"| `{path}` | {reason} |" for path, reason in template.files.items()]
    return [f"| file ({len(rows)}) | why it exists |", "|---|---|", *rows]


def listing() -> str:
    """What `aiscaffold templates` prints."""
    return "\n".join(["```console", "$ aiscaffold templates", *run("templates").splitlines(), "```"])


WEEK = {  # what the owner in the how-to has done since: file, old, new
    "README.md": ("## Why it matters\n", "## Why it matters\n\nGate staff decide at the desk whom to rebook.\n"),
    "config.toml": ("(an unknown section's is ignored)", "(the team's page lists them)"),
    "pyproject.toml": ("dependencies = [\n", 'dependencies = [\n  "httpx>=0.28",\n'),
    "uv.lock": ("version = 1\n", "version = 1\n# locked again\n"),
}
OLD_INSTALLATION = """
import sys
from pathlib import Path
from aiscaffold import cli
from aiscaffold.catalog import Catalogue
old = Catalogue(Path(sys.argv.pop(1)), sys.argv.pop(1))
cli.new.load_catalogue = lambda: old
cli.main()
"""


def update_session() -> str:
    """What `aiscaffold update --dry-run` prints for a project of the first release with a week of edits."""
    store = Store(ROOT)
    first = next(iter(store.releases))
    with TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        store.unpack(first, place / "catalogue")
        answers = ("-d", "author_name=Ada Lovelace", "-d", "year=2026", "--defaults", "--no-hooks")
        words = (str(place / "catalogue"), first, "new", "end-to-end-ml", "flight-delays", *answers)
        program = [sys.executable, "-c", OLD_INSTALLATION, *words]
        subprocess.run(program, cwd=place, check=True, capture_output=True)
        project = place / "flight-delays"
        for path, (old, new) in WEEK.items():
            text = (project / path).read_text(encoding="utf-8")
            assert old in text, path
            (project / path).write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
        (project / "tests/test_data.py").unlink()
        who = {f"GIT_{role}_{key}": "ada@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
        git("commit", "--quiet", "--all", "--message", "A week of work", cwd=project, env=who)
        lines = run("update", "--dry-run", cwd=project).splitlines()
    return "\n".join(["```console", "$ aiscaffold update --dry-run", *lines, "```"])


def rules_page() -> str:
    """The reference of all rules, from the rules themselves."""
    checklist = load_checklist()
    parts = ["# Rules of the audit", "", "Generated from `src/aiscaffold/rules/` by `poe docs`.", ""]
    for section, title in SECTIONS.items():
        rules = [rule for rule in RULES if rule.section == section]
        parts += [f"## {title}", "", "| code | level | needed for | who | what passes |", "|---|---|---|---|---|"]
        parts += [
            f"| [{r.code}](#{slug(f'{r.code} {r.slug}')}) | {r.level} | {r.tier} | {r.who} | {r.title} |" for r in rules
        ]
        parts += ["", *(explain.page(rule, checklist, "###") for rule in rules)]
    return "\n".join(parts).rstrip() + "\n"


def tiers() -> str:
    """What each tier rests on."""
    lines = ["| tier | needs, beside the tiers below it |", "|---|---|"]
    for tier in TIERS[:0:-1]:
        needed = [f"{rule.code} ({rule.title})" for rule in RULES if rule.tier == tier]
        lines.append(f"| {tier} | {'; '.join(needed)} |")
    return "\n".join([*lines, f"| {TIERS[0]} | nothing |"])


def agreement() -> str:
    """The table that `bench/agree.py` measured."""
    measured = json.loads(AGREEMENT.read_text(encoding="utf-8"))
    counted = f"{measured['repositories']} repositories, {measured['labels']} clear labels"
    return "\n".join([f"{counted}; the held-out half:", "", *agree.table(measured)])


def audit_session() -> str:
    """What `aiscaffold audit` prints first for a project fresh from the newest release."""
    with TemporaryDirectory() as folder:
        place = Path(folder).resolve()
        answers = ("-d", "author_name=Ada Lovelace", "-d", "year=2026", "--defaults", "--no-hooks")
        run("new", "end-to-end-ml", "flight-delays", *answers, cwd=place)
        lines = run("audit", "flight-delays", cwd=place).splitlines()
    # Its first commit is made now; everything else is the same each time.
    shown = ["flight-delays", *lines[1 : lines.index("") + SCREEN]]
    return "\n".join(["```console", "$ aiscaffold audit flight-delays", *shown, "…", "```"])


def bench_table() -> str:
    """The medians that `poe bench` wrote, each beside its peers."""
    measured = json.loads(BENCH.read_text(encoding="utf-8"))
    lines = [f"`poe bench` on {measured['machine']}; medians of whole processes, run in turn:", ""]
    lines += ["| command | ms | beside | ms | ours / its |", "|---|--:|---|--:|--:|"]
    for ours, *peers in measured["comparisons"].values():
        lead = f"| `{ours['command']}` | {ours['median']:.0f} |"
        lines += [f"{lead} `{peer['command']}` | {peer['median']:.0f} | {peer['ratio']:.2f} |" for peer in peers]
    return "\n".join(lines)


def serve_table() -> str:
    """What `bench/serve.py` measured of a generated service under load, and while it ran for long."""
    measured = json.loads(SERVED.read_text(encoding="utf-8"))
    lines = [
        f"On {measured['machine']}:",
        "",
        "| rows in a request | clients | requests/s | p50 | p95 | p99 | errors |",
    ]
    lines.append("|--:|--:|--:|--:|--:|--:|--:|")
    for each in measured["load"]:
        waits = " | ".join(f"{each[name]:.0f} ms" for name in ("p50", "p95", "p99"))
        errors = f"{each['errors']} of {each['requests']:,}"
        lines.append(f"| {each['rows']} | {each['clients']} | {each['per_second']:.0f} | {waits} | {errors} |")
    soak = measured["soak"]
    (_, start), (seconds, end) = soak["megabytes"][0], soak["megabytes"][-1]
    asked = f"{soak['rate']:.0f} requests a second for {seconds / 60:.0f} minutes"
    errors = f"{soak['load']['errors']} errors in {soak['load']['requests']:,} requests"
    grown = f"{abs(soak['growth']):.1f} MB an hour in the second half"
    lines += ["", f"At {asked}: {errors}, {start:.0f} MB at the start, {end:.0f} MB at the end, {grown}."]
    return "\n".join(lines)


def block(*arguments: str) -> list[str]:
    """A call and its output as a fenced block."""
    return ["```text", f"$ aiscaffold {' '.join(arguments)}", run(*arguments).rstrip(), "```"]


def run(*arguments: str, cwd: Path | None = None) -> str:
    """What the command line prints, 80 columns wide."""
    env = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb"}
    command = [sys.executable, "-m", "aiscaffold", *arguments]
    return subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True, encoding="utf-8").stdout


if __name__ == "__main__":
    raise SystemExit(main())
