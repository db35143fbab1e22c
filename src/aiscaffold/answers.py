"""From what the user gave to complete, checked answers: defaults rendered, names refused that could not work."""

import difflib
import keyword
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml
from jinja2.sandbox import SandboxedEnvironment

from aiscaffold.catalog import Question, Template, normal_name
from aiscaffold.errors import BadAnswer, BadDataFile

Answers = dict[str, str]
Check = Callable[[str], str]
Ask = Callable[[Question, str, Check], str]

NAMES = frozenset({"distribution_name", "package_name"})
# Folder names that Windows refuses, and the folders that stand beside the package in a generated project.
DEVICE_NAMES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))})
# https://packaging.python.org/en/latest/specifications/name-normalization/
DISTRIBUTION_NAME = r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?"
DATA_FILE_FORM = "one answer a line, for example: license: MIT"
OWN_FOLDERS = frozenset({"tests", "src", "data", "model", "reports", "docs", "tools"})


def resolve(
    template: Template,
    given: Mapping[str, Any],
    suggested: Mapping[str, str] | None = None,
    ask: Ask | None = None,
) -> Answers:
    """Complete and check the answers to a template's questions.

    `given` is what the user said; `suggested` are better defaults than the template's own, taken where they are
    valid. `ask` puts a question to the user and is handed the default and a check to apply at once; without it
    every question that was not answered takes its default. Raises `BadAnswer`, naming the question.
    """
    _refuse_unknown(template, given)
    answers: Answers = {}
    for question in template.questions:
        check = _checker(template, question, dict(answers))
        if question.name in given:
            answers[question.name] = check(_text(question, given[question.name]))
            continue
        default = _default(template, question, answers, suggested or {})
        answers[question.name] = ask(question, default, check) if ask and question.asked else check(default)
    return answers


def carried_over(template: Template, recorded: Mapping[str, Any]) -> tuple[Answers, dict[str, str]]:
    """Earlier answers that a newer version of a template still takes, and why it does not take the others."""
    kept: Answers = {}
    refused: dict[str, str] = {}
    for question in template.questions:
        if question.name not in recorded:
            continue
        value = _text(question, recorded[question.name])
        if reason := why_not(template, question, value, kept):
            refused[question.name] = reason
        else:
            kept[question.name] = value
    return kept, refused


def read_data_file(path: Path) -> dict[str, Any]:
    """The answers in a YAML file (JSON is YAML too). Raises `BadDataFile`, with the line where there is one."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadDataFile(f"cannot read {path}: {error.strerror}", hint="give the path of a YAML file") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadDataFile(f"{path} is not YAML: {' '.join(str(error).split())}", hint=DATA_FILE_FORM) from error
    if not isinstance(content, dict):
        raise BadDataFile(f"{path} holds no answers", hint=DATA_FILE_FORM)
    # A project's own answers file may be given again: what it says of the template is no answer.
    return {str(name): value for name, value in content.items() if name != "template" and str(name)[:1] != "_"}


def _checker(template: Template, question: Question, answers: Answers) -> Check:
    """A function that gives a value back when it answers the question and raises `BadAnswer` when not."""

    def check(value: str) -> str:
        if reason := why_not(template, question, value, answers):
            raise BadAnswer(f"{question.name} {value!r} {reason}", hint=_hint(question, value))
        return value

    return check


def _default(template: Template, question: Question, answers: Answers, suggested: Mapping[str, str]) -> str:
    better = suggested.get(question.name, "")
    if better and not why_not(template, question, better, answers):
        return better
    return render_text(question.default, answers)


def why_not(template: Template, question: Question, value: str, answers: Answers) -> str:
    """Why a value is no answer to a question; empty where it is one."""
    if question.choices and value not in question.choices:
        return f"must be one of {', '.join(question.choices)}"
    if reason := render_text(question.validator, {**answers, question.name: value}).strip():
        return reason
    if question.name in NAMES:
        return _why_not_a_name(question, value, template.reserved_names)
    return ""


def _why_not_a_name(question: Question, name: str, reserved: frozenset[str]) -> str:
    """Why a name cannot be a package of its own; it becomes a folder, so nothing else may pass."""
    if question.name == "package_name" and not (name.isascii() and name.isidentifier()):
        return "is no name that Python can import"
    if question.name == "distribution_name" and not re.fullmatch(DISTRIBUTION_NAME, name, re.ASCII):
        return "is no name of a package"
    plain = normal_name(name)
    causes = {
        "is a word of the Python language": keyword.iskeyword(plain) or keyword.issoftkeyword(plain),
        "is a module of Python's standard library": plain in sys.stdlib_module_names,
        "is a package that the template itself depends on": plain in reserved,
        "is a folder name that Windows refuses": plain in DEVICE_NAMES,
        "is a folder of the generated project": plain in OWN_FOLDERS,
    }
    return next((cause for cause, applies in causes.items() if applies), "")


def _hint(question: Question, value: str) -> str:
    if question.name in NAMES and re.fullmatch(DISTRIBUTION_NAME, value, re.ASCII):
        return f"try: -d project_name=my-{value.replace('_', '-')}"
    origin = "the folder's name is taken where none is given; " if question.name == "project_name" else ""
    return f"{origin}give one with -d {question.name}=VALUE"


def _refuse_unknown(template: Template, given: Mapping[str, Any]) -> None:
    known = [question.name for question in template.questions]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"{template.name} asks: {', '.join(known)}"
            raise BadAnswer(f"{template.name} has no question {name!r}", hint=hint)


def _text(question: Question, value: Any) -> str:
    """An answer from a data file as text; lists and mappings are no answers."""
    if isinstance(value, dict | list):
        raise BadAnswer(f"{question.name} must be one text, not a list or a mapping", hint=DATA_FILE_FORM)
    if isinstance(value, bool):
        # YAML reads a bare yes as true.
        is_yes_or_no = {"yes", "no"} <= set(question.choices)
        return ("yes" if value else "no") if is_yes_or_no else str(value).lower()
    return "" if value is None else str(value)


def render_text(expression: str, answers: Mapping[str, Any]) -> str:
    """A Jinja expression of a template's, with answers; it can reach nothing else."""
    return SandboxedEnvironment().from_string(expression).render(answers)
