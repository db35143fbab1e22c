"""A reviewer's four minutes: what the first screen says, the number, the demo, two files, the history."""

from collections.abc import Iterator

from aiscaffold.evidence import Evidence
from aiscaffold.report import FirstScreen, Report
from aiscaffold.wording import counted, fit, one_line, one_path, wrapped

WIDTH = 80
WORDS_PER_SECOND = 4  # silent reading of prose, about 240 words a minute
PATIENCE = 60  # seconds of reading before many leave
FILES = 2
SUBJECTS = 5
LABEL = 10


def render(report: Report) -> str:
    """One screen, in the order in which a reviewer looks."""
    seen = report.first_screen
    lines = [fit(f"{one_line(report.subject.title)}, as a reviewer sees it in four minutes", WIDTH), ""]
    if seen is None:
        lines.append("There is no README: a reviewer closes the page after a few seconds.")
        return "\n".join(lines)
    parts = (_first_screen(seen), _number(seen), _demo(seen), _files(seen), _history(seen))
    return "\n".join([*lines, *(line for part in parts for line in part)])


def _first_screen(seen: FirstScreen) -> Iterator[str]:
    yield from _entry("Title", one_line(seen.title) or "none")
    yield from _entry("Pitch", _told(seen.pitch) or "none: it does not say what problem is solved, and for whom")
    yield from _entry("Picture", _told(seen.picture) or "none")


def _number(seen: FirstScreen) -> Iterator[str]:
    if seen.number is None:
        yield from _entry("Number", "none: a reviewer leaves without knowing how well it works")
        return
    yield from _entry("Number", _told(seen.number))
    words, seconds = seen.words_before_number, seen.words_before_number // WORDS_PER_SECOND
    late = ": too late for many" if seconds > PATIENCE else ""
    yield from _entry("", f"after {words} words, about {seconds} seconds of reading{late}")


def _demo(seen: FirstScreen) -> Iterator[str]:
    yield from _entry("Demo", _told(seen.demo) or "none: there is nothing to see at work")


def _files(seen: FirstScreen) -> Iterator[str]:
    """The files that a reviewer should open, since the rest stands on them."""
    if not seen.load_bearing:
        yield from _entry("Code", "none: no file of code is used by another")
    for number, file in enumerate(seen.load_bearing[:FILES]):
        remark = one_line(file.remark)
        yield from _entry("" if number else "Code", f"{_place(file)}{': ' if remark else ''}{remark}")


def _history(seen: FirstScreen) -> Iterator[str]:
    yield from _entry("History", f"{counted(seen.commits, 'commit')} over {counted(seen.days, 'day')}")
    for subject in seen.subjects[:SUBJECTS]:
        yield fit(f"{' ' * LABEL}- {one_line(subject)}", WIDTH)


def _entry(label: str, text: str) -> Iterator[str]:
    """A label at the left and its text beside it."""
    for line in wrapped(text, WIDTH - LABEL):
        yield f"{label:{LABEL}}{line}"
        label = ""


def _told(evidence: Evidence | None) -> str:
    """The remark with its place behind it."""
    if evidence is None:
        return ""
    place, remark = _place(evidence), one_line(evidence.remark)
    return f"{remark} ({place})" if place and remark else place or remark


def _place(evidence: Evidence) -> str:
    return one_path(evidence.place, WIDTH - LABEL - 3)  # with brackets or a colon beside it
