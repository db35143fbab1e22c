"""Files whose meaning a merge of lines does not know: locks, tables of settings, code, notebooks."""

import json
import tomllib
from collections.abc import Mapping

from .description import CONFLICT, PASS, TOLD, lines, situation, swap
from .project import Project

PYPROJECT = '[project]\nname = "[[name]]"\nversion = "1"\n\ndependencies = [\n  "numpy>=1",\n  "polars>=1",\n]\n'
LOCK = 'version = 1\n\n[[package]]\nname = "numpy"\nversion = "1.0"\n\n[[package]]\nname = "polars"\nversion = "1.0"\n'
NEWER = LOCK.replace('"1.0"', '"2.0"')
MINE = LOCK + '\n[[package]]\nname = "MINE"\nversion = "1.0"\n'
LOCKED = {"pyproject.toml": PYPROJECT, "uv.lock": LOCK.encode()}


@situation(LOCKED, {"uv.lock": NEWER.encode()}, mine={"pyproject.toml": "# MINE"}, theirs={"uv.lock": NEWER.encode()})
def an_untouched_lock_file(project: Project) -> None:
    project.edit("pyproject.toml", "[project]", "# MINE\n[project]")


@situation(
    LOCKED,
    {"uv.lock": NEWER.encode()},
    mine={"uv.lock": "MINE"},
    theirs={"uv.lock": '"2.0"'},
    expect=TOLD,
)
def a_lock_file_that_the_user_changed(project: Project) -> None:
    project.write("uv.lock", MINE)


@situation(
    LOCKED,
    {"uv.lock": NEWER.encode(), "pyproject.toml": swap(PYPROJECT, "numpy>=1", "numpy>=2")},
    mine={"uv.lock": "MINE", "pyproject.toml": "MINE"},
    theirs={"pyproject.toml": "numpy>=2", "uv.lock": '"2.0"'},
    expect=TOLD,
)
def both_sides_change_dependencies_and_the_lock_file(project: Project) -> None:
    project.edit("pyproject.toml", 'version = "1"\n', 'version = "1"\ndescription = "MINE"\n')
    project.write("uv.lock", MINE)


def _one_meaning(files: Mapping[str, bytes]) -> bool:
    try:
        tomllib.loads(files["app.toml"].decode())
    except tomllib.TOMLDecodeError:
        return False
    return True


TOML = '[server]\nhost = "localhost"\nport = 80\nlog = "info"\nworkers = 2\nreload = false\ntimeout = 9\n'


@situation(
    {"app.toml": TOML},
    {"app.toml": TOML + "retries = 3\n"},
    mine={"app.toml": "retries = 5"},
    theirs={"app.toml": "retries = 3"},
    check=_one_meaning,
    expect=CONFLICT,
)
def both_sides_add_the_same_toml_key_in_different_places(project: Project) -> None:
    project.edit("app.toml", 'host = "localhost"\n', 'host = "localhost"\nretries = 5\n')


def _is_json(files: Mapping[str, bytes]) -> bool:
    try:
        json.loads(files["app.json"])
    except ValueError:
        return False
    return True


JSON = '{\n  "a": 1,\n  "b": 2,\n  "c": 3,\n  "d": 4,\n  "e": 5,\n  "last": 6\n}\n'


@situation(
    {"app.json": JSON},
    {"app.json": swap(JSON, '  "d": 4,\n  "e": 5,\n  "last": 6\n', '  "d": 4,\n  "e": 5\n')},
    mine={"app.json": '"MINE"'},
    check=_is_json,
)
def json_of_which_the_template_takes_the_last_key(project: Project) -> None:
    project.edit("app.json", '  "a": 1,\n', '  "MINE": 0,\n  "a": 1,\n')


NUMBERS = '{\n "rows": [\n  1,\n  2,\n  3,\n  4,\n  5,\n  6\n ]\n}\n'


@situation(
    {"app.json": NUMBERS.encode()},
    {"app.json": swap(swap(NUMBERS, ": [", ": [["), "]\n", "]]\n").encode()},
    mine={"app.json": "MINE"},
    theirs={"app.json": "[["},
    check=_is_json,
    expect=CONFLICT,
)
def json_that_no_longer_parses_when_merged(project: Project) -> None:
    project.edit("app.json", "  3,\n", '  3\n ],\n "MINE": [\n')


def _compiles(files: Mapping[str, bytes]) -> bool:
    try:
        compile(files["app.py"], "app.py", "exec")
    except SyntaxError:
        return False
    return True


CODE = "def fit(rows):\n    total = 0\n    for row in rows:\n        total += row\n    best = total\n    return best\n"
DEEPER = "def fit(rows):\n    if rows:\n" + "".join(f"    {line}\n" for line in CODE.splitlines()[1:])


ROWS = "import os\n\n\nrows = (\n    1,\n    2,\n    3,\n    4,\n)\nlast = 1\n"


@situation(
    {"app.py": ROWS},
    {"app.py": swap(swap(ROWS, "rows = (", "rows = ["), "\n)\n", "\n]\n")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "rows = ["},
    check=_compiles,
)
def an_edit_between_brackets_that_the_template_changes(project: Project) -> None:
    project.edit("app.py", "    2,\n", "    2,  # MINE\n")


@situation(
    {"app.py": ROWS},
    {"app.py": swap(swap(ROWS, "rows = (", "rows = ["), "\n)\n", "\n]\n")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "rows = ["},
    check=_compiles,
    expect=CONFLICT,
)
def python_that_no_longer_compiles_when_merged(project: Project) -> None:
    project.edit("app.py", "    2,\n", "    2,\n)\nMINE = (\n")


@situation(
    {"app.py": "rows = list(\n    range(1),\n)\nnext_line = 1\nthen = 2\nmore = 3\nend = (then, more)\n"},
    {"app.py": "rows = list(\n    range(1),\n)\nnext_line = 1\nthen = 2\nmore = 3\nend = (then,\n  more, 'THEIRS')\n"},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    check=_compiles,
)
def python_edited_on_both_sides_that_still_compiles(project: Project) -> None:
    project.edit("app.py", "range(1)", "range(1), 'MINE'")


@situation(
    {"app.py": swap(CODE, "    best = total\n", "    best = total\n\n\n\n")},
    {"app.py": swap(DEEPER, "        best = total\n", "        best = total\n\n\n\n")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "    if rows:"},
    check=_compiles,
    expect=CONFLICT,
)
def python_that_the_template_indents_around_an_edit(project: Project) -> None:
    project.edit("app.py", "    return best\n", "    return best  # MINE\n")


YAML = (
    "jobs:\n  test:\n    runs-on: ubuntu\n    steps:\n      - run: a\n      - run: b\n      - run: c\n      - run: d\n"
)


@situation(
    {"ci.yml": YAML},
    {"ci.yml": YAML + "      - run: THEIRS\n"},
    mine={"ci.yml": "MINE"},
    theirs={"ci.yml": "THEIRS"},
)
def steps_added_to_a_workflow_on_both_sides(project: Project) -> None:
    project.edit("ci.yml", "      - run: a\n", "      - run: MINE\n      - run: a\n")


ANCHORS = "base: &base\n  retries: 3\n" + "".join(f"{word}: 1\n" for word in ("one", "two", "three", "four", "five"))


@situation(
    {"app.yaml": ANCHORS},
    {"app.yaml": swap(ANCHORS, " &base", "")},
    mine={"app.yaml": "MINE: *base"},
    theirs={"app.yaml": "base:\n"},
    check=lambda files: b"&base" in files["app.yaml"],
    expect=CONFLICT,
)
def yaml_that_no_longer_parses_when_merged(project: Project) -> None:
    project.append("app.yaml", "MINE: *base\n")


def _notebook(*cells: str) -> str:
    entries = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": [cell]} for cell in cells]
    return json.dumps({"cells": entries, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


NOTEBOOK = _notebook("import polars", "rows = 1", "fit(rows)", "plot(rows)", "report()")


@situation(
    {"explore.ipynb": NOTEBOOK.encode()},
    {"explore.ipynb": swap(NOTEBOOK, "report()", "report(THEIRS)").encode()},
    mine={"explore.ipynb": "MINE"},
    theirs={"explore.ipynb": "THEIRS"},
    check=lambda files: json.loads(files["explore.ipynb"])["nbformat"] == 4,
    expect=PASS,
)
def a_notebook_that_the_user_ran_and_edited(project: Project) -> None:
    project.edit("explore.ipynb", "rows = 1", "rows = MINE")
    project.edit(
        "explore.ipynb", '"outputs": []', '"outputs": [{"name": "stdout", "output_type": "stream", "text": []}]'
    )


REQUIREMENTS = "".join(f"package-{letter}>=1\n" for letter in "abcdefghij")


@situation(
    {"requirements.txt": REQUIREMENTS, "CHANGELOG.md": "# Changes\n\n" + lines(10)},
    {"requirements.txt": swap(REQUIREMENTS, "package-h>=1", "package-h>=2")},
    mine={"requirements.txt": "package-b>=1  # MINE", "CHANGELOG.md": "MINE"},
    theirs={"requirements.txt": "package-h>=2"},
)
def a_list_of_requirements(project: Project) -> None:
    project.edit("requirements.txt", "package-b>=1", "package-b>=1  # MINE")
    project.write("CHANGELOG.md", "# Changes\n\nMINE, written anew\n")


DEPENDENCIES = '[project]\nname = "demo"\ndependencies = [\n  "click",\n]\n\n[tool.one]\nkey = 1\n'


@situation(
    {"pyproject.toml": DEPENDENCIES},
    {"pyproject.toml": swap(DEPENDENCIES, '  "click",\n', '  "click",\n  "theirs>=2",\n')},
    mine={"pyproject.toml": '"mine>=1"'},
    theirs={"pyproject.toml": '"theirs>=2"'},
)
def both_sides_add_a_dependency(project: Project) -> None:
    project.edit("pyproject.toml", '  "click",\n', '  "click",\n  "mine>=1",\n')


@situation(
    {"pyproject.toml": DEPENDENCIES},
    {"pyproject.toml": swap(DEPENDENCIES, '  "click",\n', '  "click",\n  "shared>=2",\n')},
    mine={"pyproject.toml": '"shared>=1"'},
    theirs={"pyproject.toml": '"shared>=2"'},
    expect=CONFLICT,
)
def both_sides_add_the_same_dependency_with_other_bounds(project: Project) -> None:
    project.edit("pyproject.toml", '  "click",\n', '  "click",\n  "shared>=1",\n')


@situation(
    {"pyproject.toml": DEPENDENCIES},
    {"pyproject.toml": DEPENDENCIES + "\n[tool.theirs]\nkey = 3\n"},
    mine={"pyproject.toml": "[tool.mine]"},
    theirs={"pyproject.toml": "[tool.theirs]"},
)
def both_sides_add_a_table_of_settings(project: Project) -> None:
    project.write("pyproject.toml", DEPENDENCIES + "\n[tool.mine]\nkey = 2\n")


@situation(
    {".gitignore": "build/\n"},
    {".gitignore": "build/\ntheirs/\n"},
    mine={".gitignore": "mine/"},
    theirs={".gitignore": "theirs/"},
)
def both_sides_add_a_line_to_an_ignore_file(project: Project) -> None:
    project.edit(".gitignore", "build/\n", "build/\nmine/\n")
