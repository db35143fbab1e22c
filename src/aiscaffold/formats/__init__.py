"""Output formats, one file each: a pure function from a result to text, and no printing."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from aiscaffold.report import Report

# The formats of one report: name → module, function, and the ending of its files.
FORMATS = {
    "terminal": ("report_terminal", "render", "txt"),
    "brief": ("report_brief", "render", "txt"),
    "score": ("report_score", "render", "txt"),
    "json": ("report_json", "render", "json"),
    "markdown": ("report_markdown", "render", "md"),
    "html": ("report_html", "render", "html"),
    "sarif": ("sarif", "render", "sarif"),
    "junit": ("junit", "render", "xml"),
    "github": ("github", "render", "txt"),
    "badge": ("badge", "svg", "svg"),
    "badge-json": ("badge", "endpoint", "json"),
}
# Those that put several reports into one text.
TOGETHER = {
    "csv": ("report_csv", "render", "csv"),
    "table": ("report_table", "render", "txt"),
    "json": ("report_json", "render_all", "json"),
}


def renderer(name: str) -> "Callable[..., str]":
    """The function that renders one report."""
    return _function(*FORMATS[name][:2])


def renderer_of_many(name: str) -> "Callable[[Sequence[Report]], str]":
    """The function that renders several reports as one text."""
    return _function(*TOGETHER[name][:2])


def _function(module: str, name: str) -> "Callable[..., str]":
    # By name, because all formats together take 60 ms to import, and a run needs one.
    function: Callable[..., str] = getattr(import_module(f"aiscaffold.formats.{module}"), name)
    return function
