"""Options that several commands share."""

from typing import Annotated

import typer

JsonOutput = Annotated[bool, typer.Option("--json", help="Print the result as one JSON document.")]
