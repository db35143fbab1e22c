"""`aiscaffold new`: write a project from a template."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from aiscaffold.address import looks_like_address, shown_address
from aiscaffold.catalog import Catalogue, load_catalogue
from aiscaffold.cli.options import (
    DataOption,
    DefaultsOption,
    JsonOutput,
    consent,
    is_conversation,
    pairs,
    put_question,
    tell,
)
from aiscaffold.errors import WrongUsage


def new(
    template: Annotated[
        str, typer.Argument(help="A name from `aiscaffold templates`, or the address of any copier template.")
    ],
    dest: Annotated[str, typer.Argument(help="The folder to make; by default, the project's name.")] = "",
    data: DataOption = None,
    data_file: Annotated[
        Path | None, typer.Option("--data-file", metavar="FILE", help="Answers as YAML or JSON.")
    ] = None,
    defaults: DefaultsOption = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written, and write nothing.")] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Then run the project's own gates (needs uv); exit 1 where one fails."),
    ] = False,
    ref: Annotated[
        str, typer.Option("--ref", metavar="VERSION", help="Third-party templates: a tag, branch or commit.")
    ] = "",
    trust: Annotated[
        bool, typer.Option("--trust", help="Third-party templates: agree to the code that this commit runs here.")
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

    if verify and dry_run:
        raise WrongUsage("--verify runs the project, which --dry-run does not write", hint="leave out one of the two")
    catalogue = load_catalogue()
    given = {**(read_data_file(data_file) if data_file else {}), **pairs(data or [])}
    is_asking = is_conversation() and not defaults
    if _is_address(template, catalogue):
        _require_folder(template, dest)
        found = scaffold.order_from(template, ref, dest, given, consent(agreed=trust, is_asking=is_asking))
        made_to = replace(found, ask=is_asking, verify=verify, trusted=found.trusted or trust)
    else:
        _refuse_third_party_options(template, ref=ref, trust=trust)
        chosen = catalogue.template(template)
        if verify:
            require_tools(chosen.requires_python)
        made_to = scaffold.order(chosen, dest, given, put_question if is_asking else None)
    order = replace(made_to, git=not no_git, hooks=not (no_git or no_hooks))
    if dry_run:
        # Imported here because rich takes 20 ms, which only the tree needs.
        from aiscaffold.formats import plan

        planned = scaffold.preview(catalogue, order)
        typer.echo(json_format.created(planned) if json else plan.render(planned))
        return
    made = scaffold.create(catalogue, order, tell)
    if verify:
        made = scaffold.verify(made, tell)
    typer.echo(json_format.created(made) if json else created.render(made))
    if not made.passed:
        raise typer.Exit(1)


def _is_address(template: str, catalogue: Catalogue) -> bool:
    """Whether a template is named by where it lies; a name of the catalogue always means the catalogue's."""
    return looks_like_address(template) and all(template != known.name for known in catalogue.templates)


def _require_folder(address: str, dest: str) -> None:
    if not dest:
        raise WrongUsage(
            "a third-party template needs the folder to make",
            hint=f"aiscaffold new {shown_address(address)} FOLDER",
        )


def _refuse_third_party_options(template: str, *, ref: str, trust: bool) -> None:
    for option, given in {"--ref": ref, "--trust": trust}.items():
        if given:
            raise WrongUsage(
                f"{option} is for third-party templates; {template} is named like one of the catalogue's",
                hint="the catalogue's templates run no code, and new takes their newest version",
            )
