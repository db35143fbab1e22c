"""Rules about the code itself: its interface is documented, its settings can be set, it runs on other machines."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiscaffold.evidence import Evidence, at
from aiscaffold.foreign_imports import ASIDE, in_cell, other_code, unread_code
from aiscaffold.module import Call, Class, Function, Module
from aiscaffold.regex import regex
from aiscaffold.repo import Repo
from aiscaffold.rule import (
    KAGGLE,
    LIBRARY,
    LLM_APP,
    NICE,
    REPRODUCTION,
    SERVICE,
    SHOULD,
    Outcome,
    damaged,
    failed,
    passed,
    rule,
    unknown,
    without_object,
)

DOCUMENTED, ANNOTATED = 0.5, 0.5
INHERITED = frozenset(
    """
    main forward call build get_config extra_repr training_step validation_step test_step predict_step
    configure_optimizers train_dataloader val_dataloader test_dataloader setup upgrade downgrade get_queryset
    get_context_data ready save
    """.split()  # noqa: SIM905 - a list of words
)  # methods whose meaning their framework gives
SHORT = 3  # lines that a function may have without a docstring
FEW = 3  # public definitions
EXAMPLES = 8

SPLIT = '''def split(rows: list[int], share: float) -> tuple[list[int], list[int]]:
    """Cut the rows in two, the older ones first."""
    cut = int(len(rows) * share)
    newer = rows[cut:]
    older = rows[:cut]
    return older, newer
'''
BARE = """def split(rows, share):
    cut = int(len(rows) * share)
    newer = rows[cut:]
    older = rows[:cut]
    return older, newer
"""
SET_IN_CODE = """from sklearn.ensemble import RandomForestClassifier

RandomForestClassifier(n_estimators=300, max_depth=7, random_state=1)
"""
ARGUMENTS = """import argparse

parser = argparse.ArgumentParser()
parser.add_argument("--depth", type=int, default=7)
"""


@rule(
    "QUA106",
    "api-documented",
    "The public interface is documented and typed",
    item="results-and-lessons",
    level=SHOULD,
    kinds=frozenset({LIBRARY, SERVICE}),
    fix="Give the functions of {path} a sentence on what they do, and types for what they take and return.",
    expected="docstrings and types on at least half of what is public",
    minutes=60,
    bad={"src/a.py": BARE, "src/b.py": BARE, "src/c.py": BARE},
    good={"src/a.py": SPLIT, "src/b.py": SPLIT, "src/c.py": SPLIT},
)
def api_documented(repo: Repo) -> Outcome:
    """Others use your code through names, types and one sentence each; they do not read the bodies.

    Types and docstrings also show that you know what a function promises.
    """
    modules = [module for module in repo.own_python.values() if not ASIDE.search(module.path[len(repo.project) :])]
    public = [_Public(m.path, each.name, each.line, each.has_docstring) for m in modules for each in _names(m)]
    if len(public) < FEW and (unread := [each for each in unread_code(repo) if each.path.endswith(".py")]):
        return damaged(*unread)
    if len(public) < FEW:
        return without_object(f"{len(public)} public functions and classes, too few to ask")
    functions = [(module.path, function) for module in modules for function in _functions(module)]
    documented = sum(each.has_docstring for each in public) / len(public)
    typed = _typed(repo, [function for _, function in functions])
    told = f"docstrings on {documented:.0%} of {len(public)} public names, types on {typed:.0%} of arguments"
    silent = [each for each in public if not each.has_docstring]
    if documented < DOCUMENTED:
        return failed(*(at(each.path, each.name, each.line) for each in silent[:EXAMPLES]), Evidence(remark=told))
    if typed < ANNOTATED:
        bare = [at(path, each.name, each.line) for path, each in functions if each.annotated < each.annotatable]
        return failed(*bare[:EXAMPLES], Evidence(remark=told))
    shown = next(each for each in public if each.has_docstring)
    return passed(at(shown.path, told, shown.line))


@dataclass(frozen=True, slots=True)
class _Public:
    """A public function or class."""

    path: str
    name: str
    line: int
    has_docstring: bool


def _names(module: Module) -> list[Function | Class]:
    return [*_functions(module), *(each for each in module.classes if not each.name.startswith("_"))]


def _typed(repo: Repo, functions: Sequence[Function]) -> float:
    """The share of arguments and results with a type; all where stubs tell them."""
    annotatable = sum(function.annotatable for function in functions)
    if not annotatable or any(path.endswith(".pyi") for path in repo.paths):
        return 1.0
    return sum(function.annotated for function in functions) / annotatable


def _functions(module: Module) -> Iterator[Function]:
    """What is public, and has an explanation or is long enough to need one."""
    for function in module.functions:
        hidden = function.is_nested or any(part.startswith("_") for part in function.qualname.split("."))
        if (
            not hidden
            and function.name not in INHERITED
            and (function.has_docstring or function.end - function.line >= SHORT)
        ):
            yield function


SETTERS = frozenset(
    """
    argparse click typer fire hydra omegaconf pydantic_settings dynaconf gin absl configargparse decouple dotenv
    environs simple_parsing tyro jsonargparse docopt yacs ml_collections sacred configparser tap prodict confuse
    starlette.config draccus plac cyclopts HfArgumentParser
    """.split()  # noqa: SIM905 - a list of words
)
READERS = regex(
    r"(?:^|\.)(?:getenv|environ\.get|HfArgumentParser|LightningCLI|BaseSettings|safe_load|full_load|OptionParser|ArgumentParser)$|"
    r"^yaml\.load$|^tomllib\.loads?$|^toml\.loads?$|^sys\.argv|^streamlit\.(?:secrets|sidebar)"
)
SETTINGS = regex(
    r"(?:^|/)(?:config|configs|configuration|settings|constants|params|hparams|hyperparameters|conf|CFG)\.py$",
    re.IGNORECASE,
)
FILES = regex(
    r"/(?:params|config|configs|configuration|settings|hparams)\.(?:ya?ml|toml|json|ini|cfg)$|"
    r"/(?:conf|configs?|cfgs?|settings|experiments?|options)/(?:[^/]+/){0,6}[^/]+\.(?:ya?ml|toml|json|ini|gin)$|"
    r"/\.env\.(?:example|sample|template|dist)$",
    re.IGNORECASE,
)
HIDDEN = regex(r"(?:^|/)\.[^/]+/")  # .circleci/, .streamlit/: of a tool, not of the project
TUNED = regex(
    r"(?:n_?)?epochs|batch_size|(?:lr|learning_rate|eta|dropout|momentum|weight_decay|temperature|top_k|top_p)|n_estimators|"
    r"max_depth|num_leaves|test_size|random_state|seed|chunk_size|chunk_overlap|max_tokens|hidden\w*|n_splits|units|num_workers",
    re.IGNORECASE,
)
LOCATION = regex(
    r"^['\"](?:https?://\S+|(?:\.{0,2}/)?[\w.-]+/[\w./-]+\.\w{2,5}|[\w-]+\.(?:csv|pkl|h5|pt|pth|joblib|parquet|json))['\"]$"
)
OPENERS = regex(r"(?:^|\.)(?:read_csv|read_parquet|load|open|load_model|get|post|from_pretrained|read_json|dump|save)$")
FEW_LITERALS = 3


@rule(
    "QUA107",
    "settings-outside-code",
    "Settings live outside the code",
    item="well-engineered",
    level=NICE,
    kinds=frozenset({SERVICE, REPRODUCTION, KAGGLE, LLM_APP}),
    fix="Move the numbers and paths of {path} (see line {line}) into arguments, a YAML file or one settings module.",
    expected="arguments, environment variables, a configuration file or a settings module",
    minutes=45,
    bad={"train.py": SET_IN_CODE},
    good={"train.py": ARGUMENTS},
)
def settings_outside_code(repo: Repo) -> Outcome:
    """Another learning rate, another path, another model: whoever repeats or serves your work changes settings first.

    Where they stand between the lines of the code, every run is an edit, and nobody knows which values gave the result.
    """
    modules = [module for module in repo.own_python.values() if not ASIDE.search(module.path[len(repo.project) :])]
    found = [
        *_settings(modules),
        *(
            at(path, "a file of settings")
            for path in repo.paths
            if FILES.search(f"/{path}") and not HIDDEN.search(path)
        ),
    ]
    if found:
        return passed(*found[:EXAMPLES])
    literal = [evidence for module in modules for evidence in _literals(module)]
    literal += [in_cell(repo, evidence) for module in repo.notebook_code.values() for evidence in _literals(module)]
    if len(literal) < FEW_LITERALS:
        other = other_code(repo)
        if unread := unread_code(repo):
            return damaged(*unread)
        return unknown(other) if other else without_object("few numbers and paths stand in the code")
    return failed(*literal[:EXAMPLES])


def _settings(modules: Iterable[Module]) -> Iterator[Evidence]:
    for module in modules:
        names = [used for used in module.imports if used.name in SETTERS or used.name.split(".")[0] in SETTERS]
        calls = [call for call in module.calls if READERS.search(call.name)]
        if names:
            yield at(module.path, f"imports {names[0].name}", names[0].line)
        elif calls:
            yield at(module.path, f"calls {calls[0].name}", calls[0].line)
        elif SETTINGS.search(module.path) and len(module.assigned) + len(module.classes) >= 1:
            yield at(module.path, "a module of settings")


def _literals(module: Module) -> Iterator[Evidence]:
    for call in module.calls:
        told = [
            f"{name}={value}" for name, value in call.keywords if value and TUNED.fullmatch(name) and value[0].isdigit()
        ]
        told += _locations(call)
        for each in told:
            yield at(module.path, each[:80], call.line)


def _locations(call: Call) -> list[str]:
    return [value for value in call.arguments[:1] if OPENERS.search(call.name) and LOCATION.match(value[:300])]


RULES = (api_documented, settings_outside_code)
