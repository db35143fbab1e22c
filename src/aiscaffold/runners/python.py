"""Python files that run commands: noxfile.py, the tasks.py of invoke, and scripts that call subprocess."""

import ast
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from aiscaffold.evidence import at
from aiscaffold.task import Task

_RUN = frozenset({"run", "run_always", "run_install", "sudo"})
_SUBPROCESS = frozenset({"run", "call", "check_call", "check_output", "Popen"})
_SYSTEM = frozenset({"os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput"})
_BEFORE_A_PROGRAM = frozenset({"python", "-m", "uv", "poetry", "run"})
_DEEPEST = 4
_LONGEST = 300_000  # characters; nobody writes longer ones by hand
Names = Mapping[str, ast.expr]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class _File:
    path: str
    tree: ast.Module
    names: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = _assigned(self.tree.body)
        self.functions = {node.name: node for node in self.tree.body if isinstance(node, Function)}


def read_nox(path: str, text: str) -> Iterator[Task]:
    """The sessions of a noxfile; the nameless task needs those that run when none is named."""
    file = _open(path, text)
    if file is None:
        return
    line, default = _default_sessions(file.tree)
    sessions: list[tuple[str, bool, Task]] = []
    for function in file.functions.values():
        decorator = _decorator(function, ("nox.session", "session"))
        if decorator is not None:
            options = _keywords(decorator)
            name = _string(options.get("name")) or function.name
            off = isinstance(option := options.get("default"), ast.Constant) and option.value is False
            sessions.append((name, off, _task("nox", name, file, function, _needs(options.get("requires")))))
    names = default if default is not None else tuple(name for name, off, _ in sessions if not off)
    if sessions:
        yield Task("nox", "", at(path, line=line or sessions[0][2].place.line), "", posixpath.dirname(path), names)
    yield from (task for _, _, task in sessions)


def read_invoke(path: str, text: str) -> Iterator[Task]:
    """The tasks of an invoke file; none where the file does not import invoke."""
    file = _open(path, text) if re.search(r"^\s*(?:from|import) (?:invoke|fabric)\b", text, re.MULTILINE) else None
    for function in file.functions.values() if file else ():
        decorator = _decorator(function, ("task", "invoke.task"))
        if file is None or decorator is None:
            continue
        options = _keywords(decorator)
        needs = (*_needs(options.get("pre")), *_needs(options.get("post")))
        if isinstance(decorator, ast.Call):
            needs = (*(_dashed(ast.unparse(argument)) for argument in decorator.args), *needs)
        for name in (_string(options.get("name")) or function.name, *_needs(options.get("aliases"))):
            yield _task("invoke", _dashed(name), file, function, needs)


def read_script(path: str, text: str) -> Task | None:
    """What a script of Python runs through subprocess, os.system or the entry points of test runners."""
    if not any(word in text for word in ("subprocess", "os.system", "os.popen", "pytest.main", "unittest.main")):
        return None
    file = _open(path, text)
    if file is None:
        return None
    bare = {node.value for node in ast.walk(file.tree) if isinstance(node, ast.Expr)}
    local = {
        alias.asname or alias.name
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "subprocess"
        for alias in node.names
    }
    names = {**_assigned([node for node in ast.walk(file.tree) if isinstance(node, ast.stmt)])}
    lines, numbers = list[str](), list[int]()
    for node in (node for node in ast.walk(file.tree) if isinstance(node, ast.Call)):
        for known, line in _readings(node, names, file.names):
            if script := _called(node, known, local, node in bare):
                lines.append(script)
                numbers.append(line)
    return Task("python", path, at(path), "\n".join(lines), "", lines=tuple(numbers))


def _readings(node: ast.Call, names: Names, constants: Names) -> Iterator[tuple[Names, int]]:
    """The names to read a call with, and the line: once for each command of a table where it runs what it is given.

    `GATES = {"lint": ["ruff", "check"]}` is such a table for a function that runs `[sys.executable, "-m", *gate]`.
    """
    rows = list(_rows(constants)) if (given := _given(node, names)) else []
    for row in rows:
        yield {**names, given: row}, row.lineno
    if not rows:
        yield names, node.lineno


def _given(node: ast.Call, names: Names) -> str:
    """The variable that a call takes its program from; empty where the program is known."""
    first = node.args[0] if node.args else None
    *before, last = first.elts if isinstance(first, ast.List | ast.Tuple) and first.elts else (first,)
    is_open = all(_word(part) in _BEFORE_A_PROGRAM for part in before)
    last = last.value if isinstance(last, ast.Starred) else last if last is first else None
    return last.id if is_open and isinstance(last, ast.Name) and last.id not in names else ""


def _rows(constants: Names) -> Iterator[ast.List | ast.Tuple]:
    """The lists of words that stand in a list or as the values of a dict."""
    for table in constants.values():
        values = table.values if isinstance(table, ast.Dict) else getattr(table, "elts", ())
        for row in values:
            if isinstance(row, ast.List | ast.Tuple) and row.elts and all(map(_string, row.elts)):
                yield row


def _called(node: ast.Call, names: Names, local: set[str], is_bare: bool) -> str:
    name = _dotted(node.func)
    if name in ("pytest.main", "unittest.main"):
        return name.partition(".")[0]
    module, _, function = name.rpartition(".")
    is_run = (module == "subprocess" and function in _SUBPROCESS) or (name in local & _SUBPROCESS)
    if not node.args or not (is_run or name in _SYSTEM):
        return ""
    checked = "check" in _keywords(node) or function in ("check_call", "check_output")
    return _soft(_script(node.args[0], names), swallowed=is_bare and not checked)


def _open(path: str, text: str) -> _File | None:
    if len(text) > _LONGEST:
        return None
    try:
        return _File(path, ast.parse(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _task(runner: str, name: str, file: _File, function: Function, needs: tuple[str, ...]) -> Task:
    lines = list(_runs(file, function, runner, set()))
    script = "\n".join(script for script, _ in lines)
    numbers = tuple(number for _, number in lines)
    return Task(runner, name, at(file.path, line=function.lineno), script, posixpath.dirname(file.path), needs, numbers)


def _runs(file: _File, function: Function, runner: str, seen: set[str]) -> Iterator[tuple[str, int]]:
    """The commands of a session or task and of the functions of the file that it calls, with their lines."""
    seen.add(function.name)
    nodes = list(ast.walk(function))
    names = {**file.names, **_assigned([node for node in nodes if isinstance(node, ast.stmt)])}
    parameters = {argument.arg for argument in function.args.args}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        called = _dotted(node.func)
        if called in file.functions and called not in seen:
            yield from _runs(file, file.functions[called], runner, seen)
        elif called.partition(".")[0] in parameters and (script := _run(node, runner, names)):
            yield script.replace("\n", " "), node.lineno


def _run(node: ast.Call, runner: str, names: Names) -> str:
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if not node.args:
        return ""
    if method in ("chdir", "cd"):
        return shlex.join(["cd", *_words(node.args[0], names)])
    if method == "notify" and runner == "nox":
        return shlex.join(["nox", "-s", *_words(node.args[0], names)])
    if method not in _RUN:
        return ""
    options = _keywords(node)
    script = _script(node.args[0], names) if runner == "invoke" else shlex.join(_flat(node.args, names))
    warns = isinstance(warn := options.get("warn"), ast.Constant) and warn.value is True
    return _soft(script, swallowed=warns or "success_codes" in options)


def _soft(script: str, *, swallowed: bool) -> str:
    return f"{script} || true" if script and swallowed else script


def _script(node: ast.expr, names: Names) -> str:
    """A command given as one string, or as a list of words."""
    if isinstance(node, ast.Name) and node.id in names:
        node = names[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return shlex.join(_flat(node.elts, names))
    return " ".join(_words(node, names))


def _flat(nodes: list[ast.expr], names: Names) -> list[str]:
    return [word for node in nodes for word in _words(node, names)]


def _words(node: ast.expr, names: Names, depth: int = 0) -> list[str]:
    """The words that an expression stands for; what is only known when it runs stays a variable."""
    deeper = depth + 1
    match node:
        case _ if depth > _DEEPEST:
            words = ["$x"]
        case ast.Starred():
            words = [] if "posargs" in ast.dump(node.value) else _words(node.value, names, deeper)
        case ast.List() | ast.Tuple():
            words = [word for item in node.elts for word in _words(item, names, deeper)]
        case ast.Name() if node.id in names:
            words = _words(names[node.id], names, deeper)
        case ast.BinOp(op=ast.Add()):
            words = _words(node.left, names, deeper) + _words(node.right, names, deeper)
            words = words if isinstance(node.left, ast.List | ast.Tuple) else ["".join(words)]
        case ast.JoinedStr():
            words = ["".join(_value(part, names, depth) for part in node.values)]
        case _:
            words = [_word(node)]
    return words


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    dotted = _dotted(node)
    return "python" if dotted == "sys.executable" else f"${dotted.replace('.', '_') or 'x'}"


def _value(part: ast.expr, names: Names, depth: int) -> str:
    return " ".join(_words(part.value if isinstance(part, ast.FormattedValue) else part, names, depth + 1))


def _assigned(body: list[ast.stmt]) -> dict[str, ast.expr]:
    """What names are assigned once and for all."""
    found: dict[str, ast.expr] = {}
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found.setdefault(node.target.id, node.value)
    return found


def _default_sessions(tree: ast.Module) -> tuple[int, tuple[str, ...] | None]:
    """The line and the value of `nox.options.sessions`."""
    for node in tree.body:
        if isinstance(node, ast.Assign) and _dotted(node.targets[0]).endswith("options.sessions"):
            return node.lineno, _needs(node.value)
    return 0, None


def _decorator(function: Function, names: tuple[str, ...]) -> ast.expr | None:
    for node in function.decorator_list:
        if _dotted(node.func if isinstance(node, ast.Call) else node) in names:
            return node
    return None


def _keywords(node: ast.expr) -> dict[str, ast.expr]:
    return {word.arg: word.value for word in node.keywords if word.arg} if isinstance(node, ast.Call) else {}


def _needs(node: ast.expr | None) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
    return tuple(_string(item) or _dashed(ast.unparse(item)) for item in items)


def _dashed(name: str) -> str:
    return name.strip("_").replace("_", "-")


def _string(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
