"""Breiman's random forest, written from the paper with nothing but numpy."""

# aiscaffold:swap method - Write your paper's method here, with its equations beside the code.

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

# All that decides is a whole number or a quotient of two: classes are counted, no decimals are
# added up, and of equals the first wins. So a seed grows the same forest on every machine.
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]

LEAF = -1


@dataclass(frozen=True)
class Options:
    """How a forest is grown; the paper calls `inputs_per_split` F."""

    trees: int = 100
    inputs_per_split: int = 1
    bootstrap: bool = True
    # The paper does not say what happens when a drawn input is constant at the node.
    redraw: bool = True


class Sample(NamedTuple):
    """Some rows: a line of `inputs` per input, and a line of `classes` (0 or 1) per class."""

    inputs: Floats
    classes: Ints

    @property
    def size(self) -> int:
        """How many rows there are."""
        return int(self.inputs.shape[1])

    @property
    def labels(self) -> Ints:
        """The number of each row's class."""
        labels: Ints = self.classes.argmax(axis=0)
        return labels


def one_hot(labels: Ints, classes: int) -> Ints:
    """Return a line per class: 1 where a row is of it, else 0."""
    return np.asarray(np.arange(classes)[:, None] == labels, dtype=np.intp)


class Split(NamedTuple):
    """What a node asks: a row goes left if this input is at most the threshold."""

    input: int
    threshold: float


class Tree(NamedTuple):
    """A grown tree, a number per node: node 0 is the root, and a leaf is its own child."""

    input: Ints
    threshold: Floats
    left: Ints
    right: Ints
    vote: Ints

    def classify(self, inputs: Floats) -> Ints:
        """Return the class of every row; all rows walk down together."""
        row = np.arange(inputs.shape[1])
        at = np.zeros_like(row)
        while (self.input[at] != LEAF).any():
            is_left = inputs[self.input[at], row] <= self.threshold[at]
            at = np.where(is_left, self.left[at], self.right[at])
        return self.vote[at]


class Grown(Protocol):
    """A forest that can be judged: the one below, or another library's."""

    @property
    def given(self) -> Ints:
        """How often each tree (a line each) was given each row."""

    def answers(self, inputs: Floats) -> Ints:
        """Return the class that each tree (a line each) votes for at each row."""


class Forest(NamedTuple):
    """The trees of Definition 1.1, and how often each was given each row."""

    trees: list[Tree]
    given: Ints

    def answers(self, inputs: Floats) -> Ints:
        """Return the class that each tree (a line each) votes for at each row."""
        return np.array([tree.classify(inputs) for tree in self.trees])


# Definition 1.1: a random forest is a collection of trees h(x, Theta_k), where the Theta_k are
# independent and identically distributed, and each tree casts one vote for a class at the input x.
# Here Theta_k is what tree k takes from the generator: its rows, and its inputs at every node.
def grow_forest(sample: Sample, options: Options, rng: np.random.Generator) -> Forest:
    """Grow the trees one after the other, each on rows of its own."""
    given = [draw_rows(sample.size, options, rng) for _ in range(options.trees)]
    return Forest([grow_tree(sample, each, options, rng) for each in given], np.array(given))


def draw_rows(size: int, options: Options, rng: np.random.Generator) -> Ints:
    """Return how often each row is given: a bootstrap sample, or each row once."""
    if not options.bootstrap:
        return np.ones(size, dtype=np.intp)
    return np.bincount(rng.integers(size, size=size), minlength=size)


# Section 4, Forest-RI: at each node F inputs are drawn at random, and the best split by one of them
# is made. Trees grow to full size; none is pruned.
def grow_tree(sample: Sample, given: Ints, options: Options, rng: np.random.Generator) -> Tree:
    """Grow one tree to full size on the rows given to it, each as often as it was given."""
    weights = sample.classes * given
    nodes: list[tuple[int, float, int, int, int]] = []
    waiting = [np.flatnonzero(given)]
    # The list grows while it is walked: a split appends its two halves.
    for node, rows in enumerate(waiting):
        held = weights[:, rows]
        counts = held.sum(axis=1)
        vote = int(counts.argmax())
        is_pure = counts[vote] == counts.sum()
        split = None if is_pure else choose_split(sample.inputs[:, rows], held, options, rng)
        if split is None:
            nodes.append((LEAF, 0.0, node, node, vote))
            continue
        nodes.append((*split, len(waiting), len(waiting) + 1, vote))
        is_left = sample.inputs[split.input, rows] <= split.threshold
        waiting += [rows[is_left], rows[~is_left]]
    return Tree(*(np.array(column) for column in zip(*nodes, strict=True)))


def choose_split(
    values: Floats, weights: Ints, options: Options, rng: np.random.Generator
) -> Split | None:
    """Return a node's best split by F inputs drawn anew, or nothing where none can split."""
    drawn = draw_inputs(values, options, rng)
    return best_split(values[drawn], weights, drawn) if drawn.size else None


def draw_inputs(values: Floats, options: Options, rng: np.random.Generator) -> Ints:
    """Return F inputs in random order; with `redraw`, of those alone that vary at the node."""
    order = rng.random(len(values)).argsort(kind="stable")
    if options.redraw:
        varies = values.max(axis=1) > values.min(axis=1)
        order = order[varies[order]]
    return order[: options.inputs_per_split]


def best_split(values: Floats, weights: Ints, drawn: Ints) -> Split | None:
    """Return the purest split by the drawn inputs, halfway between two neighbouring values."""
    order = values.argsort(axis=1, kind="stable")
    ordered = np.sort(values, axis=1)
    counts = weights[:, order].cumsum(axis=2)
    is_cut = ordered[:, 1:] > ordered[:, :-1]
    score = purity(counts[:, :, :-1], counts[:, :, -1:]) * is_cut
    line, cut = divmod(int(score.argmax()), score.shape[1])
    if not is_cut[line, cut]:
        return None
    middle = (ordered[line, cut] + ordered[line, cut + 1]) / 2
    return Split(int(drawn[line]), float(middle))


# CART's criterion. With n_k of n rows in class k, the Gini impurity is 1 - sum_k (n_k / n)^2. With
# l rows on the left (l_k in class k) and r on the right, both impurities, weighted by their rows,
# add up to l + r - (sum_k l_k^2 / l + sum_k r_k^2 / r): the best cut has the largest bracket.
def purity(left: Ints, total: Ints) -> Floats:
    """Return the bracket above for every cut, given the counts per class (the first axis)."""
    right = total - left
    on_left = (left * left).sum(axis=0) / left.sum(axis=0)
    on_right = (right * right).sum(axis=0) / right.sum(axis=0)
    return np.asarray(on_left + on_right)


class Judged(NamedTuple):
    """The trees' votes, which of them count, and the rows they are about."""

    votes: Ints
    counts: Bools
    rows: Sample

    def forest_error(self) -> float:
        """Return the share of rows where the plurality of the votes is wrong."""
        classes = range(len(self.rows.classes))
        tally = [(self.counts & (self.votes == each)).sum(axis=0) for each in classes]
        is_wrong = np.array(tally).argmax(axis=0) != self.rows.labels
        # In a small forest a row may be in every tree's sample: then no vote on it counts.
        return float(is_wrong[self.counts.any(axis=0)].mean())

    def tree_error(self) -> float:
        """Return the share of rows a tree gets wrong, averaged over the trees."""
        is_wrong = self.counts & (self.votes != self.rows.labels)
        is_judged = self.counts.any(axis=1)
        shares = is_wrong[is_judged].sum(axis=1) / self.counts[is_judged].sum(axis=1)
        return float(shares.mean())


def judge(forest: Grown, test: Sample) -> Judged:
    """Return the votes on rows the forest has never seen: all of them count."""
    votes = forest.answers(test.inputs)
    return Judged(votes, np.ones_like(votes, dtype=np.bool_), test)


# Section 3, out-of-bag estimates: a row is judged only by the trees whose bootstrap sample left it
# out, which is (1 - 1/n)^n of them on average: close to 1/e, or 37 %.
def judge_out_of_bag(forest: Grown, train: Sample) -> Judged:
    """Return the votes on the rows a forest was grown on: those of the left-out rows count."""
    return Judged(forest.answers(train.inputs), forest.given == 0, train)
