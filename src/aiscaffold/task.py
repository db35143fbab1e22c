"""A task that a file of a task runner defines, and the lines that its commands stand on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiscaffold.evidence import Evidence

Read = Callable[[str], str | None]
_REACH = 400  # lines below its head within which a task's commands are looked for


@dataclass(frozen=True, slots=True)
class Task:
    """A named task.

    `lines` holds the line in the file for each line of `script`; `needs` are tasks of the same runner that run first.
    A task without a name is what the runner does when none is named.
    """

    runner: str
    name: str
    place: Evidence
    script: str
    cwd: str
    needs: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()

    def line(self, number: int) -> int:
        """The line in the file of a line of the script, both from 1."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else self.place.line


def locate(lines: Sequence[str], script: str, start: int) -> tuple[int, ...]:
    """The line of a file for each line of a script that stands in it from `start` on, or of the one before it."""
    found: list[int] = []
    current = max(start, 1)
    for text in script.splitlines():
        wanted = text.strip()
        reach = range(current, min(current + _REACH, len(lines)) + 1) if wanted else ()
        place = next((number for number in reach if wanted in lines[number - 1]), 0)
        found.append(place or found[-1] if place or found else current)
        current = place + 1 if place else current
    return tuple(found)
