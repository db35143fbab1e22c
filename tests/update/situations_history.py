"""More than one update, and updates to other versions than the newest."""

from .description import GONE, REFUSED, lines, situation, swap
from .project import Project

TEXT = lines(40)
SECOND = swap(TEXT, "line 10\n", "line 10 second\n")
THIRD = swap(SECOND, "line 20\n", "line 20 third\n")
FOURTH = swap(THIRD, "line 30\n", "line 30 THEIRS\n")
MINE = {"app.py": ("MINE 1", "MINE 2", "MINE 3")}


@situation(
    {"app.py": TEXT, "old.py": lines(20, "old")},
    {"app.py": SECOND},
    {"app.py": THIRD, "old.py": None, "new.py": lines(20, "old")},
    {"app.py": FOURTH},
    mine={**MINE, "new.py": "MINE"},
    theirs={"app.py": ("second", "third", "THEIRS"), "old.py": GONE},
)
def three_updates_with_work_between_them(project: Project) -> None:
    project.edit("app.py", "line 5\n", "line 5 MINE 1\n")
    project.edit("old.py", "old 3\n", "old 3 MINE\n")
    project.commit()
    project.update("v2")
    project.edit("app.py", "line 15\n", "line 15 MINE 2\n")
    project.commit()
    project.update("v3")
    project.edit("app.py", "line 25\n", "line 25 MINE 3\n")


@situation(
    {"app.py": TEXT},
    {"app.py": SECOND},
    {"app.py": THIRD},
    {"app.py": FOURTH},
    mine={"app.py": "MINE"},
    theirs={"app.py": ("second", "third", "THEIRS")},
)
def three_versions_in_one_update(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")


@situation(
    {"app.py": TEXT},
    {"app.py": SECOND},
    {"app.py": FOURTH},
    mine={"app.py": "MINE"},
    theirs={"app.py": "second"},
    to="v2",
    check=lambda files: b"THEIRS" not in files["app.py"],
)
def an_update_to_a_version_on_the_way(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")


@situation(
    {"app.py": TEXT},
    {"app.py": SECOND, "later.py": lines(20, "later")},
    {"later.py": None},
    mine={"later.py": GONE},
    theirs={"app.py": "second"},
)
def a_file_comes_and_goes_between_the_versions(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")


@situation(
    {"app.py": TEXT},
    {"app.py": FOURTH},
    mine={"app.py": "MINE"},
    start="v2",
    to="v1",
    expect=REFUSED,
)
def a_downgrade(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")


@situation({"app.py": TEXT}, {"app.py": FOURTH}, mine={"app.py": "MINE"}, start="v2")
def nothing_newer_to_update_to(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")


@situation({"app.py": TEXT}, {"app.py": FOURTH}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"}, expect=REFUSED)
def the_recorded_version_is_gone_from_the_template(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")
    project.forget_version("v1")


@situation({"app.py": TEXT}, {"app.py": SECOND}, {"app.py": TEXT}, mine={"app.py": "MINE"})
def the_template_takes_a_change_back(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")
    project.commit()
    project.update("v2")


@situation(
    {"app.py": TEXT, "a.md": lines(20, "a")},
    {"app.py": SECOND, "a.md": swap(lines(20, "a"), "a 5\n", "a 5 THEIRS\n")},
    {"app.py": FOURTH},
    mine={"app.py": "MINE", "a.md": "a 5 MINE"},
    theirs={"app.py": "THEIRS"},
    check=lambda files: b"<<<<" not in files["a.md"],
)
def a_conflict_of_the_update_before_stays_solved(project: Project) -> None:
    project.edit("app.py", "line 15\n", "line 15 MINE\n")
    project.edit("a.md", "a 5\n", "a 5 MINE\n")
    project.commit()
    project.update("v2")
    project.write("a.md", swap(lines(20, "a"), "a 5\n", "a 5 MINE\n"))
    project.git("add", "--all")
