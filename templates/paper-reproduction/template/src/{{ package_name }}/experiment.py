"""Breiman's experiment: set 10 % aside, grow two forests on the rest, ask which does better."""

# aiscaffold:swap experiment - Write one repeat of your paper's experiment, a function measure.

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from . import method
from .data import DataError
from .method import Floats, Grown, Ints, Options, Sample

# The position of the first input in a row: some files begin with a number that names the row.
FIRST_INPUT = {"breast": 1, "glass": 1, "ionosphere": 0, "sonar": 0}
MISSING = "?"
# Each use of chance has a generator of its own, seeded with [seed, 0] to part the rows and with
# [seed, F] to grow the forest that draws F inputs: leaving one out changes nothing in the other.
SPLIT_STREAM = 0
NO_LIBRARY = "implementation 'scikit-learn' needs that library: run `uv sync --group compare`"


class ExperimentError(DataError):
    """A protocol that cannot be run, or data that are not as it expects."""


class Protocol(BaseModel):
    """What a claim's `protocol` may say; what it leaves out is as in the paper."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    data: str
    trees: PositiveInt = 100
    features: Annotated[Sequence[PositiveInt], Field(min_length=1)] | None = None
    holdout: Annotated[float, Field(gt=0, lt=1)] = 0.1
    redraw: bool = True
    bootstrap: bool = True
    missing: Literal["drop", "zero"] = "drop"
    implementation: Literal["ours", "scikit-learn"] = "ours"


class Table(NamedTuple):
    """A data set: a line of inputs per row, and the number of each row's class."""

    inputs: Floats
    labels: Ints


class Score(NamedTuple):
    """The errors of one forest, in percent; without a bootstrap nothing is out of bag."""

    test: float
    out_of_bag: float = math.nan
    tree: float = math.nan


def measure(
    protocol: Mapping[str, Any], seed: int, files: Callable[[str], str]
) -> dict[str, float]:
    """Run one repeat; return its errors in percent: `single`, `selection` and `tree`.

    Without a bootstrap there is only `single`; without F = 1 there is no `single`.
    """
    asked = read_protocol(protocol)
    table = load_table(asked.data, files, asked.missing)
    parts = split_rows(table, asked.holdout, seed)
    scores = {each: score(asked, each, seed, *parts) for each in choose_features(asked, table)}
    found = {"single": scores[1].test} if 1 in scores else {}
    return found | select(scores.values()) if asked.bootstrap else found


def read_protocol(protocol: Mapping[str, Any]) -> Protocol:
    """Return the protocol with its gaps filled, or say in one line what is wrong with it."""
    try:
        return Protocol.model_validate(dict(protocol))
    except ValidationError as error:
        found = [(".".join(map(str, each["loc"])), each["msg"]) for each in error.errors()]
    message = "; ".join(f"protocol, {place}: {text}" for place, text in found)
    raise ExperimentError(message)


def load_table(name: str, files: Callable[[str], str], missing: str) -> Table:
    """Return a data set; rows with a missing value are dropped, or the value counts as zero."""
    if name not in FIRST_INPUT:
        message = f"protocol, data: there is no {name!r}; there is {', '.join(FIRST_INPUT)}"
        raise ExperimentError(message)
    lines = files(name).split()
    if missing == "drop":
        lines = [line for line in lines if MISSING not in line]
    return parse_rows(name, [line.replace(MISSING, "0").split(",") for line in lines])


def parse_rows(name: str, rows: list[list[str]]) -> Table:
    """Return rows of text as numbers; the class comes last, and classes are counted in order."""
    first = FIRST_INPUT[name]
    try:
        values = np.array([row[first:-1] for row in rows], dtype=np.float64)
    except ValueError as error:
        message = f"data {name}: {error}"
        raise ExperimentError(message) from error
    return Table(values, np.unique([row[-1] for row in rows], return_inverse=True)[1])


def split_rows(table: Table, holdout: float, seed: int) -> tuple[Sample, Sample]:
    """Return the rows to learn from and the rows set aside, drawn at random."""
    size = len(table.labels)
    order = np.random.default_rng([seed, SPLIT_STREAM]).permutation(size)
    # The paper does not say how a tenth of 214 is rounded.
    aside = round(size * holdout)
    return sample_of(table, order[aside:]), sample_of(table, order[:aside])


def sample_of(table: Table, rows: Ints) -> Sample:
    """Return some rows as the method takes them."""
    classes = method.one_hot(table.labels[rows], int(table.labels.max()) + 1)
    return Sample(np.ascontiguousarray(table.inputs[rows].T), classes)


def choose_features(asked: Protocol, table: Table) -> Sequence[int]:
    """Return the values of F to try: as the protocol says, or 1 and int(log2 M + 1)."""
    inputs = table.inputs.shape[1]
    features = asked.features or [1, int(math.log2(inputs) + 1)]
    if max(features) > inputs:
        message = f"protocol, features: {asked.data} has {inputs} inputs, not {max(features)}"
        raise ExperimentError(message)
    return features


def score(asked: Protocol, features: int, seed: int, train: Sample, test: Sample) -> Score:
    """Grow one forest and judge it on the rows set aside and out of bag."""
    options = Options(asked.trees, features, bootstrap=asked.bootstrap, redraw=asked.redraw)
    grow = method.grow_forest if asked.implementation == "ours" else grow_with_library
    forest = grow(train, options, np.random.default_rng([seed, features]))
    test_error = 100 * method.judge(forest, test).forest_error()
    if not asked.bootstrap:
        return Score(test_error)
    judged = method.judge_out_of_bag(forest, train)
    return Score(test_error, 100 * judged.forest_error(), 100 * judged.tree_error())


def select(scores: Iterable[Score]) -> dict[str, float]:
    """Return the errors of the forest with the lower out-of-bag error; of equals, the first."""
    best = min(scores, key=lambda each: each.out_of_bag)
    return {"selection": best.test, "tree": best.tree}


class LibraryForest(NamedTuple):
    """A forest of scikit-learn's, judged as ours is."""

    model: Any
    given: Ints

    def answers(self, inputs: Floats) -> Ints:
        """Return the class that each tree (a line each) votes for at each row."""
        found = np.array([tree.predict(inputs.T) for tree in self.model.estimators_])
        # A tree answers with the position of a class among those the forest has seen.
        return np.asarray(self.model.classes_[found.astype(np.intp)])


def grow_with_library(train: Sample, options: Options, rng: np.random.Generator) -> Grown:
    """Grow the same forest with scikit-learn, which draws again until a split is possible."""
    try:
        ensemble = import_module("sklearn.ensemble")
    except ModuleNotFoundError as error:
        raise ExperimentError(NO_LIBRARY) from error
    model = ensemble.RandomForestClassifier(
        options.trees,
        max_features=options.inputs_per_split,
        bootstrap=options.bootstrap,
        random_state=int(rng.integers(2**31)),
    ).fit(train.inputs.T, train.labels)
    given = [np.bincount(rows, minlength=train.size) for rows in model.estimators_samples_]
    return LibraryForest(model, np.array(given))
