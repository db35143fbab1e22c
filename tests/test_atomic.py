"""`new` is all or nothing: killed, interrupted or raced at any step, a destination is absent or complete.

How a step is found and stopped at: killing.py. Every step is tried where the destination is absent; the other kinds of
destination differ from their moving phase on, and are tried from there.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

import pytest
from catalogues import write_catalogue
from driving import command
from killing import Outcome, Server
from support import WORKERS, InParallel, git, listing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, SIGKILL and /proc: Linux only"),
]

STAGING = ".aiscaffold-"
CALL = ("new", "mini")
PHASES = ("preparing", "rendering", "first commit", "hooks", "moving", "cleaning up")
ARGUMENTS = {"absent": "bike", "missing parents": "deep/er/bike", "empty": ".", "clone": "."}
EXISTING = ("empty", "clone")


@dataclass(frozen=True)
class Case:
    """One folder in which `new` is called, and where the project shall stand."""

    root: Path
    kind: str

    @property
    def dest(self) -> Path:
        """The project's future folder."""
        return self.root / ("deep/er/bike" if self.kind == "missing parents" else "bike")

    @property
    def cwd(self) -> Path:
        """Where the shell stands: in the destination, where that exists."""
        return self.dest if self.kind in EXISTING else self.root

    @property
    def call(self) -> tuple[str, ...]:
        """The arguments; the same project for every kind of destination."""
        return (*CALL, ARGUMENTS[self.kind], "--defaults")

    @property
    def leftovers(self) -> list[Path]:
        """Staging folders and git's own locks."""
        return [*self.root.rglob(f"{STAGING}*"), *self.root.glob("bike/.git/**/*.lock")]

    @property
    def content(self) -> list[str]:
        """What a user sees below the root; git keeps unreachable objects of an attempt, which nobody sees."""
        return [p for p in listing(self.root) if STAGING not in p and "/.git/objects/" not in p]


class Lab:
    """Servers, fresh cases, and the tree that every complete project has."""

    def __init__(self, root: Path) -> None:
        """Start the servers and make one project without disturbance."""
        self.root = root
        self.catalogue = write_catalogue(root / "catalogue")
        self.servers: SimpleQueue[Server] = SimpleQueue()
        for number in range(WORKERS):
            self.servers.put(Server(self.catalogue, root / f"tmp{number}"))
        self.plain = {kind: self.undisturbed(kind) for kind in ARGUMENTS}
        self.tree = git(root / "plain-absent" / "bike", "rev-parse", "HEAD^{tree}")

    def undisturbed(self, kind: str) -> Outcome:
        """A whole run, which tells the steps."""
        outcome = self.run(self.case(kind, f"plain-{kind}"))
        assert outcome.code == 0, outcome.stderr
        return outcome

    def case(self, kind: str, name: str) -> Case:
        """A fresh folder for one call."""
        case = Case(self.root / name.replace(" ", "-"), kind)
        case.root.mkdir()
        if kind == "clone":
            subprocess.run(["git", "init", "--quiet", "--bare", "origin.git"], cwd=case.root, check=True)
            subprocess.run(
                ["git", "clone", "--quiet", "origin.git", "bike"], cwd=case.root, check=True, capture_output=True
            )
        elif kind == "empty":
            case.dest.mkdir()
        return case

    def run(self, case: Case, stop_at: int = 0, by: int = signal.SIGKILL) -> Outcome:
        """Call `new` in a case."""
        server = self.servers.get()
        try:
            return server.run(*case.call, cwd=case.cwd, root=case.root, stop_at=stop_at, by=by)
        finally:
            self.servers.put(server)

    def steps(self, kind: str, *phases: str) -> list[int]:
        """The numbers of the steps of an undisturbed run that are of these phases."""
        return [n for n, (phase, _) in enumerate(self.plain[kind].steps, start=1) if phase in phases]

    def is_complete(self, case: Case) -> bool:
        """Whether the whole project is there, committed once, clean and sound."""
        return is_sound(case) and git(case.dest, "rev-parse", "HEAD^{tree}") == self.tree

    def is_fine_now(self, case: Case, before: list[str]) -> bool:
        """The verdict before any other start: complete, or untouched, or (an existing folder) with a staging folder."""
        if self.is_complete(case) or set(case.content) <= {*before, "deep", "deep/er"}:
            return True
        return case.kind in EXISTING and any(STAGING in path.name for path in case.leftovers)

    def is_fine_after_restart(self, case: Case, was_complete: bool) -> str:
        """The verdict after the same call again; empty, or what is wrong."""
        again = self.run(case)
        refused = again.code == 3 and "is not empty" in again.stderr
        if not (refused if was_complete else again.code == 0):
            return f"the next start ended {again.code}: {again.stderr}"
        left = [path.name for path in case.leftovers]
        return f"left behind: {left}" if left else "" if self.is_complete(case) else "not complete"

    def kill(self, kind: str, step: int) -> tuple[str, str]:
        """Kill one call at one step, judge, start again, judge: (phase, what is wrong)."""
        case = self.case(kind, f"kill-{kind}-{step}")
        before = case.content
        killed = self.run(case, step)
        assert killed.code == -signal.SIGKILL
        if not self.is_fine_now(case, before):
            return killed.phase, f"half a project: {case.content}"
        was_complete = self.is_complete(case)
        make_old(case)
        return killed.phase, self.is_fine_after_restart(case, was_complete)


def is_sound(case: Case) -> bool:
    """Whether some project is there, committed once, and clean."""
    if not case.dest.joinpath(".git").exists() or not git(case.dest, "for-each-ref"):
        return False
    git(case.dest, "fsck", "--strict")
    status = [line for line in git(case.dest, "status", "--porcelain").splitlines() if STAGING not in line]
    return not status and git(case.dest, "rev-list", "--count", "--all") == "1"


def make_old(case: Case) -> None:
    """Let a minute pass: a staging folder without a lock is left alone as long as its run may be about to lock it."""
    for folder in case.root.rglob(f"{STAGING}*"):
        os.utime(folder, (1, 1))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    root = tmp_path_factory.mktemp("atomic")
    configuration = root / "gitconfig"
    configuration.write_text("[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(configuration))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        lab = Lab(root)
        yield lab
        while not lab.servers.empty():
            lab.servers.get().close()


def test_every_kind_of_destination_gets_the_same_tree(lab: Lab) -> None:
    assert all(lab.is_complete(Case(lab.root / f"plain-{kind.replace(' ', '-')}", kind)) for kind in ARGUMENTS)


def test_a_kill_at_any_step_leaves_an_absent_destination_absent_or_complete(lab: Lab, in_parallel: InParallel) -> None:
    phases = in_parallel(lambda step: lab.kill("absent", step), lab.steps("absent", *PHASES))
    assert set(phases) == set(PHASES)


@pytest.mark.parametrize("kind", ["missing parents", "empty", "clone"])
def test_a_kill_while_moving_is_undone_or_finished_by_the_next_start(
    lab: Lab, kind: str, in_parallel: InParallel
) -> None:
    late = lab.steps(kind, "moving", "cleaning up") + (lab.steps(kind, "hooks") if kind == "clone" else [])
    phases = in_parallel(lambda step: lab.kill(kind, step), late)
    assert {"moving", "cleaning up"} <= set(phases)


@pytest.mark.parametrize("kind", EXISTING)
def test_what_a_user_writes_into_a_half_moved_destination_is_never_deleted(
    lab: Lab, kind: str, in_parallel: InParallel
) -> None:
    def kill_and_write(step: int) -> tuple[str, str]:
        case = lab.case(kind, f"edit-{kind}-{step}")
        killed = lab.run(case, step)
        mine = [
            case.dest / "mine.txt",
            case.dest / "README.md",
            case.dest / "src" / "a.py",
            case.dest / "docs" / "b.md",
        ]
        for path in mine:
            path.parent.mkdir(exist_ok=True)
            path.write_text("by hand", encoding="utf-8")
        lab.run(case)
        kept = [path for path in mine if path.is_file() and path.read_text(encoding="utf-8") == "by hand"]
        return killed.phase, "" if kept == mine else f"deleted: {set(mine) - set(kept)}"

    in_parallel(kill_and_write, lab.steps(kind, "moving"))


@pytest.mark.parametrize("kind", ["absent", "clone"])
def test_ctrl_c_at_any_step_ends_130_and_leaves_nothing_at_once(lab: Lab, kind: str, in_parallel: InParallel) -> None:
    def interrupt(step: int) -> tuple[str, str]:
        case = lab.case(kind, f"interrupt-{kind}-{step}")
        before = case.content
        ended = lab.run(case, step, by=signal.SIGINT)
        whole = lab.is_complete(case)
        if ended.code != 130 or "aiscaffold: interrupted" not in ended.stderr or "Traceback" in ended.stderr:
            return ended.steps[step - 1][0], f"ended {ended.code}: {ended.stderr}"
        if case.leftovers or not (whole or case.content == before):
            return ended.steps[step - 1][0], f"left behind: {case.content} {case.leftovers}"
        return ended.steps[step - 1][0], ""

    # A program that already runs gets the terminal's Ctrl-C itself: see the random moments below.
    names = [name for _, name in lab.plain[kind].steps]
    late = PHASES if kind == "absent" else ("moving", "hooks")
    in_parallel(interrupt, [n for n in lab.steps(kind, *late) if names[n - 1] not in {"started", "end"}])


@pytest.mark.parametrize("kind", ["absent", *EXISTING])
def test_of_two_runs_to_one_destination_one_wins_wherever_the_first_is_overtaken(
    lab: Lab, kind: str, in_parallel: InParallel
) -> None:
    def overtake(step: int) -> tuple[str, str]:
        case = lab.case(kind, f"race-{kind}-{step}")
        server = lab.servers.get()
        try:
            where = {"cwd": case.cwd, "root": case.root}
            first = server.run(*case.call, **where, stop_at=step, by=signal.SIGSTOP)
            # Other answers, so that a mixture of both runs is seen.
            second = server.run(*case.call, "-d", "author_name=Second", **where)
            first = server.resume(first)
        finally:
            lab.servers.put(server)
        if sorted((first.code, second.code)) != [0, 3]:
            return first.steps[step - 1][0], f"{first.code}, {second.code}: {first.stderr} {second.stderr}"
        good = is_sound(case) and not case.leftovers
        return first.steps[step - 1][0], "" if good else f"{case.content} {case.leftovers}"

    in_parallel(overtake, lab.steps(kind, "moving"))


def test_two_runs_in_one_folder_leave_each_other_alone(lab: Lab, in_parallel: InParallel) -> None:
    def neighbour(step: int) -> tuple[str, str]:
        case = lab.case("absent", f"neighbours-{step}")
        server = lab.servers.get()
        try:
            where = {"cwd": case.cwd, "root": case.root}
            first = server.run(*case.call, **where, stop_at=step, by=signal.SIGSTOP)
            second = server.run(*CALL, "other", "--defaults", **where)
            first = server.resume(first)
        finally:
            lab.servers.put(server)
        good = (first.code, second.code) == (0, 0) and lab.is_complete(case) and not case.leftovers
        return first.steps[step - 1][0], "" if good else f"{first.stderr} {second.stderr} {case.leftovers}"

    in_parallel(neighbour, lab.steps("absent", "preparing", "cleaning up")[:-1])


def start(lab: Lab, case: Case) -> "subprocess.Popen[str]":
    """A call in a process group of its own, as a shell starts it."""
    words = command(lab.catalogue, *case.call)
    pipe = subprocess.PIPE
    return subprocess.Popen(
        words, cwd=case.cwd, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )


def moments(count: int, first: float, last: float) -> dict[int, float]:
    """Seeded random moments, in seconds after the start."""
    chance = random.Random(20260)
    return {number: chance.uniform(first, last) for number in range(count)}


def test_a_kill_at_random_moments_leaves_the_destination_absent_or_complete(lab: Lab, in_parallel: InParallel) -> None:
    when = moments(40, 0.0, 2.5)

    def kill(number: int) -> tuple[str, str]:
        case = lab.case("absent", f"random-{number}")
        with start(lab, case) as process:
            time.sleep(when[number])
            process.kill()
            process.communicate()
        if not lab.is_fine_now(case, []):
            return "moving", f"half a project: {case.content}"
        was_complete, was_left = lab.is_complete(case), bool(case.leftovers)
        make_old(case)
        phase = "cleaning up" if was_complete else "rendering" if was_left else "preparing"
        # With nothing there, the next start is a plain run like any other.
        return phase, lab.is_fine_after_restart(case, was_complete) if case.content or was_left else ""

    in_parallel(kill, list(when))


def test_ctrl_c_at_random_moments_ends_130_and_leaves_nothing_at_once(lab: Lab, in_parallel: InParallel) -> None:
    when = moments(10, 0.0, 1.0)

    def interrupt(number: int) -> tuple[str, str]:
        case = lab.case("absent", f"ctrl-c-{number}")
        with start(lab, case) as process:
            assert process.stderr
            told = process.stderr.readline()
            time.sleep(when[number])
            os.killpg(process.pid, signal.SIGINT)
            _, rest = process.communicate()
        # Too late is no failure: the project was made; while Python itself shuts down, the signal ends it.
        codes = (0, 130, -signal.SIGINT) if lab.is_complete(case) else (130,)
        good = process.returncode in codes and not case.leftovers and (lab.is_complete(case) or not case.content)
        good = good and told.startswith("rendering") and "Traceback" not in rest
        return "rendering", "" if good else f"ended {process.returncode}: {rest} {case.content} {case.leftovers}"

    in_parallel(interrupt, list(when))
