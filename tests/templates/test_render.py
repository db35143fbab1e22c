"""What is rendered, whatever the answers: parseable, the same everywhere, and the same as plain copier's."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support import ROOT, git

from aiscaffold.answers import resolve
from aiscaffold.catalog import Template
from aiscaffold.errors import BadAnswer
from aiscaffold.project import read_answers
from aiscaffold.render import render
from aiscaffold.tree import files_of, tree_id

from .samples import CATALOGUE, SAMPLES, Sample

TEMPLATES = CATALOGUE.templates
HOSTILE = 'O\'Brien "Z" \\ {{x}} {% raw %} #é 🛩 $HOME `id` <b>'
# An expression of the template language; other doubled braces are Python's own.
LEFT = re.compile(r"\{\{[- ]*[a-z_]+\b[^{]*\}\}")
printable = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=60)


def rendered(template: Template, folder: Path, **answers: str) -> Path:
    render(CATALOGUE, template, resolve(template, answers), folder)
    return folder


def of(template: Template) -> Sample:
    return next(sample for sample in SAMPLES if sample.template == template.name)


def is_text(file: Path) -> bool:
    return file.suffix not in (".gz", ".skops", ".data")


def parse(project: Path) -> None:
    """Every file that has a grammar follows it."""
    for file in files_of(project):
        text = file.read_bytes().decode("utf-8", errors="ignore")
        match file.suffix:
            case ".toml" | ".lock":
                tomllib.loads(text)
            case ".yml" | ".yaml" | ".cff":
                yaml.safe_load(text)
            case ".json":
                json.loads(text)
            case ".py" if sys.version_info >= (3, 12):  # what the generated projects need
                compile(text, file.name, "exec")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(author=printable, name=st.one_of(st.just("flight-delays"), printable))
@example(author=HOSTILE, name="flight-delays")
@example(author="'", name='O\'Hare "delays" {{ 7 }} #1')
@example(author='"""', name="éclair ✈")
def test_any_free_text_leaves_every_file_parseable_and_comes_back(
    template: Template, author: str, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    given_answers = {"author_name": author, "project_name": name}
    try:
        answers = resolve(template, given_answers)
    except BadAnswer:
        return  # refused with a reason is fine; accepted and broken is not
    project = tmp_path_factory.mktemp("hostile") / "project"
    render(CATALOGUE, template, answers, project)
    parse(project)
    recorded = read_answers((project / ".copier-answers.yml").read_text(encoding="utf-8"))
    assert {key: recorded[key] for key in given_answers} == given_answers
    manifest = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert manifest["project"]["authors"][0]["name"] == author
    assert author in (project / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_the_hostile_author_is_accepted_not_refused(template: Template) -> None:
    assert resolve(template, {"author_name": HOSTILE})["author_name"] == HOSTILE


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
@pytest.mark.parametrize("owner", ["", "octo-cat"])
@pytest.mark.parametrize("chosen", ["MIT", "Apache-2.0", "BSD-3-Clause"])
def test_every_choice_renders_without_a_trace_of_the_template_language(
    template: Template, chosen: str, owner: str, tmp_path: Path
) -> None:
    workflows = of(template).workflows("yes" if owner else "no")
    project = rendered(template, tmp_path / "p", license=chosen, github_owner=owner, **workflows)
    parse(project)
    for file in files_of(project):
        if is_text(file):
            # Braces of GitHub, Prometheus, Grafana and Docker: ${{ …, {{ $value, {{version}}, {{.State}}.
            text = re.sub(r"\$\{\{|\{\{ ?[$.]\w+|\{\{\w+\}\}", "", file.read_text(encoding="utf-8"))
            assert "{%" not in text, file
            assert LEFT.search(text) is None, file
            assert "\r" not in text, file
    assert chosen in (project / "pyproject.toml").read_text(encoding="utf-8")
    assert ("octo-cat" in (project / "README.md").read_text(encoding="utf-8")) == bool(owner)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_two_runs_on_other_days_in_other_folders_give_the_same_tree(template: Template, tmp_path: Path) -> None:
    here = rendered(template, tmp_path / "here")
    script = (
        "import pathlib, sys\n"
        "from aiscaffold.answers import resolve\nfrom aiscaffold.catalog import load_catalogue\n"
        "from aiscaffold.render import render\n"
        f"c = load_catalogue(); t = c.template({template.name!r})\n"
        "render(c, t, resolve(t, {}), pathlib.Path(sys.argv[1]))\n"
    )
    there = tmp_path / "ein anderer Ørt" / "x"
    there.parent.mkdir()
    env = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "1"}
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, env=env)
    assert tree_id(here) == tree_id(there)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
@pytest.mark.parametrize("others", [False, True], ids=["default answers", "other answers"])
def test_plain_copier_on_the_catalogue_gives_the_same_bytes(
    template: Template, tmp_path: Path, *, others: bool
) -> None:
    answers = {name: values[-1] for name, values in of(template).choices.items()} if others else {}
    source = tmp_path / "catalogue"
    source.mkdir()
    shutil.copyfile(ROOT / "copier.yml", source / "copier.yml")
    shutil.copytree(ROOT / "templates", source / "templates", ignore=shutil.ignore_patterns("__pycache__"))
    git(source, "init", "--quiet")
    git(source, "add", "--all", "--force")
    git(source, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "x")
    git(source, "tag", CATALOGUE.revision)
    chosen = {"template": template.name, **answers}
    data = [word for name, value in chosen.items() for word in ("--data", f"{name}={value}")]
    plain = tmp_path / "plain"
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults", *data, str(source), str(plain)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    ours = rendered(template, tmp_path / "ours", **answers)
    recorded = plain / ".copier-answers.yml"
    # Only the address differs: copier names the folder that it was given.
    recorded.write_bytes(recorded.read_bytes().replace(str(source).encode(), b"gh:aiscaffold/aiscaffold"))
    assert tree_id(plain) == tree_id(ours)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
@pytest.mark.parametrize("name", ["sklearn", "scikit-learn", "json", "class", "src"])
def test_a_name_that_would_shadow_something_is_refused(template: Template, name: str) -> None:
    with pytest.raises(BadAnswer):
        resolve(template, {"project_name": name})


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)
def test_every_package_of_the_lock_and_module_of_the_environment_is_refused(template: Template) -> None:
    reserved = (template.folder / "reserved.txt").read_text(encoding="utf-8").split()
    assert [name for name in reserved if is_accepted(template, name)] == []
    assert all(is_accepted(template, name) for name in ("abz", "zz9", of(template).name))


def is_accepted(template: Template, name: str) -> bool:
    try:
        resolve(template, {"project_name": name})
    except BadAnswer:
        return False
    return True
