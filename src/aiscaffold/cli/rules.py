"""`aiscaffold rules`: what the audit asks."""

from typing import Annotated

import typer

from aiscaffold.cli.options import codes


def rules(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CODE]...", help="Codes or names of rules, or prefixes such as DOC or TST2."),
    ] = None,
    form: Annotated[str, typer.Option("--format", metavar="F", help="text, markdown or json.")] = "text",
) -> None:
    """List the rules of the audit, or show some with their reasons, fixes and examples."""
    # Imported here because the rules and what they read take 40 ms, which no other command need pay.
    from aiscaffold.config import matching, select
    from aiscaffold.formats import rule_list
    from aiscaffold.rules import load

    words = codes(wanted, "CODE")
    rules = load()
    chosen = select(rules, words)
    # Each word stands for one rule, and is no prefix: somebody wants to read them.
    in_full = bool(words) and all(len(matching(rules, word)) == 1 for word in words)
    typer.echo(rule_list.render(chosen, form, in_full=in_full))
