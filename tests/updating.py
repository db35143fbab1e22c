"""A server of `aiscaffold update` whose calls are killed, interrupted or timed from within: see killing.py.

Run as a program, with the folder of a catalogue. A call's first argument is the number of seconds after which it and
all programs that it has started are killed, 0 for never.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from killing import Outcome, Steps, serve

KILLING_GIT = """\
#!/bin/sh
case "$*" in
*"update-index -q --refresh"*) : > "${GIT_INDEX_FILE:-.git/index}.lock"; kill -9 0 ;;
esac
exec REAL "$@"
"""


def fill(disk: Path, pages: int) -> None:
    """Leave room for so many pages."""
    with (disk / "ballast").open("wb", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(bytes(4096))
    os.truncate(disk / "ballast", (disk / "ballast").stat().st_size - 4096 * pages)


def assert_told(ended: Outcome, says: str = "") -> None:
    """The call was refused in a line of ours, without a traceback."""
    assert ended.code == 3, ended
    assert "Traceback" not in ended.stderr
    assert [says in line for line in ended.stderr.splitlines() if line.startswith("aiscaffold: ")] == [True], (
        ended.stderr
    )


def _load(catalogue: Path) -> None:
    """Import everything that an update needs, before the calls are forked."""
    from aiscaffold import cli, foreign, render, update
    from aiscaffold.catalog import Catalogue
    from aiscaffold.formats import json, markdown, updated

    known = Catalogue(catalogue)
    cli.update.load_catalogue = lambda: known
    assert all((foreign, render, update, json, markdown, updated))


def _follow_phases(steps: Steps) -> None:
    """Tell the phase from the files that the update has come to."""
    see = steps.see

    def follow(event: str, happened: tuple[Any, ...]) -> None:
        moved = str(happened[1]) if event == "os.rename" else ""
        if moved.endswith("/journal.json"):
            steps.phase = "moving"
        see(event, happened)
        if moved.endswith("/.git/index"):
            steps.phase = "cleaning up"

    steps.see = follow  # type: ignore[method-assign]


def _kill_later(seconds: float) -> None:
    """Kill this call's process group from a process that is in none of its waits."""
    group = os.getpid()
    if seconds and not os.fork():
        time.sleep(seconds)
        os.killpg(group, signal.SIGKILL)


def _command_line(arguments: list[str], steps: Steps) -> None:
    from aiscaffold import cli

    seconds, *words = arguments
    sys.argv = ["aiscaffold", "update", *words]
    _follow_phases(steps)
    steps.install()
    _kill_later(float(seconds))
    cli.main()


if __name__ == "__main__":
    _load(Path(sys.argv[1]))
    serve(_command_line)
