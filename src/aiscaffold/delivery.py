"""Which reports become which texts, and where these go: printed, into a file, or into a folder with a file each."""

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from aiscaffold.errors import WrongUsage
from aiscaffold.formats import FORMATS, TOGETHER, renderer, renderer_of_many
from aiscaffold.outlet import make_folder, save
from aiscaffold.report import Report

MANY = "many"  # a table, then each report as on the terminal
LONGEST = 100  # characters of a file's name, before its number and ending
ALONE = ("terminal", "brief", "score", "markdown", "github")  # that several reports can follow each other in


def deliver(reports: Sequence[Report], wanted: str, output: str, echo: Callable[[str], None], *, color: bool) -> None:
    """Print or write: one text for all where the format can, else a text each. Raises `WrongUsage`, `CannotWrite`."""
    if len(reports) > 1 or wanted in ("csv", "table"):
        _deliver_many(reports, wanted, output, echo)
        return
    render = renderer(wanted)
    in_color = color and wanted == "terminal" and not output
    _put(render(reports[0], color=True) if in_color else render(reports[0]), reports, output, echo)


def _deliver_many(reports: Sequence[Report], wanted: str, output: str, echo: Callable[[str], None]) -> None:
    if wanted in TOGETHER:
        _put(renderer_of_many(wanted)(reports), reports, output, echo)
        return
    if wanted not in (MANY, *ALONE) and not output:
        raise WrongUsage(f"several reports do not fit one {wanted} text", hint="give a folder: --output reports")
    one = "terminal" if wanted == MANY else wanted
    render = renderer(one)
    told = [report for report in reports if not report.problem]
    texts = [render(report) for report in told]
    if output:
        make_folder(Path(output))
        for name, text in zip(_file_names(told, FORMATS[one][2]), texts, strict=True):
            save(Path(output) / name, text, _audited(reports))
    table = renderer_of_many("table")(reports)
    echo(table if output else "\n\n".join([table, *texts]))


def _put(text: str, reports: Sequence[Report], output: str, echo: Callable[[str], None]) -> None:
    if output:
        save(Path(output), text, _audited(reports))
    else:
        # Where lines end in CRLF, as those of CSV do, Windows would add another CR.
        echo(text.replace(os.linesep, "\n").removesuffix("\n"))


def _audited(reports: Sequence[Report]) -> list[Path]:
    """The folders that were audited; of an address there is none."""
    return [Path(report.subject.place or ".") for report in reports]


def _file_names(reports: Sequence[Report], ending: str) -> list[str]:
    """A name for each report's file, by its place where two are called the same: it stays the same between runs."""
    names = [_plain(report.subject.label) for report in reports]
    shared = {name for name, times in Counter(map(str.casefold, names)).items() if times > 1}
    found: list[str] = []
    taken: set[str] = set()
    for name, report in zip(names, reports, strict=True):
        longer = _plain(f"{report.subject.place}/{report.subject.project}") if name.casefold() in shared else name
        numbered = (f"{longer}{'' if number == 1 else f'-{number}'}.{ending}" for number in count(1))
        found.append(next(name for name in numbered if name.casefold() not in taken))
        taken.add(found[-1].casefold())
    return found


def _plain(text: str) -> str:
    """A text as the name of a file; of a long one, its end tells more."""
    return re.sub(r"[^\w.-]+", "-", text).strip("-.")[-LONGEST:].lstrip("-.") or "repository"
