"""Texts that both sides edit: near and far, in repeated blocks, with odd line ends and encodings."""

from collections.abc import Mapping

from .description import CONFLICT, GONE, Script, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")


@situation({"app.py": TEXT}, {"app.py": LATE}, theirs={"app.py": "THEIRS"})
def nothing_was_edited(project: Project) -> None:
    pass


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"})
def an_edit_far_from_the_change(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"})
def an_edit_two_lines_from_the_change(project: Project) -> None:
    project.edit("app.py", "line 16\n", "line 16 MINE\n")


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"}, expect=CONFLICT)
def an_edit_beside_the_change(project: Project) -> None:
    project.edit("app.py", "line 17\n", "line 17 MINE\n")


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"}, expect=CONFLICT)
def an_edit_of_the_same_line(project: Project) -> None:
    project.edit("app.py", "line 18\n", "line 18 MINE\n")


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "THEIRS"}, theirs={"app.py": LATE.encode()})
def the_same_change_on_both_sides(project: Project) -> None:
    project.edit("app.py", "line 18\n", "line 18 THEIRS\n")


@situation(
    {"app.py": TEXT},
    {"app.py": swap(LATE, "line 5\n", "line 5 early THEIRS\n")},
    mine={"app.py": "MINE"},
    theirs={"app.py": ("line 18 THEIRS", "line 5 early THEIRS")},
)
def the_same_change_on_both_sides_and_more_on_each(project: Project) -> None:
    project.edit("app.py", "line 18\n", "line 18 THEIRS\n")
    project.edit("app.py", "line 11\n", "line 11 MINE\n")


@situation(
    {"app.py": TEXT},
    {"app.py": TEXT + "THEIRS\n"},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    expect=CONFLICT,
)
def both_sides_append_to_the_end(project: Project) -> None:
    project.append("app.py", "MINE\n")


@situation(
    {"app.py": TEXT},
    {"app.py": swap(TEXT, "line 9\nline 10\nline 11\n", "")},
    mine={"app.py": "MINE"},
    expect=CONFLICT,
)
def an_edit_inside_lines_that_the_template_removes(project: Project) -> None:
    project.edit("app.py", "line 10\n", "line 10 MINE\n")


@situation({"app.py": TEXT}, {"app.py": TEXT}, mine={"app.py": "MINE", "notes.md": GONE})
def a_version_that_changes_nothing(project: Project) -> None:
    project.edit("app.py", "line 10\n", "line 10 MINE\n")


BLOCK = "  - name: step\n    run: true\n    if: always\n    timeout: 5\n\n"
HEAD = "steps:\n"


def _third_block_only(files: Mapping[str, bytes]) -> bool:
    """The edit stands in the last but one of the user's blocks, where it was made."""
    blocks = files["ci.yml"].decode().split("  - name: ")[1:]
    return ["MINE" in block for block in blocks][-2:] == [True, False]


@situation(
    {"ci.yml": HEAD + BLOCK * 4},
    {"ci.yml": HEAD + BLOCK.replace("step", "THEIRS") * 2 + BLOCK * 4},
    mine={"ci.yml": "MINE"},
    theirs={"ci.yml": "THEIRS"},
    check=_third_block_only,
)
def an_edit_in_one_of_several_repeated_blocks(project: Project) -> None:
    text = HEAD + BLOCK * 2 + BLOCK.replace("run: true", "run: MINE") + BLOCK
    project.write("ci.yml", text)


@situation(
    {"ci.yml": HEAD + BLOCK * 4},
    {"ci.yml": HEAD + BLOCK * 3},
    mine={"ci.yml": "MINE"},
    check=lambda files: files["ci.yml"].decode().split("- name: ")[1].count("MINE") == 1,
)
def an_edit_in_the_first_of_repeated_blocks_while_one_is_removed(project: Project) -> None:
    project.edit("ci.yml", "run: true", "run: MINE")


@situation(
    {"app.py": TEXT.rstrip("\n")},
    {"app.py": swap(TEXT, "line 2\n", "line 2 THEIRS\n").rstrip("\n")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
)
def no_newline_at_the_end_of_the_file(project: Project) -> None:
    project.edit("app.py", "line 20", "line 20 MINE")


@situation(
    {"app.py": TEXT.rstrip("\n")}, {"app.py": TEXT + "THEIRS\n"}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"}
)
def a_newline_comes_at_the_end_of_the_file(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


@situation({"empty.txt": ""}, {"empty.txt": "THEIRS\n"}, theirs={"empty.txt": "THEIRS"})
def an_empty_file_gets_content(project: Project) -> None:
    pass


@situation(
    {"empty.txt": ""},
    {"empty.txt": "THEIRS\n"},
    mine={"empty.txt": "MINE"},
    theirs={"empty.txt": "THEIRS"},
    expect=CONFLICT,
)
def an_empty_file_gets_content_on_both_sides(project: Project) -> None:
    project.write("empty.txt", "MINE\n")


LONG = "x" * 20_000


@situation(
    {"data.json": TEXT + LONG + "\n"},
    {"data.json": LATE + LONG + "\n"},
    mine={"data.json": "MINE" + LONG},
    theirs={"data.json": "THEIRS"},
)
def a_very_long_line_two_lines_below_the_change(project: Project) -> None:
    project.edit("data.json", "line 19\n" + "line 20\n" + LONG, "line 19\n" + "line 20\nMINE" + LONG)


README = """\
# [[name]]

Intro.

<!-- aiscaffold:gen id="results" from="poe report" -->
| metric | value |
| --- | --- |
| mae | {mae} |
<!-- /aiscaffold:gen -->

## {title}

Text.
"""


@situation(
    {"README.md": README.format(mae="-", title="Use")},
    {"README.md": README.format(mae="not measured", title="Use THEIRS")},
    mine={"README.md": "| mae | 0.25 MINE |"},
    theirs={"README.md": "## Use THEIRS"},
)
def a_generated_region_of_the_readme_was_made_anew(project: Project) -> None:
    project.edit("README.md", "| mae | - |", "| mae | 0.25 MINE |")


@situation(
    {"README.md": README.format(mae="-", title="Use")},
    {"README.md": swap(README.format(mae="-", title="Use"), "Intro.\n\n", "Intro. THEIRS\n")},
    mine={"README.md": "| mae | 0.25 MINE |"},
    theirs={"README.md": "THEIRS"},
)
def the_line_above_a_generated_region_changes(project: Project) -> None:
    project.edit("README.md", "| metric | value |\n| --- | --- |\n| mae | - |", "| mae | 0.25 MINE |")


@situation(
    {"main.py": "\ufeff" + TEXT},
    {"main.py": "\ufeff" + LATE},
    mine={"main.py": "MINE"},
    theirs={"main.py": "THEIRS"},
    check=lambda files: files["main.py"].startswith(b"\xef\xbb\xbf"),
)
def a_byte_order_mark(project: Project) -> None:
    project.edit("main.py", "line 2\n", "line 2 MINE\n")


@situation({"main.py": TEXT}, {"main.py": LATE}, mine={"main.py": "MINE"}, theirs={"main.py": "THEIRS"})
def an_editor_adds_a_byte_order_mark(project: Project) -> None:
    project.write("main.py", "\ufeff" + swap(TEXT, "line 7\n", "line 7 MINE\n"))


LATIN = "caf\xe9\n".encode("latin-1")


@situation(
    {"names.txt": LATIN + TEXT.encode()},
    {"names.txt": LATIN + LATE.encode()},
    mine={"names.txt": "MINE"},
    theirs={"names.txt": "THEIRS"},
    check=lambda files: files["names.txt"].startswith(LATIN),
    copier_only=True,
)
def a_text_in_latin_1(project: Project) -> None:
    project.edit("names.txt", "line 2\n", "line 2 MINE\n")


@situation(
    {"run.sh": Script("#!/bin/sh\n" + TEXT)},
    {"run.sh": Script("#!/bin/sh\n" + LATE)},
    mine={"run.sh": "MINE"},
    theirs={"run.sh": "THEIRS"},
    gitconfig={"core.whitespace": "cr-at-eol,tab-in-indent,trailing-space"},
)
def an_edit_with_trailing_white_space(project: Project) -> None:
    project.edit("run.sh", "line 2\n", "line 2 MINE \t \n\n\n")
