"""Mistakes that a generated paper-reproduction must not get away with, and who has to notice each."""

import csv
import io
import re
from collections.abc import Callable
from hashlib import sha256

from .planting import QUICK, REPORT, VERIFY, Fault, suite

PACKAGE = "src/forest_check"
RUNS = "results/runs.csv"
HEAD = "claim,variant,seed,value"
WORSE = 9.75  # percent; a value that no run of ours has
Rows = list[list[str]]


def rows_of(text: str) -> Rows:
    """Read the rows of the results, the header first."""
    return [*csv.reader(io.StringIO(text))]


def text_of(rows: Rows) -> str:
    """Write them as the project does."""
    return "".join(",".join(row) + "\n" for row in rows)


def on_rows(change: Callable[[Rows], Rows]) -> Callable[[str], str]:
    """Change the results by their rows."""
    return lambda text: text_of(change(rows_of(text)))


def typed(rows: Rows, at: int = 1) -> Rows:
    """Type another value into a row."""
    edited = [*rows]
    edited[at] = [WORSE if name == "value" else value for name, value in zip(rows[0], rows[at], strict=True)]
    return [[str(value) for value in row] for row in edited]


def hopeless(rows: Rows) -> Rows:
    """Type the same bad value into every run of a claim, and seal them anew."""
    place = {name: number for number, name in enumerate(rows[0])}
    edited = [[*row] for row in rows]
    for row in edited[1:]:
        if (row[place["claim"]], row[place["variant"]]) == ("glass-single", ""):
            row[place["value"]] = str(4 * WORSE)
    return sealed(edited)


def sealed(rows: Rows) -> Rows:
    """Seal every row anew, as somebody does who has read the code."""
    done, seal = [rows[0]], ""
    for row in rows[1:]:
        seal = sha256((seal + ",".join(row[:-1])).encode()).hexdigest()[:16]
        done.append([*row[:-1], seal])
    return done


FAULTS = (
    Fault("a value of the results was typed", RUNS, HEAD, on_rows(typed), VERIFY, "row 2: its seal is broken"),
    Fault(
        "a row of the results was deleted",
        RUNS,
        HEAD,
        on_rows(lambda rows: [*rows[:7], *rows[8:]]),
        VERIFY,
        "row 8: its seal",
    ),
    Fault(
        "two rows of the results have changed places",
        RUNS,
        HEAD,
        on_rows(lambda rows: [*rows[:7], rows[8], rows[7], *rows[9:]]),
        VERIFY,
        "row 8: its seal is broken",
    ),
    Fault(
        "a value was typed and every seal computed anew",
        RUNS,
        HEAD,
        on_rows(lambda rows: sealed(typed(rows))),
        QUICK,
        "numbers differ from README",
    ),
    Fault(
        "a value was typed and every seal computed anew, and the report is not",
        RUNS,
        HEAD,
        on_rows(lambda rows: sealed(typed(rows))),
        REPORT,
        "stale: ",
    ),
    Fault(
        "a claim is falsified and nobody says so",
        RUNS,
        HEAD,
        on_rows(hopeless),
        VERIFY,
        "claim glass-single is falsified",
    ),
    Fault(
        "a claim was made easier after its run",
        "claims.toml",
        'id = "breast-tree"',
        lambda text: text.replace("<= 0.5", "<= 0.9", 1),
        VERIFY,
        "claim breast-selection was edited after its run: run it again",
    ),
    Fault(
        "the claimed number was changed after its run",
        "claims.toml",
        "value = 20.6",
        "value = 20.7",
        VERIFY,
        "claim glass-selection was edited after its run: run it again",
    ),
    Fault(
        "a number of the README was typed", "README.md", "| 20.6 % |", "| 20.5 % |", REPORT, "stale: README.md#results"
    ),
    Fault(
        "a checksum is wrong",
        "paper.toml",
        "dd67373f4baf2807",
        "dd67373f4baf2808",
        QUICK,
        "data/glass.data",
    ),
    Fault("a byte of the data was changed", "data/glass.data", "1,1.52101,", "1,1.52102,", QUICK, "data/glass.data"),
    Fault(
        "a claim that holds is acknowledged as falsified",
        "paper.toml",
        "[acknowledged]\n",
        '[acknowledged]\nbreast-single = "We simply do not believe in it."\n',
        VERIFY,
        "breast-single",
    ),
    Fault(
        "seeds are not used",
        f"{PACKAGE}/experiment.py",
        "np.random.default_rng([seed, SPLIT_STREAM])",
        "np.random.default_rng([0, SPLIT_STREAM])",
        suite("test_tenth_is_set_aside_and_nothing_is_in_both_parts"),
    ),
    Fault(
        "forests take another stream of random numbers",
        f"{PACKAGE}/experiment.py",
        "np.random.default_rng([seed, features])",
        "np.random.default_rng([seed, features, 1])",
        suite("test_repeat_is_the_same_on_every_machine"),
    ),
    Fault(
        "forests take another stream of random numbers, and nobody runs the tests",
        f"{PACKAGE}/experiment.py",
        "np.random.default_rng([seed, features])",
        "np.random.default_rng([seed, features, 1])",
        QUICK,
        "numbers differ from README",
    ),
    Fault(
        "a row on the threshold goes right",
        f"{PACKAGE}/method.py",
        "<= self.threshold[at]",
        "< self.threshold[at]",
        suite("test_row_on_the_threshold_goes_left"),
    ),
    Fault(
        "the threshold is not halfway",
        f"{PACKAGE}/method.py",
        "(ordered[line, cut] + ordered[line, cut + 1]) / 2",
        "ordered[line, cut]",
        suite("test_one_split_lies_halfway_between_the_classes"),
    ),
    Fault(
        "a tree votes on the rows it was given",
        f"{PACKAGE}/method.py",
        "forest.given == 0, train)",
        "forest.given >= 0, train)",
        suite("test_out_of_bag_votes_are_those_of_trees_not_given_the_row"),
    ),
    Fault(
        "a tree learns from the rows left out",
        f"{PACKAGE}/method.py",
        "waiting = [np.flatnonzero(given)]",
        "waiting = [np.arange(sample.size)]",
        suite("test_tree_never_looks_at_the_rows_left_out"),
        "1 failed",
    ),
    Fault(
        "the bootstrap sample lacks a row",
        f"{PACKAGE}/method.py",
        "rng.integers(size, size=size)",
        "rng.integers(size, size=size - 1)",
        suite("test_bootstrap_sample_holds_about_632_of_1000_rows"),
    ),
    Fault(
        "the bootstrap never draws the last row",
        f"{PACKAGE}/method.py",
        "rng.integers(size, size=size)",
        "rng.integers(size - 1, size=size)",
        QUICK,
        "numbers differ from README",
    ),
    Fault(
        "the second forest draws one input less",
        f"{PACKAGE}/experiment.py",
        "int(math.log2(inputs) + 1)",
        "int(math.log2(inputs))",
        suite("test_second_forest_draws_as_many_inputs_as_the_paper_says"),
    ),
    Fault(
        "a node asks for one input less than it should",
        f"{PACKAGE}/method.py",
        "order[: options.inputs_per_split]",
        "order[: max(1, options.inputs_per_split - 1)]",
        suite("test_every_input_is_drawn_equally_often_and_once_at_a_node"),
    ),
    Fault(
        "the worse forest is selected",
        f"{PACKAGE}/experiment.py",
        "best = min(",
        "best = max(",
        suite("test_selection_takes_the_forest_with_the_lower_out_of_bag_error"),
    ),
    Fault(
        "rows that are set aside are learned from, too",
        f"{PACKAGE}/experiment.py",
        "sample_of(table, order[aside:])",
        "sample_of(table, order)",
        suite("test_tenth_is_set_aside_and_nothing_is_in_both_parts"),
    ),
    Fault(
        "the verdicts were edited by hand",
        "results/verdicts.json",
        '"findings"',
        lambda text: text.replace('"verdict": "inconclusive"', '"verdict": "reproduced"', 1),
        REPORT,
        "stale: ",
    ),
    Fault(
        "the figure is of other runs",
        "results/figures.svg",
        "</svg>",
        lambda text: re.sub(r"[0-9a-f]{64}", "0" * 64, text),
        REPORT,
        "results/figures.svg",
    ),
    Fault(
        "a marked place is missing from the README's list",
        f"{PACKAGE}/method.py",
        "# aiscaffold:swap method - ",
        "# ",
        REPORT,
        "stale: README.md#swap",
    ),
    Fault("the citation names another year", "CITATION.cff", "year: 2001", "year: 2002", REPORT, "stale: CITATION.cff"),
    Fault(
        "the paper's title is not the one that is cited",
        "paper.toml",
        'title = "Random Forests"',
        'title = "Extremely Randomized Trees"',
        REPORT,
        "CITATION.cff",
    ),
    Fault(
        "the log of deviations was edited by hand",
        "DEVIATIONS.md",
        'aiscaffold:gen id="effects"',
        lambda text: re.sub(r"(gen id=.effects.*?)\d\.\d", r"\g<1>9.9", text, count=1, flags=re.DOTALL),
        REPORT,
        "stale: DEVIATIONS.md",
    ),
    Fault(
        "a claim counts as earlier than a result of its own commit",
        f"{PACKAGE}/history.py",
        "if wording in earlier:",
        "if wording in earlier | commit.claims:",
        suite("test_the_order_is_what_the_history_shows"),
    ),
    Fault(
        "rows are not held against their seals",
        f"{PACKAGE}/runs.py",
        "if run.seal != _seal(previous, fields[:-1]):",
        "if not run.seal:",
        suite("test_an_edited_row_is_found"),
        "DID NOT RAISE",
    ),
    Fault(
        "data are not held against their checksums",
        f"{PACKAGE}/data.py",
        "if (found := sha256(content).hexdigest()) != file.sha256:",
        "if not (found := sha256(content).hexdigest()):",
        suite("test_nothing_is_measured_on_data_that_are_not_the_promised_ones"),
        "1 failed",
    ),
    Fault(
        "a falsified claim need not be acknowledged",
        f"{PACKAGE}/verdicts.py",
        "if is_falsified and not finding.acknowledged:",
        "if is_falsified and not finding.claim:",
        suite("test_a_falsified_claim_fails"),
    ),
    Fault(
        "a verdict follows the mean alone",
        f"{PACKAGE}/verdicts.py",
        "means = (found.low, nearest, found.mean, found.high)",
        "means = (found.mean,)",
        suite("test_a_verdict_follows_from_the_runs"),
    ),
)
