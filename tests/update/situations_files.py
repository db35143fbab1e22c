"""Files that come, go, move, or change their kind."""

from .description import CONFLICT, EXECUTABLE, GONE, PLAIN, TOLD, Script, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
MORE = lines(30, "other")


@situation({"a.py": TEXT, "b.py": MORE}, {"b.py": None}, mine={"a.py": "MINE"}, theirs={"b.py": GONE})
def the_template_removes_a_file(project: Project) -> None:
    project.edit("a.py", "line 2\n", "line 2 MINE\n")


@situation({"a.py": TEXT, "b.py": MORE}, {"a.py": None}, mine={"a.py": "MINE"}, theirs={"a.py": GONE}, expect=TOLD)
def the_template_removes_an_edited_file(project: Project) -> None:
    project.edit("a.py", "line 2\n", "line 2 MINE\n")


@situation({"a.py": TEXT, "b.py": MORE}, {"a.py": LATE}, mine={"a.py": GONE}, theirs={"a.py": "THEIRS"}, expect=TOLD)
def the_user_deleted_a_file_that_changes(project: Project) -> None:
    project.remove("a.py")


@situation({"a.py": TEXT, "b.py": MORE}, {"b.py": MORE + "THEIRS\n"}, mine={"a.py": GONE}, theirs={"b.py": "THEIRS"})
def the_user_deleted_a_file_that_does_not_change(project: Project) -> None:
    project.remove("a.py")


@situation({"a.py": TEXT, "b.py": MORE}, {"a.py": None}, mine={"a.py": GONE}, theirs={"a.py": GONE})
def both_sides_delete_a_file(project: Project) -> None:
    project.remove("a.py")


@situation(
    {"docs/a.md": TEXT, "docs/b.md": MORE, "keep.md": "keep\n"},
    {"docs/a.md": LATE, "docs/c.md": "THEIRS new\n"},
    mine={"docs/a.md": GONE, "docs/b.md": GONE},
    theirs={"docs/a.md": "THEIRS", "docs/c.md": "THEIRS"},
    expect=TOLD,
)
def the_user_deleted_a_folder_into_which_the_template_adds(project: Project) -> None:
    project.remove("docs")


@situation(
    {"a.py": TEXT, "b.py": MORE}, {"a.py": LATE}, mine={"core.py": "MINE", "a.py": GONE}, theirs={"core.py": "THEIRS"}
)
def the_user_renamed_a_file_and_the_template_edits_it(project: Project) -> None:
    project.move("a.py", "core.py")
    project.edit("core.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"a.py": TEXT},
    {"a.py": None, "core.py": LATE},
    mine={"core.py": "MINE"},
    theirs={"core.py": "THEIRS", "a.py": GONE},
)
def the_template_renames_a_file_that_the_user_edited(project: Project) -> None:
    project.edit("a.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"a.py": TEXT},
    {"a.py": None, "theirs.py": LATE},
    mine={"mine.py": "MINE"},
    theirs={"theirs.py": "THEIRS"},
    expect=TOLD,
    check=lambda files: b"THEIRS" in files["mine.py"],
)
def both_sides_rename_a_file_differently(project: Project) -> None:
    project.move("a.py", "mine.py")
    project.edit("mine.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"a.py": TEXT},
    {"a.py": None, "core.py": LATE},
    mine={"core.py": "MINE"},
    theirs={"core.py": "THEIRS", "a.py": GONE},
)
def both_sides_rename_a_file_to_the_same_name(project: Project) -> None:
    project.move("a.py", "core.py")
    project.edit("core.py", "line 2\n", "line 2 MINE\n")


PACKAGE = {"src/demo/__init__.py": "", "src/demo/model.py": TEXT, "src/demo/data.py": MORE}


@situation(
    PACKAGE,
    {"src/demo/model.py": LATE, "src/demo/extra.py": "THEIRS = 1\n" + lines(9, "extra")},
    mine={"src/mine/model.py": "MINE", "src/demo/model.py": GONE},
    theirs={"src/mine/model.py": "THEIRS", "src/mine/extra.py": "THEIRS"},
)
def the_user_renamed_the_package_and_the_template_adds_a_file_in_it(project: Project) -> None:
    project.move("src/demo", "src/mine")
    project.edit("src/mine/model.py", "line 2\n", "line 2 MINE\n")


@situation(
    PACKAGE,
    dict.fromkeys(PACKAGE) | {"src/core/__init__.py": "", "src/core/model.py": LATE, "src/core/data.py": MORE},
    mine={"src/core/model.py": "MINE", "src/core/own.py": "MINE"},
    theirs={"src/core/model.py": "THEIRS", "src/demo/model.py": GONE},
)
def the_template_renames_a_folder_with_edited_and_own_files(project: Project) -> None:
    project.edit("src/demo/model.py", "line 2\n", "line 2 MINE\n")
    project.write("src/demo/own.py", "MINE = 1\n")


@situation(
    {"src/[[name]]/__init__.py": "", "src/[[name]]/model.py": TEXT, "README.md": "# [[name]]\n"},
    {"src/[[name]]/model.py": LATE},
    mine={"src/other/model.py": "MINE"},
    theirs={"src/other/model.py": "THEIRS", "src/demo/model.py": GONE, "README.md": "# other"},
    answers={"name": "other"},
)
def a_changed_answer_renames_a_folder_with_an_edited_file(project: Project) -> None:
    project.edit("src/demo/model.py", "line 2\n", "line 2 MINE\n")


@situation(
    {"a/__init__.py": "", "b/__init__.py": "", "a/one.py": TEXT, "b/two.py": MORE},
    {"a/__init__.py": "THEIRS = 1\n", "b/__init__.py": None, "b/two.py": None},
    mine={"a/__init__.py": GONE, "c/__init__.py": b""},
    theirs={"a/__init__.py": "THEIRS", "b/two.py": GONE},
    expect=TOLD,
)
def tiny_identical_files_are_no_renames(project: Project) -> None:
    project.remove("a/__init__.py")
    project.write("c/__init__.py", "")


ODD = ["a space.md", "ünï.md", "#hash.md", "-dash.md", "it's.md"]


@situation(
    dict.fromkeys(ODD, TEXT),
    dict.fromkeys(ODD, LATE),
    mine=dict.fromkeys(ODD, "MINE"),
    theirs=dict.fromkeys(ODD, "THEIRS"),
)
def odd_names(project: Project) -> None:
    for name in ODD:
        project.edit(name, "line 2\n", "line 2 MINE\n")


@situation(
    {'say "hi".md': TEXT, "back\\slash.md": TEXT},
    {'say "hi".md': LATE, "back\\slash.md": LATE},
    mine={'say "hi".md': "MINE", "back\\slash.md": "MINE"},
    theirs={'say "hi".md': "THEIRS", "back\\slash.md": "THEIRS"},
    posix_only=True,
)
def names_that_git_quotes(project: Project) -> None:
    for name in ('say "hi".md', "back\\slash.md"):
        project.edit(name, "line 2\n", "line 2 MINE\n")


@situation(
    {"a.py": TEXT}, {"new.py": "THEIRS\n"}, mine={"new.py": "MINE"}, theirs={"new.py": "THEIRS"}, expect=CONFLICT
)
def both_sides_add_a_file_of_the_same_name(project: Project) -> None:
    project.write("new.py", "MINE\n")


@situation({"a.py": TEXT}, {"new.py": MORE}, mine={"new.py": MORE.encode()}, theirs={"new.py": MORE.encode()})
def both_sides_add_the_same_file(project: Project) -> None:
    project.write("new.py", MORE)


LOGO, OURS, NEW = (b"\x89PNG\r\n\x1a\n\x00" + bytes(range(256)) + word * 50 for word in (b"logo", b"mine", b"theirs"))


@situation({"logo.png": LOGO, "a.py": TEXT}, {"a.py": LATE}, mine={"logo.png": OURS}, theirs={"a.py": "THEIRS"})
def the_user_replaced_a_binary(project: Project) -> None:
    project.write("logo.png", OURS)


@situation({"logo.png": LOGO}, {"logo.png": NEW}, theirs={"logo.png": NEW})
def the_template_replaces_a_binary(project: Project) -> None:
    pass


@situation({"logo.png": LOGO}, {"logo.png": NEW}, mine={"logo.png": OURS}, theirs={"logo.png": NEW}, expect=CONFLICT)
def both_sides_replace_a_binary(project: Project) -> None:
    project.write("logo.png", OURS)


@situation(
    {"run.sh": TEXT}, {"run.sh": LATE}, mine={"run.sh": EXECUTABLE}, theirs={"run.sh": "THEIRS"}, posix_only=True
)
def the_user_made_a_file_executable(project: Project) -> None:
    project.mode("run.sh", 0o755)


@situation(
    {"run.sh": TEXT},
    {"run.sh": Script(TEXT)},
    mine={"run.sh": "MINE"},
    theirs={"run.sh": EXECUTABLE},
    posix_only=True,
)
def the_template_makes_a_file_executable(project: Project) -> None:
    project.edit("run.sh", "line 2\n", "line 2 MINE\n")


@situation(
    {"run.sh": Script(TEXT)},
    {"run.sh": Script(LATE)},
    mine={"run.sh": PLAIN},
    theirs={"run.sh": "THEIRS"},
    posix_only=True,
)
def the_user_took_the_executable_bit_away(project: Project) -> None:
    project.mode("run.sh", 0o644)
