"""One walk over a module's syntax tree that gathers everything the audit asks about it, as plain tuples.

The tuples follow the fields of the classes in `module.py`. They are plain because they cross from process to process,
which costs a tenth of what objects cost. The stack is explicit: no depth of nesting ends the walk.
"""

import ast
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from aiscaffold import statements
from aiscaffold.expressions import always_true, cannot_fail, decorator, dotted, literal
from aiscaffold.vain import judged

Row = tuple[Any, ...]

TEXTS = 2_000
TEXT_LENGTHS = range(4, 201)
SHAPED = 5  # statements; shorter bodies are alike by chance
IMPORT_ERRORS = {"", "ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
BROAD = {"", "Exception", "BaseException"}


class Walk:
    """What one pass over a tree sees; `lines` are those of its source."""

    def __init__(self, lines: Sequence[bytes]) -> None:
        self.lines = lines
        self.stack: list[Any] = []
        self.imports: list[Row] = []
        self.aliases: dict[str, str] = {}
        self.functions: list[Row] = []
        self.classes: list[Row] = []
        self.calls: list[Row] = []
        self.texts: list[Row] = []
        self.swallowed: list[int] = []
        self.assigned: dict[str, None] = {}
        self.docstrings: list[tuple[int, int]] = []
        self.has_main = False
        # What follows belongs to the innermost function, or to the module.
        self.names: set[str] = set()
        self.called: list[str] = []
        self.assertions: list[Row] = []
        self.scope = ""
        self.holder = "module"
        self.depth = self.guards = 0
        self.decisions = self.statements = 0
        self.covered: ast.expr | None = None

    def run(self, tree: ast.Module) -> "Walk":
        """Visit every node once, in the order of the text."""
        stack, handlers = self.stack, HANDLERS
        self.push_body(tree.body)
        while stack:
            node = stack.pop()
            handlers[type(node)](self, node)
        self.functions.sort(key=lambda row: row[2])
        return self

    def push_body(self, body: list[ast.stmt]) -> None:
        """Visit a body next, but for its docstring."""
        self.stack.extend(body[:0:-1])
        text = statements.docstring(body)
        if text is not None:
            self.docstrings.append((text.lineno, text.end_lineno or text.lineno))
        elif body:
            self.stack.append(body[0])

    def attribute(self, node: ast.Attribute) -> None:
        """Note the whole dotted name; visit what it starts from."""
        self.names.add(dotted(node))
        base: ast.expr = node.value
        while type(base) is ast.Attribute:
            base = base.value
        if type(base) is not ast.Name:
            self.stack.append(base)

    def constant(self, node: ast.Constant) -> None:
        """Note a string of a telling length."""
        value = node.value
        if type(value) is str and len(value) in TEXT_LENGTHS and len(self.texts) < TEXTS:
            self.texts.append((value, node.lineno))

    def call(self, node: ast.Call) -> None:
        """Note a call; its name is resolved when all imports are known."""
        name = dotted(node.func)
        keywords = tuple([(word.arg or "**", literal(word.value)) for word in node.keywords])
        self.called.append(name)
        self.calls.append((name, node.lineno, tuple([literal(argument) for argument in node.args]), keywords))
        if statements.asserts(name) and node is not self.covered:
            self.begin_assertion(node.lineno, cannot_fail(name[name.rfind(".") + 1 :], node.args))
        self.stack.extend([word.value for word in node.keywords[::-1]])
        self.stack.extend(node.args[::-1])
        self.stack.append(node.func)

    def assertion(self, node: ast.Assert) -> None:
        """Note an assert statement."""
        self.statements += 1
        self.begin_assertion(node.lineno, always_true(node.test))
        self.stack.extend((node.msg, node.test))

    def context(self, node: ast.With | ast.AsyncWith) -> None:
        """Visit a with statement; the body of `with pytest.raises(…)` belongs to the assertion."""
        self.statements += 1
        for item in node.items:
            call = item.context_expr
            if isinstance(call, ast.Call) and statements.asserts(dotted(call.func)):
                self.covered = call
                self.begin_assertion(call.lineno, trivial=False)
                break
        self.stack.extend(node.body[::-1])
        self.stack.extend(node.items[::-1])

    def begin_assertion(self, line: int, trivial: bool) -> None:
        """Gather the names of what is pushed from now on for an assertion."""
        self.stack.append(partial(self.end_assertion, line, trivial, self.names))
        self.names = set()

    def end_assertion(self, line: int, trivial: bool, outer: set[str]) -> None:
        """Note an assertion and return its names to what holds it."""
        self.assertions.append((line, trivial, tuple(sorted(self.names))))
        outer |= self.names
        self.names = outer

    def plain_import(self, node: ast.Import) -> None:
        """Note `import a, b`."""
        for alias in node.names:
            self.note_import(alias.name, node.lineno)
            if alias.asname:
                self.aliases[alias.asname] = alias.name

    def from_import(self, node: ast.ImportFrom) -> None:
        """Note `from a import b`."""
        module = node.module or ""
        self.note_import(module, node.lineno, tuple([alias.name for alias in node.names]), node.level)
        source = "." * node.level + (f"{module}." if module else "")
        self.aliases.update({alias.asname or alias.name: source + alias.name for alias in node.names})

    def note_import(self, module: str, line: int, names: tuple[str, ...] = (), level: int = 0) -> None:
        """Note one module that is imported here."""
        self.statements += 1
        self.imports.append((module, line, self.guards > 0 or self.depth > 0, names, level))

    def guard(self, change: int) -> None:
        """Enter (1) or leave (-1) a place where imports may fail or never run."""
        self.guards += change

    def attempt(self, node: ast.Try) -> None:
        """Visit a try statement; imports in it are guarded where it survives their failure."""
        self.statements += 1
        self.decisions += bool(node.orelse)
        self.stack.extend(node.finalbody[::-1])
        self.stack.extend(node.orelse[::-1])
        if any(statements.caught(handler) & IMPORT_ERRORS for handler in node.handlers):
            self.guards += 1
            self.stack.append(partial(self.guard, -1))
        self.stack.extend(node.handlers[::-1])
        self.stack.extend(node.body[::-1])

    def handler(self, node: ast.ExceptHandler) -> None:
        """Visit an except clause; note one that drops every error unseen."""
        self.decisions += 1
        if statements.caught(node) & BROAD and all(map(statements.does_nothing, node.body)):
            self.swallowed.append(node.lineno)
        self.stack.extend(node.body[::-1])
        self.stack.append(node.type)

    def condition(self, node: ast.If) -> None:
        """Visit an if statement, which may be the module's main or stand for type checkers only."""
        self.statements += 1
        self.decisions += 1
        self.stack.extend(node.orelse[::-1])
        if dotted(node.test).endswith("TYPE_CHECKING"):
            self.guards += 1
            self.stack.append(partial(self.guard, -1))
        elif self.holder == "module" and statements.is_main(node.test):
            self.has_main = True
        self.stack.extend(node.body[::-1])
        self.stack.append(node.test)

    def assignment(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        """Visit an assignment; note the names that it binds in the module."""
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if self.holder == "module":
            self.assigned.update(dict.fromkeys(statements.bound(targets)))
        CHILDREN[type(node)](self, node)

    def class_(self, node: ast.ClassDef) -> None:
        """Note a class and visit it."""
        self.statements += 1
        decorators = tuple(map(decorator, node.decorator_list))
        bases = tuple(map(dotted, node.bases))
        skips = any(map(statements.skips_always, node.decorator_list)) or statements.skips_all(node.body)
        described = statements.docstring(node.body) is not None
        self.classes.append((node.name, node.lineno, bases, described, decorators, skips))
        self.stack.append(partial(self.leave, self.scope, self.holder))
        self.scope, self.holder = f"{self.scope}{node.name}.", "class"
        self.push_body(node.body)
        self.stack.extend([word.value for word in node.keywords[::-1]])
        self.stack.extend(node.bases[::-1])
        self.stack.extend(node.decorator_list[::-1])

    def leave(self, scope: str, holder: str) -> None:
        """Return to what holds a class or function."""
        self.scope, self.holder = scope, holder

    def function(self, node: statements.Definition) -> None:
        """Visit a function: first what its head evaluates, which belongs to what holds it."""
        self.statements += 1
        self.decisions += 1
        self.stack.extend((partial(self.enter, node), node.returns, node.args))
        self.stack.extend(node.decorator_list[::-1])

    def enter(self, node: statements.Definition) -> None:
        """Visit the body of a function."""
        outer = (self.names, self.called, self.assertions, self.scope, self.holder, self.decisions, self.statements)
        self.stack.append(partial(self.leave_function, node, outer))
        self.names, self.called, self.assertions = set(), [], []
        self.scope, self.holder = f"{self.scope}{node.name}.", "function"
        self.depth += 1
        self.push_body(node.body)

    def leave_function(self, node: statements.Definition, outer: Row) -> None:
        """Note a function, and return what it uses to what holds it."""
        names, called, assertions, scope, holder, decisions, count = outer
        self.depth -= 1
        lines = self.lines[statements.first_line(node) - 1 : node.end_lineno]
        self.functions.append(
            (
                node.name,
                scope + node.name,
                node.lineno,
                node.end_lineno,
                *statements.signature(node, is_method=holder == "class"),
                self.decisions - decisions + 1,
                tuple(map(decorator, node.decorator_list)),
                frozenset(self.names),
                tuple(self.called),
                judged(node, self.assertions),
                self.depth > 0,
                statements.shape(lines) if self.statements - count >= SHAPED else "",
                statements.is_skipped(node),
                len(lines),
            )
        )
        names |= self.names
        called += self.called
        assertions += self.assertions
        self.names, self.called, self.assertions, self.scope, self.holder = names, called, assertions, scope, holder


def _visitor(kind: type[ast.AST]) -> Callable[[Walk, Any], None]:
    """What visits the children of a kind of node, and counts it."""
    fields = statements.child_fields(kind)
    statement, decision = issubclass(kind, ast.stmt), issubclass(kind, DECISIONS)

    def visit(walk: Walk, node: ast.AST) -> None:
        walk.statements += statement
        walk.decisions += decision
        push(walk, node)

    def push(walk: Walk, node: ast.AST) -> None:
        for field in fields:
            value = getattr(node, field)
            if type(value) is list:
                walk.stack.extend(value[::-1])
            elif value is not None:
                walk.stack.append(value)

    return visit if statement or decision else push


DECISIONS = (ast.For, ast.AsyncFor, ast.While, ast.match_case)
NODES = [kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)]
CHILDREN = {kind: _visitor(kind) for kind in NODES}
HANDLERS: dict[type, Callable[[Walk, Any], None]] = {
    **CHILDREN,
    **dict.fromkeys((type(None), bool, ast.Global, ast.Nonlocal), lambda _walk, _leaf: None),
    partial: lambda _, action: action(),  # put off until all before it was visited
    ast.Name: lambda walk, node: walk.names.add(node.id),
    ast.Attribute: Walk.attribute,
    ast.Constant: Walk.constant,
    ast.Call: Walk.call,
    ast.Assert: Walk.assertion,
    ast.With: Walk.context,
    ast.AsyncWith: Walk.context,
    ast.Import: Walk.plain_import,
    ast.ImportFrom: Walk.from_import,
    ast.Try: Walk.attempt,
    ast.TryStar: Walk.attempt,
    ast.ExceptHandler: Walk.handler,
    ast.If: Walk.condition,
    ast.Assign: Walk.assignment,
    ast.AnnAssign: Walk.assignment,
    ast.AugAssign: Walk.assignment,
    ast.ClassDef: Walk.class_,
    ast.FunctionDef: Walk.function,
    ast.AsyncFunctionDef: Walk.function,
}
