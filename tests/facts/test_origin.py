"""The template that a project was made from, as its answers file records it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiscaffold.catalog import ADDRESS, load_catalogue
from aiscaffold.facts.origin import KINDS, Origin, read_origin

OURS = f"# Managed\n_commit: v0.2.0\n_src_path: {ADDRESS}\nproject_name: Tides\ntemplate: end-to-end-ml\n"


def of(files: dict[str, str], project: str = "") -> Origin | None:
    """The origin of the project in a folder."""
    return read_origin(files.get, sorted(path for path in files if path.startswith(project)), project)


def of_copier(text: str) -> Origin:
    """The origin that an answers file of copier tells."""
    found = of({".copier-answers.yml": text})
    assert found
    return found


@pytest.mark.parametrize(
    ("template", "kind"), [("end-to-end-ml", "service"), ("paper-reproduction", "reproduction"), ("kaggle", "kaggle")]
)
def test_our_templates_tell_the_kind(template: str, kind: str) -> None:
    found = of_copier(OURS.replace("end-to-end-ml", template))
    assert (found.tool, found.address, found.revision, found.template) == ("copier", ADDRESS, "v0.2.0", template)
    assert (found.kind, found.is_ours) == (kind, True)


def test_every_template_of_the_catalogue_has_a_kind() -> None:
    assert {template.name for template in load_catalogue().templates} <= {*KINDS}


@pytest.mark.parametrize(
    "text",
    [
        OURS.replace(ADDRESS, "gh:ada/template"),
        OURS.replace("end-to-end-ml", "of-my-own"),
        OURS.replace("end-to-end-ml", "../kaggle"),
        OURS.replace("_src_path", "src_path"),
        OURS.replace("_src_path", "  _src_path"),
        "",
        "\0",
    ],
)
def test_what_is_not_ours_has_no_kind(text: str) -> None:
    assert (of_copier(text).kind, of_copier(text).is_ours) == ("", False)


@pytest.mark.parametrize("value", ["'{}'", '"{}"', "{} # of us", "   {}  ", "{}\r"])
def test_values_are_read_however_they_are_written(value: str) -> None:
    assert of_copier(f"_src_path: {value.format(ADDRESS)}\n").address == ADDRESS


def test_the_rest_of_a_broken_file_is_read() -> None:
    assert of_copier(f"{OURS}broken: [\n\t:").kind == "service"


@pytest.mark.parametrize("name", [".cruft.json", ".cookiecutter.json"])
def test_cruft_tells_template_and_commit(name: str) -> None:
    found = of({name: json.dumps({"template": "gh:ada/template", "commit": "abc", "context": {}})})
    assert found
    assert (found.tool, found.path, found.address, found.revision) == ("cruft", name, "gh:ada/template", "abc")
    assert not found.is_ours


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"template": [1]}', "[" * 100_000])
def test_a_broken_record_of_cruft_is_still_a_record(text: str) -> None:
    found = of({".cruft.json": text})
    assert found
    assert found.tool == "cruft"


@pytest.mark.parametrize(
    "name", ["README.md", "copier-answers.yml", "docs/.copier-answers.yml", ".copier-answers.yml.bak"]
)
def test_without_a_record_there_is_no_origin(name: str) -> None:
    assert of({name: OURS}) is None


def test_several_answers_files_of_copier_are_known_by_their_name() -> None:
    found = of({".copier-answers.ml.yaml": OURS})
    assert found
    assert found.is_ours


def test_a_project_of_a_repository_has_an_origin_of_its_own() -> None:
    files = {".cruft.json": "{}", "api/.copier-answers.yml": OURS}
    found = of(files, "api/")
    assert found
    assert (found.path, found.kind) == ("api/.copier-answers.yml", "service")
    assert of({"api/x.py": "", ".copier-answers.yml": OURS}, "api/") is None


@given(st.text(max_size=200))
def test_no_text_is_refused(text: str) -> None:
    assert of_copier(text).text == text
    assert of({".cruft.json": text})
