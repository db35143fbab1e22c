"""An update runs a stranger's code where its owner agreed to that commit, and nowhere else; the catalogue has none."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from foreign_templates import ADDRESS, FILES, write_template
from strangers import assert_refused, record, trusted
from support import Run, git
from unchanged import contents
from workshop import Workshop

from aiscaffold import cli
from aiscaffold.catalog import Catalogue
from aiscaffold.project import ANSWERS_FILE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell and links")

QUESTIONS = FILES["copier.yml"]
NEWS = {"README.md.jinja": "# {{ name }}, better\n"}
Prepare = Callable[[Path, Path], object]


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that appears where a stranger's command was run, or a path of a stranger's written to."""
    return tmp_path / "canary"


@pytest.fixture
def project(template: Path, run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of that template."""
    assert run("new", ADDRESS, "tide", "--defaults")[0] == 0
    monkeypatch.chdir(home / "tide")
    return home / "tide"


TASK = "_tasks: ['pwd >> {log}; echo {word}']\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where the template's task writes down the folder that it runs in."""
    return tmp_path / "log"


@pytest.fixture
def code(template: Path, project: Path, log: Path) -> Path:
    """The template, now with a version that runs a task."""
    write_template(template, {**NEWS, "copier.yml": QUESTIONS + TASK.format(log=log, word="two")}, "v2.0.0")
    return template


@pytest.mark.usefixtures("code")
def test_with_consent_a_task_runs_in_temporary_folders_alone(run: Run, project: Path, log: Path) -> None:
    exit_code, _, err = run("update", "--defaults", "--trust")
    assert exit_code == 0
    assert "task: pwd" in err
    folders = {Path(line) for line in log.read_text(encoding="utf-8").splitlines()}
    assert folders
    assert not [folder for folder in folders if folder.exists() or folder.is_relative_to(project)]
    assert (project / "README.md").read_text(encoding="utf-8") == "# tide, better\n"


def test_consent_is_for_one_commit_and_a_tag_that_moves_asks_again(
    run: Run, code: Path, project: Path, tmp_path: Path, canary: Path
) -> None:
    assert run("update", "--defaults", "--trust")[0] == 0
    assert run("update", "--abort")[0] == 0
    exit_code, _, err = run("update", "--defaults")
    assert (exit_code, err) == (0, ""), "the same commit is not asked again"
    assert run("update", "--abort")[0] == 0
    write_template(code, {"copier.yml": f"{QUESTIONS}_tasks: ['touch {canary}']\n"}, "v2.0.0")
    assert_refused(run, project, "task: touch ")
    assert [len(commits) for commits in trusted(tmp_path).values()] == [1]


@pytest.mark.usefixtures("code")
def test_a_plan_with_consent_still_leaves_the_project_alone(run: Run, project: Path) -> None:
    before = contents(project)
    assert run("update", "--defaults", "--trust", "--dry-run")[0] == 0
    assert contents(project) == before


@pytest.mark.usefixtures("code")
def test_with_nobody_to_ask_a_process_ends_instead_of_waiting(project: Path, log: Path) -> None:
    before = contents(project)
    command = [sys.executable, "-m", "aiscaffold", "update"]
    done = subprocess.run(
        command, check=False, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, timeout=60
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert "task: pwd" in done.stderr
    assert (contents(project), log.exists()) == (before, False)


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize(("answer", "exit_code"), [("n", 3), ("y", 0)])
def test_on_a_terminal_its_owner_is_asked_on_stderr(project: Path, log: Path, answer: str, exit_code: int) -> None:
    import pty  # not on Windows

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "aiscaffold", "update", "--json"]
    with subprocess.Popen(command, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        assert "runs code on this machine" in until(ours, "Do you trust it?")
        assert not log.exists()
        os.write(ours, f"{answer}\n\n\n\n".encode())
        until(ours, "")
        out, _ = process.communicate(timeout=60)
    os.close(ours)
    assert (process.returncode, log.exists()) == (exit_code, answer == "y")
    assert (json.loads(out)["state"] == "applied") if answer == "y" else not out


def until(terminal: int, words: str) -> str:
    """What a terminal shows up to these words, or to its end."""
    seen = ""
    while not words or words not in seen:
        try:
            found = os.read(terminal, 1024).decode()
        except OSError:  # Linux's way to say that nobody writes any more
            break
        if not found:
            break
        seen += found
    return seen


ORDERS = """\
_jinja_extensions: [evil.Extension]
_migrations: ['touch CANARY']
_tasks: ['touch CANARY']
_external_data: {secret: ../../secret.yml}
_envops: {variable_start_string: '[['}
_templates_suffix: ''
_subdirectory: ../..
_answers_file: ../../canary
author_name: "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ cycler.__init__.__globals__.os.system('touch CANARY') }}"
"""


@pytest.fixture
def bundled(run: Run, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the catalogue, one release behind."""
    workshop = Workshop(tmp_path / "catalogue")
    assert workshop.release("0.1.0").returncode == 0
    monkeypatch.setattr(cli.new, "load_catalogue", lambda: Catalogue(workshop.folder, "0.1.0"))
    assert run("new", "mini", "tide", "--defaults", "--no-hooks")[0] == 0
    (workshop.folder / "templates/mini/template/more.txt").write_text("more\n", encoding="utf-8")
    assert workshop.release("0.2.0").returncode == 0
    monkeypatch.setattr(cli.update, "load_catalogue", lambda: Catalogue(workshop.folder))
    monkeypatch.chdir(home / "tide")
    return home / "tide"


def test_no_answers_file_makes_the_catalogue_run_code(run: Run, bundled: Path, canary: Path) -> None:
    orders = ORDERS.replace("CANARY", str(canary))
    text = (bundled / ANSWERS_FILE).read_text(encoding="utf-8").replace("author_name: Ada Lovelace\n", orders)
    assert orders in text
    (bundled / ANSWERS_FILE).write_text(text, encoding="utf-8", newline="\n")
    git(bundled, "commit", "--quiet", "--all", "--message", "Record")
    assert run("update", "--defaults")[0] in {0, 1, 3}
    assert not canary.exists()
    assert not list(canary.parent.glob("canary*"))


@pytest.mark.parametrize("name", ["../../../../../eve", "/etc", "mini/../mini", "..", "'*'", '"mini\\n"'])
def test_a_template_of_the_catalogue_is_known_by_its_name_alone(run: Run, bundled: Path, name: str) -> None:
    record(bundled, template=name)
    before = contents(bundled)
    code, out, err = run("update", "--defaults")
    assert (code, out, contents(bundled)) == (2, "", before)
    assert "no template is called" in err
