"""Audit hundreds of repositories that were harmed, and say which audits broke, hung or hid the harm.

    python bench/fuzz.py --seed 1                  the generated project and the rules' examples, harmed
    python bench/fuzz.py --seed 1 --repos DIR      and five of the clones (bare or not) in DIR

The same seed harms the same repositories in the same way. Every kind of damage is inflicted alone, for which the report
must name the files that it could not read; the rest are long texts, and two or three damages at once, where it is
enough that an audit ends, in time and with a report. Linux, git; as root, rights are dropped for what needs that.
"""

import argparse
import importlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from aiscaffold.inspection import Order
from aiscaffold.rules import load

RULES = load()

ROOT = Path(__file__).parents[1]
sys.path[0] = str(ROOT / "tests")  # in place of this folder, which has another `update`
damage: Any = importlib.import_module("damage")
audited: Any = importlib.import_module("audited")
support: Any = importlib.import_module("support")

CLONES = 5
LARGEST = 30_000_000  # bytes of a clone that is taken
SLOWEST = 10
VERDICTS = ("pass", "fail", "unknown", "not-applicable", "crashed")


@dataclass(frozen=True)
class Case:
    """One repository to harm, and how."""

    base: Path
    damages: tuple[Any, ...]
    revision: str

    @property
    def name(self) -> str:
        """What is done to what."""
        at = f" at {self.revision}" if self.revision else ""
        return f"{self.base.name}{at}: {' + '.join(damage.name for damage in self.damages)}"


def main() -> None:
    """Run all cases and print what became of them; exit 1 where one went wrong."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="fuzz-", ignore_cleanup_errors=True) as folder:
        bases = list(_bases(Path(folder, "bases"), options))
        cases = list(_cases(bases, Random(options.seed), options.count))
        rows = [(case, *_run(case, Path(folder, "now"), options)) for case in cases]
    _print_table(rows)
    _print_slowest(rows)
    wrong = [(case, fault) for case, _, fault in rows if fault]
    print(f"\n{len(rows)} audits of harmed repositories, {len(wrong)} went wrong")
    for case, fault in wrong:
        print(f"\n--- {case.name}\n{fault}")
    sys.exit(bool(wrong))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python bench/fuzz.py", description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=300, metavar="N", help="audits (default: %(default)s)")
    parser.add_argument("--repos", type=Path, metavar="DIR", help="clones, five of which are harmed too")
    parser.add_argument("--only", default="", metavar="TEXT", help="the cases whose name holds this")
    return parser.parse_args()


def _bases(folder: Path, options: argparse.Namespace) -> Iterator[Path]:
    """Sound repositories: the project of our template, one of the rules' good examples, and clones."""
    folder.mkdir()
    project = folder / "generated"
    command = [sys.executable, "-m", "aiscaffold", "new", "end-to-end-ml", str(project), "--defaults", "--no-hooks"]
    subprocess.run(command, check=True, capture_output=True)
    yield project
    files = {path: text for rule in RULES for path, text in rule.good.items() if path != audited.HISTORY}
    yield audited.repository(files, folder / "examples")
    clones = sorted(options.repos.iterdir()) if options.repos else []
    for clone in Random(options.seed).sample(clones, len(clones)):
        git = next((each for each in (clone / "repo", clone / ".git", clone) if (each / "HEAD").exists()), None)
        if git and sum(file.stat().st_size for file in git.rglob("*") if file.is_file()) < LARGEST:
            subprocess.run(
                ["git", "clone", "--quiet", "--no-hardlinks", str(git), str(folder / clone.name)], check=True
            )
            yield folder / clone.name
        if len(list(folder.iterdir())) == CLONES + 2:
            return


def _cases(bases: Sequence[Path], random: Random, count: int) -> Iterator[Case]:
    """Each damage alone, then as many long texts as damages together."""
    known, long = damage.damages(), damage.long_texts()
    for number, one in enumerate(known[:count]):
        yield Case(bases[number % len(bases)], (one,), "")
    for number in range(count - len(known)):
        base, revision = random.choice(bases), random.choice(("", "", "HEAD"))
        several = random.sample([one for one in known if not one.is_locked], random.randint(2, 3))
        yield Case(base, (random.choice(long),) if number % 2 else tuple(several), revision)


def _run(case: Case, place: Path, options: argparse.Namespace) -> tuple[Any, str]:
    """Harm a copy and audit it: what came out, and what is wrong with that."""
    if options.only not in case.name:
        return damage.Outcome(0), ""
    shutil.rmtree(place, ignore_errors=True)
    copy = Path(shutil.copytree(case.base, place / "copy", symlinks=True))
    random = Random(f"{options.seed} {case.name}")
    hidden: list[str] = []
    for one in case.damages:
        try:
            hidden = list(one.inflict(copy, random))
        except (subprocess.CalledProcessError, OSError):  # what an earlier damage broke cannot be broken again
            hidden = []
    outcome = damage.audited(copy, Order(at=case.revision), as_nobody=case.damages[-1].is_locked)
    fault = _fault(case, outcome, set(hidden) - outcome.unknown)
    print(f"{outcome.seconds:5.2f} s  {case.name}  {fault}", file=sys.stderr, flush=True)
    return outcome, fault


def _fault(case: Case, outcome: Any, hidden: set[str]) -> str:
    if outcome.fault:
        return str(outcome.fault)
    if outcome.seconds > damage.PATIENCE:
        return f"took {outcome.seconds:.1f} s"
    if len(case.damages) > 1 or case.revision:
        return ""
    if outcome.refused and case.damages[0].name not in damage.NOTHING_THERE:
        return f"refused: {outcome.refused}"
    return "" if outcome.refused or not hidden else f"no verdict is unknown because of {', '.join(sorted(hidden))}"


def _print_table(rows: Sequence[tuple[Case, Any, str]]) -> None:
    """The verdicts of all audits that a damage took part in."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for case, outcome, fault in rows:
        for one in case.damages:
            counts[one.name] += Counter({"audits": 1, "refused": bool(outcome.refused), "wrong": bool(fault)})
            counts[one.name] += Counter(outcome.verdicts)
    columns = ("audits", *VERDICTS, "refused", "wrong")
    print(f"| damage | {' | '.join(columns)} |\n|---|{'--:|' * len(columns)}")
    for name in sorted(counts):
        print(f"| {name} | {' | '.join(str(counts[name][column]) for column in columns)} |")


def _print_slowest(rows: Sequence[tuple[Case, Any, str]]) -> None:
    print("\n| slowest | seconds |\n|---|--:|")
    for case, outcome, _ in sorted(rows, key=lambda row: -row[1].seconds)[:SLOWEST]:
        print(f"| {case.name} | {outcome.seconds:.2f} |")


if __name__ == "__main__":
    main()
