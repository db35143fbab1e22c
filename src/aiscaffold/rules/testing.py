"""TST101 to TST105: there are tests that reach the code and can tell right from wrong."""

import re

from aiscaffold.evidence import Evidence, at
from aiscaffold.reach import own_functions, parts, routed
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    LIBRARY,
    LLM_APP,
    MUST,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    Outcome,
    damaged,
    failed,
    passed,
    rule,
    unknown,
)
from aiscaffold.suite import Test, other_tests, read_suite, test_modules

SHOWN = 5
ENOUGH_TESTS = 3
SHARE = 25  # per cent of the public names

CODE = (
    "def clean(rows):\n    return [row for row in rows if row]\n\n\n"
    "def predict(rows):\n    return [len(row) for row in rows]\n"
)
REAL_TEST = (
    "from app.model import predict\n\n\n"
    "def test_one_answer_for_each_row():\n    assert predict(['a', 'bc']) == [1, 2]\n"
)
DOCTEST = regex(
    r"--doctest-modules|--doctest-glob|doctest\.testmod|doctest_optionflags|--xdoctest|sybil", re.IGNORECASE
)


@rule(
    "TST101",
    "real-test",
    "A test checks what the code does",
    item="well-engineered",
    level=MUST,
    tier="B",
    fix="Write a test that calls a function of the project and asserts something about its result.",
    expected="a test function that calls own code and asserts on what it returns",
    minutes=60,
    bad={"app/model.py": CODE, "tests/test_model.py": "def test_it_works():\n    assert True\n"},
    good={"app/model.py": CODE, "tests/test_model.py": REAL_TEST},
)
def real_test(repo: Repo) -> Outcome:
    """Tests show that the author knows what the code is to do, and that a change can be trusted.

    Only a test that calls the project's own code and asserts something about what comes back shows that; `assert True`
    and tests that are always skipped do not.
    """
    suite = read_suite(repo)
    real = [test for test in suite if test.is_real]
    if real:
        return passed(*(test.place for test in real[:SHOWN]))
    if others := [path for path in other_tests(repo) if not repo.is_hollow(path)]:
        return passed(*(at(path, "a file of tests") for path in others[:SHOWN]))
    if found := _doctests(repo):
        return passed(found)
    if broken := [module for module in test_modules(repo).values() if module.problem]:
        return damaged(*(at(module.path, module.problem) for module in broken[:SHOWN]))
    if suite:
        return failed(*(test.place.saying(_lack(test)) for test in suite[:SHOWN]))
    return failed(Evidence(remark="there is no test function"))


def _lack(test: Test) -> str:
    if not test.can_fail:
        return "cannot fail"
    return "asserts nothing" if test.reaches else "does not call the project's code"


def _doctests(repo: Repo) -> Evidence | None:
    """An example in a docstring, in a project that runs these as tests."""
    configured = repo.glob("*.toml", "*.cfg", "*.ini", "makefile", "*.yml", "*conftest.py", "noxfile.py")
    runs = any(DOCTEST.search(repo.text_or_none(path) or "") for path in configured)
    for path, module in repo.own_python.items():
        text = repo.text_or_none(path) or "" if runs or "doctest" in {each.name for each in module.imports} else ""
        if ">>> " in text and (runs or "doctest.testmod" in text):
            return at(path, "examples that run as tests", text.count("\n", 0, text.index(">>> ")) + 1)
    return None


ASIDE = regex(
    r"(?:^|/)(?:docs?|examples?|benchmarks?|scripts?|notebooks?|tools|\.github|experiments?|tutorials?)/|"
    r"(?:^|/)(?:setup|noxfile|conf|tasks|versioneer|_version|conftest|manage|fabfile)\.py$"
)


def _public(repo: Repo) -> dict[str, tuple[str, int]]:
    """The public functions and classes of the project's code, by name, with the first place of each."""
    names: dict[str, tuple[str, int]] = {}
    for path, module in repo.own_python.items():
        if ASIDE.search(path[len(repo.project) :]):
            continue
        for function in module.functions:
            if function.name == function.qualname and not function.is_nested:
                names.setdefault(function.name, (path, function.line))
        for each in module.classes:
            names.setdefault(each.name, (path, each.line))
    return {name: place for name, place in names.items() if not name.startswith("_") and name != "main"}


def _named_in_tests(repo: Repo) -> set[str]:
    """The names that tests and their helpers use, and those that what they name uses in turn."""
    modules = test_modules(repo)
    used = {
        part for module in modules.values() for each in module.functions for name in each.names for part in parts(name)
    }
    used |= {part for module in modules.values() for call in module.calls for part in parts(call.name)}
    used |= {base for module in modules.values() for each in module.classes for base in each.bases}
    used |= routed(repo, modules.values())
    hop = {part for each in own_functions(repo) if each.name in used for name in each.names for part in parts(name)}
    inits = {
        part
        for each in own_functions(repo)
        if set(each.qualname.split(".")[:1]) & used
        for name in each.names
        for part in parts(name)
    }
    return used | hop | inits


@rule(
    "TST102",
    "tests-cover-code",
    "Tests reach a good part of the code",
    item="well-engineered",
    level=SHOULD,
    kinds=frozenset({SERVICE, LIBRARY, REPRODUCTION, LLM_APP}),
    fix="Write tests for the functions that no test names yet, {path} line {line} first.",
    fix_absent="Write tests for the functions that no test names yet.",
    expected="tests name a quarter of the public functions and classes, in three tests or more",
    minutes=180,
    bad={"app/model.py": CODE, "tests/test_model.py": REAL_TEST},
    good={
        "app/model.py": CODE,
        "tests/test_model.py": REAL_TEST
        + "\n\ndef test_nothing_for_no_rows():\n    assert predict([]) == []\n"
        + "\n\ndef test_an_empty_row_counts_nothing():\n    assert predict(['']) == [0]\n",
    },
)
def tests_cover_code(repo: Repo) -> Outcome:
    """A single test is a sign of good will; a reviewer looks whether the parts that matter have tests.

    What share of the lines runs under test only a run can tell. How many of the public functions and classes the tests
    name, directly or through one call, can be seen without one.
    """
    public = _public(repo)
    real = [test for test in read_suite(repo) if test.is_real]
    if not real and other_tests(repo):
        return unknown(at(other_tests(repo)[0], "tests in another language"))
    if not public and len(real) >= ENOUGH_TESTS:
        return passed(*(test.place for test in real[:SHOWN]))
    used = _named_in_tests(repo) if real else set()
    missing = {name: place for name, place in public.items() if name not in used}
    share = 100 * (len(public) - len(missing)) // len(public) if public else 0
    told = f"{len(real)} tests of the project's code; they name {share} % of its public functions and classes"
    if share >= SHARE and len(real) >= ENOUGH_TESTS:
        return passed(*(test.place.saying(told) for test in real[:1]), *(test.place for test in real[1:SHOWN]))
    places = [at(path, f"no test names {name}", line) for name, (path, line) in missing.items()]
    return failed(*places[:1], Evidence(remark=told), *places[1:SHOWN])


RULES = (real_test, tests_cover_code)
