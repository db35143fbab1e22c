"""What several commands share: options, and how they talk to people."""

import re
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Annotated

import typer

from aiscaffold.errors import BadAnswer, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aiscaffold.answers import Check
    from aiscaffold.catalog import Question
    from aiscaffold.trust import Demand

JsonOutput = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]
DataOption = Annotated[
    list[str] | None, typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question; repeatable.")
]
DefaultsOption = Annotated[bool, typer.Option("--defaults", help="Ask nothing: take the default answers.")]


def pairs(words: list[str]) -> dict[str, str]:
    """The answers given as `-d key=value`. Raises `WrongUsage`."""
    split = [word.partition("=") for word in words]
    for word, (key, equals, _) in zip(words, split, strict=True):
        if not key or not equals:
            raise WrongUsage(f"-d {word!r} is not of the form key=value", hint="for example: -d license=MIT")
    return {key.strip(): value for key, _, value in split}


def codes(words: list[str] | None, option: str) -> tuple[str, ...]:
    """Codes that stand in one word or in several. Raises `WrongUsage` where a word holds none."""
    split = [[code for code in re.split(r"[,\s]+", word) if code] for word in words or []]
    if not all(split):
        raise WrongUsage(f"{option} is empty", hint="give codes or prefixes such as DOC or TST101, or leave it out")
    return tuple(code for found in split for code in found)


def require_words(options: "Mapping[str, str | None]") -> None:
    """Raise `WrongUsage` for an option that is given with nothing in it, as an unset variable of a shell does."""
    for option, value in options.items():
        if value is not None and not value.strip():
            raise WrongUsage(f"{option} is empty", hint="give it a value, or leave it out")


def is_conversation() -> bool:
    """Whether somebody is there to answer: questions go to stderr, answers come from stdin."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def put_question(question: "Question", default: str, check: "Check") -> str:
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


def consent(*, agreed: bool, is_asking: bool) -> "Callable[[Demand], bool]":
    """How the user agrees to the code of a template: by `--trust`, or on the terminal after reading what it is."""

    def agree(demand: "Demand") -> bool:
        if not (agreed or is_asking):
            return False
        tell(f"{demand.origin} runs code on this machine, unsandboxed:")
        for line in demand.lines:
            tell(f"  {line}")
        with redirect_stdout(sys.stderr):
            return agreed or typer.confirm("Do you trust it?", err=True)

    return agree


def tell(line: str) -> None:
    """Say something to people, not to the next program."""
    typer.echo(line, err=True)
