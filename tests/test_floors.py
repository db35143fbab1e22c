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
    "changes": 0,
    "checklist": 0,
    "errors": 0,
    "evidence": 0,
    "expressions": 0,
    "files": 0,
    "libraries": 0,
    "lock": 0,
    "module": 0,
    "precedence": 0,
    "regex": 0,
    "shell_failures": 0,
    "syntax": 0,
    "tree": 0,
    "additions": 1,
    "address": 1,
    "catalog": 1,
    "copier_yml": 1,
    "dangers": 1,
    "document": 1,
    "folders": 1,
    "import_names": 1,
    "layout": 1,
    "manifest": 1,
    "migrations": 1,
    "pipeline": 1,
    "process": 1,
    "project": 1,
    "shell_tokens": 1,
    "statements": 1,
    "task": 1,
    "worktree": 1,
    "wrappers": 1,
    "yaml_text": 1,
    "answers": 2,
    "checkout": 2,
    "journal": 2,
    "manifests": 2,
    "marked": 2,
    "outlet": 2,
    "readers": 2,
    "repository": 2,
    "runners": 2,
    "shell": 2,
    "snapshot": 2,
    "source": 2,
    "store": 2,
    "texts": 2,
    "vain": 2,
    "verify": 2,
    "wording": 2,
    "apply": 3,
    "contents": 3,
    "exchange": 3,
    "foreign": 3,
    "formatting": 3,
    "instructions": 3,
    "objects": 3,
    "pipelines": 3,
    "render": 3,
    "trust": 3,
    "uncommitted": 3,
    "walk": 3,
    "facts": 4,
    "lineage": 4,
    "policies": 4,
    "scaffold": 4,
    "merge": 5,
    "pristine": 5,
    "repo": 5,
    "third_party": 5,
    "account": 6,
    "citations": 6,
    "foreign_imports": 6,
    "gates": 6,
    "growth": 6,
    "recorded": 6,
    "rule": 6,
    "suite": 6,
    "untracked": 6,
    "whereabouts": 6,
    "config": 7,
    "explain": 7,
    "places": 7,
    "plan": 7,
    "promises": 7,
    "reach": 7,
    "report": 7,
    "selection": 7,
    "audit": 8,
    "results": 8,
    "rules": 8,
    "formats": 9,
    "screen": 9,
    "update": 9,
    "delivery": 10,
    "inspection": 10,
    "cli": 11,
    "__main__": 12,
}
ONLY_IN = {"copier": {"foreign", "render"}, "typer": {"cli"}, "rich": {"formats"}}
# Lazily imported modules, each justified beside the import; a new one needs a reason and a line here.
LAZY = {
    ("__main__", "aiscaffold.cli"),
    ("catalog", "tomllib"),
    ("catalog", "yaml"),
    ("checklist", "tomllib"),
    ("cli", "aiscaffold.answers"),
    ("cli", "aiscaffold.config"),
    ("cli", "aiscaffold.delivery"),
    ("cli", "aiscaffold.formats"),
    ("cli", "aiscaffold.inspection"),
    ("cli", "aiscaffold.lineage"),
    ("cli", "aiscaffold.results"),
    ("cli", "aiscaffold.rules"),
    ("cli", "aiscaffold.scaffold"),
    ("cli", "aiscaffold.update"),
    ("cli", "aiscaffold.verify"),
    ("config", "difflib"),
    ("facts", "concurrent.futures"),
    ("facts", "multiprocessing"),
    ("formats", "jinja2"),
    ("formats", "json"),
    ("formats", "markdown_it"),
    ("lineage", "aiscaffold.render"),
    ("lineage", "packaging.version"),
    ("lock", "fcntl"),
    ("lock", "msvcrt"),
    ("pristine", "aiscaffold.render"),
    ("project", "yaml"),
    ("readers", "markdown_it"),
    ("snapshot", "pathspec"),
    ("third_party", "pathspec"),
    ("tree", "hashlib"),
    ("update", "aiscaffold.third_party"),
    ("yaml_text", "yaml"),
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
