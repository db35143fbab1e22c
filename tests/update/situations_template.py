"""What templates do besides changing files: questions, settings, code that runs, errors."""

from .description import GONE, PASS, REFUSED, Version, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
MINE = {"app.py": "MINE"}
THEIRS = {"app.py": "THEIRS"}
NAME = {"name": "demo"}


def _edit(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"app.py": TEXT},
    Version({"app.py": LATE, "color.txt": "[[color]] THEIRS\n"}, {**NAME, "color": "red"}),
    mine=MINE,
    theirs={**THEIRS, "color.txt": "red THEIRS"},
)
def a_new_question_takes_its_default(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT, "color.txt": "[[color]]\n"}, {**NAME, "color": "red"}),
    Version({"app.py": LATE, "color.txt": None}, NAME),
    mine=MINE,
    theirs={**THEIRS, "color.txt": GONE},
)
def a_question_is_removed(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT, "color.txt": "one\n[[color]]\n"}, {**NAME, "color": "red"}),
    Version({"app.py": LATE}, {**NAME, "color": "blue"}),
    mine=MINE,
    theirs={**THEIRS, "color.txt": "red"},
    check=lambda files: b"blue" not in files["color.txt"],
)
def a_changed_default_leaves_the_recorded_answer(project: Project) -> None:
    _edit(project)


CHOICE = {"type": "str", "choices": ["red", "green"], "default": "red"}


@situation(
    Version({"app.py": TEXT, "color.txt": "[[color]]\n"}, {**NAME, "color": CHOICE}),
    Version({"app.py": LATE}, {**NAME, "color": {**CHOICE, "choices": ["green", "blue"], "default": "green"}}),
    mine=MINE,
    theirs={**THEIRS, "color.txt": "green"},
    copier_only=True,
)
def an_old_answer_is_no_longer_valid(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT, "color.txt": "[[color]]\n"}, {**NAME, "color": "red"}),
    Version({"app.py": LATE, "color.txt": "[[paint]]\n"}, {**NAME, "paint": "[[color|default('red')]]"}),
    mine=MINE,
    theirs={**THEIRS, "color.txt": "red"},
    copier_only=True,
)
def a_question_is_renamed(project: Project) -> None:
    _edit(project)


@situation(
    {"app.py": TEXT, "name.txt": "[[name]]\n" + TEXT},
    {"app.py": LATE},
    mine={**MINE, "name.txt": "MINE"},
    theirs={**THEIRS, "name.txt": "other"},
    answers={"name": "other"},
)
def an_answer_is_changed_with_the_update(project: Project) -> None:
    _edit(project)
    project.append("name.txt", "MINE\n")


@situation(
    Version({"app.py": TEXT, "seed.txt": "first\n"}, settings={"skip_if_exists": ["seed.txt"]}),
    {"app.py": LATE, "seed.txt": "second\n"},
    mine={**MINE, "seed.txt": "first"},
    theirs=THEIRS,
)
def skip_if_exists(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT, "extra.md": TEXT}),
    Version({"app.py": LATE, "extra.md": LATE}, settings={"exclude": ["extra.md"]}),
    mine={**MINE, "extra.md": "MINE"},
    theirs=THEIRS,
    expect=PASS,
)
def a_file_is_newly_excluded(project: Project) -> None:
    _edit(project)
    project.edit("extra.md", "line 4\n", "line 4 MINE\n")


ONCE = ["{% if _copier_operation == 'update' %}example.md{% endif %}"]


@situation(
    Version({"app.py": TEXT, "example.md": TEXT}, settings={"exclude": ONCE}),
    {"app.py": LATE, "example.md": LATE},
    mine=MINE,
    theirs=THEIRS,
    check=lambda files: files["example.md"] == TEXT.encode(),
)
def a_file_is_excluded_from_updates(project: Project) -> None:
    _edit(project)


TASK = {"tasks": ["echo THEIRS > ran.txt"]}


@situation({"app.py": TEXT}, Version({"app.py": LATE}, settings=TASK), mine=MINE, theirs=THEIRS, expect=REFUSED)
def the_new_version_wants_to_run_code(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT}, settings=TASK),
    {"app.py": LATE},
    mine=MINE,
    theirs={**THEIRS, "ran.txt": "THEIRS"},
    trust=True,
    posix_only=True,
)
def trusted_code_runs(project: Project) -> None:
    _edit(project)


@situation({"app.py": TEXT}, {"app.py": LATE, "z.txt": "[[ broken( ]]\n"}, mine=MINE, theirs=THEIRS, expect=REFUSED)
def the_new_version_cannot_be_rendered(project: Project) -> None:
    _edit(project)


@situation(
    Version({"app.py": TEXT}),
    Version({"app.py": LATE}, settings={"tasks": ["exit 7"]}),
    mine=MINE,
    theirs=THEIRS,
    trust=True,
    expect=REFUSED,
)
def a_trusted_task_of_the_new_version_fails(project: Project) -> None:
    _edit(project)


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={**MINE, ".copier-answers.yml": "# MINE"},
    theirs=THEIRS,
    copier_only=True,
)
def a_comment_was_written_into_the_answers_file(project: Project) -> None:
    _edit(project)
    project.append(".copier-answers.yml", "# MINE\n")


@situation(
    {"app.py": TEXT},
    Version({"app.py": LATE}, settings={"answers_file": ".answers.yml"}),
    mine=MINE,
    theirs=THEIRS,
    expect=PASS,
)
def the_template_renames_its_answers_file(project: Project) -> None:
    _edit(project)


@situation({"app.py": TEXT}, {"app.py": LATE}, mine=MINE, theirs=THEIRS, copier_only=True, expect=REFUSED)
def the_answers_file_is_gone(project: Project) -> None:
    _edit(project)
    project.remove(".copier-answers.yml")


SECOND = "_src_path: https://example.org/other.git\n_commit: v9\nname: MINE\n"


@situation(
    {"app.py": TEXT}, {"app.py": LATE}, mine={**MINE, ".copier-answers.other.yml": SECOND.encode()}, theirs=THEIRS
)
def the_answers_file_of_a_second_template_stands_beside(project: Project) -> None:
    _edit(project)
    project.write(".copier-answers.other.yml", SECOND)
