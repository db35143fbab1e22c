"""Entry point of `python -m`."""

from .cli import app

app()
