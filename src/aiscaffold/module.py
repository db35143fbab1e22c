"""What the text of a Python module says: imports, functions, classes, calls, assertions."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module; `level` counts the dots of a relative import.

    `guarded` imports may fail or never run: under `except ImportError`, under `TYPE_CHECKING`, inside a function.
    """

    name: str
    line: int
    guarded: bool
    names: tuple[str, ...]
    level: int


@dataclass(frozen=True, slots=True)
class Assertion:
    """A statement that fails a test; `trivial` ones cannot, whatever the code under test does."""

    line: int
    trivial: bool
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function or method. Names are dotted and as written: `model.predict`, `TestClient().get`, `rows[].id`.

    `names`, `calls`, `assertions` and `complexity` (McCabe's, as ruff counts it) include the functions inside.
    `shape` is equal for bodies that differ in layout and comments only; empty below five statements.
    """

    name: str
    qualname: str
    line: int
    end: int
    arguments: tuple[str, ...]
    has_docstring: bool
    annotated: int
    annotatable: int
    complexity: int
    decorators: tuple[str, ...]
    names: frozenset[str]
    calls: tuple[str, ...]
    assertions: tuple[Assertion, ...]
    is_nested: bool
    shape: str
    skips: bool
    body_lines: int


@dataclass(frozen=True, slots=True)
class Class:
    """A class; `skips` says that all its tests are skipped."""

    name: str
    line: int
    bases: tuple[str, ...]
    has_docstring: bool
    decorators: tuple[str, ...]
    skips: bool


@dataclass(frozen=True, slots=True)
class Call:
    """A call by its full name (`np.load` is `numpy.load`); arguments that are no literals are empty."""

    name: str
    line: int
    arguments: tuple[str, ...]
    keywords: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal that is no docstring."""

    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file. `problem` says why the rest is empty, `swallowed` where errors are dropped unseen.

    `assigned` holds the names that the module binds at its top level; `code_lines` counts neither blank lines nor
    comments nor docstrings; `skips` says that none of its tests is ever run.
    """

    path: str
    code_lines: int
    docstring: str
    imports: tuple[Import, ...]
    functions: tuple[Function, ...]
    classes: tuple[Class, ...]
    calls: tuple[Call, ...]
    texts: tuple[Text, ...]
    swallowed: tuple[int, ...]
    has_main: bool
    is_generated: bool
    problem: str
    prints: int
    assigned: tuple[str, ...]
    skips: bool = False
