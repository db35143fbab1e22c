"""Every combination of the answers: each file follows only those that it should, and the gates stay green."""

import itertools
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from aiscaffold.answers import resolve
from aiscaffold.catalog import load_catalogue
from aiscaffold.render import render
from aiscaffold.tree import files_of

from .conftest import inside, make

Answers = dict[str, str]
Tree = dict[str, bytes]

CATALOGUE = load_catalogue()
TEMPLATE = CATALOGUE.template("end-to-end-ml")
# The first choice is the default.
CHOICES = {
    "license": ("MIT", "Apache-2.0", "BSD-3-Clause"),
    "update_workflow": ("no", "yes"),
    "audit_workflow": ("no", "yes"),
    "publish_image": ("yes", "no"),
    "github_owner": ("", "octo-cat"),
}
ALL = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]
DEFAULT = ALL[0]
WORKFLOWS = ".github/workflows"
# What a file may follow; every other file is the same whatever the answers, and so are the gates' results on it.
FOLLOWS = {
    ".copier-answers.yml": set(CHOICES),
    ".github/SECURITY.md": {"github_owner"},
    f"{WORKFLOWS}/ci.yml": {"audit_workflow"},
    f"{WORKFLOWS}/release.yml": {"publish_image"},
    f"{WORKFLOWS}/template-update.yml": {"update_workflow"},
    "LICENSE": {"license"},
    "README.md": {"github_owner", "license"},
    "docs/MODEL_CARD.md": {"license"},
    "pyproject.toml": {"github_owner", "license"},
}
# With the default, which test_gates.py runs, each value of each answer is in one of them.
COVER = [
    {"license": "Apache-2.0", "update_workflow": "yes", "publish_image": "no", "github_owner": "octo-cat"},
    {"license": "BSD-3-Clause", "audit_workflow": "yes"},
]
MOST_FILES = 60
LINK = re.compile(r"(?<!!)\[[^]]*]\(([^)\s]+)\)|!\[[^]]*]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def key(answers: Answers) -> tuple[str, ...]:
    """Give the answers, completed by the defaults, in one order."""
    return tuple((DEFAULT | answers).values())


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Tree]:
    """Render every combination, in this process."""
    folder = tmp_path_factory.mktemp("answers")
    rendered = {}
    for at, answers in enumerate(ALL):
        project = folder / f"{at}"
        render(CATALOGUE, TEMPLATE, resolve(TEMPLATE, answers), project)
        rendered[key(answers)] = {file.relative_to(project).as_posix(): file.read_bytes() for file in files_of(project)}
    return rendered


@pytest.fixture(params=ALL, ids=lambda answers: "-".join(filter(None, answers.values())))
def answers(request: pytest.FixtureRequest) -> Answers:
    """Give one combination after the other."""
    return request.param


@pytest.fixture
def tree(answers: Answers, trees: dict[tuple[str, ...], Tree]) -> Tree:
    """Give what was rendered for the combination."""
    return trees[key(answers)]


def test_the_choices_are_those_of_the_questions() -> None:
    questions = yaml.safe_load((Path(CATALOGUE.root) / "templates/end-to-end-ml/questions.yml").read_text("utf-8"))
    asked = {name: question for name, question in questions.items() if "choices" in question}
    assert {name: sorted(question["choices"]) for name, question in asked.items()} == {
        name: sorted(CHOICES[name]) for name in CHOICES if name != "github_owner"
    }
    assert {name: question["default"] for name, question in asked.items()} == {name: DEFAULT[name] for name in asked}


def test_a_file_follows_no_other_answers_than_it_should(
    answers: Answers, tree: Tree, trees: dict[tuple[str, ...], Tree]
) -> None:
    for name in tree:
        followed = {each: answers[each] for each in FOLLOWS.get(name, ())}
        assert tree[name] == trees[key(followed)].get(name), name


def test_a_workflow_is_there_where_it_was_asked_for(answers: Answers, tree: Tree) -> None:
    assert (f"{WORKFLOWS}/template-update.yml" in tree) == (answers["update_workflow"] == "yes")
    assert (f"{WORKFLOWS}/release.yml" in tree) == (answers["publish_image"] == "yes")
    jobs = yaml.safe_load(tree[f"{WORKFLOWS}/ci.yml"])["jobs"]
    assert any("audit" in name for name in jobs) == (answers["audit_workflow"] == "yes")


def test_there_are_few_files(answers: Answers, tree: Tree) -> None:
    assert len(tree) <= MOST_FILES + (answers["update_workflow"] == "yes")


def test_every_file_that_has_a_grammar_follows_it(tree: Tree) -> None:
    for name, content in tree.items():
        match Path(name).suffix:
            case ".toml" | ".lock":
                tomllib.loads(content.decode("utf-8"))
            case ".yml" | ".yaml":
                assert yaml.safe_load(content), name
            case ".json":
                json.loads(content)


def test_the_licence_is_the_same_wherever_it_is_named(answers: Answers, tree: Tree) -> None:
    chosen = answers["license"]
    assert tomllib.loads(tree["pyproject.toml"].decode())["project"]["license"] == chosen
    assert f"[{chosen}](LICENSE)" in tree["README.md"].decode()
    assert f"license: {chosen.lower()}\n" in tree["docs/MODEL_CARD.md"].decode()


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


def test_the_cover_holds_every_value_of_every_answer() -> None:
    for name, values in CHOICES.items():
        assert {(DEFAULT | answers)[name] for answers in [DEFAULT, *COVER]} == {*values}


@pytest.mark.slow
@pytest.mark.parametrize("chosen", COVER, ids=lambda answers: "-".join(answers.values()))
def test_every_gate_passes_whatever_the_answers(chosen: Answers, tmp_path: Path) -> None:
    options = [word for name, value in chosen.items() for word in ("-d", f"{name}={value}")]
    project = make("end-to-end-ml", tmp_path / "flight-delays", *options)
    inside(project, "uv", "sync", "--locked")
    said = inside(project, "uv", "run", "--locked", "poe", "check")
    assert re.findall(r"^(\w+) +ok +[\d.]+ s$", said, re.MULTILINE) == ["lint", "format", "types", "tests", "report"]
