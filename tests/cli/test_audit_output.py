"""`aiscaffold audit --output` and what the report says of its place: nothing of the user's is ever replaced."""

import csv
import io
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from audited import SERVICE
from support import Run, git, listing

pytestmark = pytest.mark.usefixtures("home")
ONE = ("--select", "HON106")
BAD = ("--select", "DOC101")
POSIX = pytest.mark.skipif(os.name != "posix", reason="Windows has no such files")


@POSIX
def test_a_pipe_is_written_through_and_stays_one(run: Run, tides: Path, home: Path) -> None:
    pipe, read = home / "pipe", list[str]()
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    code = run("audit", tides, *ONE, "--output", "pipe")[0]
    reader.join(timeout=20)
    assert code == 0
    assert "tides at" in read[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@POSIX
def test_standard_output_can_be_named_and_is_added_to(tides: Path, home: Path) -> None:
    (home / "log.txt").write_text("before\n", encoding="utf-8")
    script = f"'{sys.executable}' -m aiscaffold audit tides --select HON106 --output /dev/stdout >> log.txt"
    subprocess.run(["bash", "-c", script], cwd=home, check=True)
    assert (home / "log.txt").read_text(encoding="utf-8").startswith("before\ntides at")


@POSIX
@pytest.mark.parametrize("exists", [True, False])
def test_a_link_stays_and_the_file_behind_it_is_written(run: Run, tides: Path, home: Path, exists: bool) -> None:
    (home / "behind").mkdir()
    target = home / "behind" / "report.txt"
    if exists:
        target.write_text("old", encoding="utf-8")
        target.chmod(0o640)
    (home / "link.txt").symlink_to(target)
    assert run("audit", tides, *ONE, "--output", "link.txt") == (0, "", "")
    assert (home / "link.txt").is_symlink()
    assert target.read_text(encoding="utf-8").startswith("tides at")
    assert not exists or stat.S_IMODE(target.stat().st_mode) == 0o640


@POSIX
def test_links_in_a_circle_are_told(run: Run, tides: Path, home: Path) -> None:
    (home / "link.txt").symlink_to(home / "link.txt")
    code, out, err = run("audit", tides, *ONE, "--output", "link.txt")
    assert (code, out) == (3, "")
    assert err.startswith("aiscaffold: cannot write link.txt")


def test_a_file_of_the_users_beside_the_report_stays(run: Run, tides: Path, home: Path) -> None:
    (home / "x.txt.part").write_text("mine", encoding="utf-8")
    assert run("audit", tides, *ONE, "--output", "x.txt") == (0, "", "")
    assert run("audit", tides, *ONE, "--output", "x.txt") == (0, "", "")
    assert (home / "x.txt.part").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in home.iterdir() if path.is_file()].count("x.txt") == 1
    assert not list(home.glob(".aiscaffold-*"))


@pytest.mark.parametrize("output", ["no/x.txt", "no/more/x.txt", "tides", "."])
def test_a_report_makes_no_folder_and_replaces_none(run: Run, tides: Path, home: Path, output: str) -> None:
    before = listing(home)
    code, out, err = run("audit", tides, *ONE, "--output", output)
    assert (code, out, len(err.splitlines())) == (3, "", 2)
    assert err.startswith(f"aiscaffold: cannot write {Path(output)}")
    assert listing(home) == before


@pytest.mark.parametrize("output", ["no/reports", "taken"])
def test_several_reports_make_their_own_folder_alone(
    run: Run, tides: Path, bikes: Path, home: Path, output: str
) -> None:
    (home / "taken").touch()
    code, _, err = run("audit", tides, bikes, *ONE, "--output", output)
    assert (code, len(err.splitlines())) == (3, 2)
    assert not (home / "no").exists()


def test_what_git_tracks_in_an_audited_repository_is_never_written_over(run: Run, tides: Path, home: Path) -> None:
    code, out, err = run("audit", tides, *ONE, "--output", "tides/README.md")
    assert (code, out) == (3, "")
    assert "the audited repository tracks it" in err
    assert (tides / "README.md").read_text(encoding="utf-8") == SERVICE["README.md"]
    (tides / "report.txt").write_text("an earlier one", encoding="utf-8")
    assert run("audit", tides, *ONE, "--output", "tides/report.txt") == (0, "", "")
    assert (tides / "report.txt").read_text(encoding="utf-8").startswith("tides at")


def test_nor_is_it_by_one_of_several_reports(run: Run, tides: Path, bikes: Path, home: Path) -> None:
    (bikes / "tides.txt").write_text("mine\n", encoding="utf-8")
    git(bikes, "add", "tides.txt")
    code, _, err = run("audit", tides, bikes, *ONE, "--output", "bikes")
    assert (code, "tracks it" in err) == (3, True)
    assert (bikes / "tides.txt").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("option", ["--at", "--select", "--ignore", "--format", "--output", "--from"])
def test_an_empty_option_is_named(run: Run, tides: Path, option: str) -> None:
    code, out, err = run("audit", tides, option, "")
    assert (code, out) == (2, "")
    assert err.startswith(f"aiscaffold: {option} is empty")


def test_to_select_and_ignore_the_same_is_wrong_usage(run: Run, tides: Path) -> None:
    code, out, err = run("audit", tides, "--select", "TST", "--ignore", "TST")
    assert (code, out) == (2, "")
    assert "no rule is left" in err


def test_options_of_the_action_may_be_empty(run: Run, tides: Path) -> None:
    assert run("audit", tides, *ONE, "--project", "", "--kind", "", "--bar", "")[0] == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "app.py").write_text("import fastapi\nimport sklearn\n# more\n", encoding="utf-8"),
        lambda folder: (folder / "app.py").unlink(),
        lambda folder: ((folder / "new.py").touch(), git(folder, "add", "new.py")),
    ],
)
def test_the_header_tells_what_is_not_committed(run: Run, tides: Path, change: object) -> None:
    assert "uncommitted" not in run("audit", tides, *ONE)[1]
    change(tides)  # type: ignore[operator]
    assert run("audit", tides, *ONE)[1].splitlines()[0].endswith(", with uncommitted changes")
    assert json.loads(run("audit", tides, *ONE, "--format", "json")[1])["subject"]["changed"] is True
    assert "uncommitted" not in run("audit", tides, *ONE, "--at", "HEAD")[1]


def test_line_ends_of_windows_and_untracked_files_are_no_changes(run: Run, tides: Path) -> None:
    (tides / "app.py").write_bytes(b"import fastapi\r\nimport sklearn\r\n")
    (tides / "notes.txt").touch()
    assert "uncommitted" not in run("audit", tides, *ONE)[1]


@POSIX
def test_no_program_of_the_repository_is_run_to_see_changes(run: Run, tides: Path, home: Path) -> None:
    (tides / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
    git(tides, "config", "filter.evil.clean", f"touch {home}/evil; cat")
    (tides / "app.py").write_text("import fastapi\n", encoding="utf-8")
    assert run("audit", tides, *ONE)[0] == 0
    assert not (home / "evil").exists()


@pytest.mark.parametrize("name", ["README.rst", "pyproject.toml", ".aiscaffold.toml"])
def test_a_file_that_git_was_not_told_of_is_named(run: Run, tides: Path, name: str) -> None:
    (tides / name).touch()
    code, _, err = run("audit", tides, *ONE)
    assert (code, err) == (0, f"tides: {name} is there, but git does not know it: git add {name}\n")
    git(tides, "add", name)
    assert run("audit", tides, *ONE)[2] == ""


def test_repositories_of_one_name_are_told_apart(run: Run, home: Path, service: Path) -> None:
    places = [shutil.copytree(service, home / place / "tides").relative_to(home).as_posix() for place in ("a", "b")]
    rows = list(csv.DictReader(io.StringIO(run("audit", *places, *BAD, "--format", "csv")[1])))
    assert [(row["name"], row["place"]) for row in rows] == [("tides", "a/tides"), ("tides", "b/tides")]
    table = run("audit", *places, *BAD, "--format", "table")[1]
    assert [line.split()[0] for line in table.splitlines()[1:]] == places
    reports = json.loads(run("audit", *places, *BAD, "--format", "json")[1])["reports"]
    assert [report["subject"]["place"] for report in reports] == places
    assert run("audit", *reversed(places), *ONE, "--output", "reports")[0] == 0
    assert listing(home / "reports") == ["a-tides.txt", "b-tides.txt"]


def test_a_failure_carries_its_reason_and_no_password(run: Run, tides: Path) -> None:
    address = "file://ada:secret@localhost/nowhere"
    code, out, err = run("audit", tides, "nowhere", address, *ONE, "--format", "table")
    assert code == 3
    assert "does not exist" in out
    assert "secret" not in out + err


@pytest.mark.parametrize("width", [40, 60])
@pytest.mark.parametrize("color", ["", "1"])
def test_a_narrow_terminal_gets_shorter_lines_of_the_same_words(
    run: Run, tides: Path, monkeypatch: pytest.MonkeyPatch, width: int, color: str
) -> None:
    wide = run("audit", tides)[1]
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("FORCE_COLOR", color)
    narrow = re.sub("\x1b\\[[0-9]+m", "", run("audit", tides)[1])
    assert max(map(len, narrow.splitlines())) <= width
    assert narrow.split() == wide.split()
    assert json.loads(run("audit", tides, "--format", "json")[1])


def test_an_interrupt_while_it_starts_is_one_line(home: Path) -> None:
    raising = (
        "import builtins, aiscaffold.__main__ as ours\n"
        "real = builtins.__import__\n"
        "def stopped(name, *rest):\n"
        "    if name == 'aiscaffold.cli': raise KeyboardInterrupt\n"
        "    return real(name, *rest)\n"
        "builtins.__import__ = stopped\n"
        "ours.run()\n"
    )
    done = subprocess.run([sys.executable, "-c", raising], cwd=home, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "aiscaffold: interrupted; nothing was left half done\n"
