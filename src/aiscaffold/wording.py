"""Texts of strangers in lines of our own: nothing in them moves a cursor, and none grows without end."""

import re
from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from aiscaffold.address import printable

LONGEST = 240
STYLE = re.compile(r"\x1b\[[0-9]+m")  # our own, the only one that takes no column


def one_line(text: str, most: int = LONGEST) -> str:
    """A text in one printable line, cut at its end."""
    line = printable(" ".join(text[: 4 * most].split()))
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"


def one_path(path: str, most: int = LONGEST) -> str:
    """A path in one printable line, cut in its middle: both its top folder and its name tell something."""
    line = printable(path)
    kept = (most - 1) // 2
    return line if len(line) <= most else f"{line[:kept]}…{line[len(line) - kept :]}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 commit`, `2 commits`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def fit(text: str, width: int) -> str:
    """A text cut to some columns."""
    return text if columns(text) <= width else f"{next(_pieces(text, width - 1)).rstrip()}…"


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines of at most some columns, broken between words where that is possible."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, width):
            joined = f"{lines[-1]} {piece}" if lines[-1] else piece
            if columns(joined) <= width:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def narrowed(text: str, width: int) -> str:
    """A text for a narrower terminal: what is too long goes on below, a little further in."""
    return "\n".join(part for line in text.split("\n") for part in _narrowed(line, width))


def _narrowed(line: str, width: int) -> Iterator[str]:
    if columns(STYLE.sub("", line)) <= width:
        yield line
        return
    margin = " " * min(len(line) - len(line.lstrip()) + 2, width // 2)
    part = line[: len(line) - len(line.lstrip())]
    is_empty = True
    for word in line.split():
        longer = f"{part}{word}" if is_empty else f"{part} {word}"
        if not is_empty and columns(STYLE.sub("", longer)) > width:
            yield part
            longer = f"{margin}{word}"
        part, is_empty = longer, False
    yield part


def _pieces(text: str, width: int) -> Iterator[str]:
    """A text in pieces of at most some columns."""
    start = taken = 0
    for end, character in enumerate(text):
        step = _columns(character)
        if taken + step > width:
            yield text[start:end]
            start, taken = end, 0
        taken += step
    yield text[start:]


def _columns(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1
