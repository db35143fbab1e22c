"""What an owner may make of a generated end-to-end-ml in a week: true numbers, small commits, tests beside the code."""

import csv
import gzip
import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

FIRST_DAY = datetime(2026, 3, 2, 19, tzinfo=UTC)
RATES = '''\
"""How often flights were late, by {by}: counted from the rows, not modelled."""

# late arrivals, flights
{name} = {{
{rows}
}}


def rate(value: str) -> float:
    """Return the observed share of late flights; a value that was never seen has none."""
    late, flights = {name}[value]
    return late / flights


def worst(fewest: int) -> str:
    """Return the value with the highest share among those with enough flights."""
    return max((value for value in {name} if {name}[value][1] >= fewest), key=rate)
'''
TESTS = '''\
"""The counts of late flights, held against the rows that they were counted from."""

import gzip
from pathlib import Path

import pandas as pd
import pytest

from {package}.{module} import {name}, rate, worst

ROWS = Path(__file__).parent.parent / "data" / "flights.csv.gz"


def test_the_table_says_what_the_rows_say() -> None:
    with gzip.open(ROWS) as file:
        rows = pd.read_csv(file, dtype={{"{column}": str}})
    groups = {grouping}
    counted = {{str(key): (int(group.late.sum()), len(group)) for key, group in groups}}
    assert counted == {name}


def test_the_worst_has_the_highest_rate_of_those_with_enough_flights() -> None:
    often = [value for value, (_, flights) in {name}.items() if flights >= 50]
    assert rate(worst(50)) == max(map(rate, often))


def test_what_was_never_seen_has_no_rate() -> None:
    with pytest.raises(KeyError):
        rate("nowhere")
'''


@dataclass(frozen=True)
class Owner:
    """Somebody who works on a project on some days."""

    project: Path
    package: str = "flight_delays"

    def commit(self, day: int, subject: str) -> None:
        """Commit everything there is, on the evening of a day."""
        when = (FIRST_DAY + timedelta(days=day)).isoformat()
        env = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        for words in (["add", "--all"], ["commit", "--quiet", "--no-verify", "--no-gpg-sign", "--message", subject]):
            subprocess.run(["git", *words], cwd=self.project, env={**os.environ, **env}, check=True)

    def answer(self, question: str, text: str, page: str = "README.md") -> None:
        """Write into a marked place of the README, or of another page, in the question's stead."""
        region = re.compile(
            rf'(<!-- aiscaffold:write id="{question}"[^>]*-->\n).*?(<!-- /aiscaffold:write -->)', re.DOTALL
        )
        said = f"{dedent(text).strip()}\n"
        self._edit(page, lambda old: region.sub(lambda found: f"{found[1]}{said}{found[2]}", old))

    def add_section(self, text: str, before: str) -> None:
        """Write a section of the owner's own into the README."""
        self._edit("README.md", lambda page: page.replace(before, f"{dedent(text).strip()}\n\n{before}"))

    def count(self, module: str, column: str, of: Callable[[str], str] = str) -> None:
        """Count late flights for each value of a column, with a module, its tests and a page for people."""
        found: dict[str, list[int]] = defaultdict(list)
        for row in self._rows():
            found[of(row[column])].append(int(row["late"]))
        counts = {value: (sum(late), len(late)) for value, late in sorted(found.items())}
        by = "rows.groupby(rows.scheduled_departure.str[11:13])" if of is not str else f'rows.groupby("{column}")'
        given = {"package": self.package, "module": module, "name": module.upper(), "column": column, "grouping": by}
        rows = "\n".join(f'    "{value}": ({late}, {flights}),' for value, (late, flights) in counts.items())
        self._write(f"src/{self.package}/{module}.py", RATES.format(by=column, rows=rows, **given))
        self._write(f"tests/test_{module}.py", TESTS.format(**given))
        table = (f"| {value} | {n:,} | {late / n:.1%} |" for value, (late, n) in counts.items())
        head = (
            f"# Late flights by {column}",
            "",
            f"Counted from `data/flights.csv.gz` by `src/{self.package}/{module}.py`.",
        )
        self._lines(f"docs/{module}.md", (*head, "", "| value | flights | late |", "| --- | --- | --- |", *table))

    def metric(self, model: str, name: str) -> str:
        """A number of the report, as a person would quote it."""
        report = json.loads((self.project / "reports/metrics.json").read_text(encoding="utf-8"))
        return f"{report['models'][model][name]['value']:.3f}"

    def _rows(self) -> list[dict[str, str]]:
        with gzip.open(self.project / "data/flights.csv.gz", "rt", encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def _edit(self, path: str, change: Callable[[str], str]) -> None:
        before = (self.project / path).read_text(encoding="utf-8")
        after = change(before)
        assert after != before, f"nothing changed in {path}"
        self._write(path, after)

    def _lines(self, path: str, lines: Iterable[str]) -> None:
        self._write(path, "\n".join(lines) + "\n")

    def _write(self, path: str, text: str) -> None:
        (self.project / path).write_text(text, encoding="utf-8", newline="\n")


def work_a_week(project: Path) -> None:
    """Answer the questions, count what the model misses, decide, and tag what came out."""
    owner = Owner(project)
    _say_what_for(owner)
    _count(owner)
    _look_back(owner)
    subprocess.run(["git", "tag", "v0.1.0"], cwd=project, check=True)


def _say_what_for(owner: Owner) -> None:
    owner.answer(
        "problem",
        """
        This model predicts which flights out of New York arrive late, so that a dispatcher can rebook tight
        connections before the first leg departs. Without a score the choice falls on the shortest connection,
        although `origin` and hour say more about the risk than the minutes between two gates do.
        """,
    )
    owner.commit(0, "Say which connection the score decides about")
    owner.answer(
        "stakeholder",
        """
        The dispatcher of the evening shift rebooks at most thirty passengers before departure. A false alarm costs
        a seat on a later flight, a missed one a night in a hotel, which is about six times as dear; so the
        threshold of `config.toml` is lower than the one that would give the fewest errors.
        """,
    )
    owner.commit(0, "Weigh a missed connection against a needless seat")


def _count(owner: Owner) -> None:
    auc, baseline = owner.metric("model", "roc_auc"), owner.metric("logistic", "roc_auc")
    owner.count("carriers", "carrier")
    owner.commit(1, "Count late arrivals by carrier to see what a rule of thumb would give")
    owner.count("hours", "scheduled_departure", lambda when: when[11:13])
    owner.commit(2, "Count late arrivals by hour of departure")
    owner.answer(
        "limitations",
        f"""
        On the test months the ROC-AUC is {auc} against {baseline} of the logistic baseline, and the difference is not
        significant: `reports/metrics.json` holds the interval. The mean score is far above the observed rate in
        autumn, so the probabilities must not be quoted to passengers before `evaluate` has seen a winter.
        """,
    )
    owner.commit(3, "Tell that the gain over the baseline may be chance")
    owner.count("distances", "distance")
    owner.commit(4, "Count late arrivals by distance to see whether far flights are later")
    owner.count("destinations", "dest")
    owner.commit(5, "Count late arrivals by destination, where slices are too thin to trust")


def _look_back(owner: Owner) -> None:
    brier = owner.metric("model", "brier")
    owner.answer(
        "learned",
        f"""
        I expected the weather to matter most, but the hour carries more: the table in `docs/hours.md` climbs from
        morning to evening with no weather in it at all. The Brier score of {brier} looked good until I compared it
        with the rate of the test rows themselves. I changed the order in which I read the results: first what a
        constant would get, then the baseline, and only then the model.
        """,
    )
    owner.commit(6, "Write down that the hour beat the weather")
    owner.add_section(
        """
        ## Decisions

        - We split by date in `split_by_time` instead of at random, since a random split lets the model see
          the storms of its test days; the price is a test period with a lower rate than that of training.
        - The counts in `src/flight_delays/hours.py` stay outside the model, because they are what a dispatcher
          compares it with.
        """,
        before="## Quickstart",
    )
    owner.commit(7, "Explain why the split is by date")
    owner.answer(
        "roadmap",
        """
        First a feature for the delay of the same aircraft's previous leg, which should move the lift of the riskiest
        tenth; then a calibration on the last month of training, which should bring the mean score down to the rate
        that is observed in `reports/metrics.json`.
        """,
    )
    owner.commit(8, "Plan what should move which number")
    owner.answer("live", "Try it: [live demo](https://grace-flight-delays.hf.space), and ask it for a late evening.")
    owner.commit(9, "Link the hosted demo")
