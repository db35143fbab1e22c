"""Templates are pure data: nothing runs, nothing depends on the day, the machine or chance."""

import re
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

import pytest
import yaml
from support import ROOT

from aiscaffold.catalog import Template, question_specs
from aiscaffold.tree import files_of

from .samples import CATALOGUE, Sample

TEMPLATES = CATALOGUE.templates
SOURCES = [file for file in files_of(ROOT / "templates") if file.suffix == ".jinja" or "_shared" in file.parts]
SETTINGS = {"_min_copier_version", "_subdirectory", "_exclude"}
BANNED = re.compile(r"\{[{%][^}]*\b(strftime|now|random|fileglob|shuffle|uuid|lookup|getenv|environ)\b")
OWNERS = re.compile(r"aiscaffold/flight|/(?:home|Users|root)/|[A-Z]:\\\\")


def test_copier_is_given_no_settings_that_run_code() -> None:
    dispatcher = yaml.safe_load((ROOT / "copier.yml").read_text(encoding="utf-8"))
    assert {name for name in dispatcher if name.startswith("_")} <= SETTINGS


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_questions_have_only_the_keys_that_we_evaluate_too(template: Template) -> None:
    known = {"type", "help", "default", "choices", "validator", "ask"}
    specs = question_specs(template.folder)
    assert {name: set(spec) - known for name, spec in specs.items() if set(spec) - known} == {}
    assert sum(question.asked for question in template.questions) <= 6


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_value_in_a_path_or_text_is_recorded(template: Template) -> None:
    recorded = {"project_name", "author_name", "github_owner", "license", "distribution_name", "package_name", "year"}
    assert recorded <= {question.name for question in template.questions}


@pytest.mark.parametrize("source", SOURCES, ids=lambda f: f.relative_to(ROOT / "templates").as_posix())
def test_no_source_asks_for_a_date_a_random_number_or_the_machine(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert BANNED.findall(text) == []
    assert OWNERS.findall(text) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_file_has_a_reason_and_every_reason_a_file(template: Template) -> None:
    files = set(template.files)
    assert files == set(template.reasons)
    assert {path for path, reason in template.reasons.items() if not 10 <= len(reason) <= 70} == set()


def test_the_budget_of_files_and_the_listing_hold(sample: Sample) -> None:
    template = sample.source
    always = [file for file in files_of(template.folder / "template") if "{%" not in file.name]
    assert len(always) < sample.most_files
    assert len(template.files) <= sample.most_files  # the workflow that proposes updates is for those who ask for it
    assert len({path.split("/")[0] for path in template.files}) <= 22
    assert len(f"{template.name}  {template.summary}") <= 100
    assert not any(path.endswith(".gitkeep") for path in template.files)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_the_reserved_names_hold_every_package_of_the_lock(template: Template) -> None:
    lock = (template.folder / "template/uv.lock.jinja").read_text(encoding="utf-8")
    packages = {name for name in re.findall(r'^name = "([^"]+)"', lock, re.MULTILINE) if "{{" not in name}
    reserved = set((template.folder / "reserved.txt").read_text(encoding="utf-8").split())
    assert len(packages) > 30
    assert packages <= reserved


@pytest.mark.parametrize("lock", [ROOT / "uv.lock", *ROOT.glob("templates/*/template/uv.lock.jinja")], ids=str)
def test_lock_files_name_the_public_index_alone(lock: Path) -> None:
    hosts = set(re.findall(r'(?:registry|url) = "https?://([^/"]+)', lock.read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}


LONGEST_COPY = 12  # lines; dependencies' and rules' lists are alike, code is not


@pytest.mark.parametrize(("one", "other"), [*combinations(TEMPLATES, 2)], ids=lambda t: t.name)
def test_what_two_templates_share_stands_in_one_place(one: Template, other: Template) -> None:
    copied = {
        path: lines
        for path in sorted({*sources_of(one)} & {*sources_of(other)})
        if len(lines := longest_copy(sources_of(one)[path], sources_of(other)[path])) > LONGEST_COPY
    }
    assert copied == {}


def sources_of(template: Template) -> dict[str, list[str]]:
    """The lines of each file that people write, without blank ones."""
    folder = template.folder / "template"
    written = (".py", ".toml", ".md", ".yml", ".yaml", ".jinja")
    return {
        file.relative_to(folder).as_posix().removesuffix(".jinja"): file.read_text(encoding="utf-8").split("\n")
        for file in files_of(folder)
        if file.suffix in written and not file.name.startswith("uv.lock")
    }


def longest_copy(one: list[str], other: list[str]) -> list[str]:
    """The longest run of lines that both hold."""
    found = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return one[found.a : found.a + found.size]
