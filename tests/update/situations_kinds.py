"""Links, and paths that become something else."""

from .description import CONFLICT, GONE, TOLD, Link, lines, situation, swap
from .project import Project

TEXT = lines(40)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
LINKED = {"v1.md": TEXT, "v2.md": LATE, "latest.md": Link("v1.md")}


@situation(
    LINKED, {"latest.md": Link("v2.md")}, mine={"v1.md": "MINE"}, theirs={"latest.md": Link("v2.md")}, posix_only=True
)
def the_template_points_a_link_elsewhere(project: Project) -> None:
    project.edit("v1.md", "line 2\n", "line 2 MINE\n")


@situation(LINKED, {"v1.md": LATE}, mine={"latest.md": Link("mine.md")}, theirs={"v1.md": "THEIRS"}, posix_only=True)
def the_user_points_a_link_elsewhere(project: Project) -> None:
    project.write("mine.md", "MINE\n")
    project.write("latest.md", Link("mine.md"))


@situation(
    LINKED,
    {"latest.md": Link("v2.md")},
    mine={"latest.md": Link("mine.md")},
    theirs={"latest.md": Link("v2.md")},
    expect=CONFLICT,
    posix_only=True,
)
def both_sides_point_a_link_elsewhere(project: Project) -> None:
    project.write("mine.md", "MINE\n")
    project.write("latest.md", Link("mine.md"))


@situation(
    {"CLAUDE.md": TEXT, "AGENTS.md": TEXT},
    {"CLAUDE.md": Link("AGENTS.md")},
    mine={"AGENTS.md": "MINE"},
    theirs={"CLAUDE.md": Link("AGENTS.md")},
    posix_only=True,
)
def a_file_becomes_a_link(project: Project) -> None:
    project.edit("AGENTS.md", "line 2\n", "line 2 MINE\n")


@situation(
    {"CLAUDE.md": TEXT, "AGENTS.md": TEXT + "more\n"},
    {"CLAUDE.md": Link("AGENTS.md")},
    mine={"CLAUDE.md": "MINE"},
    theirs={"CLAUDE.md": Link("AGENTS.md")},
    expect=TOLD,
    posix_only=True,
)
def an_edited_file_becomes_a_link(project: Project) -> None:
    project.edit("CLAUDE.md", "line 2\n", "line 2 MINE\n")


@situation(
    {"CLAUDE.md": Link("AGENTS.md"), "AGENTS.md": TEXT},
    {"AGENTS.md": LATE},
    mine={"CLAUDE.md": "MINE"},
    theirs={"AGENTS.md": "THEIRS"},
    posix_only=True,
)
def the_user_replaced_a_link_by_a_file(project: Project) -> None:
    project.write("CLAUDE.md", "MINE\n")


@situation(
    {"config": TEXT, "a.py": TEXT},
    {"config": None, "config/base.toml": LATE},
    mine={"a.py": "MINE"},
    theirs={"config/base.toml": "THEIRS"},
)
def a_file_becomes_a_folder(project: Project) -> None:
    project.edit("a.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"config": TEXT, "a.py": TEXT},
    {"config": None, "config/base.toml": lines(20, "THEIRS")},
    mine={"config": "MINE"},
    theirs={"config/base.toml": "THEIRS"},
    expect=TOLD,
)
def an_edited_file_becomes_a_folder(project: Project) -> None:
    project.edit("config", "line 2\n", "line 2 MINE\n")


@situation(
    {"config/base.toml": TEXT, "a.py": lines(9)},
    {"config/base.toml": None, "config": "THEIRS\n"},
    mine={"config/own.toml": "MINE"},
    theirs={"config": "THEIRS", "config/base.toml": GONE},
    expect=TOLD,
)
def a_folder_with_a_file_of_the_users_becomes_a_file(project: Project) -> None:
    project.write("config/own.toml", "MINE\n")


@situation(
    {"notes": TEXT, "a.py": TEXT},
    {"notes": LATE},
    mine={"notes/first.md": "MINE"},
    theirs={"notes/first.md": "THEIRS"},
)
def the_user_made_a_folder_of_a_file_that_changes(project: Project) -> None:
    text = (project.folder / "notes").read_text(encoding="utf-8")
    project.remove("notes")
    project.write("notes/first.md", swap(text, "line 2\n", "line 2 MINE\n"))
