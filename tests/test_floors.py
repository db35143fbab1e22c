"""The house stands as docs/explanation/architecture.md draws it: imports go down, functions stay short."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "src" / "aiscaffold"

# A room may import only from floors below its own. A package is one room.
FLOORS = {
    "__init__": 0,
    "errors": 0,
    "files": 1,
    "lock": 1,
    "process": 1,
    "syntax": 1,
    "tree": 1,
    "additions": 2,
    "address": 2,
    "catalog": 2,
    "changes": 2,
    "checkout": 2,
    "copier_yml": 2,
    "dangers": 2,
    "migrations": 2,
    "project": 2,
    "repository": 2,
    "worktree": 2,
    "answers": 3,
    "journal": 3,
    "objects": 3,
    "source": 3,
    "store": 3,
    "texts": 3,
    "verify": 3,
    "apply": 4,
    "exchange": 4,
    "foreign": 4,
    "formatting": 4,
    "policies": 4,
    "render": 4,
    "trust": 4,
    "lineage": 5,
    "merge": 5,
    "scaffold": 5,
    "recorded": 6,
    "third_party": 6,
    "untracked": 6,
    "account": 7,
    "plan": 8,
    "results": 9,
    "update": 10,
    "formats": 11,
    "cli": 12,
    "__main__": 13,
}
ONLY_IN = {"copier": {"foreign", "render"}, "typer": {"cli"}, "rich": {"formats"}}
# Lazily imported modules, each justified beside the import; a new one needs a reason and a line here.
LAZY = {
    ("catalog", "tomllib"),
    ("catalog", "yaml"),
    ("cli", "aiscaffold.answers"),
    ("cli", "aiscaffold.formats"),
    ("cli", "aiscaffold.lineage"),
    ("cli", "aiscaffold.results"),
    ("cli", "aiscaffold.scaffold"),
    ("cli", "aiscaffold.update"),
    ("cli", "aiscaffold.verify"),
    ("lineage", "aiscaffold.render"),
    ("lineage", "packaging.version"),
    ("lock", "fcntl"),
    ("lock", "msvcrt"),
    ("project", "yaml"),
    ("third_party", "pathspec"),
    ("tree", "hashlib"),
    ("update", "aiscaffold.third_party"),
}

FILES = sorted(PACKAGE.rglob("*.py"))
TREES = {file: ast.parse(file.read_text(encoding="utf-8")) for file in FILES}


def room(file: Path) -> str:
    """The room that a file belongs to."""
    return file.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that a file imports, wherever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" if module == "aiscaffold" else module for alias in node.names)


def our_room(module: str) -> str:
    """The room that a module of ours lies in; a name of the package itself is `__init__`."""
    name = module.split(".")[1] if "." in module else "__init__"
    return name if name in FLOORS else "__init__"


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for file, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
                yield f"{file.name}:{node.lineno} {node.name}", node, lines


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_a_file_imports_only_from_floors_below_its_own(file: Path) -> None:
    mine = room(file)
    assert mine in FLOORS, f"{mine} has no floor yet"
    ours = {our_room(name) for name in imports(TREES[file]) if name.split(".")[0] == "aiscaffold"}
    assert {other for other in ours - {mine} if FLOORS[other] >= FLOORS[mine]} == set()


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.relative_to(PACKAGE).as_posix())
def test_copier_typer_and_rich_have_one_room_each(file: Path) -> None:
    used = {name.split(".")[0] for name in imports(TREES[file])}
    assert {library for library in used & ONLY_IN.keys() if room(file) not in ONLY_IN[library]} == set()


def test_files_of_a_package_know_neither_each_other_nor_their_init() -> None:
    for file, tree in TREES.items():
        if room(file) in ("cli", "formats") and file.name != "__init__.py":
            siblings = {name for name in imports(tree) if our_room(name) == room(file)}
            assert siblings <= {"aiscaffold.cli.options"}, file


def test_the_page_on_architecture_draws_every_room() -> None:
    page = (PACKAGE.parents[1] / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    drawn = {
        line.split()[1].rstrip("/").removesuffix(".py"): line.split()[-1]
        for line in page.splitlines()
        if line.startswith(("├", "└"))
    }
    rooms = {name: str(floor) for name, floor in FLOORS.items() if not name.startswith("__")}
    assert drawn == rooms


def test_every_lazy_import_is_known() -> None:
    lazy = set()
    for file, tree in TREES.items():
        top = [node for node in tree.body if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node))]
        everywhere = {n for node in top for n in imports(node) if not isinstance(node, ast.Import | ast.ImportFrom)}
        lazy |= {(room(file), ".".join(name.split(".")[:2])) for name in everywhere}
    assert lazy == LAZY


def test_nothing_but_the_command_line_prints() -> None:
    callers = {f.name for f, t in TREES.items() for n in ast.walk(t) if isinstance(n, ast.Name) and n.id == "print"}
    assert callers == set()


def test_functions_and_files_stay_small() -> None:
    lengths = sorted(lines for _, _, lines in functions())
    assert statistics.median(lengths) <= 9
    assert lengths[int(0.9 * len(lengths))] <= 30
    assert [where for where, _, lines in functions() if lines > 60] == []
    assert [f.name for f in FILES if f.read_text(encoding="utf-8").count("\n") > 300] == []


def test_modules_and_public_functions_say_what_they_are_for() -> None:
    silent = [file.name for file, tree in TREES.items() if not ast.get_docstring(tree)]
    silent += [
        f"{file.name}:{node.name}"
        for file, tree in TREES.items()
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []
