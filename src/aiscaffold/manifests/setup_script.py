"""setup.py, read without running it, and setup.cfg."""

import ast
import configparser
from collections.abc import Iterator, Mapping

from aiscaffold.evidence import at
from aiscaffold.manifest import Manifest, Requirement, line_of, requirement
from aiscaffold.regex import regex

Values = Mapping[str, ast.AST]
Entry = tuple[str, int]  # a string and its line
OWN = regex(r"metadata|options")
REQUIRES = {"install_requires": "", "tests_require": "test"}


def read_setup_script(path: str, text: str) -> Manifest:
    """Read the literal parts of a setup.py; a file that it reads its requirements from is included."""
    tree = ast.parse(text)
    values = _assigned(tree)
    call = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _is_setup(node.func)), None)
    given = _keywords(call, values) if call else {}
    found: list[Requirement] = []
    includes: list[str] = []
    for keyword, group in REQUIRES.items():
        found += _read(_entries(given.get(keyword), values), group, path)
        includes += _files(given.get(keyword), values)
    extras = _table(given.get("extras_require"), values)
    for extra, node in extras.items():
        found += _read(_entries(node, values), extra, path)
        includes += _files(node, values)
    packages = [*_entries(given.get("packages"), values), *_entries(given.get("py_modules"), values)]
    return Manifest(
        path,
        "setup.py",
        tuple(found),
        name=_text(given.get("name"), values),
        scripts=tuple(sorted(_commands(given.get("entry_points"), values))),
        extras=tuple(sorted(extras)),
        requires_python=_text(given.get("python_requires"), values),
        packages=tuple(sorted({name.split(".")[0] for name, _ in packages if name.split(".")[0].isidentifier()})),
        dynamic="install_requires" in given and not any(each.group == "" for each in found),
        includes=tuple(dict.fromkeys(includes)),
    )


def read_setup_cfg(path: str, text: str) -> Manifest:
    """Read a setup.cfg."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ValueError(str(error)) from error
    lines = text.splitlines()
    extras = dict(parser["options.extras_require"]) if parser.has_section("options.extras_require") else {}
    declared = parser.get("options", "install_requires", fallback="")
    found = list(_listed(declared, "", path, lines))
    for extra, listed in extras.items():
        found += _listed(listed, extra, path, lines)
    scripts = parser.get("options.entry_points", "console_scripts", fallback="")
    packages = parser.get("options", "packages", fallback="") + "\n" + parser.get("options", "py_modules", fallback="")
    return Manifest(
        path,
        "setup.cfg",
        tuple(found),
        name=parser.get("metadata", "name", fallback=""),
        scripts=tuple(sorted(line.partition("=")[0].strip() for line in scripts.splitlines() if "=" in line)),
        extras=tuple(sorted(extras)),
        requires_python=parser.get("options", "python_requires", fallback=""),
        tools=tuple(sorted({name.removeprefix("tool:") for name in parser.sections() if not OWN.match(name)})),
        packages=tuple(sorted({name.split(".")[0] for name in packages.split() if name.isidentifier()})),
        includes=(declared.removeprefix("file:").strip(),) if declared.startswith("file:") else (),
    )


def _listed(text: str, group: str, path: str, lines: list[str]) -> Iterator[Requirement]:
    if text.startswith("file:"):
        return
    start = line_of(lines, group or "install_requires")
    for line in text.splitlines():
        bare = line.partition(" #")[0].strip()
        read = requirement(bare, group, at(path, line=line_of(lines, bare, start))) if bare else None
        if read:
            yield read


def _is_setup(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "setup") or (
        isinstance(function, ast.Attribute) and function.attr == "setup"
    )


def _assigned(tree: ast.Module) -> dict[str, ast.AST]:
    """What names stand for, wherever the file binds them: values, opened files and functions; the first one wins."""
    values: dict[str, ast.AST] = {}
    for node in ast.walk(tree):
        for target, value in _bindings(node):
            if isinstance(target, ast.Name):
                values.setdefault(target.id, value)
        if isinstance(node, ast.FunctionDef):
            values.setdefault(node.name, node)
    return values


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign) and node.value:
        yield node.target, node.value
    elif isinstance(node, ast.With):
        yield from ((item.optional_vars, item.context_expr) for item in node.items)
    elif isinstance(node, ast.For):
        yield node.target, node.iter


def _keywords(call: ast.Call, values: Values) -> dict[str, ast.AST]:
    """The arguments of a call, also those in a dictionary that it unpacks."""
    given: dict[str, ast.AST] = {}
    for keyword in call.keywords:
        if keyword.arg:
            given[keyword.arg] = keyword.value
        else:
            given |= _table(keyword.value, values)
    return given


def _table(node: ast.AST | None, values: Values) -> dict[str, ast.AST]:
    node = _value(node, values)
    if isinstance(node, ast.Dict):
        return {
            key.value: value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and isinstance(key.value, str)
        }
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
    return {}


def _value(node: ast.AST | None, values: Values, hops: int = 5) -> ast.AST | None:
    """What an expression stands for: names are followed, and keys of literal dictionaries."""
    while isinstance(node, ast.Name | ast.Subscript) and hops:
        hops -= 1
        if isinstance(node, ast.Name):
            node = values.get(node.id)
        elif isinstance(node.slice, ast.Constant):
            node = _table(node.value, values).get(str(node.slice.value)) if hops else None
        else:
            node = None
    return node


def _entries(node: ast.AST | None, values: Values, depth: int = 8) -> list[Entry]:
    """The strings of a list, of a sum of lists, or of a text with one a line."""
    node = _value(node, values) if depth else None
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [(line.strip(), node.lineno + row) for row, line in enumerate(node.value.splitlines()) if line.strip()]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [entry for each in node.elts for entry in _entries(_unpacked(each), values, depth - 1)]
    if isinstance(node, ast.BinOp):
        return _entries(node.left, values, depth - 1) + _entries(node.right, values, depth - 1)
    return []


def _unpacked(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Starred) else node


def _files(node: ast.AST | None, values: Values) -> list[str]:
    """The names of requirement files within a computed expression, and within those that it names."""
    found: list[str] = []
    waiting: list[ast.AST] = [node] if node else []
    seen: set[str] = set()
    while waiting:
        for part in ast.walk(waiting.pop()):
            if isinstance(part, ast.Name) and part.id not in seen and part.id in values:
                seen.add(part.id)
                waiting.append(values[part.id])
            elif isinstance(part, ast.Constant) and str(part.value).endswith((".txt", ".in")):
                found.append(str(part.value))
    return found


def _commands(node: ast.AST | None, values: Values) -> set[str]:
    entries = _entries(_table(node, values).get("console_scripts"), values)
    return {text.partition("=")[0].strip() for text, _ in entries if "=" in text}


def _text(node: ast.AST | None, values: Values) -> str:
    node = _value(node, values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _read(entries: list[Entry], group: str, path: str) -> Iterator[Requirement]:
    for text, line in entries:
        if read := requirement(text, group, at(path, line=line)):
            yield read
