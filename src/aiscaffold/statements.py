"""What a Python statement says by its form alone: its docstring, what it catches, binds, skips."""

import ast
from collections.abc import Sequence
from zlib import adler32, crc32

from aiscaffold.expressions import decorator, dotted
from aiscaffold.regex import regex

Definition = ast.FunctionDef | ast.AsyncFunctionDef

ASSERTING = {"pytest.raises", "raises", "pytest.warns", "warns", "pytest.deprecated_call", "pytest.fail", "self.fail"}
SKIPPING = {"pytest.skip", "pytest.xfail", "self.skipTest", "skip", "unittest.SkipTest", "SkipTest"}
# Fields that hold no nodes that we look at.
PLAIN = {"ctx", "op", "ops", "id", "attr", "arg", "name", "names", "kind", "type_comment", "conversion", "is_async"}
PLAIN |= {"simple", "rest", "kwd_attrs", "tag", "str", "type_ignores"}
LAYOUT = regex(rb"#[^\n]*|[\s\\()]|,(?=\s*[\])}])")


def docstring(body: list[ast.stmt]) -> ast.Constant | None:
    """The docstring of a module, class or function."""
    match body:
        case [ast.Expr(value=ast.Constant(value=str()) as text), *_]:
            return text
    return None


def asserts(name: str) -> bool:
    """Whether a call of this name can fail a test."""
    return name in ASSERTING or name.startswith("assert", name.rfind(".") + 1)


def caught(node: ast.ExceptHandler) -> set[str]:
    """The names of the errors that an except clause catches; the empty name stands for all."""
    if node.type is None:
        return {""}
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return {dotted(kind) for kind in kinds}


def does_nothing(node: ast.stmt) -> bool:
    """Whether a statement is `pass`, `...`, `continue` or a bare string."""
    return isinstance(node, ast.Pass | ast.Continue) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def is_main(node: ast.expr) -> bool:
    """Whether a test asks if the module is run as a script."""
    match node:
        case ast.Compare(left=ast.Name(id="__name__")) | ast.Compare(comparators=[ast.Name(id="__name__")]):
            return True
    return False


def first_line(node: Definition) -> int:
    """Where the body of a function starts after its docstring; past its end where it has nothing else."""
    rest = node.body[docstring(node.body) is not None :]
    return rest[0].lineno if rest else (node.end_lineno or node.lineno) + 1


def signature(node: Definition, is_method: bool) -> tuple[tuple[str, ...], bool, int, int]:
    """A function's arguments, whether it is described, how many annotations it has and how many it could have."""
    head = node.args
    arguments = [*head.posonlyargs, *head.args, *filter(None, [head.vararg]), *head.kwonlyargs]
    arguments += filter(None, [head.kwarg])
    is_bound = is_method and not any(decorator(mark) == "staticmethod" for mark in node.decorator_list)
    typed = arguments[1:] if is_bound else arguments  # nobody annotates `self`
    annotated = sum(argument.annotation is not None for argument in typed) + (node.returns is not None)
    names = tuple([argument.arg for argument in arguments])
    return names, docstring(node.body) is not None, annotated, len(typed) + 1


def is_skip(node: ast.stmt) -> bool:
    """Whether a statement ends a test as skipped."""
    match node:
        case ast.Expr(value=ast.Call(func=func)) | ast.Raise(exc=ast.Call(func=func) | (ast.Name() as func)):
            return dotted(func) in SKIPPING
    return False


def skips_always(node: ast.expr) -> bool:
    """Whether a decorator skips a test, or forgives its failure, on no condition."""
    mark = decorator(node).rpartition(".")[2]
    conditions = isinstance(node, ast.Call) and (node.args or any(word.arg == "condition" for word in node.keywords))
    if mark in ("skipif", "skipIf", "skipUnless"):
        return isinstance(node, ast.Call) and any(_decides(each, mark != "skipUnless") for each in _conditions(node))
    return mark in ("skip", "expectedFailure") or (mark == "xfail" and not conditions)


def _conditions(node: ast.Call) -> list[ast.expr]:
    """The condition that a call of `skipif` is given."""
    return node.args[:1] or [word.value for word in node.keywords if word.arg == "condition"]


def _decides(node: ast.expr, truth: bool) -> bool:
    """Whether a condition is a constant of this truth; a string is one that pytest evaluates."""
    return isinstance(node, ast.Constant) and not isinstance(node.value, str) and bool(node.value) is truth


def is_skipped(node: Definition) -> bool:
    """Whether a test never runs: marked so, ended by a skip, or left before it began."""
    rest = node.body[docstring(node.body) is not None :]
    leaves = isinstance(rest[0], ast.Return) and isinstance(rest[0].value, ast.Constant | None) if rest else False
    return leaves or any(map(skips_always, node.decorator_list)) or any(map(is_skip, rest))


def skips_all(body: list[ast.stmt]) -> bool:
    """Whether a module or class keeps all its tests from running: by `pytestmark`, `__test__` or a skip of its own."""
    return any(is_skip(node) or _marks_all(node) for node in body)


def _marks_all(node: ast.stmt) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id="pytestmark")], value=value):
            return any(map(skips_always, value.elts if isinstance(value, ast.List | ast.Tuple) else [value]))
        case ast.Assign(targets=[ast.Name(id="__test__")], value=ast.Constant(value=False)):
            return True
    return False


def bound(targets: Sequence[ast.expr]) -> list[str]:
    """The plain names among the targets of an assignment."""
    flat = [part for target in targets for part in getattr(target, "elts", [target])]
    return [part.id for part in flat if isinstance(part, ast.Name)]


def shape(lines: Sequence[bytes]) -> str:
    """A digest of a body, equal for bodies that differ in layout, quotes and comments only."""
    text = LAYOUT.sub(b"", b"\n".join(lines)).replace(b"'", b'"')
    return f"{crc32(text):08x}{adler32(text):08x}"


def child_fields(kind: type[ast.AST]) -> list[str]:
    """The fields of a kind of node that may hold other nodes, the last first."""
    return [field for field in reversed(kind._fields) if field not in PLAIN]
