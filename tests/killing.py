"""Processes that are stopped at a chosen step of theirs.

Run as a program, this file is a server of `aiscaffold new`: it imports the command line once and forks a child for each
call, which saves a second each time. Other programs serve other calls (exchanging.py).

A step is one event of `sys.addaudithook` that changes a file below the test's folder, or that starts a program; a
program that was just started and still runs is a step of its own (`started`).

A child is stopped before its step N. That is also after step N - 1, because nothing between two events touches the
file system; the step `end` stands after the last one. So the stops before all steps cover before and after each.

Linux only: it forks, reads /proc, and adopts the programs that a killed child leaves running.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

PR_SET_CHILD_SUBREAPER = 36
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
# For each event, where its arguments hold a path and the folder descriptor that the path is relative to.
EVENTS = {
    "fcntl.flock": ((0, None),),
    "open": ((0, None),),
    "os.chmod": ((0, 2),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, None),),
    "os.utime": ((0, 3),),
    "shutil.rmtree": ((0, 1),),
}
PHASES = {
    "rendering": "rendering",
    "making": "first commit",
    "installing": "hooks",
    "moving": "moving",
}


@dataclass(frozen=True)
class Outcome:
    """How a call ended: `code` is negative for a signal and None while it is paused."""

    pid: int
    code: int | None
    stdout: str
    stderr: str
    steps: tuple[tuple[str, str], ...]

    @property
    def phase(self) -> str:
        """The phase of the last step that was reached."""
        return self.steps[-1][0]


class Server:
    """A forking server as its test sees it."""

    def __init__(self, catalogue: Path, scratch: Path, program: str = __file__) -> None:
        """Start the server `program`; temporary files of its children go to `scratch`."""
        scratch.mkdir(parents=True)
        self.process = subprocess.Popen(
            [sys.executable, "-P", program, str(catalogue)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={
                **os.environ,
                "TMPDIR": str(scratch),
                "PYTHONDONTWRITEBYTECODE": "1",
                "PYTHONPATH": str(Path(__file__).parent),
            },
            encoding="utf-8",
        )

    def run(self, *arguments: str, cwd: Path, root: Path | str, stop_at: int = 0, by: int = signal.SIGKILL) -> Outcome:
        """Make a call in `cwd` and send it a signal before its step `stop_at` below `root`."""
        return self._ask({"arguments": arguments, "cwd": str(cwd), "root": str(root), "stop_at": stop_at, "by": by})

    def resume(self, paused: Outcome) -> Outcome:
        """Let a call that was stopped by SIGSTOP go on to its end."""
        return self._ask({"resume": paused.pid})

    def close(self) -> None:
        """End the server."""
        self.process.communicate()

    def _ask(self, request: dict[str, Any]) -> Outcome:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        steps = tuple(tuple(line.split("\t")) for line in answer.pop("steps").splitlines())
        return Outcome(steps=steps, **answer)


class Steps:
    """The hook inside a child: it counts, writes down and stops."""

    def __init__(self, root: str, stop_at: int, by: int, log: IO[bytes]) -> None:
        """Count the steps below `root`, write each to `log`, and send the signal `by` before number `stop_at`."""
        self.root, self.stop_at, self.by, self.log = root, stop_at, by, log
        self.count = 0
        self.phase = "preparing"
        self.paused = False

    def follow_phases(self) -> None:
        """Tell the phase from what `new` says it is doing."""
        from aiscaffold.cli import new

        tell = new.tell

        def told(line: str) -> None:
            self.phase = PHASES[line.split(maxsplit=1)[0]]
            tell(line)

        new.tell = told

    def install(self) -> None:
        """Watch this process from now on."""
        start = subprocess.Popen.__init__

        def started(popen: Any, *arguments: Any, **settings: Any) -> None:
            start(popen, *arguments, **settings)
            self.reach("started")

        subprocess.Popen.__init__ = started  # type: ignore[method-assign]
        sys.addaudithook(self.see)

    def see(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Take one audit event for a step, if it is one."""
        if event == "subprocess.Popen":
            self.reach(event)
        elif event in EVENTS and self.matters(event, arguments):
            if event == "shutil.rmtree":
                self.phase = "cleaning up"
            self.reach(event)

    def matters(self, event: str, arguments: tuple[Any, ...]) -> bool:
        """Whether an event changes something below the root."""
        if event == "open" and not arguments[2] & WRITES:
            return False
        places = (_absolute(arguments[p], -1 if d is None else arguments[d]) for p, d in EVENTS[event])
        return any(place.startswith(self.root + os.sep) for place in places)

    def reach(self, name: str) -> None:
        """Count one step and stop before it, if it is the one."""
        if self.paused:
            return
        self.count += 1
        os.write(self.log.fileno(), f"{self.phase}\t{name}\n".encode())
        if self.count == self.stop_at:
            os.kill(os.getpid(), self.by)


Call = Callable[[list[str], Steps], None]


def _absolute(path: Any, folder: int | None) -> str:
    """A path of an audit event, which may be a descriptor or relative to one."""
    if isinstance(path, int):
        return os.readlink(f"/proc/self/fd/{path}")  # noqa: PTH115 - pathlib may raise events of its own
    base = f"/proc/self/fd/{folder}" if folder is not None and folder >= 0 else "/proc/self/cwd"
    return os.path.join(os.readlink(base), os.fsdecode(path))  # noqa: PTH115, PTH118 - as above


class Calls:
    """The server's side: every running or paused call with the files that hold its output."""

    def __init__(self, call: Call) -> None:
        """Start without calls; each will be made by `call`."""
        self.call = call
        self.outputs: dict[int, tuple[IO[bytes], ...]] = {}

    def start(self, request: dict[str, Any]) -> int:
        """Fork a child for a call and return its process id."""
        outputs = TemporaryFile(), TemporaryFile(), TemporaryFile()  # noqa: SIM115 - closed when the call has ended
        if not (pid := os.fork()):
            _child(self.call, request, *outputs)
        self.outputs[pid] = outputs
        return pid

    def wait(self, pid: int) -> dict[str, Any]:
        """Wait until a call has ended or is paused, and for the programs that a killed one has left."""
        _, status = os.waitpid(pid, os.WUNTRACED)
        paused = os.WIFSTOPPED(status)
        if not paused and len(self.outputs) == 1:
            with suppress(ChildProcessError):
                while True:
                    os.waitpid(-1, 0)
        texts = [os.pread(file.fileno(), 1 << 20, 0).decode() for file in self.outputs[pid]]
        if not paused:
            for file in self.outputs.pop(pid):
                file.close()
        code = None if paused else os.waitstatus_to_exitcode(status)
        return {"pid": pid, "code": code, **dict(zip(("stdout", "stderr", "steps"), texts, strict=True))}


def _child(call: Call, request: dict[str, Any], stdout: IO[bytes], stderr: IO[bytes], log: IO[bytes]) -> None:
    """The forked process: one call, never a return to the server's loop."""
    code: Any = 4
    os.setsid()
    for number, file in enumerate((open(os.devnull, "rb"), stdout, stderr)):  # noqa: PTH123, SIM115 - kept to the end
        os.dup2(file.fileno(), number)
    os.chdir(request["cwd"])
    steps = Steps(request["root"], request["stop_at"], request["by"], log)
    try:
        call(request["arguments"], steps)
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        steps.phase = "cleaning up"
        steps.reach("end")
        os._exit(int(code or 0))


def serve(call: Call) -> None:
    """Answer one JSON line for each JSON line; every call is made in a child, and ends by `SystemExit`."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    calls = Calls(call)
    for line in sys.stdin:
        _answer(calls, line)


def _answer(calls: Calls, line: str) -> None:
    request = json.loads(line)
    if pid := request.get("resume"):
        os.kill(pid, signal.SIGCONT)
    else:
        pid = calls.start(request)
    print(json.dumps(calls.wait(pid)), flush=True)  # noqa: T201 - the protocol


def _load(catalogue: Path) -> None:
    """Import the command line with a catalogue behind it, and whatever else is loaded or cached at the first call."""
    from aiscaffold import formats, scaffold
    from aiscaffold.catalog import Catalogue
    from aiscaffold.cli import new
    from aiscaffold.formats import created, json, plan  # noqa: F401 - loaded before the forks

    known = Catalogue(catalogue)
    new.load_catalogue = lambda: known
    assert formats
    scaffold.preview(known, scaffold.order(known.templates[0], "warm-up", {}, None))


def _command_line(arguments: list[str], steps: Steps) -> None:
    from aiscaffold import cli

    sys.argv = ["aiscaffold", *arguments]
    steps.follow_phases()
    steps.install()
    cli.main()


if __name__ == "__main__":
    _load(Path(sys.argv[1]))
    serve(_command_line)
