"""The smallest typer application with two commands and a version: the floor under our start-up time."""

from typing import Annotated

import typer

app = typer.Typer()


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo("hello 0")
        raise typer.Exit


@app.callback()
def hello(_version: Annotated[bool, typer.Option("--version", callback=_print_version, is_eager=True)] = False) -> None:
    """Say something."""


@app.command()
def greet(name: str) -> None:
    """Say hello."""
    typer.echo(f"Hello, {name}")


@app.command()
def leave(name: str) -> None:
    """Say goodbye."""
    typer.echo(f"Goodbye, {name}")
