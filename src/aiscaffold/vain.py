"""Assertions of a test that hold whatever the code does: an answer beside itself, a failure that is swallowed."""

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from aiscaffold.expressions import dotted
from aiscaffold.regex import regex
from aiscaffold.statements import Definition, caught, does_nothing

Row = tuple[Any, ...]
Answers = dict[str, ast.expr]

FAILURES = {"", "Exception", "BaseException", "AssertionError"}
COMPARES = regex(r"assert\w{0,30}(?:equal|close|same)s?$|^(?:all|is)close$|^array_equal$", re.IGNORECASE)
# That two calls with the same seed give the same is worth a test.
SEEDED = regex(r"seed|random|rng", re.IGNORECASE)


def judged(function: Definition, assertions: Sequence[Row]) -> tuple[Row, ...]:
    """The assertions of a function, line, triviality and names; in a test, those that are in vain become trivial."""
    if not (assertions and function.name.startswith("test")):
        return tuple(assertions)
    vain = {*_forgiven(function.body), *_echoes(function.body), *_behind_the_end(function)}
    return tuple([(line, trivial or line in vain, names) for line, trivial, names in assertions])


def _forgiven(body: list[ast.stmt]) -> Iterator[int]:
    """The lines in a try statement that drops every failed assertion unseen, or in a loop over nothing."""
    stack = [*body]
    while stack:
        node = stack.pop()
        if not isinstance(node, ast.Try | ast.With | ast.For | ast.If):
            continue
        if _never_fails(node):
            yield from range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1)
        else:
            stack += node.body


def _behind_the_end(function: Definition) -> Iterator[int]:
    """The lines after a statement that always leaves the function."""
    for statement in function.body[:-1]:
        if isinstance(statement, ast.Return | ast.Raise):
            yield from range((statement.end_lineno or 0) + 1, (function.end_lineno or 0) + 1)
            return


def _never_fails(node: ast.stmt) -> bool:
    match node:
        case ast.Try(handlers=handlers):
            return any(map(_forgives, handlers))
        case ast.For(iter=ast.List(elts=[]) | ast.Tuple(elts=[])) | ast.If(test=ast.Constant(value=False)):
            return True
    return False


def _forgives(handler: ast.ExceptHandler) -> bool:
    return bool(caught(handler) & FAILURES) and all(map(does_nothing, handler.body))


def _echoes(body: list[ast.stmt]) -> Iterator[int]:
    """The lines that compare what a call returned with what the same call returned right before.

    Any other statement in between may change the answer, as training, or saving and loading a model, is tested to do.
    """
    answers: Answers = {}
    for statement in body:
        if isinstance(statement, ast.Assign):
            _remember(statement, answers)
        elif answers:  # most statements follow no answer, and cost nothing
            sides = _compared(statement)
            if sides and _is_echo(*sides, answers):
                yield statement.lineno
            if not sides:
                answers.clear()


def _remember(statement: ast.Assign, answers: Answers) -> None:
    """Note what a call returned; forget what other calls returned before, since this one may change that."""
    value = statement.value
    if any(not _is_same(value, each) for each in answers.values()):
        answers.clear()
    match statement.targets:
        case [ast.Name(id=name)] if isinstance(value, ast.Call):
            answers[name] = value
        case _:
            answers.clear()


def _is_echo(left: ast.expr, right: ast.expr, answers: Answers) -> bool:
    first, second = _answer(left, answers), _answer(right, answers)
    return not (first is left and second is right) and _is_same(first, second) and not SEEDED.search(ast.dump(first))


def _is_same(one: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are the same call; the name is compared first, since dumps are slow."""
    if not (isinstance(one, ast.Call) and isinstance(other, ast.Call)) or dotted(one.func) != dotted(other.func):
        return False
    return one is other or ast.dump(one) == ast.dump(other)


def _answer(node: ast.expr, answers: Answers) -> ast.expr:
    """What a name was bound to; anything else as it is."""
    return answers.get(node.id, node) if isinstance(node, ast.Name) else node


def _compared(statement: ast.stmt) -> tuple[ast.expr, ast.expr] | None:
    """The two sides that an assertion says to be equal."""
    match statement:
        case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right])):
            return left, _unwrapped(right)
        case ast.Assert(test=ast.Call() as call) | ast.Expr(value=ast.Call() as call) if len(call.args) > 1:
            if COMPARES.search(dotted(call.func).rpartition(".")[2]):
                return call.args[0], call.args[1]
    return None


def _unwrapped(node: ast.expr) -> ast.expr:
    """What `pytest.approx` is about."""
    if isinstance(node, ast.Call) and node.args and dotted(node.func).endswith("approx"):
        return node.args[0]
    return node
