"""TST103: the layers where silent mistakes hide have tests of their own."""

import re
from collections import defaultdict
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, at
from aiscaffold.module import Module
from aiscaffold.reach import names_reached
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import LLM_APP, REPRODUCTION, SERVICE, SHOULD, Outcome, failed, passed, rule, unknown
from aiscaffold.suite import Test, read_suite, test_modules

LAYERS = {
    "data": r"data|dataset|preprocess|clean|feature|ingest|chunk|tokeni[sz]|loader|split|augment|transform",
    "metrics": r"metric|eval|scor|accuracy|loss(?:es)?$",
    "model": r"model|train|predict|infer|net(?:work)?$|classif|regress|forward|agent|chain|retriev|rag$|llm|embed|"
    r"pipeline|fit$",
}
ROUTE = regex(r"\.(?:get|post|put|delete|patch|route|websocket|api_route)$|^(?:api_view|action)$")
CLIENT = regex(
    r"(?:client|api|app|requests|httpx)[\w()]*\.(?:get|post|put|delete|patch|request|websocket_connect|"
    r"predict)$|AppTest"
)


ASIDE = regex(
    r"(?:^|/)(?:docs?|examples?|benchmarks?|scripts?|notebooks?|tools|\.github|experiments?|tutorials?)/|"
    r"(?:^|/)(?:setup|noxfile|conf|tasks|versioneer|_version|conftest|manage|fabfile)\.py$"
)
SHOWN = 5
MOST = 300  # tests that are followed

CODE = (
    "def clean(rows):\n    return [row for row in rows if row]\n\n\n"
    "def predict(rows):\n    return [len(row) for row in rows]\n"
)
REAL_TEST = (
    "from app.model import clean, predict\n\n\n"
    "def test_one_answer_for_each_row():\n    assert predict(['a', 'bc']) == [1, 2]\n"
)


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer that the project's code has: the first place that shows it, and the names that stand in it."""

    name: str
    place: Evidence
    inside: frozenset[str]


@rule(
    "TST103",
    "risky-layers-tested",
    "Data, metrics, model and routes are tested",
    item="well-engineered",
    level=SHOULD,
    kinds=frozenset({SERVICE, REPRODUCTION, LLM_APP}),
    fix="Write a test for the layer that {path} line {line} holds.",
    fix_absent="Write tests for data preparation, metrics, model and routes, as far as there are any.",
    expected="each of data preparation, metrics, model and routes is called by a test",
    minutes=120,
    bad={
        "app/data.py": CODE.replace("predict", "load"),
        "app/metrics.py": "def accuracy(y, p):\n    return 1 if y == p else 0\n",
        "tests/test_metrics.py": "from app.metrics import accuracy\n\n\ndef test_all():\n    assert accuracy(1, 1)\n",
    },
    good={
        "app/model.py": CODE,
        "tests/test_model.py": REAL_TEST + "\n\ndef test_empty_rows_go():\n    assert clean(['', 'a']) == ['a']\n",
    },
)
def risky_layers_tested(repo: Repo) -> Outcome:
    """A wrong split, a wrong metric or a wrong route breaks a machine-learning project without any error.

    These layers are where silent mistakes hide, so a test for each says more than many tests of helpers.
    """
    layers = _layers(repo)
    real = [test for test in read_suite(repo) if test.is_real]
    if not layers:
        return (
            passed(*(test.place for test in real[:SHOWN])) if real else failed(Evidence(remark="no test of own code"))
        )
    reached = {layer.name: _reaching(repo, real, layer) for layer in layers}
    told = {layer.name: next((test for test in real if _tells_of(repo, test, layer.name)), None) for layer in layers}
    if missing := [layer for layer in layers if not (reached[layer.name] or told[layer.name])]:
        return failed(*(layer.place.saying(f"no test reaches the {layer.name}") for layer in missing))
    named = [(layer, test) for layer in layers if not reached[layer.name] and (test := told[layer.name])]
    if named:
        return unknown(
            *(
                test.place.saying(f"tells of the {layer.name}, and calls nothing of {layer.place.path}")
                for layer, test in named
            )
        )
    return passed(
        *(test.place.saying(f"tests the {name}: {test.function.name}") for name, test in reached.items() if test)
    )


def _layers(repo: Repo) -> list[_Layer]:
    """The layers that the project's code has, in the order of their names."""
    places: dict[str, Evidence] = {}
    inside: dict[str, set[str]] = defaultdict(set)
    for path, module in repo.own_python.items():
        if ASIDE.search(path[len(repo.project) :]) or not module.functions:
            continue
        name = path[len(repo.project) :].removesuffix(".py").lower().split("/")[-1]
        for layer in (layer for layer, words in LAYERS.items() if re.search(rf"(?:^|_)(?:{words})", name)):
            places.setdefault(layer, at(path, line=module.functions[0].line))
            inside[layer] |= _names(module)
        for function in module.functions:
            if any(ROUTE.search(mark) for mark in function.decorators):
                places.setdefault("routes", at(path, line=function.line))
    return [_Layer(layer, places[layer], frozenset(inside[layer])) for layer in sorted(places)]


def _names(module: Module) -> set[str]:
    """The names that a module gives to what can be called."""
    functions = {each.name for each in module.functions if not each.is_nested and not each.name.startswith("__")}
    return functions | {each.name for each in module.classes}


def _reaching(repo: Repo, real: list[Test], layer: _Layer) -> Test | None:
    """A test that comes to the code of a layer; rather one that its words fit too."""
    fitting = sorted(real[:MOST], key=lambda test: not _tells_of(repo, test, layer.name))
    return next((test for test in fitting if _calls(repo, test, layer)), None)


def _calls(repo: Repo, test: Test, layer: _Layer) -> bool:
    if layer.name == "routes":
        return _tells_of(repo, test, layer.name)
    return not layer.inside.isdisjoint(names_reached(repo, test))


def _tells_of(repo: Repo, test: Test, layer: str) -> bool:
    """Whether the names in a test, its own and its imports sound like a layer."""
    used = [*test.function.names, *test.function.arguments, test.function.name.removeprefix("test_")]
    if layer == "routes":
        return any(CLIENT.search(_snake(word)) for word in used)
    imported = [name for each in test_modules(repo)[test.path].imports for name in (each.name, *each.names)]
    pattern = regex(rf"(?:^|[._/])(?:{LAYERS[layer]})", re.IGNORECASE)
    return any(pattern.search(_snake(word)) for word in (*used, *imported, test.path))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)


RULES = (risky_layers_tested,)
