"""`aiscaffold audit`: judge repositories against the roadmaps' checklist, with evidence for every verdict."""

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiscaffold.cli.options import codes, require_words, tell
from aiscaffold.errors import AiscaffoldError, BadConfig, WrongUsage
from aiscaffold.formats import FORMATS, TOGETHER
from aiscaffold.wording import narrowed

if TYPE_CHECKING:
    from aiscaffold.inspection import Inspected, Order

FOR_PEOPLE = ("terminal", "brief", "score", "table", "many")
NARROWEST, WIDEST = 40, 80  # columns


def audit(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH|URL]...", help="Repositories; without one, this folder.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="REV", help="Judge a commit, without checking it out.")
    ] = None,
    project: Annotated[
        str, typer.Option("--project", metavar="DIR", help="Judge one project of a repository with several.")
    ] = "",
    kind: Annotated[
        str, typer.Option("--kind", metavar="K", help="Say what it is, instead of having it guessed.")
    ] = "",
    select: Annotated[
        list[str] | None,
        typer.Option("--select", metavar="CODES", help="Ask these rules alone: codes or prefixes, by commas."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", metavar="CODES", help="Leave these rules out.")
    ] = None,
    form: Annotated[
        str | None, typer.Option("--format", "-f", metavar="F", help=f"{', '.join(FORMATS)}; of many: csv, table.")
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write there; for several repositories, a folder."),
    ] = None,
    bar: Annotated[
        str,
        typer.Option("--bar", metavar="TIER|SCORE", help="Exit 1 where a repository is below: A to D, or 0 to 100."),
    ] = "",
    explain_score: Annotated[
        bool, typer.Option("--explain-score", help="Show how the score and the tier come about.")
    ] = False,
    listed: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="Read paths and URLs from a file, a line each; - is stdin."),
    ] = None,
) -> None:
    """Judge repositories against the portfolio checklist of the roadmaps; nothing in them is run or changed."""
    # Imported here because the rules and what they read take 40 ms, which no other command need pay.
    from aiscaffold.config import require_bar
    from aiscaffold.delivery import deliver
    from aiscaffold.inspection import Order

    require_words({"--at": at, "--format": form, "--output": output, "--from": listed})
    places = [*(paths or []), *_listed(listed or "")] or ["."]
    wanted = _wanted(form or "", many=len(places) > 1, explain=explain_score)
    own_bar = require_bar(bar, "--bar")
    order = Order(at or "", project, kind, codes(select, "--select"), codes(ignore, "--ignore"), wanted == "brief")
    found, failed = _inspected(places, order)
    missed = [one for one in found if not _meets(one, own_bar)]
    color = _is_colourful()
    width = _width()
    is_for_people = wanted in FOR_PEOPLE and width < WIDEST

    def echo(text: str) -> None:
        # Typer would take colours from what is no terminal.
        typer.echo(narrowed(text, width) if is_for_people else text, color=color or None)

    for note in (note for one in found for note in one.notes):
        tell(note)
    deliver([one.report for one in found], wanted, output or "", echo, color=color)
    for one in missed:
        tell(f"{one.report.subject.name} is below the bar {own_bar or one.bar}")
    raise typer.Exit(3 if failed else int(bool(missed)))


def _inspected(places: Sequence[str], order: "Order") -> "tuple[list[Inspected], int]":
    """What was found; of several places, one that cannot be audited is told and does not end the rest."""
    from aiscaffold.inspection import inspect, unaudited

    if len(places) == 1:
        return [inspect(places[0], order)], 0
    found, failed = list["Inspected"](), 0
    for place in places:
        try:
            found.append(inspect(place, order))
        except (AiscaffoldError, OSError) as error:
            if isinstance(error, BadConfig) and (order.select or order.ignore or order.kind) and not found:
                raise  # the call itself is off
            said = error.message if isinstance(error, AiscaffoldError) else f"{place}: {error.strerror}"
            tell(f"aiscaffold: {said}")
            found.append(unaudited(place, said))
            failed += 1
    return found, failed


def _meets(one: "Inspected", bar: str) -> bool:
    """Whether a report reaches the bar, if there is one. Raises `WrongUsage` for a tier of a part of the rules."""
    wanted = bar or one.bar
    if wanted.isalpha() and one.report.is_partial:
        raise WrongUsage(
            f"only all rules together make a tier {wanted}", hint="with a selection give a score, 0 to 100"
        )
    return not wanted or bool(one.report.problem) or one.report.meets(wanted)


def _listed(file: str) -> list[str]:
    """The lines of a file that are neither empty nor comments. Raises `WrongUsage`."""
    if not file:
        return []
    try:
        # A closed stdin is None.
        raw = Path(file).read_bytes() if file != "-" else sys.stdin.buffer.read() if sys.stdin else b""
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(f"cannot read {file}: {error}", hint="give a text file with a path or URL a line") from error
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise WrongUsage(f"{file} names no repository", hint="write a path or URL a line")
    return lines


def _wanted(form: str, *, many: bool, explain: bool) -> str:
    """The format. Raises `WrongUsage`."""
    if explain:
        if form:
            raise WrongUsage("--explain-score is a format of its own", hint="leave out --format")
        return "score"
    if form and form not in (*FORMATS, *TOGETHER):
        from aiscaffold.config import nearest

        raise WrongUsage(f"there is no format {form!r}", hint=nearest(form, (*FORMATS, *TOGETHER)))
    return form or ("many" if many else "terminal")


def _width() -> int:
    """The columns of the terminal, or those of COLUMNS; where nobody looks, more than any format takes."""
    is_known = os.environ.get("COLUMNS", "").isdigit() or (sys.stdout is not None and sys.stdout.isatty())
    return max(shutil.get_terminal_size().columns, NARROWEST) if is_known else WIDEST


def _is_colourful() -> bool:
    """Whether colours are wanted, by the conventions of NO_COLOR and FORCE_COLOR."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (sys.stdout is not None and sys.stdout.isatty())
