"""TST104 and TST105: tests of the model's behaviour, and a floor under the coverage."""

import re
from itertools import islice

from aiscaffold.evidence import Evidence, at
from aiscaffold.reach import names_reached
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import LIBRARY, NICE, REPRODUCTION, SERVICE, SHOULD, Outcome, failed, passed, rule, unknown
from aiscaffold.suite import Test, read_suite

SHOWN = 5
MOST = 1_000  # tests that are followed
MODEL = regex(
    r"(?:^|[._ ])(?:predict\w*|forward|fit|train\w*|model\w*|net\w*|infer\w*|classif\w*|estimator|pipeline|"
    r"loss\w*|encod\w*|decod\w*|generat\w*)",
    re.IGNORECASE,
)
BEHAVIOUR = regex(
    r"shape|\.size|\.ndim|overfit|converg|loss|invarian|equivarian|direction|monoton|accuracy|score|\bauc\b|"
    r"roc_auc|\bf1|rmse|"
    r"\bmae\b|\bmse\b|r2_|proba|logits|round_?trip|save|load|determin|reproduc|same_seed|checkpoint|grad|"
    r"range|between|threshold|improv|"
    r"baseline|better|allclose|isfinite|isnan|predict\w*_\w*(?:same|higher|lower|increas|decreas)|drift|bias|fair",
    re.IGNORECASE,
)
CODE = "def predict(rows):\n    return [len(row) / 10 for row in rows]\n"


@rule(
    "TST104",
    "model-behaviour-tested",
    "The model's behaviour is tested",
    item="overfitting",
    level=SHOULD,
    kinds=frozenset({SERVICE, REPRODUCTION}),
    fix="Write a test of what the model does: its output's shape and range, a known case, a least score on a "
    "fixed sample.",
    expected="a test of shape, range, invariance, a least score, or a round trip through a file",
    minutes=90,
    bad={
        "app/model.py": CODE + "\n\ndef clean(row):\n    return row.strip()\n",
        "tests/test_model.py": "from app.model import clean\n\n\ndef test_blank():\n    assert clean(' a ') == 'a'\n",
    },
    good={
        "app/model.py": CODE,
        "tests/test_model.py": "from app.model import predict\n\n\ndef test_probabilities_are_in_range():\n"
        "    assert all(0 <= each <= 1 for each in predict(['a', 'bc']))\n",
    },
)
def model_behaviour_tested(repo: Repo) -> Outcome:
    """A model can be wrong while every line of its code runs without an error.

    Tests of behaviour catch that: shapes and ranges, a small batch that it must learn by heart, inputs that must not
    change the answer, a least score on a fixed sample, the same answer after saving and loading.
    """
    real = [test for test in read_suite(repo) if test.is_real]
    telling = [test for test in real if _is_about_the_model(test)]
    model = _model_names(repo)
    reaching = (test for test in telling[:MOST] if not model.isdisjoint(names_reached(repo, test)))
    if found := list(islice(reaching, SHOWN)):
        return passed(*(test.place for test in found))
    if telling:
        return unknown(*(test.place.saying("tells of a model, and calls none of it") for test in telling[:SHOWN]))
    if real:
        return failed(*(test.place.saying("says nothing about what the model does") for test in real[:SHOWN]))
    return failed(Evidence(remark="no test calls the project's code"))


def _model_names(repo: Repo) -> set[str]:
    """The functions, methods and classes that are, hold or make the model, by their names or their file's."""
    found: set[str] = set()
    for path, module in repo.own_python.items():
        names = {each.name for each in module.functions} | {each.name for each in module.classes}
        is_model = MODEL.search(path.rpartition("/")[2])
        found |= names if is_model else {name for name in names if MODEL.search(name.replace("_", " "))}
    return {name for name in found if not name.startswith("__")}


def _is_about_the_model(test: Test) -> bool:
    function = test.function
    used = " ".join((*sorted(function.names), *function.arguments, function.name))
    asserted = " ".join((function.name, *(name for each in function.assertions for name in each.names)))
    return bool(MODEL.search(used)) and bool(BEHAVIOUR.search(asserted))


FLOOR = regex(
    r"^[ \t]*[\"']?(?:fail_under|fail-under|cov-fail-under)[\"']?\s{0,4}[=:]\s{0,4}(\d{1,3})|"
    r"--(?:cov-)?fail-under[= ](\d{1,3})",
    re.MULTILINE,
)
TARGET = regex(r"^\s{0,12}target:\s{0,4}[\"']?(\d{1,3}|auto)", re.MULTILINE)
PLACES = (
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "*.coveragerc",
    "pytest.ini",
    "*makefile",
    "noxfile.py",
    "justfile",
    "*.coveragerc.toml",
    "tox.toml",
)
CI = (".github/*.yml", ".github/*.yaml", ".gitlab-ci.yml", ".travis.yml", ".circleci/*", "azure-pipelines.yml")


@rule(
    "TST105",
    "coverage-floor",
    "Coverage has a floor",
    item="well-engineered",
    level=NICE,
    kinds=frozenset({SERVICE, LIBRARY}),
    fix="Set `fail_under` in [tool.coverage.report] a little below today's coverage, and run pytest with --cov in CI.",
    expected="coverage is measured, and falling below a number fails the run",
    minutes=20,
    bad={"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"},
    good={
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov"\n\n[tool.coverage.report]\nfail_under = 80\n'
    },
)
def coverage_floor(repo: Repo) -> Outcome:
    """Coverage that nobody has to keep falls with every hurried change.

    A floor turns it into a promise: a change without tests has to lower the number in plain sight.
    """
    floors = [evidence for path in _configuration(repo) for evidence in _floors(repo, path)]
    if floors:
        return (
            passed(*floors)
            if _is_measured(repo)
            else failed(*(each.saying("but nothing measures it") for each in floors))
        )
    targets = [
        at(path, f"target {found[1]}", text.count("\n", 0, found.start(1)) + 1)
        for path in repo.glob("*codecov.yml", "*codecov.yaml")
        if (text := repo.text_or_none(path) or "") and (found := TARGET.search(text))
    ]
    if targets and _is_measured(repo):
        return passed(*targets)
    return failed(Evidence(remark="no number that coverage must not fall below"))


def _configuration(repo: Repo) -> list[str]:
    ci = [workflow.path for workflow in repo.workflows]
    return [*repo.glob(*PLACES), *ci]


def _floors(repo: Repo, path: str) -> list[Evidence]:
    text = repo.text_or_none(path) or ""
    found = [match for match in FLOOR.finditer(text) if int(match[1] or match[2])]
    return [
        at(path, f"floor of {each[1] or each[2]} %", text.count("\n", 0, each.start(1 if each[1] else 2)) + 1)
        for each in found[:1]
    ]


def _is_measured(repo: Repo) -> bool:
    """Whether something runs the tests with coverage."""
    words = re.compile(r"--cov\b|coverage\s+(?:run|report)|pytest-cov|codecov|coveralls|diff-cover")
    return any(words.search(repo.text_or_none(path) or "") for path in _configuration(repo))


RULES = (model_behaviour_tested, coverage_floor)
