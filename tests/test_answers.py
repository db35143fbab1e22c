"""From what a user gives to answers that work."""

from pathlib import Path

import pytest
from catalogues import write_catalogue

from aiscaffold.answers import read_data_file, resolve
from aiscaffold.catalog import Question, Template
from aiscaffold.errors import BadAnswer, BadDataFile


def test_defaults_follow_from_earlier_answers(mini: Template) -> None:
    answers = resolve(mini, {"project_name": "Bike Demand"})
    assert answers["distribution_name"] == "bike-demand"
    assert answers["package_name"] == "bike_demand"
    assert answers["author_name"] == "Bike Demand authors"


def test_a_given_answer_wins_over_a_suggestion_and_that_over_the_default(mini: Template) -> None:
    suggested = {"author_name": "From git", "year": "2031"}
    assert resolve(mini, {"author_name": "Given"}, suggested)["author_name"] == "Given"
    assert resolve(mini, {}, suggested)["author_name"] == "From git"
    assert resolve(mini, {}, suggested)["year"] == "2031"


def test_a_suggestion_that_is_no_answer_falls_back_to_the_default(mini: Template) -> None:
    assert resolve(mini, {}, {"license": "GPL"})["license"] == "MIT"


def test_shared_questions_come_first_in_the_templates_words_then_its_own(tmp_path: Path) -> None:
    shared = "name: {type: str, help: A name}\nlicense: {type: str, choices: [MIT], default: MIT}\n"
    own = "extra: {type: str, default: x}\nname: {default: mine}\n"
    folder = write_catalogue(tmp_path, {"templates/_shared/questions.yml": shared, "templates/mini/questions.yml": own})
    questions = Template("mini", folder / "templates/mini").questions
    assert [question.name for question in questions] == ["name", "license", "extra"]
    assert (questions[0].help, questions[0].default) == ("A name", "mine")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"licence": "MIT"}, "no question 'licence'"),
        ({"license": "GPL"}, "must be one of MIT, Apache-2.0"),
        ({"project_name": "4ever"}, "must start with a letter"),
        ({"project_name": "json"}, "standard library"),
        ({"project_name": "class"}, "word of the Python language"),
        ({"project_name": "match"}, "word of the Python language"),
        ({"project_name": "NumPy"}, "depends on"),
        ({"package_name": "sklearn"}, "depends on"),
        ({"project_name": "scikit.learn"}, "depends on"),
        ({"project_name": "aux"}, "Windows refuses"),
        ({"project_name": "tests"}, "folder of the generated project"),
        ({"package_name": "../evil"}, "no name that Python can import"),
        ({"package_name": "foo-bar"}, "no name that Python can import"),
        ({"package_name": "9x"}, "no name that Python can import"),
        ({"package_name": ""}, "no name that Python can import"),
        ({"distribution_name": "../../up"}, "no name of a package"),
        ({"distribution_name": 'a b"'}, "no name of a package"),
        ({"author_name": ["a", "b"]}, "not a list or a mapping"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(mini: Template, given: dict[str, object], says: str) -> None:
    with pytest.raises(BadAnswer, match=says):
        resolve(mini, given)


def test_a_refused_name_comes_with_one_that_works(mini: Template) -> None:
    with pytest.raises(BadAnswer) as refusal:
        resolve(mini, {"project_name": "json"})
    assert refusal.value.hint == "try: -d project_name=my-json"
    assert resolve(mini, {"project_name": "my-json"})["package_name"] == "my_json"


def test_an_unknown_question_comes_with_the_nearest_one(mini: Template) -> None:
    with pytest.raises(BadAnswer) as refusal:
        resolve(mini, {"licence": "MIT"})
    assert refusal.value.hint == "did you mean license?"


def test_only_asked_questions_reach_the_user_and_answers_are_checked_at_once(mini: Template) -> None:
    seen = []

    def ask(question: Question, default: str, check: object) -> str:
        seen.append((question.name, default))
        with pytest.raises(BadAnswer):
            check("7" if question.name == "project_name" else "GPL")  # type: ignore[operator]
        return {"project_name": "tide"}.get(question.name, default)

    template = Template(mini.name, mini.folder)
    object.__setattr__(template, "questions", tuple(q for q in mini.questions if q.name != "author_name"))
    answers = resolve(template, {}, ask=ask)
    assert seen == [("project_name", "my-thing"), ("license", "MIT")]
    assert answers["distribution_name"] == "tide"


def test_answers_are_never_run_as_templates(mini: Template) -> None:
    hostile = "{{ 1 + 1 }} {% raw %}"
    assert resolve(mini, {"author_name": hostile})["author_name"] == hostile


@pytest.mark.parametrize(
    ("text", "answers"),
    [("license: MIT\nyear: 2030\n", {"license": "MIT", "year": 2030}), ('{"license": "MIT"}', {"license": "MIT"})],
)
def test_a_data_file_is_yaml_or_json(tmp_path: Path, text: str, answers: dict[str, object]) -> None:
    file = tmp_path / "answers"
    file.write_text(text, encoding="utf-8")
    assert read_data_file(file) == answers


def test_a_projects_own_answers_file_may_be_given_again(tmp_path: Path) -> None:
    file = tmp_path / ".copier-answers.yml"
    file.write_text("_commit: v1\n_src_path: gh:a/b\ntemplate: mini\nlicense: MIT\n", encoding="utf-8")
    assert read_data_file(file) == {"license": "MIT"}


@pytest.mark.parametrize("content", [b"- a\n- b\n", b"a: [", b"\xff\xfe\x00", b""])
def test_a_data_file_without_answers_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "answers"
    file.write_bytes(content)
    with pytest.raises(BadDataFile):
        read_data_file(file)


def test_numbers_and_truth_values_of_a_data_file_become_text(mini: Template) -> None:
    answers = resolve(mini, {"year": 2030, "author_name": True})
    assert (answers["year"], answers["author_name"]) == ("2030", "true")
