"""What a Python expression says by its form alone: its dotted name, its literal value, whether it is always true."""

import ast
from collections.abc import Callable, Sequence
from sys import intern

HOPS = 12  # a longer chain keeps its end
LITERAL_LENGTH = 1_000
LITERAL_PARTS = 20
OPPOSITE = {ast.IsNot: ast.Is, ast.NotEq: ast.Eq, ast.NotIn: ast.In}
FIRST_STATUS, END_OF_STATUS = 100, 600  # of HTTP
REFLEXIVE = (ast.Eq, ast.Is, ast.LtE, ast.GtE)


def dotted(node: ast.expr) -> str:
    """The name by which an expression is reached: `np.load`, `TestClient().get`, `rows[].id`; `?` is what has none.

    Interned: a large repository holds each name a dozen times.
    """
    end = ""
    for _ in range(HOPS):
        # The commonest first: this runs for every name of a repository.
        if isinstance(node, ast.Name):
            return intern(node.id + end)
        if isinstance(node, ast.Attribute):
            end = f".{node.attr}{end}"
            node = node.value
        elif isinstance(node, ast.Call):
            end = f"(){end}"
            node = node.func
        elif isinstance(node, ast.Subscript):
            end = f"[]{end}"
            node = node.value
        else:
            break
    return intern(f"?{end}")


def decorator(node: ast.expr) -> str:
    """The dotted name of a decorator, called or not."""
    return dotted(node.func if isinstance(node, ast.Call) else node)


def literal(node: ast.expr) -> str:
    """The source of a constant, of a negative number, or of a short list of constants; else nothing."""
    if isinstance(node, ast.Constant):
        return _shown(node.value)
    if isinstance(node, ast.UnaryOp):
        return _negative(node)
    if isinstance(node, ast.List | ast.Tuple):
        return _listed(node)
    return ""


def _shown(value: object) -> str:
    if isinstance(value, str | bytes):
        return repr(value[:LITERAL_LENGTH])
    try:
        return repr(value)
    except ValueError:  # an integer of more digits than Python prints
        return ""


def _negative(node: ast.UnaryOp) -> str:
    shown = literal(node.operand) if isinstance(node.operand, ast.Constant) else ""
    return f"-{shown}" if shown and isinstance(node.op, ast.USub) else ""


def _listed(node: ast.List | ast.Tuple) -> str:
    if len(node.elts) > LITERAL_PARTS or not all(isinstance(part, ast.Constant) for part in node.elts):
        return ""
    inside = ", ".join(map(literal, node.elts))
    return f"[{inside}]" if isinstance(node, ast.List) else f"({inside})"


def always_true(node: ast.expr) -> bool:
    """Whether an asserted expression holds whatever the code under test does."""
    match node:
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(map(always_true, values)) or _covers_all(values)
        case ast.BoolOp(values=values):
            return all(map(always_true, values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _always_false(operand)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _always_holds(left, op, right)
        case ast.Call(func=ast.Name(id="isinstance"), args=[_, kind]):
            return _is_object(kind)
    # `assert (x == y, "message")` tests a tuple of two
    return (_is_literal(node) or isinstance(node, ast.Tuple)) and not _always_false(node)


def cannot_fail(method: str, arguments: Sequence[ast.expr]) -> bool:
    """Whether a call of an assertion method, say unittest's `assertEqual(x, x)`, always holds."""
    count, holds = METHODS.get(method, (0, None))
    return holds is not None and len(arguments) >= count and holds(*arguments[:count])


def _always_holds(left: ast.expr, op: ast.cmpop, right: ast.expr) -> bool:
    if _is_literal(left) and _is_literal(right):
        return True
    if isinstance(op, REFLEXIVE) and type(left) is type(right) and ast.dump(left) == ast.dump(right):
        return True
    match left, op, right:
        case (
            (ast.Call(func=ast.Name(id="len")), ast.GtE(), ast.Constant(value=0))
            | (ast.Call(func=ast.Name(id="len")), ast.Gt(), ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1)))
            | (ast.Constant(value=0), ast.LtE(), ast.Call(func=ast.Name(id="len")))
            | (
                ast.Call(func=ast.Name(id="len" | "abs" | "str" | "repr" | "type")),
                ast.IsNot(),
                ast.Constant(value=None),
            )
        ):
            return True
        case _, ast.In(), ast.Call(func=ast.Name(id="range"), args=[ast.Constant(), ast.Constant()] as ends):
            return dotted(left).endswith("status_code") and _holds_every_status(*map(literal, ends))
    return False


def _holds_every_status(first: str, end: str) -> bool:
    """Whether a range holds each answer that a server can give."""
    return first.isdigit() and end.isdigit() and int(first) <= FIRST_STATUS and int(end) >= END_OF_STATUS


def _covers_all(values: Sequence[ast.expr]) -> bool:
    """Whether one of some alternatives is the opposite of another: `x is None or x is not None`."""
    asked = [_asked(value) for value in values]
    return any((what, not truth) in asked for what, truth in asked)


def _asked(node: ast.expr) -> tuple[str, bool]:
    """What an expression asks for, and whether it is to be true."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            what, truth = _asked(operand)
            return what, not truth
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPPOSITE:
            return ast.dump(ast.Compare(left, [OPPOSITE[type(op)]()], [right])), False
    return ast.dump(node), True


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return all(map(_is_literal, parts))
        case ast.Dict(keys=keys, values=values):
            return all(key is not None and _is_literal(key) for key in keys) and all(map(_is_literal, values))
        case ast.UnaryOp(operand=operand):
            return _is_literal(operand)
        case ast.BinOp(left=left, right=right):
            return _is_literal(left) and _is_literal(right)
    return False


def _always_false(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return not value
        case ast.List(elts=[]) | ast.Tuple(elts=[]) | ast.Dict(keys=[]):
            return True
    return False


def _is_object(kind: ast.expr) -> bool:
    """Whether everything is of a kind."""
    return any(dotted(each) == "object" for each in getattr(kind, "elts", [kind]))


def _compares(*methods: str, op: ast.cmpop) -> dict[str, tuple[int, Callable[..., bool]]]:
    return dict.fromkeys(methods, (2, lambda left, right: _always_holds(left, op, right)))


METHODS: dict[str, tuple[int, Callable[..., bool]]] = {
    "assertTrue": (1, always_true),
    "assertFalse": (1, _always_false),
    "assertIsNone": (1, _is_literal),
    "assertIsNotNone": (1, _is_literal),
    "assertIsInstance": (2, lambda _, kind: _is_object(kind)),
    **_compares("assertEqual", "assertEquals", "assertAlmostEqual", "assertListEqual", "assertDictEqual", op=ast.Eq()),
    **_compares("assert_allclose", "assert_array_equal", "assert_array_almost_equal", "assert_equal", op=ast.Eq()),
    **_compares("assert_close", "assert_frame_equal", "assert_series_equal", op=ast.Eq()),
    **_compares("assertNotEqual", op=ast.NotEq()),
    **_compares("assertIs", op=ast.Is()),
    **_compares("assertIsNot", op=ast.IsNot()),
    **_compares("assertIn", op=ast.In()),
    **_compares("assertGreater", op=ast.Gt()),
    **_compares("assertGreaterEqual", op=ast.GtE()),
    **_compares("assertLessEqual", op=ast.LtE()),
}
