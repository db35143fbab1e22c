"""An update and its undo are all or nothing: killed, interrupted or out of room at any step.

How a step is found and stopped at: killing.py. What is exchanged: exchanging.py.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue

import exchanging
import pytest
from exchanging import FEW, NEW, RECORD, copy, git_dir, leftovers, memory, plan, state, update, usual
from killing import Outcome, Server
from support import WORKERS, InParallel, Judged, git

from aiscaffold.errors import ToolFailed
from aiscaffold.exchange import session

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="forks, SIGKILL and /proc: Linux only"),
]

VERBS = ("apply", "undo")
EDIT = b"edited since the update\n"
MINE = ("edited.txt", "removed.txt", "added.txt", "a/b/c/nested.txt", "a/mine.txt", "pkg/only.txt", "to-file/mine.txt")


class Lab:
    """Servers, and the repositories that each case starts from."""

    def __init__(self, root: Path, elsewhere: Path | None = None) -> None:
        """Start the servers and carry out both exchanges without disturbance; work trees may lie elsewhere."""
        self.root = root
        self.elsewhere = elsewhere
        self.servers: SimpleQueue[Server] = SimpleQueue()
        for number in range(WORKERS):
            self.servers.put(Server(root, root / f"tmp{number}", exchanging.__file__))
        self.start = {"apply": usual(*self.places("old")), "undo": usual(*self.places("new"))}
        update(self.start["undo"], FEW if elsewhere else NEW)
        (self.start["undo"] / "edited.txt").write_bytes(EDIT)
        for repo in self.start.values():
            git(repo, "repack", "-a", "-d", "--quiet")  # fewer files to copy
        done = {verb: self.case(verb, f"plain-{verb}") for verb in VERBS}
        self.plain = {verb: self.run(verb, case) for verb, case in done.items()}
        assert [outcome.code for outcome in self.plain.values()] == [0, 0], self.plain
        self.before = {verb: state(repo) for verb, repo in self.start.items()}
        self.after = {verb: state(case) for verb, case in done.items()}

    def places(self, name: str) -> tuple[Path, Path | None]:
        """The work tree of a repository, and its git folder if that is apart."""
        return (self.elsewhere / name, self.root / name) if self.elsewhere else (self.root / name, None)

    def case(self, verb: str, name: str) -> Path:
        """A fresh repository."""
        return copy(self.start[verb], *self.places(name))

    def run(self, verb: str, case: Path, stop_at: int = 0, by: int = signal.SIGKILL, disk: str = "roomy") -> Outcome:
        """Exchange in a repository."""
        server = self.servers.get()
        # No root: the steps in both the work tree and the git folder count, of a shorter exchange.
        new, root = ("few", "") if self.elsewhere else ("all", case)
        try:
            return server.run(verb, new, disk, cwd=case, root=str(root), stop_at=stop_at, by=by)
        finally:
            self.servers.put(server)

    def steps(self, verb: str) -> list[int]:
        """The numbers of the steps of an undisturbed exchange."""
        return list(range(1, len(self.plain[verb].steps) + 1))

    def judge(self, verb: str, case: Path) -> str:
        """The verdict after the next start; empty, or what is wrong."""
        with session(case, git_dir(case)) as held:
            can_undo = held.last() == RECORD
        now = state(case)
        if now not in (self.before[verb], self.after[verb]):
            return f"mixed: {difference(now, self.before[verb])} {difference(now, self.after[verb])}"
        done = now == self.after[verb]
        if can_undo != (done if verb == "apply" else not done):
            return f"done: {done}, but can be undone: {can_undo}"
        saved = [path.read_bytes() for path in git_dir(case).glob("aiscaffold/kept/*/*")]
        if saved != ([EDIT] if verb == "undo" and done else []):
            return f"done: {done}, but saved: {saved}"
        extra = leftovers(case) - {"lock", "last", "kept"}
        return f"left behind: {extra}" if extra else ""


def difference(one: tuple[dict, str], other: tuple[dict, str]) -> list[str]:
    """The paths at which two states differ; an index is one more path."""
    paths = sorted(p for p in one[0].keys() | other[0].keys() if one[0].get(p) != other[0].get(p))
    return paths + ["index"] * (one[1] != other[1])


@contextmanager
def opened(root: Path, elsewhere: Path | None = None) -> Iterator[Lab]:
    """A lab with nobody's git configuration."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(root / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        lab = Lab(root, elsewhere)
        yield lab
        while not lab.servers.empty():
            lab.servers.get().close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with opened(tmp_path_factory.mktemp("exchange")) as lab:
        yield lab


@pytest.fixture(scope="module")
def two_disks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Work trees on another file system than their git folders, where a rename is a copy and a removal."""
    with memory() as elsewhere, opened(tmp_path_factory.mktemp("two-disks"), elsewhere) as lab:
        yield lab


@pytest.mark.parametrize("verb", VERBS)
def test_a_kill_at_any_step_is_taken_back_or_finished_by_the_next_start(
    lab: Lab, verb: str, in_parallel: InParallel
) -> None:
    def kill(step: int) -> Judged:
        case = lab.case(verb, f"kill-{verb}-{step}")
        killed = lab.run(verb, case, step)
        assert killed.code == -signal.SIGKILL
        return killed.phase, lab.judge(verb, case)

    assert set(in_parallel(kill, lab.steps(verb))) == {"preparing", "moving", "cleaning up"}


@pytest.mark.parametrize("verb", VERBS)
def test_a_kill_while_files_move_between_two_file_systems_is_taken_back_or_finished(
    two_disks: Lab, verb: str, in_parallel: InParallel
) -> None:
    def kill(step: int) -> Judged:
        case = two_disks.case(verb, f"kill-{verb}-{step}")
        killed = two_disks.run(verb, case, step)
        assert killed.code == -signal.SIGKILL
        return killed.phase, two_disks.judge(verb, case)

    phases = [phase for phase, _ in two_disks.plain[verb].steps]
    in_parallel(kill, [n for n in two_disks.steps(verb) if phases[n - 1] == "moving"])


@pytest.mark.parametrize("verb", VERBS)
def test_ctrl_c_at_any_step_leaves_the_old_or_the_new_at_once(lab: Lab, verb: str, in_parallel: InParallel) -> None:
    def interrupt(step: int) -> Judged:
        case = lab.case(verb, f"interrupt-{verb}-{step}")
        ended = lab.run(verb, case, step, by=signal.SIGINT)
        phase = ended.steps[step - 1][0]
        if ended.code != 130:
            return phase, f"ended {ended.code}: {ended.stderr}"
        if (now := state(case)) not in (lab.before[verb], lab.after[verb]):
            return phase, f"mixed: {difference(now, lab.before[verb])}"
        return phase, lab.judge(verb, case)

    # A program that already runs gets the terminal's Ctrl-C itself: see the random moments below.
    names = [name for _, name in lab.plain[verb].steps]
    in_parallel(interrupt, [n for n in lab.steps(verb) if names[n - 1] not in {"started", "end"}])


@pytest.mark.parametrize("verb", VERBS)
def test_a_disk_that_is_full_from_any_step_on_costs_nothing(lab: Lab, verb: str, in_parallel: InParallel) -> None:
    def fill(step: int) -> Judged:
        case = lab.case(verb, f"full-{verb}-{step}")
        ended = lab.run(verb, case, step, disk="full")
        phase = ended.steps[step - 1][0]
        if state(case) not in (lab.before[verb], lab.after[verb]) and "journal.json" not in leftovers(case):
            return phase, "mixed, without a journal"
        return phase, lab.judge(verb, case)

    in_parallel(fill, lab.steps(verb)[:-1])


@pytest.mark.parametrize("verb", VERBS)
def test_what_a_user_writes_between_a_kill_and_the_next_start_survives(
    lab: Lab, verb: str, in_parallel: InParallel
) -> None:
    def kill_and_write(step: int) -> Judged:
        case = lab.case(verb, f"edit-{verb}-{step}")
        killed = lab.run(verb, case, step)
        for path in MINE:
            by_hand(case, path)
        with session(case, git_dir(case)) as held:
            told = held.kept
        lost = [path for path in MINE if not is_by_hand(path, [case / path, *told])]
        now = others(state(case))
        whole = now in (others(lab.before[verb]), others(lab.after[verb]))
        wrong = [] if whole else [difference(now, others(lab.before[verb])), difference(now, others(lab.after[verb]))]
        return killed.phase, f"lost: {lost} mixed: {wrong}" if lost or wrong else ""

    in_parallel(kill_and_write, lab.steps(verb))


def by_hand(case: Path, path: str) -> None:
    """Write a file of the user's, also where a file of ours must give way to its folder."""
    place = case / path
    if not place.parent.is_dir():
        place.parent.unlink(missing_ok=True)
        place.parent.mkdir(parents=True)
    place.write_text(f"by hand: {path}", encoding="utf-8")


def is_by_hand(path: str, places: list[Path]) -> bool:
    """Whether the user's file of this path stands at one of the places."""
    return any(place.is_file() and place.read_bytes() == f"by hand: {path}".encode() for place in places)


def others(what: tuple[dict, str]) -> tuple[dict, str]:
    """A state without the paths that the user wrote to, and without the folders above and what they replaced."""
    mine = {*MINE, "to-file", "to-file/one.txt", "to-file/deep", "to-file/deep/two.txt", "pkg", "a", "a/b", "a/b/c"}
    return {path: seen for path, seen in what[0].items() if path not in mine}, what[1]


def test_a_kill_at_random_moments_leaves_the_old_or_the_new(lab: Lab, in_parallel: InParallel) -> None:
    chance = random.Random(20261)
    when = {number: chance.uniform(0.0, 0.03) for number in range(30)}
    code = (
        "import pathlib\nfrom exchanging import NEW, RECORD, plan, session\ntop = pathlib.Path.cwd()\n"
        "with session(top, top / '.git') as held:\n"
        "    swaps = plan(held, NEW)\n    print('ready', flush=True)\n    held.apply(swaps, RECORD)\n"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}

    def kill(number: int) -> Judged:
        case = lab.case("apply", f"random-{number}")
        with subprocess.Popen(
            [sys.executable, "-c", code], cwd=case, env=env, stdout=subprocess.PIPE, start_new_session=True
        ) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(when[number])
            process.kill()
        wait_for_group(process.pid)
        cut = "cut off while moving" if "journal.json" in leftovers(case) else "before or after"
        return cut, lab.judge("apply", case)

    in_parallel(kill, list(when))


def wait_for_group(group: int) -> None:
    """Wait for the git that a killed process may have left: its child holds the update lock until it is git."""
    with suppress(ProcessLookupError):
        for _ in range(500):
            os.killpg(group, 0)
            time.sleep(0.01)


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


@pytest.mark.parametrize("pages", range(0, 12, 2))
def test_a_file_system_with_hardly_any_room_keeps_the_old_or_gets_the_new(
    small_disk: Path, pages: int, record_property: Callable[[str, object], None]
) -> None:
    repo = usual(small_disk / "repo")
    before = state(repo)
    with suppress(OSError, ToolFailed), session(repo, git_dir(repo)) as held:
        swaps = plan(held, NEW)
        fill(small_disk, pages)
        held.apply(swaps, RECORD)
    applied = (git_dir(repo) / "aiscaffold/last").exists()
    record_property("told", "updated" if applied else "not updated")
    assert applied or state(repo) == before
    with suppress(OSError, ToolFailed), session(repo, git_dir(repo)) as held:
        held.undo()
    (small_disk / "ballast").unlink()
    with session(repo, git_dir(repo)) as held:
        held.undo()
    assert state(repo) == before


def fill(disk: Path, pages: int) -> None:
    """Leave room for so many pages."""
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - 4096 * pages)
