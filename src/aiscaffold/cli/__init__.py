"""The command line: the application and the one error boundary."""

import os
import sys
import traceback
from contextlib import suppress
from typing import Annotated

import typer

from aiscaffold import __version__
from aiscaffold.cli import audit, new, rules, templates, update
from aiscaffold.errors import AiscaffoldError

INTERRUPTED = 130
OUR_BUG = 4
REPORT_TO = "https://github.com/aiscaffold/aiscaffold/issues"

# Plain help: rich's panels would cost 60 ms at each --help and read worse in a narrow terminal.
app = typer.Typer(name="aiscaffold", rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(new.new)
app.command()(templates.templates)
app.command()(update.update)
app.command()(audit.audit)
app.command()(rules.rules)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"aiscaffold {__version__}")
        raise typer.Exit


@app.callback(
    epilog="Exit codes: 0 done, 1 found something, 2 wrong usage, 3 could not be done, 4 our bug, 130 interrupted."
)
def aiscaffold(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Portfolio-grade AI projects: production-style repositories that work at once, on real data, offline."""


def main() -> None:
    """Run the command line and turn every failure into its exit code."""
    for output in (sys.stdout, sys.stderr):
        # A Windows console may be set to a code page that has no box-drawing characters; a closed stream is None.
        if output is not None:
            output.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    sys.exit(_exit_code(sys.argv[1:] or ["--help"]))


def _exit_code(arguments: list[str]) -> int:
    try:
        code: int = app(arguments, standalone_mode=False, prog_name="aiscaffold") or 0
    except AiscaffoldError as error:
        _say(error.message, error.hint)
        return error.exit_code
    except typer.TyperException as error:
        _say(error.format_message(), "see: aiscaffold --help")
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except SystemExit:
        return 0  # typer's word for a reader that has gone, as in `aiscaffold templates | head -1`
    except OSError as error:
        # A full disk, a missing permission, a name too long: the system's word, not a bug of ours.
        _drop_output()
        _say(f"{error.filename or 'the system'}: {error.strerror or error}", "nothing was left half done")
        return AiscaffoldError.exit_code
    except Exception:  # noqa: BLE001 - the boundary: what nobody foresaw is our bug
        traceback.print_exc()
        _say("this is a bug in aiscaffold", f"please report it with the lines above: {REPORT_TO}")
        return OUR_BUG
    # Typer itself turns Ctrl-C into an exit code, without a word.
    if code == INTERRUPTED:
        typer.echo(err=True)  # off the line of a prompt
        _say("interrupted; nothing was left half done", "")
    return code


def _drop_output() -> None:
    """Let what could not be printed go: Python would try again at its end, fail again, and exit with 120."""
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say(message: str, hint: str) -> None:
    typer.echo(f"aiscaffold: {message}", err=True)
    if hint:
        typer.echo(f"  hint: {hint}", err=True)
