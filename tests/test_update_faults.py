"""A whole `aiscaffold update` is all or nothing: killed at any moment, interrupted, out of room, or by a bad template.

Every step of putting the plan into the project is enumerated in test_exchange_kills.py; here is the whole command.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
import updating
from exchanging import copy, leftovers, state
from killing import Outcome, Server
from support import WORKERS, InParallel, Judged, git
from updating import KILLING_GIT, assert_told, fill
from workshop import Workshop

from aiscaffold.exchange import session
from aiscaffold.store import Store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, SIGKILL and /proc: Linux only")

KILLS = 100
STRIDE = 9
TEMPLATE = Path("templates/mini/template")
FILES = {f"docs/{number:02}.md": f"# {number}\n\nof " for number in range(12)}
State = tuple[object, str, str]


def whole(project: Path) -> State:
    """Work tree, index and refs."""
    return *state(project), git(project, "for-each-ref") + git(project, "rev-parse", "HEAD")


class Lab:
    """A catalogue with two releases, a project of the first with its owner's work, and servers of updates."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.workshop = Workshop(root / "catalogue")
        self.release("0.1.0", {path: f"{text}1\n" for path, text in FILES.items()} | {"gone.txt": "gone\n"})
        self.start = self.project()
        (self.workshop.folder / TEMPLATE / "gone.txt").unlink()
        self.release("0.2.0", {path: f"{text}2\n" for path, text in FILES.items()} | {"new/deep/er.txt": "new\n"})
        self.servers: SimpleQueue[Server] = SimpleQueue()
        for number in range(WORKERS):
            self.servers.put(Server(self.workshop.folder, root / f"tmp{number}", updating.__file__))
        done = self.case("plain")
        self.plain = self.run(done)
        self.seconds = min(self.timed(f"timed-{number}") for number in range(3))
        assert self.plain.code == 0, self.plain
        self.before, self.after = whole(self.start), whole(done)
        assert self.before != self.after

    def release(self, version: str, files: dict[str, str]) -> None:
        for name, text in files.items():
            file = self.workshop.folder / TEMPLATE / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
        done = self.workshop.release(version)
        assert done.returncode == 0, done.stderr

    def project(self) -> Path:
        """What release 0.1.0 makes, committed, with a line of its owner's, and work that is not committed."""
        from aiscaffold.catalog import Catalogue
        from aiscaffold.render import render

        project = self.root / "start" / "tide"
        catalogue = Catalogue(self.root / "release", "0.1.0")
        Store(self.workshop.folder).unpack("0.1.0", catalogue.root)
        answers = {"project_name": "tide", "author_name": "Ada", "license": "MIT"}
        render(catalogue, catalogue.template("mini"), answers, project)
        with (project / "docs/03.md").open("r+", encoding="utf-8") as file:
            text = file.read()
            file.seek(0)
            file.write(f"Mine.\n\n{text}")
        git(project.parent, "init", "--quiet", "--template=", "tide")
        git(project, "add", "--all")
        git(project, "commit", "--quiet", "--message", "Start")
        (project / "pyproject.toml").write_text("# being edited\n", encoding="utf-8")
        (project / "untracked.txt").write_text("mine\n", encoding="utf-8")
        return project

    def case(self, name: str) -> Path:
        """A fresh copy of the project."""
        return copy(self.start, self.root / "cases" / name / "tide")

    def run(self, case: Path, *words: str, after: float = 0, stop_at: int = 0, by: int = signal.SIGKILL) -> Outcome:
        server = self.servers.get()
        try:
            return server.run(str(after), "--defaults", *words, cwd=case, root=case, stop_at=stop_at, by=by)
        finally:
            self.servers.put(server)

    def timed(self, name: str) -> float:
        """How long an undisturbed update takes."""
        case = self.case(name)
        started = time.monotonic()
        self.run(case)
        return time.monotonic() - started

    def judge(self, case: Path, *, thorough: bool = True) -> str:
        """What is wrong after the next start and, to be thorough, after the next update; empty where nothing is."""
        checked = self.run(case, "--check", "--json")
        now = whole(case)
        if now not in (self.before, self.after):
            return f"mixed: {git(case, 'status', '--short')}"
        if checked.code != int(now == self.before):
            return f"the check said {checked.code}: {checked.stderr}"
        if locks := list((case / ".git").glob("*.lock")):
            return f"git is still locked: {locks}"
        if not thorough:
            return ""
        git(case, "fsck", "--strict")
        if now == self.before and self.run(case).code:
            return "the next update failed"
        extra = leftovers(case) - {"lock", "last"} if now == self.before else None
        return f"left behind: {extra}" if extra else "" if whole(case) == self.after else "the update did not arrive"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("faults")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(root / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (root / "gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.org\n", encoding="utf-8")
        patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
        lab = Lab(root)
        yield lab
        while not lab.servers.empty():
            lab.servers.get().close()


def test_a_kill_of_everything_at_a_random_moment_leaves_the_old_or_the_new(lab: Lab, in_parallel: InParallel) -> None:
    chance = random.Random(20262)
    # Around the end of an undisturbed run, and beyond it: beside other tests this one takes longer.
    when = {number: lab.seconds * chance.uniform(0.3, 1.7) for number in range(KILLS)}

    def kill(number: int) -> Judged:
        case = lab.case(f"random-{number}")
        ended = lab.run(case, after=when[number])
        now = whole(case)
        seen = (
            "ended before"
            if ended.code == 0
            else "old"
            if now == lab.before
            else "new"
            if now == lab.after
            else "mixed"
        )
        return seen, lab.judge(case, thorough=number % 5 == 0)

    in_parallel(kill, list(when))


def test_a_kill_at_many_steps_leaves_the_old_or_the_new(lab: Lab, in_parallel: InParallel) -> None:
    def kill(step: int) -> Judged:
        case = lab.case(f"step-{step}")
        ended = lab.run(case, stop_at=step)
        assert ended.code == -signal.SIGKILL
        return ended.phase, lab.judge(case)

    in_parallel(kill, list(range(1, len(lab.plain.steps) + 1, STRIDE)))


def test_ctrl_c_at_many_steps_leaves_the_old_or_the_new_at_once(lab: Lab, in_parallel: InParallel) -> None:
    def interrupt(step: int) -> Judged:
        case = lab.case(f"interrupt-{step}")
        ended = lab.run(case, stop_at=step, by=signal.SIGINT)
        phase = ended.steps[step - 1][0]
        if ended.code != 130:
            return phase, f"ended {ended.code}: {ended.stderr}"
        if whole(case) not in (lab.before, lab.after):
            return phase, f"mixed: {git(case, 'status', '--short')}"
        return phase, lab.judge(case)

    names = [name for _, name in lab.plain.steps]
    steps = range(2, len(names) + 1, STRIDE)
    in_parallel(interrupt, [step for step in steps if names[step - 1] not in {"started", "end"}])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", place]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.mark.parametrize("pages", [0, 4, 12, 20, 28, 36, 60])
def test_a_project_on_a_disk_with_hardly_any_room_keeps_the_old_or_gets_the_new(
    lab: Lab, small_disk: Path, pages: int, record_property: Callable[[str, object], None]
) -> None:
    case = copy(lab.start, small_disk / "tide")
    fill(small_disk, pages)
    ended = lab.run(case)
    record_property("told", f"ended {ended.code} with {pages} pages")
    assert whole(case) == (lab.after if ended.code == 0 else lab.before)
    if ended.code:
        assert_told(ended)
    (small_disk / "ballast").unlink()
    assert lab.judge(case) == ""


@pytest.mark.parametrize("pages", [8, 40])
def test_without_room_for_temporary_files_nothing_is_changed(lab: Lab, small_disk: Path, pages: int) -> None:
    case = lab.case(f"temporary-{pages}")
    server = Server(lab.workshop.folder, small_disk / "tmp", updating.__file__)
    fill(small_disk, pages)
    ended = server.run("0", "--defaults", cwd=case, root=case)
    server.close()
    assert_told(ended)
    assert whole(case) == lab.before
    assert lab.judge(case) == ""


def test_a_git_that_is_killed_while_it_holds_a_lock_leaves_no_lock_to_its_owner(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.which("git")
    (tmp_path / "git").write_text(KILLING_GIT.replace("REAL", str(real)), encoding="utf-8")
    (tmp_path / "git").chmod(0o755)
    case = lab.case("locked")
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
        server = Server(lab.workshop.folder, tmp_path / "tmp", updating.__file__)
    assert server.run("0", "--defaults", cwd=case, root=case).code == -signal.SIGKILL
    server.close()
    assert lab.judge(case) == ""


def test_of_two_updates_at_once_the_second_is_refused(lab: Lab) -> None:
    case = lab.case("two")
    with session(case, case / ".git"):
        assert_told(lab.run(case), "another update of")
    assert lab.judge(case) == ""


@pytest.mark.parametrize("text", ["{% if %}\n", "{{ nobody.knows }}\n", "{% include 'nowhere' %}\n"])
def test_a_newer_template_that_does_not_render_changes_nothing(lab: Lab, tmp_path: Path, text: str) -> None:
    broken = copy(lab.workshop.folder, tmp_path / "catalogue")
    workshop = Workshop.__new__(Workshop)
    workshop.folder = broken
    (broken / TEMPLATE / "README.md.jinja").write_text(text, encoding="utf-8")
    assert workshop.release("0.3.0").returncode == 0
    case = lab.case(f"broken-{tmp_path.name}")
    server = Server(broken, tmp_path / "tmp", updating.__file__)
    ended = server.run("0", "--defaults", cwd=case, root=case)
    server.close()
    assert_told(ended, "does not render")
    assert whole(case) == lab.before
    assert lab.judge(case) == ""


def test_what_was_edited_between_a_kill_and_the_next_start_is_saved_and_told(lab: Lab) -> None:
    case = lab.case("edited")
    moving = [number for number, (phase, _) in enumerate(lab.plain.steps, 1) if phase == "moving"]
    assert lab.run(case, stop_at=moving[-3]).code == -signal.SIGKILL
    (case / "docs/00.md").write_text("an hour of work\n", encoding="utf-8")
    told = lab.run(case, "--check").stderr
    places = [Path(line.rpartition(" ")[2]) for line in told.splitlines() if "saved in" in line]
    kept = [*places, case / "docs/00.md"]
    assert "an hour of work\n" in [place.read_text(encoding="utf-8") for place in kept]
    assert "an update was cut off here" in told
