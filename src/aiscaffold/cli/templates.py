"""`aiscaffold templates`: what there is to start from."""

from typing import Annotated

import typer

from aiscaffold.catalog import load_catalogue
from aiscaffold.cli.options import JsonOutput
from aiscaffold.formats import listing


def templates(
    name: Annotated[str, typer.Argument(help="Show one template: its questions and its files.")] = "",
    json: JsonOutput = False,
) -> None:
    """List the templates, or show one with its questions and files."""
    catalogue = load_catalogue()
    if not name and not json:
        typer.echo(listing.templates(catalogue))
        return
    # Imported here because jinja2 takes 50 ms and json 10 ms, which the plain listing need not pay.
    from aiscaffold.answers import resolve
    from aiscaffold.formats import json as json_format

    if not name:
        typer.echo(json_format.templates(catalogue))
        return
    template = catalogue.template(name)
    show = json_format.template if json else listing.template
    typer.echo(show(template, resolve(template, {})))
