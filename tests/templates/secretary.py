"""Another person's paper: whom to hire, if who was sent away does not come back? An analytic result, with no data.

T. S. Ferguson, "Who Solved the Secretary Problem?", Statistical Science 4(3), 1989, pages 282 to 289. What it says is
mathematics that anybody can redo: let a share of 1/e of many applicants pass, take the first who beats them all, and
the best one is found with a probability of 1/e; with few applicants, with a higher one.
"""

import re
from pathlib import Path

MARK = re.compile(r"^# aiscaffold:swap .*$", re.MULTILINE)

PAPER = """\
# What is reproduced, and under which terms.

{mark}
[paper]
title = "Who Solved the Secretary Problem?"
authors = [{{ given = "Thomas S.", family = "Ferguson" }}]
year = 1989
venue = "Statistical Science"
volume = "4"
issue = "3"
pages = "282-289"
doi = "10.1214/ss/1177012493"
url = "https://doi.org/10.1214/ss/1177012493"
budget = "A minute on one core."
not_attempted = ["The game of googol, in which an opponent chooses the numbers."]

[settings]
bootstrap = 2000
quick_seeds = 2

[sources.survey]
text = "Wikipedia, Secretary problem: the optimal probability is always at least 1/e, which is its limit"
url = "https://en.wikipedia.org/wiki/Secretary_problem"
read = 2026-11-22
{acknowledged}
[[variant]]
id = "patient"
claim = "hundred"
change = {{ skip = 50 }}
runs = 20
kind = "ablation"
question = "What if half of the applicants are let pass?"
"""

CLAIMS = """\
# Written before the run.

{mark}
[[claim]]
id = "hundred"
where = "The solution for many applicants, 1/e"
sources = ["survey"]
quantity = "won"
value = 36.8
unit = "%"
protocol = {{ applicants = 100, skip = 37, trials = 2000 }}
runs = 20
accept = "abs(mean - value) <= 1.0"
falsify = "abs(mean - value) > 2.0"

[[claim]]
id = "few"
where = "The lower bound for any number of applicants, 1/e"
sources = ["survey"]
quantity = "won"
value = 36.8
unit = "%"
protocol = {{ applicants = 20, skip = 7, trials = 2000 }}
runs = 20
accept = "mean >= 36.3"
falsify = "mean < 35.3"
"""

# A rule that nobody claims to be good: letting one of a hundred pass wins five times of a hundred.
WRONG = """
[[claim]]
id = "hasty"
where = "Nowhere: a rule of thumb of our own"
sources = ["survey"]
quantity = "won"
value = 36.8
unit = "%"
protocol = {{ applicants = 100, skip = 1, trials = 2000 }}
runs = 10
accept = "abs(mean - value) <= 1.0"
falsify = "abs(mean - value) > 2.0"
"""

ACKNOWLEDGED = '\n[acknowledged]\nhasty = "One applicant tells too little about the other ninety-nine."\n'

METHOD = '''\
"""The rule: let some applicants pass, then take the first who beats them all."""

import numpy as np
from numpy.typing import NDArray

{mark}


def wins(applicants: int, skip: int, trials: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Tell for each trial whether the rule takes the best applicant, whose rank is 0."""
    ranks = rng.permuted(np.tile(np.arange(applicants), (trials, 1)), axis=1)
    rivals = ranks[:, :skip].min(axis=1, initial=applicants)
    later = ranks[:, skip:]
    taken = (later < rivals[:, None]).argmax(axis=1)
    return np.asarray(later[np.arange(trials), taken] == 0)


def probability(applicants: int, skip: int) -> float:
    """Return the probability of the best, when at least one is let pass."""
    return skip / applicants * sum(1 / place for place in range(skip, applicants))
'''

EXPERIMENT = '''\
"""One repeat of the experiment: many rounds of interviews."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from .data import Files
from .method import wins

{mark}


def measure(protocol: Mapping[str, Any], seed: int, files: Files) -> dict[str, float]:
    """Return in how many of a hundred rounds the best applicant is hired."""
    del files  # there are none
    rng = np.random.default_rng(seed)
    won = wins(protocol["applicants"], protocol["skip"], protocol["trials"], rng)
    return {{"won": 100 * float(won.mean())}}
'''

TESTS = '''\
"""The rule finds the best as often as mathematics says."""

from itertools import permutations

import numpy as np
import pytest

from forest_check.experiment import measure
from forest_check.method import probability, wins

{mark}
PROTOCOL = {{"applicants": 100, "skip": 37, "trials": 2000}}


def no_file(name: str) -> str:
    raise AssertionError(name)


def test_of_three_applicants_the_best_is_found_in_every_second_order() -> None:
    found = [order for order in permutations(range(3)) if order[0] and hired(order) == 0]
    assert len(found) / 6 == probability(3, 1) == 0.5


def hired(order: tuple[int, ...]) -> int:
    return next((rank for rank in order[1:] if rank < order[0]), order[-1])


@pytest.mark.parametrize(("applicants", "skip"), [(3, 1), (10, 3), (100, 37)])
def test_simulated_rounds_agree_with_the_formula(applicants: int, skip: int) -> None:
    won = wins(applicants, skip, 20_000, np.random.default_rng(1)).mean()
    assert won == pytest.approx(probability(applicants, skip), abs=0.02)


def test_the_limit_is_the_claimed_one() -> None:
    assert probability(100_000, 36_788) == pytest.approx(np.exp(-1), abs=1e-5)


def test_a_seed_gives_its_number_again_and_another_gives_another() -> None:
    assert measure(PROTOCOL, 3, no_file) == measure(PROTOCOL, 3, no_file)
    assert measure(PROTOCOL, 3, no_file) != measure(PROTOCOL, 4, no_file)
'''

DATASHEET = """\
# Datasheet

<!-- aiscaffold:gen id="data" from="paper.toml" -->
<!-- /aiscaffold:gen -->

The paper's result is one of mathematics: there is nothing to download, and its rounds are drawn by `method.py`.

## Origin and licence

None.
"""

DEVIATIONS = """\
| the paper says | it is silent on | we did | measured as |
| --- | --- | --- | --- |
| Nothing of a last applicant who is not the best. | whether she is hired | counted the round as lost | not measured |
"""

DESCRIPTION = "How often the best applicant is hired, after Ferguson (1989): claims first, then runs, then verdicts."

PACKAGE = "src/forest_check"
# The places that the README lists, by file and name.
PLACES = {
    ("paper.toml", "paper"): PAPER,
    ("claims.toml", "claims"): CLAIMS,
    (f"{PACKAGE}/method.py", "method"): METHOD,
    (f"{PACKAGE}/experiment.py", "experiment"): EXPERIMENT,
    ("tests/test_paper.py", "tests"): TESTS,
}


def write(project: Path, acknowledged: str = "", claims: str = CLAIMS) -> None:
    """Write the paper into the marked places; the marks stay."""
    for (name, _), text in {**PLACES, ("claims.toml", "claims"): claims}.items():
        path = project / name
        (mark,) = MARK.findall(path.read_text(encoding="utf-8"))
        path.write_text(text.format(mark=mark, acknowledged=acknowledged), encoding="utf-8", newline="\n")


def follow_the_readme(project: Path) -> None:
    """Do what the README asks for beside the marked places."""
    for file in [*(project / "data").glob("*.data"), project / "results/runs.csv"]:
        file.unlink()
    (project / "data/DATASHEET.md").write_text(DATASHEET, encoding="utf-8", newline="\n")
    _edit(project / "pyproject.toml", r'^(description = )"[^"\n]*"$', rf'\g<1>"{DESCRIPTION}"')
    _edit(project / "DEVIATIONS.md", r'(aiscaffold:write id="deviations" -->\n)\|.*?\n\n', rf"\g<1>{DEVIATIONS}\n")


def _edit(path: Path, old: str, new: str) -> None:
    text, times = re.subn(old, new, path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert times == 1, f"{path.name}: {old} is found {times} times"
    path.write_text(text, encoding="utf-8", newline="\n")
