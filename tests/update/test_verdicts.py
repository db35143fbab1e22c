"""The judge sees what an updater did, whatever it says about it."""

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from .adapters import Done, Tool
from .description import EXECUTABLE, GONE, Link, Situation, Verdict, Version, situation
from .playing import Played, play
from .project import Project, git, write

MERGED = "MINE\nline\nTHEIRS\n"
MARKERS = "<<<<<<< mine\nMINE\n=======\nTHEIRS\n>>>>>>> theirs\n"
TRACEBACK = "Traceback (most recent call last):\nValueError: no\n"


@situation(
    {"a.py": "line\n", "b.py": "line\n"},
    {"a.py": "line\nTHEIRS\n"},
    mine={"a.py": "MINE", "b.py": GONE},
    theirs={"a.py": "THEIRS"},
    check=lambda files: files["a.py"].startswith(b"MINE"),
)
def both_sides_work_on_a_file(project: Project) -> None:
    project.write("a.py", "MINE\nline\n")
    project.remove("b.py")


def planted(update: Callable[[Path], object], code: int = 0, output: str = "") -> Tool:
    """A tool that does to a project what it is told, and says what it is told."""

    def run(command: Sequence[str], cwd: Path, _env: Mapping[str, str]) -> Done:
        if command[0] == "update":
            update(cwd)
            return Done(code, output)
        git(Path(command[1]), "clone", "--quiet", "--branch", "v1", ".", command[2])
        return Done(0, "")

    return Tool("planted", (), _lay_out, _create, lambda *_: ["update"], run)


def _lay_out(version: Version, folder: Path) -> None:
    for path, content in version.files.items():
        write(folder / path, content)


def _create(template: Path, _ref: str, dest: Path, _answers: Mapping[str, str], _trust: bool) -> list[str]:
    return ["new", str(template), str(dest)]


def put(**files: str | bytes) -> Callable[[Path], object]:
    """Write files; `a_py` stands for a.py."""
    return lambda folder: [write(folder / name.replace("_", "."), content) for name, content in files.items()]


def nothing(_folder: Path) -> None:
    """Leave everything as it is."""


def unmerged(folder: Path) -> None:
    """Leave a file as it is, with three versions of it in the index."""
    blob = git(folder, "hash-object", "-w", "a.py").strip()
    git(folder, "rm", "--quiet", "--cached", "a.py")
    entries = "".join(f"100644 {blob} {stage}\ta.py\n" for stage in (1, 2, 3))
    subprocess.run(["git", "update-index", "--index-info"], cwd=folder, input=entries.encode(), check=True)


@pytest.mark.parametrize(
    ("tool", "verdict"),
    [
        pytest.param(planted(put(a_py=MERGED)), Verdict.PASS, id="merged"),
        pytest.param(planted(put(a_py=MARKERS), code=1), Verdict.CONFLICT, id="markers"),
        pytest.param(planted(put(a_py_rej="THEIRS\n")), Verdict.CONFLICT, id="a-reject-beside"),
        pytest.param(planted(unmerged, code=1), Verdict.CONFLICT, id="unmerged"),
        pytest.param(planted(nothing, output="kept a.py\n"), Verdict.TOLD, id="named"),
        pytest.param(planted(nothing, output="  overwrite  a.py\n"), Verdict.MISSED, id="named-as-a-matter-of-course"),
        pytest.param(planted(nothing, code=3, output="not now\n"), Verdict.REFUSED, id="refused"),
        pytest.param(planted(put(a_py="line\nTHEIRS\n")), Verdict.LOST, id="overwritten"),
        pytest.param(planted(put(a_py="line\nTHEIRS\n"), code=3, output="no\n"), Verdict.LOST, id="lost-and-refused"),
        pytest.param(planted(put(a_py="line\nTHEIRS\n", c_py="MINE\n")), Verdict.WRONG, id="moved-elsewhere"),
        pytest.param(planted(put(a_py="THEIRS\nline\nMINE\n")), Verdict.WRONG, id="merged-in-the-wrong-place"),
        pytest.param(planted(put(a_py=MERGED, b_py="line\n")), Verdict.WRONG, id="a-deleted-file-is-back"),
        pytest.param(planted(put(c_py="THEIRS\n")), Verdict.WRONG, id="the-change-in-another-file"),
        pytest.param(planted(nothing), Verdict.MISSED, id="nothing-done"),
        pytest.param(planted(put(c_py=MARKERS.replace("THEIRS", "X"))), Verdict.MISSED, id="a-conflict-elsewhere"),
        pytest.param(planted(nothing, code=3), Verdict.CRASH, id="refused-without-a-word"),
        pytest.param(planted(put(a_py=MERGED), code=1, output="bad\n"), Verdict.CRASH, id="an-error-after-the-work"),
        pytest.param(planted(nothing, code=1, output=TRACEBACK), Verdict.CRASH, id="a-traceback"),
    ],
)
def test_the_judge_names_what_was_done(tool: Tool, verdict: Verdict, tmp_path: Path) -> None:
    played = play(both_sides_work_on_a_file, tool, tmp_path)
    assert played.judgement.verdict is verdict, played.judgement.why


def test_lines_between_markers_are_counted(tmp_path: Path) -> None:
    assert _judged(planted(put(a_py="x\n" + MARKERS * 2), code=1), tmp_path).judgement.conflict_lines == 4


def _judged(tool: Tool, folder: Path, chosen: Situation = both_sides_work_on_a_file) -> Played:
    return play(chosen, tool, folder)


@situation(
    {"a.sh": "line\n", "to.md": "x\n"}, {}, mine={"a.sh": EXECUTABLE, "link": Link("to.md"), "logo.png": b"\0me"}
)
def a_mode_a_link_and_a_binary(project: Project) -> None:
    project.mode("a.sh", 0o755)
    project.write("link", Link("to.md"))
    project.write("logo.png", b"\0me")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no executable bits")
@pytest.mark.parametrize(
    "harm",
    [
        lambda folder: (folder / "a.sh").chmod(0o644),
        lambda folder: write(folder / "link", Link("a.sh")),
        lambda folder: write(folder / "logo.png", b"\0you"),
        lambda folder: (folder / "logo.png").unlink(),
    ],
    ids=["mode", "link", "binary", "deleted"],
)
def test_the_judge_sees_lost_modes_links_and_binaries(harm: Callable[[Path], object], tmp_path: Path) -> None:
    assert _judged(planted(nothing), tmp_path / "good", a_mode_a_link_and_a_binary).judgement.verdict is Verdict.PASS
    assert _judged(planted(harm), tmp_path / "bad", a_mode_a_link_and_a_binary).judgement.verdict is Verdict.LOST
