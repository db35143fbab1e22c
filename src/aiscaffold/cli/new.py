"""`aiscaffold new`: write a project from a template."""

import sys
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiscaffold.catalog import Question, load_catalogue
from aiscaffold.cli.options import JsonOutput
from aiscaffold.errors import BadAnswer, WrongUsage

if TYPE_CHECKING:
    from aiscaffold.answers import Check


def new(
    template: Annotated[str, typer.Argument(help="A name from `aiscaffold templates`.")],
    dest: Annotated[str, typer.Argument(help="The folder to make; by default, the project's name.")] = "",
    data: Annotated[
        list[str] | None,
        typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question; repeatable."),
    ] = None,
    data_file: Annotated[
        Path | None, typer.Option("--data-file", metavar="FILE", help="Answers as YAML or JSON.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing: take the default answers.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Then run the project's own gates (needs uv); exit 1 where one fails."),
    ] = False,
    no_git: Annotated[bool, typer.Option("--no-git", help="No repository, no commit, no hooks.")] = False,
    no_hooks: Annotated[bool, typer.Option("--no-hooks", help="Do not install the pre-commit hooks.")] = False,
    json: JsonOutput = False,
) -> None:
    """Write a project that works at once: rendered, committed and put in place, all or nothing."""
    # Imported here because copier takes 0.3 s, which `--help`, `--version` and `templates` need not pay.
    from aiscaffold import scaffold
    from aiscaffold.answers import read_data_file
    from aiscaffold.formats import created
    from aiscaffold.formats import json as json_format
    from aiscaffold.verify import require_tools

    catalogue = load_catalogue()
    chosen = catalogue.template(template)
    if verify and dry_run:
        raise WrongUsage("--verify runs the project, which --dry-run does not write", hint="leave out one of the two")
    if verify:
        require_tools(chosen.requires_python)
    given = {**(read_data_file(data_file) if data_file else {}), **_pairs(data or [])}
    ask = _ask if _is_conversation() and not defaults else None
    order = replace(scaffold.order(chosen, dest, given, ask), git=not no_git, hooks=not (no_git or no_hooks))
    if dry_run:
        # Imported here because rich takes 20 ms, which only the tree needs.
        from aiscaffold.formats import plan

        planned = scaffold.preview(catalogue, order)
        typer.echo(json_format.created(planned) if json else plan.render(planned))
        return
    made = scaffold.create(catalogue, order, _tell)
    if verify:
        made = scaffold.verify(made, _tell)
    typer.echo(json_format.created(made) if json else created.render(made))
    if not made.passed:
        raise typer.Exit(1)


def _pairs(words: list[str]) -> dict[str, str]:
    """The answers given as `-d key=value`."""
    pairs = [word.partition("=") for word in words]
    for word, (key, equals, _) in zip(words, pairs, strict=True):
        if not key or not equals:
            raise WrongUsage(f"-d {word!r} is not of the form key=value", hint="for example: -d license=MIT")
    return {key.strip(): value for key, _, value in pairs}


def _is_conversation() -> bool:
    """Whether somebody is there to answer: questions go to stderr, answers come from stdin."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def _ask(question: Question, default: str, check: "Check") -> str:
    """Ask on stderr until the answer is valid."""

    def convert(value: str) -> str:
        try:
            return check(value.strip())
        except BadAnswer as error:
            raise typer.BadParameter(error.message) from error

    choices = f" ({', '.join(question.choices)})" if question.choices else ""
    # With err=True alone, the last character of each question still goes to stdout.
    with redirect_stdout(sys.stderr):
        answer: str = typer.prompt(f"{question.help}{choices}", default=default, err=True, value_proc=convert)
    return answer


def _tell(line: str) -> None:
    typer.echo(line, err=True)
