"""Read Jupyter notebooks: their cells, what they printed, and their Python as one text."""

import ast
import json
import warnings
from dataclasses import dataclass
from typing import Any, Literal

from aiscaffold.regex import regex

Kind = Literal["code", "markdown", "raw"]
OUTPUT = 20_000  # characters kept of what a cell printed
LONGEST = 200_000  # characters of a cell that is read as Python
# What only IPython understands: `%matplotlib`, `!ls`, `?help`, `help?`, `files = !ls`, and its commands without a `%`.
MAGIC = regex(
    r"[ \t]*(?:[%!?]|[A-Za-z_][\w.]{0,200}\?{1,2}[ \t]*$|[A-Za-z_][\w, ]{0,200}=[ \t]*[%!]"
    r"|(?:pip3?|conda|mamba|cd|ls|cat|mkdir|rm|cp|mv)[ \t]+[\w./~-]|(?:ls|pwd)[ \t]*$)"
)
COLOUR = regex(r"\x1b\[[0-9;]*m")
# Cell magics whose body is still Python of this notebook.
PYTHON_MAGICS = {"%%time", "%%timeit", "%%capture", "%%prun", "%%memit", "%%python", "%%python3", "%%skip"}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by its number from 1; `outputs` is the text of what it showed, images left out."""

    number: int
    kind: Kind
    source: str
    outputs: str
    execution: int | None
    has_image: bool
    has_error: bool


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook; `problem` says why it has no cells, `code_lines` counts neither blank lines nor comments."""

    path: str
    cells: tuple[Cell, ...]
    language: str
    problem: str
    code_lines: int

    def python(self) -> str:
        """The code cells, joined; what IPython alone understands is a `pass`, a cell that is no Python a comment.

        So one unfinished cell does not hide the others, and every line stays where `cell_at` finds it.
        """
        return "".join(f"{line}\n" for cell in self._code() for line in _as_python(cell.source))

    def cell_at(self, line: int) -> tuple[int, int]:
        """The number of the cell, and the line in it, that a line of `python()` comes from; zeros past its end."""
        start = 0
        for cell in self._code():
            length = len(_lines(cell.source))
            if start < line <= start + length:
                return cell.number, line - start
            start += length
        return 0, 0

    def _code(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.kind == "code" and self.language == "python"]


def read_notebook(path: str, raw: bytes) -> Notebook:
    """A notebook of format 3 or 4; nothing but its `problem` where it is none."""
    try:
        content = json.loads(raw)
        cells = tuple(_cell(number, entry) for number, entry in enumerate(_entries(content), 1))
    except (ValueError, RecursionError, MemoryError) as error:
        return Notebook(path, (), "", _problem(error), 0)
    lines = [line for cell in cells if cell.kind == "code" for line in map(str.strip, cell.source.splitlines())]
    return Notebook(path, cells, _language(content), "", sum(bool(line) and not line.startswith("#") for line in lines))


def _entries(content: Any) -> list[dict[str, Any]]:
    """The cells of a notebook; format 3 keeps them in worksheets."""
    sheets = content.get("worksheets") if isinstance(content, dict) else None
    holders = [content, *(sheets if isinstance(sheets, list) else [])]
    lists = [holder["cells"] for holder in holders if isinstance(holder, dict) and "cells" in holder]
    if not lists or not all(isinstance(cells, list) for cells in lists):
        raise ValueError("it holds no list of cells")
    return [entry for cells in lists for entry in cells if isinstance(entry, dict)]


def _cell(number: int, entry: dict[str, Any]) -> Cell:
    kind = str(entry.get("cell_type"))
    source = _text(entry.get("source", entry.get("input")))
    if kind == "heading":  # of format 3
        source = f"{'#' * min(_whole(entry.get('level')) or 1, 6)} {source}"
    outputs = entry.get("outputs")
    shown = [output for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    return Cell(
        number,
        "code" if kind == "code" else "raw" if kind == "raw" else "markdown",
        source,
        "\n".join(filter(None, map(_shown, shown)))[:OUTPUT],
        _whole(entry.get("execution_count", entry.get("prompt_number"))),
        any(map(_has_image, shown)),
        any(output.get("output_type") in ("error", "pyerr") for output in shown),
    )


def _text(value: object) -> str:
    """A text that may be kept as a list of lines, without halves of surrogate pairs."""
    joined = "".join(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""
    return joined if joined.isascii() else joined.encode("utf-8", "replace").decode("utf-8")


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _data(output: dict[str, Any]) -> dict[str, Any]:
    """What an output shows, by media type; format 3 has short names beside the others."""
    data = output.get("data")
    return data if isinstance(data, dict) else output


def _shown(output: dict[str, Any]) -> str:
    data = _data(output)
    trace = output.get("traceback")
    if isinstance(trace, list):
        return COLOUR.sub("", "\n".join(map(_text, trace)))
    return _text(data.get("text/plain", data.get("text")))


def _has_image(output: dict[str, Any]) -> bool:
    return any(kind.startswith("image/") or kind in ("png", "jpeg", "svg") for kind in _data(output))


def _language(content: dict[str, Any]) -> str:
    """The language in lower case; a notebook that names none is Python's."""
    metadata = content.get("metadata")
    holders = [metadata.get(key) for key in ("language_info", "kernelspec")] if isinstance(metadata, dict) else []
    named = [holder.get(key) for holder in holders if isinstance(holder, dict) for key in ("language", "name")]
    # A kernel's name, say `python3` or `ir`, stands in where its language is not told.
    language = next((name.lower() for name in named if isinstance(name, str) and name), "python")
    return "python" if language.startswith(("python", "ipython", "conda")) else language


def _lines(source: str) -> list[str]:
    """The lines as Python counts them."""
    return source.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


def _as_python(source: str) -> list[str]:
    """The lines of a cell with each magic as a `pass`; a cell that is no Python even so becomes comments."""
    lines = _lines(source)
    if _parses(source):
        return lines
    first = lines[0].split()
    foreign = bool(first) and first[0].startswith("%%") and first[0] not in PYTHON_MAGICS
    plain = _without_magics(lines)
    return ["#" for _ in lines] if foreign or not _parses("\n".join(plain)) else plain


def _without_magics(lines: list[str]) -> list[str]:
    kept = []
    continues = False
    for line in lines:
        is_magic = not continues and MAGIC.match(line) is not None
        indent = line[: len(line) - len(line.lstrip())]
        kept.append("#" if continues else f"{indent}pass  # magic" if is_magic else line)
        continues = (continues or is_magic) and line.endswith("\\")
    return kept


def _parses(source: str) -> bool:
    """Whether a cell is Python as it stands: a line of it may well start with the operator `%`."""
    if len(source) > LONGEST:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


def _problem(error: BaseException) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: {error.msg}"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    return str(error) if isinstance(error, ValueError) else "it is nested too deeply"
