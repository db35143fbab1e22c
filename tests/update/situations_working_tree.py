"""What git does not know of, has not been told yet, or is in the middle of."""

from .description import CONFLICT, GONE, PASS, REFUSED, TOLD, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
APP, NEW_APP = {"app.py": TEXT}, {"app.py": LATE}
MINE = {"app.py": "MINE"}
THEIRS = {"app.py": "THEIRS"}


def _edit(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


@situation(
    {**APP, ".gitignore": ".env\n", ".env": "KEY=\n" + TEXT},
    {**NEW_APP, ".env": "KEY=\n" + LATE},
    mine={".env": "KEY=MINE"},
    theirs={**THEIRS, ".env": "THEIRS"},
)
def an_ignored_file_that_the_template_ships(project: Project) -> None:
    project.edit(".env", "KEY=", "KEY=MINE")


@situation(
    {**APP, ".gitignore": ".env\n", ".env": "KEY=\n"},
    {**NEW_APP, ".env": "KEY=THEIRS\n"},
    mine={".env": "KEY=MINE"},
    theirs={**THEIRS, ".env": "KEY=THEIRS"},
    expect=CONFLICT,
    code=0,
)
def an_ignored_file_of_which_both_sides_change_a_line(project: Project) -> None:
    project.edit(".env", "KEY=", "KEY=MINE")


@situation(
    {**APP, ".gitignore": "local.toml\n"},
    {**NEW_APP, "local.toml": "THEIRS = 1\n"},
    mine={"local.toml": "MINE"},
    theirs={**THEIRS, "local.toml": "THEIRS"},
    expect=CONFLICT,
    code=0,
)
def an_ignored_file_stands_where_the_template_adds_one(project: Project) -> None:
    project.write("local.toml", "MINE = 1\n")


@situation(
    {**APP, ".gitignore": ".env\n", ".env": "KEY=\n"},
    {**NEW_APP, ".env": None},
    mine={".env": "KEY=MINE"},
    theirs={**THEIRS, ".env": GONE},
    expect=TOLD,
)
def the_template_stops_shipping_an_ignored_file(project: Project) -> None:
    project.edit(".env", "KEY=", "KEY=MINE")


@situation(APP, NEW_APP, mine={"notes.txt": "MINE"}, theirs=THEIRS, commit=False)
def an_untracked_file_elsewhere(project: Project) -> None:
    project.write("notes.txt", "MINE\n")


@situation(
    APP,
    {**NEW_APP, "new.py": "THEIRS = 1\n"},
    mine={"new.py": "MINE"},
    theirs={**THEIRS, "new.py": "THEIRS"},
    commit=False,
    expect=CONFLICT,
    code=0,
)
def an_untracked_file_stands_where_the_template_adds_one(project: Project) -> None:
    project.write("new.py", "MINE = 1\n")


@situation(
    APP,
    {**NEW_APP, "data": "THEIRS\n"},
    mine={"data/rows.csv": "MINE"},
    theirs={**THEIRS, "data": "THEIRS"},
    commit=False,
    expect=TOLD,
)
def an_untracked_folder_stands_where_the_template_adds_a_file(project: Project) -> None:
    project.write("data/rows.csv", "MINE\n")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False, expect=REFUSED)
def an_uncommitted_edit_of_a_file_that_changes(project: Project) -> None:
    _edit(project)


@situation({**APP, "notes.md": TEXT}, NEW_APP, mine={"notes.md": "MINE"}, theirs=THEIRS, commit=False, expect=PASS)
def an_uncommitted_edit_of_a_file_that_does_not_change(project: Project) -> None:
    project.edit("notes.md", "line 2\n", "line 2 MINE\n")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False, expect=REFUSED)
def a_staged_edit_of_a_file_that_changes(project: Project) -> None:
    _edit(project)
    project.git("add", "app.py")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS, commit=False, expect=REFUSED)
def a_merge_in_progress(project: Project) -> None:
    project.git("checkout", "--quiet", "-b", "side")
    project.edit("app.py", "line 2\n", "line 2 MINE\n")
    project.commit()
    project.git("checkout", "--quiet", "-")
    project.git("merge", "--no-commit", "--no-ff", "side")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS)
def a_detached_head(project: Project) -> None:
    _edit(project)
    project.commit()
    project.git("checkout", "--quiet", "--detach")


@situation(
    {**APP, "src/model.py": TEXT, "docs/a.md": TEXT},
    {**NEW_APP, "docs/a.md": LATE},
    mine={"src/model.py": "MINE"},
    theirs=THEIRS,
    commit=False,
    expect=REFUSED,
)
def a_sparse_checkout(project: Project) -> None:
    project.edit("src/model.py", "line 2\n", "line 2 MINE\n")
    project.commit()
    project.git("sparse-checkout", "set", "src")


@situation(APP, NEW_APP, mine=MINE, theirs=THEIRS)
def an_empty_folder_and_a_nested_repository(project: Project) -> None:
    _edit(project)
    (project.folder / "empty").mkdir()
    project.write(".gitignore", "tools/\n")
    project.write("tools/other/README.md", "another repository\n")
    project.git("init", "--quiet", "tools/other")
