"""Differences that mean nothing: line ends and formatting."""

from collections.abc import Mapping

from .description import CONFLICT, lines, situation, swap
from .project import Project

TEXT = lines(20)
LATE = swap(TEXT, "line 18", "line 18 THEIRS")
CRLF = TEXT.replace("\n", "\r\n")


def _all_crlf(files: Mapping[str, bytes]) -> bool:
    return files["app.py"].count(b"\n") == files["app.py"].count(b"\r\n")


def _no_crlf(files: Mapping[str, bytes]) -> bool:
    return b"\r" not in files["app.py"]


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={"app.py": "MINE"},
    theirs={"app.py": "line 18 THEIRS\r\n"},
    check=_all_crlf,
)
def the_user_saved_the_file_with_crlf(project: Project) -> None:
    project.write("app.py", swap(CRLF, "line 2\r", "line 2 MINE\r"))


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    check=_all_crlf,
)
def a_checkout_with_autocrlf_true(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")
    project.commit()
    project.git("config", "core.autocrlf", "true")
    project.remove("app.py")
    project.git("checkout", "--", "app.py")


@situation({"app.py": TEXT}, {"app.py": LATE}, mine={"app.py": "MINE"}, theirs={"app.py": "THEIRS"}, check=_no_crlf)
def autocrlf_input(project: Project) -> None:
    project.git("config", "core.autocrlf", "input")
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


ATTRIBUTES = {".gitattributes": "*.py text eol=crlf\n"}


@situation(
    {"app.py": TEXT, **ATTRIBUTES},
    {"app.py": LATE},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    check=_all_crlf,
)
def gitattributes_ask_for_crlf(project: Project) -> None:
    project.write("app.py", swap(CRLF, "line 2\r", "line 2 MINE\r"))


@situation(
    {"app.py": CRLF},
    {"app.py": swap(CRLF, "line 18\r", "line 18 THEIRS\r")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    check=_no_crlf,
)
def the_template_has_crlf_and_the_user_made_it_lf(project: Project) -> None:
    project.write("app.py", swap(TEXT, "line 2\n", "line 2 MINE\n"))


@situation(
    {"app.py": TEXT},
    {"app.py": swap(CRLF, "line 18\r", "line 18 THEIRS\r")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
)
def the_template_changes_to_crlf(project: Project) -> None:
    project.edit("app.py", "line 2\n", "line 2 MINE\n")


MESSY = "def add( a,b ):\n    return a+b\n\n\ndef less( a,b ):\n    return a-b\n\n\n" + "LIST = [ 1,2,\n  3 ]\n"
CLEAN = "def add(a, b):\n    return a + b\n\n\ndef less(a, b):\n    return a - b\n\n\nLIST = [1, 2, 3]\n"


@situation(
    {"app.py": MESSY},
    {"app.py": swap(MESSY, "a-b", "a-b-THEIRS")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "a - b - THEIRS"},
)
def the_user_ran_a_formatter(project: Project) -> None:
    project.write("app.py", CLEAN + "MINE = 1\n")


@situation(
    {"app.py": MESSY},
    {"app.py": swap(MESSY, "a-b", "a-b-THEIRS")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
    expect=CONFLICT,
)
def the_user_ran_a_formatter_and_edited_the_same_line(project: Project) -> None:
    project.write("app.py", swap(CLEAN, "a - b", "a - b - MINE"))


@situation(
    {"app.py": MESSY},
    {"app.py": swap(CLEAN, "a - b", "a - b - THEIRS")},
    mine={"app.py": "MINE"},
    theirs={"app.py": "THEIRS"},
)
def both_sides_ran_the_formatter(project: Project) -> None:
    project.write("app.py", swap(CLEAN, "LIST = [1, 2, 3]", "LIST = [1, 2, 3, 4]  # MINE"))


@situation(
    {"app.py": TEXT},
    {"app.py": LATE},
    mine={"app.py": "\tMINE"},
    theirs={"app.py": "THEIRS"},
    gitconfig={"core.autocrlf": "true", "core.safecrlf": "true"},
    check=lambda files: _all_crlf(files) or _no_crlf(files),
)
def autocrlf_and_safecrlf_over_a_checkout_with_lf(project: Project) -> None:
    project.edit("app.py", "line 2", "line 2 \tMINE")
