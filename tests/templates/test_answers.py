"""Every combination of the answers: each file follows only those that it should, and the gates stay green."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from aiscaffold.answers import resolve
from aiscaffold.catalog import question_specs
from aiscaffold.render import render
from aiscaffold.tree import files_of

from .conftest import inside, make
from .samples import CATALOGUE, SAMPLES, WORKFLOWS, Answers, Sample

Tree = dict[str, bytes]
Trees = Callable[[Sample, tuple[str, ...]], Tree]

ALL = [(sample, answers) for sample in SAMPLES for answers in sample.combinations]
COVER = [(sample, answers) for sample in SAMPLES for answers in sample.covers]
LINK = re.compile(r"(?<!!)\[[^]]*]\(([^)\s]+)\)|!\[[^]]*]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def key(sample: Sample, answers: Answers) -> tuple[str, ...]:
    """Give the answers, completed by the defaults, in one order."""
    return tuple((sample.default | answers).values())


def named(value: object) -> str:
    """Name a template, or a combination of answers, in a test's name."""
    return "-".join(filter(None, value.values())) if isinstance(value, dict) else str(value)


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Trees:
    """Render a combination, once, in this process."""

    @cache
    def tree(sample: Sample, values: tuple[str, ...]) -> Tree:
        project = tmp_path_factory.mktemp("answers") / "project"
        answers = dict(zip(sample.choices, values, strict=True))
        render(CATALOGUE, sample.source, resolve(sample.source, answers), project)
        return {file.relative_to(project).as_posix(): file.read_bytes() for file in files_of(project)}

    return tree


@pytest.fixture
def tree(sample: Sample, answers: Answers, trees: Trees) -> Tree:
    """Give what was rendered for the combination."""
    return trees(sample, key(sample, answers))


whatever_is_answered = pytest.mark.parametrize(("sample", "answers"), ALL, ids=named)


def test_every_template_has_its_sample() -> None:
    assert {sample.template for sample in SAMPLES} == {template.name for template in CATALOGUE.templates}


def test_the_choices_are_those_of_the_questions(sample: Sample) -> None:
    questions = question_specs(sample.source.folder)
    asked = {name: question for name, question in questions.items() if "choices" in question}
    assert {name: sorted(question["choices"]) for name, question in asked.items()} == {
        name: sorted(values) for name, values in sample.choices.items() if name != "github_owner"
    }
    assert {name: question["default"] for name, question in asked.items()} == {
        name: sample.default[name] for name in asked
    }


@whatever_is_answered
def test_a_file_follows_no_other_answers_than_it_should(
    sample: Sample, answers: Answers, tree: Tree, trees: Trees
) -> None:
    for name in tree:
        followed = {each: answers[each] for each in sample.follows.get(name, ())}
        assert tree[name] == trees(sample, key(sample, followed)).get(name), name


@whatever_is_answered
def test_a_workflow_is_there_where_it_was_asked_for(answers: Answers, tree: Tree) -> None:
    assert (f"{WORKFLOWS}/template-update.yml" in tree) == (answers["update_workflow"] == "yes")
    assert (f"{WORKFLOWS}/release.yml" in tree) == (answers.get("publish_image") == "yes")
    jobs = yaml.safe_load(tree[f"{WORKFLOWS}/ci.yml"])["jobs"]
    assert any("audit" in name for name in jobs) == (answers["audit_workflow"] == "yes")


@whatever_is_answered
def test_there_are_few_files(sample: Sample, answers: Answers, tree: Tree) -> None:
    assert len(tree) < sample.most_files + (answers["update_workflow"] == "yes")


@whatever_is_answered
def test_every_file_that_has_a_grammar_follows_it(tree: Tree) -> None:
    for name, content in tree.items():
        match Path(name).suffix:
            case ".toml" | ".lock":
                tomllib.loads(content.decode("utf-8"))
            case ".yml" | ".yaml":
                assert yaml.safe_load(content), name
            case ".json":
                json.loads(content)


@whatever_is_answered
def test_the_licence_is_the_same_wherever_it_is_named(answers: Answers, tree: Tree) -> None:
    chosen = answers["license"]
    assert tomllib.loads(tree["pyproject.toml"].decode())["project"]["license"] == chosen
    assert f"[{chosen}](LICENSE)" in tree["README.md"].decode()
    named = {"docs/MODEL_CARD.md": f"license: {chosen.lower()}\n", "CITATION.cff": f"license: {chosen}\n"}
    found = [name for name in named if name in tree]
    assert found
    assert [name for name in found if named[name] not in tree[name].decode()] == []


@whatever_is_answered
def test_no_link_leads_nowhere(tree: Tree) -> None:
    broken = [f"{page}: {link}" for page in tree if page.endswith(".md") for link in broken_links(page, tree)]
    assert broken == []


def broken_links(page: str, tree: Tree) -> Iterator[str]:
    """Give the links of a page to files, headings or workflows that are not there."""
    for link in (link or image for link, image in LINK.findall(tree[page].decode("utf-8"))):
        leads = is_address_whole if "://" in link else leads_somewhere
        if not leads(link, page, tree):
            yield link


def is_address_whole(link: str, _: str, tree: Tree) -> bool:
    """Whether a foreign address names an owner, and no workflow that is not there."""
    workflow = re.search(r"/actions/(workflows/[\w-]+\.yml)", link)
    return "github.com//" not in link and (workflow is None or f".github/{workflow[1]}" in tree)


def leads_somewhere(link: str, page: str, tree: Tree) -> bool:
    """Whether a file or folder is there, and the heading in it."""
    path, _, heading = link.partition("#")
    target = resolved(page, path)
    if heading:
        return target in tree and heading in anchors(tree[target].decode("utf-8"))
    return target in tree or any(name.startswith(f"{target}/") for name in tree)


def resolved(page: str, path: str) -> str:
    """Give the path of a link's target from the top of the project."""
    parts = [*Path(page).parent.parts]
    for part in Path(path).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts) if path else page


def anchors(text: str) -> set[str]:
    """Give the names that GitHub gives to the headings of a page."""
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


def test_the_cover_holds_every_value_of_every_answer(sample: Sample) -> None:
    for name, values in sample.choices.items():
        assert {(sample.default | answers)[name] for answers in ({}, *sample.covers)} == {*values}


@pytest.mark.slow
@pytest.mark.parametrize(("sample", "chosen"), COVER, ids=named)
def test_every_gate_passes_whatever_the_answers(sample: Sample, chosen: Answers, tmp_path: Path) -> None:
    options = [word for name, value in chosen.items() for word in ("-d", f"{name}={value}")]
    project = make(sample.template, tmp_path / sample.name, *options)
    inside(project, "uv", "sync", "--locked")
    said = inside(project, "uv", "run", "--locked", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == [*sample.checks]
