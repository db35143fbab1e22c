"""What of the project's code a test comes to: the names that it uses, and those that these use in turn."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from aiscaffold.module import Function, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.suite import Test, test_modules

PARTS = regex(r"[.()\[\]]+")
HOPS = 2  # through fixtures and helpers into the code
SET_UP = frozenset({"setUp", "setUpClass", "setup_method", "setup_class"})
ABOVE = 6  # lines between a decorator with an address and its function

Uses = Mapping[str, set[str]]


def parts(name: str) -> list[str]:
    """The single names of a dotted one."""
    return PARTS.split(name)


def own_functions(repo: Repo) -> Iterator[Function]:
    """Every function of the project's own code."""
    for module in repo.own_python.values():
        yield from module.functions


def routed(repo: Repo, modules: Iterable[Module], first: int = 0, last: int = 0) -> set[str]:
    """The functions behind the addresses that tests call, in all lines or from a first to a last one."""
    texts = (text for module in modules for text in module.texts if not last or first <= text.line <= last)
    asked = {text.value.split("?")[0].rstrip("/") for text in texts if "/" in text.value}
    routes = _routes(repo)
    return {name for address in asked & routes.keys() for name in routes[address]}


@lru_cache(maxsize=1)
def _routes(repo: Repo) -> Uses:
    """The functions that stand below a decorator with an address, by the address."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in repo.own_python.values():
        decorated = [each for each in module.functions if each.decorators]
        for text in module.texts if decorated else ():
            if text.value.startswith("/"):
                below = {each.name for each in decorated if each.line - ABOVE <= text.line <= each.line}
                found[text.value.rstrip("/")] |= below
    return found


def names_reached(repo: Repo, test: Test) -> set[str]:
    """The names that a test uses itself, through fixtures and helpers, and through one call of the project's code."""
    function, module = test.function, test_modules(repo)[test.path]
    used = {part for name in (*function.names, *function.arguments) for part in parts(name)}
    if "self" in used:
        used |= SET_UP
    if not used.isdisjoint(module.assigned):
        used |= {part for call in module.calls for part in parts(call.name)}
    used |= routed(repo, [module], function.line, function.end) | _in_scripts(repo, module, function)
    helpers, own = _helpers(repo), _own(repo)
    for _ in range(HOPS):
        used |= {name for each in used & helpers.keys() for name in helpers[each]}
    return used | {name for each in used & own.keys() for name in own[each]}


def _in_scripts(repo: Repo, module: Module, function: Function) -> set[str]:
    """What stands in the scripts that a test starts by their names."""
    lines = range(function.line, function.end + 1)
    texts = [text.value for text in module.texts if ".py" in text.value and text.line in lines]
    scripts = {word.rpartition("/")[2] for text in texts for word in text.split() if word.endswith(".py")}
    started = [each for path, each in repo.own_python.items() if path.rpartition("/")[2] in scripts] if scripts else []
    return {function.name for each in started for function in each.functions}


@lru_cache(maxsize=1)
def _own(repo: Repo) -> Uses:
    return _uses(own_functions(repo))


@lru_cache(maxsize=1)
def _helpers(repo: Repo) -> Uses:
    modules = test_modules(repo).values()
    return _uses(each for module in modules for each in module.functions if not each.name.startswith("test"))


def _uses(functions: Iterable[Function]) -> Uses:
    """The names that functions use, by their own names and by those of their classes."""
    found: dict[str, set[str]] = defaultdict(set)
    for function in functions:
        names = {part for name in function.names for part in parts(name)}
        found[function.name] |= names
        found[function.qualname.partition(".")[0]] |= names
    return found
