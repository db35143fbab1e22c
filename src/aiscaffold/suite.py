"""The tests of a repository: which there are, which reach the project's own code, and which can fail."""

import posixpath
import sys
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from aiscaffold.evidence import Evidence, at
from aiscaffold.module import Class, Function, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo

HOPS = 4  # from a test through helpers and fixtures to the project's code
STARTS = (
    "subprocess.",
    "os.system",
    "os.popen",
    "runpy.",
    "importlib.",
    "sh.",
    "exec",
    "pexpect.",
    "papermill.",
    "__import__",
)
RUNNERS = ("invoke", "run", "check_output")
ASKS = ("requests.", "httpx.", "urllib")
LOCAL = regex(r"localhost|127\.0\.0\.1|0\.0\.0\.0")
CHECKS = {"check_estimator", "check_estimators", "gradcheck", "gradgradcheck", "verify", "check", "match_snapshot"}
REPLACES = regex(r"(?:^|\.)(?:patch(?:\.object)?|(?:monkeypatch|mp|m)\.setattr)$")
HARMLESS = frozenset(
    """
    abs all any assert bool dict enumerate filter float frozenset int isinstance len list map max min print
    range repr reversed round set sorted str sum tuple type zip
    """.split()  # noqa: SIM905 - a list of words
)
OTHER_TESTS = regex(
    r"(?:\.(?:test|spec|cy|e2e)\.[cm]?[jt]sx?|_test\.(?:go|dart)|Tests?\.(?:java|kt|cs|swift)|_spec\.rb|\.bats|"
    r"/tests/testthat/test[^/]*\.[rR]|/test/runtests\.jl|/tests/[^/]+\.rs|"
    r"/__tests__/[^/]+\.[jt]sx?)$"
)


@dataclass(frozen=True, slots=True)
class Test:
    """A test function: whether it reaches the project's code, and whether it asserts something that can be false.

    One that neither asserts nor calls anything, asserts only what always holds, or is always skipped, cannot fail.
    """

    path: str
    function: Function
    reaches: bool
    asserts: bool
    can_fail: bool
    is_skipped: bool = False

    @property
    def place(self) -> Evidence:
        """Where it stands."""
        return at(self.path, self.function.qualname, self.function.line)

    @property
    def is_real(self) -> bool:
        """Whether it checks what the project's code does."""
        return self.reaches and self.asserts


@lru_cache(maxsize=1)
def test_modules(repo: Repo) -> dict[str, Module]:
    """The modules that hold tests or help them, by their place, their name or unittest's class."""
    found = dict(repo.test_python)
    for path, module in repo.python.items():
        if any(_is_case(each) for each in module.classes):
            found.setdefault(path, module)
    return dict(sorted(found.items()))


@lru_cache(maxsize=1)  # several rules ask, one after the other; a Repo is hashed by its identity
def read_suite(repo: Repo) -> tuple[Test, ...]:
    """Every test function, in the order of paths and lines."""
    return tuple(_Suite(repo, test_modules(repo)).tests())


def other_tests(repo: Repo) -> tuple[str, ...]:
    """The test files of other languages than Python."""
    return tuple(path for path in repo.paths if OTHER_TESTS.search(f"/{path}") and "node_modules/" not in path)


def _is_case(each: Class) -> bool:
    return any(base.rpartition(".")[2].endswith("TestCase") for base in each.bases)


class _Suite:
    def __init__(self, repo: Repo, modules: Mapping[str, Module]) -> None:
        self.modules = modules
        self.endings = {"/".join(parts[n:]) for parts in (p.split("/") for p in modules) for n in range(len(parts))}
        self.own = {path: module for path, module in repo.own_python.items() if path not in modules}
        self.has_routes = any(path.endswith(("urls.py", "views.py")) for path in self.own)
        self.files = {posixpath.basename(path) for path in (*self.own, *(book.path for book in repo.notebooks))}
        self.scripts = {script.split("=")[0].strip() for manifest in repo.manifests for script in manifest.scripts}
        self.roots = self._roots(repo.project)
        self.bound = {path: self._bound(module) for path, module in modules.items()}
        self.calls = {path: sorted((call.line, call.name) for call in each.calls) for path, each in modules.items()}
        self.helpers, self.checkers = self._close()

    def _roots(self, project: str) -> frozenset[str]:
        """The names under which the project's own code, tests left out, can be imported."""
        tops, inner = set(), set()
        for path in self.own:
            parts = path[len(project) :].removesuffix(".py").split("/")
            parts = parts[1:] if parts[0] in ("src", "lib", "python") and len(parts) > 1 else parts
            tops.add(parts[0])
            inner.update(parts)
        return frozenset(tops | (inner - sys.stdlib_module_names) | {"src"}) - {
            "__init__",
            "tests",
            "test",
            "setup",
            "conftest",
        }

    def _bound(self, module: Module) -> frozenset[str]:
        """The names that a module imports from the project's code; `*` where it takes all."""
        names: set[str] = set()
        for each in module.imports:
            if self._is_own(module.path, each.name, each.level, each.names):
                names.update(each.names or {each.name.split(".")[0]})
        return frozenset(names)

    def _is_own(self, path: str, name: str, level: int, names: tuple[str, ...]) -> bool:
        if not level:
            return name.split(".", maxsplit=1)[0] in self.roots and not self._is_test_module(name, names)
        folder = posixpath.dirname(path)
        for _ in range(level - 1):
            folder = posixpath.dirname(folder)
        base = posixpath.join(folder, *name.split(".")) if name else folder
        candidates = [f"{base}.py", f"{base}/__init__.py", *(f"{base}/{each}.py" for each in names)]
        return any(candidate in self.own for candidate in candidates)

    def _is_test_module(self, name: str, names: tuple[str, ...]) -> bool:
        """Whether a dotted name is a helper of the tests, as `package.tests.helpers` is."""
        whole = name.replace(".", "/")
        ends = [f"{whole}.py", f"{whole}/__init__.py", *(f"{whole}/{each}.py" for each in names)]
        return not self.endings.isdisjoint(ends)

    def _close(self) -> tuple[frozenset[str], frozenset[str]]:
        """The names of helpers and fixtures that reach the project's code, and of those that assert, through hops."""
        functions = [(path, each) for path, module in self.modules.items() for each in module.functions]
        reach = {each.name for path, each in functions if not _is_named_test(each) and self._touches(path, each)}
        check = {each.name for _, each in functions if not _is_named_test(each) and _asserts(each)}
        for _ in range(HOPS):
            more = {each.name for _, each in functions if not _is_named_test(each) and _uses(each, reach)}
            asserting = {each.name for _, each in functions if not _is_named_test(each) and _last(each.calls) & check}
            if more <= reach and asserting <= check:
                break
            reach |= more
            check |= asserting
        return frozenset(reach), frozenset(check)

    def _touches(self, path: str, function: Function) -> bool:
        """Whether a function names the project's code, or starts it as a program."""
        bound, module = self.bound[path], self.modules[path]
        firsts = {name.split(".")[0].removesuffix("()").removesuffix("[]") for name in function.names}
        if firsts & bound or ("*" in bound and function.calls):
            return True
        if bound and any(call.lstrip(".").split(".")[0] in self.roots for call in self._called(path, function)):
            return True
        if bound and firsts & set(module.assigned):
            return True  # say `client = TestClient(app)` on top of the module
        if bound and any("parametrize" in mark or mark.startswith("given") for mark in function.decorators):
            return True
        return self._starts(module, function)

    def _called(self, path: str, function: Function) -> Iterator[str]:
        """The full names of what a function calls."""
        calls = self.calls[path]
        first = bisect_left(calls, (function.line, ""))
        for line, name in islice(calls, first, None):
            if line > function.end:
                return
            yield name

    def _starts(self, module: Module, function: Function) -> bool:
        """Whether a function runs the project as a program, or asks it over the network."""
        runs = any(call.startswith(STARTS) or call.endswith(RUNNERS) for call in function.calls)
        asks = any(call.startswith(ASKS) for call in function.calls)
        if not (runs or asks):
            return False
        texts = [text.value for text in module.texts if function.line - 3 <= text.line <= function.end]
        words = {posixpath.basename(word) for text in texts for word in text.split()}
        served = asks and any(LOCAL.search(text) for text in texts)
        return served or (runs and bool(words & (self.files | self.scripts | self.roots)))

    def tests(self) -> Iterator[Test]:
        for path, module in self.modules.items():
            cases = {each.name: each for each in module.classes}
            for each in module.functions:
                if _is_test(each, cases):
                    yield self._test(path, each, cases)

    def _test(self, path: str, function: Function, cases: Mapping[str, Class]) -> Test:
        reaches = self._touches(path, function) or _uses(function, self.helpers) or self._through_self(path, function)
        asserts = _asserts(function) or bool(_last(function.calls) & (self.checkers | CHECKS))
        owner = cases.get(function.qualname.split(".")[0])
        skipped = function.skips or self.modules[path].skips or bool(owner and owner.skips)
        if skipped or self._sees_mocks_alone(path, function):
            return Test(path, function, reaches=False, asserts=asserts, can_fail=False, is_skipped=skipped)
        trivial = bool(function.assertions) and not asserts
        can_fail = not trivial and (reaches or _reaches_out(function, self.modules[path]))
        return Test(path, function, reaches, asserts, can_fail)

    def _sees_mocks_alone(self, path: str, function: Function) -> bool:
        """Whether all that a test calls was replaced in it by what the test itself says."""
        if not any(map(REPLACES.search, (*function.calls, *function.decorators))):
            return False
        first = function.line - len(function.decorators)
        inside = [call for call in self.modules[path].calls if first <= call.line <= function.end]
        said = [text for call in inside if REPLACES.search(call.name) for text in call.arguments[:2]]
        replaced = {text.strip("'\"").rpartition(".")[2] for text in said} - {""}
        called = tuple(call for call in function.calls if not (REPLACES.search(call) or "assert" in call))
        return bool(called) and _last(called) <= replaced

    def _through_self(self, path: str, function: Function) -> bool:
        uses_self = any(name.startswith(("self.", "cls.")) and "assert" not in name for name in function.names)
        if not uses_self:
            return False
        return bool(self.bound[path]) or (
            self.has_routes and any(name.startswith("self.client") for name in function.names)
        )


def _is_named_test(function: Function) -> bool:
    return function.name.startswith("test")


def _is_test(function: Function, cases: Mapping[str, Class]) -> bool:
    if not _is_named_test(function) or function.is_nested or "fixture" in " ".join(function.decorators):
        return False
    inside, dot, _ = function.qualname.rpartition(".")
    if dot:
        owner = cases.get(inside.split(".")[-1])
        return owner is None or "test" in owner.name.lower() or _is_case(owner)
    return function.name.startswith("test_") or bool(function.assertions)


def _asserts(function: Function) -> bool:
    return any(not each.trivial for each in function.assertions)


def _last(calls: tuple[str, ...]) -> set[str]:
    return {call.rpartition(".")[2] for call in calls}


def _uses(function: Function, helpers: set[str] | frozenset[str]) -> bool:
    """Whether a function takes a fixture, or calls a helper, of these names."""
    used = {name.rpartition(".")[2] for name in function.names} | {name.split(".")[0] for name in function.names}
    return not helpers.isdisjoint(function.arguments) or not helpers.isdisjoint(used)


def _reaches_out(function: Function, module: Module) -> bool:
    """Whether anything but its own constants decides what a test sees."""
    if any(name not in ("self", "cls") for name in function.arguments):
        return True
    imported = {name.split(".")[0] for each in module.imports for name in (*each.names, each.name)}
    outside = (
        {call.split(".")[0].removesuffix("()") for call in function.calls} - HARMLESS - {"self", "pytest", "unittest"}
    )
    firsts = {name.split(".")[0] for name in function.names} - {"pytest", "unittest", "self"}
    through_self = any(name.startswith("self.") and "assert" not in name for name in function.names)
    return bool(outside - {"?"}) or bool(firsts & (imported | set(module.assigned))) or through_self
