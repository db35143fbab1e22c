"""Texts without markup, and Org."""

import re
from itertools import pairwise

from aiscaffold.document import Code, Document, Draft, Link, split_lines
from aiscaffold.regex import regex

UNDERLINE = regex(r"(?:={3,}|-{3,}|~{3,}|\*{3,})\s*\Z")
URL = regex(r"https?://[^\s<>\"'`)\]}]{1,2000}")
ITEM = regex(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+(?=\S)")
ORG_HEADING = regex(r"(\*{1,8})\s+(?:(?:TODO|DONE)\s+)?(.+?)(?:\s+:[\w:@]{1,100}:)?\s*\Z")
ORG_TITLE = regex(r"#\+title:\s*(.+)", re.IGNORECASE)
ORG_BEGIN = regex(r"\s*#\+begin_(src|example|quote)\b\s*([\w+#-]{0,40})", re.IGNORECASE)
ORG_END = regex(r"\s*#\+end_", re.IGNORECASE)
ORG_LINK = regex(r"\[\[([^\[\]]{1,2000})\](?:\[([^\[\]]{0,500})\])?\]")
ORG_CODE = regex(r"(?<!\w)[=~]([^=~\s][^=~\n]{0,200})[=~](?!\w)")
PICTURE = regex(r"\.(?:png|jpe?g|gif|svg|webp)\Z", re.IGNORECASE)
DEEP = 4  # spaces that make a paragraph an example


def read_plain(path: str, text: str) -> Document:
    """Read a text: underlined lines are headings, deeply indented paragraphs are examples."""
    draft = Draft(path, split_lines(text))
    lines = [line.expandtabs(4).rstrip() for line in draft.readable()]
    for start, end in _paragraphs(lines):
        _add_paragraph(draft, lines, start, end)
    return draft.finish()


def read_org(path: str, text: str) -> Document:
    """Read an Org file."""
    draft = Draft(path, split_lines(text))
    lines = [line.rstrip() for line in draft.readable()]
    number = 0
    while number < len(lines):
        number = _org_line(draft, lines, number)
    return draft.finish()


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    """The stretches of lines between empty ones."""
    breaks = [-1, *(number for number, line in enumerate(lines) if not line), len(lines)]
    return [(one + 1, other) for one, other in pairwise(breaks) if other > one + 1]


def _add_paragraph(draft: Draft, lines: list[str], start: int, end: int) -> None:
    if end > start + 1 and UNDERLINE.match(lines[start + 1]) and not UNDERLINE.match(lines[start]):
        draft.add_heading(lines[start].strip(), 1 if lines[start + 1].startswith(("=", "*")) else 2, start + 1)
        start += 2
    body = lines[start:end]
    if not body:
        return
    margin = min(len(line) - len(line.lstrip()) for line in body)
    if margin >= DEEP and not ITEM.match(body[0]):
        draft.add_block("", "\n".join(line[margin:] for line in body) + "\n", start + 1)
        return
    starts = [number for number in range(start, end) if number == start or ITEM.match(lines[number])]
    for one, other in zip(starts, [*starts[1:], end], strict=True):
        said = [_without_addresses(draft, line, number) for number, line in enumerate(lines[one:other], one + 1)]
        draft.add_prose(" ".join(ITEM.sub("", " ".join(said), count=1).split()).strip("=-~*_ "), one + 1)


def _without_addresses(draft: Draft, line: str, number: int) -> str:
    for found in URL.finditer(line):
        target = found[0].rstrip(".,;:!?*_")
        draft.links.append(Link(target, target, number))
    return URL.sub("", line)


def _org_line(draft: Draft, lines: list[str], number: int) -> int:
    """Read what begins at a line, and give the line after it."""
    line = lines[number]
    if title := ORG_TITLE.match(line):
        draft.add_heading(title[1], 1, number + 1)
    elif heading := ORG_HEADING.match(line):
        # A file with a title has its sections one level below it.
        below = bool(draft.headings) and bool(ORG_TITLE.match(lines[draft.headings[0][2] - 1]))
        draft.add_heading(_org_text(draft, heading[2], number + 1), len(heading[1]) + below, number + 1)
    elif (begin := ORG_BEGIN.match(line)) and begin[1].lower() != "quote":
        return _org_block(draft, lines, number, begin[2])
    elif line.startswith(": "):
        draft.add_block("", line[2:] + "\n", number + 1)
    elif line.strip() and not line.lstrip().startswith(("#", ":", "|")):
        return _org_paragraph(draft, lines, number)
    return number + 1


def _org_block(draft: Draft, lines: list[str], number: int, language: str) -> int:
    end = next((later for later in range(number + 1, len(lines)) if ORG_END.match(lines[later])), len(lines))
    draft.add_block(language.lower(), "".join(f"{line}\n" for line in lines[number + 1 : end]), number + 2)
    return end + 1


def _org_paragraph(draft: Draft, lines: list[str], number: int) -> int:
    end = number + 1
    while end < len(lines) and lines[end].strip() and not lines[end].lstrip().startswith(("#+", "*", ":", "|")):
        if ITEM.match(lines[end]):
            break
        end += 1
    said = [_org_text(draft, line, row) for row, line in enumerate(lines[number:end], number + 1)]
    draft.add_prose(" ".join(ITEM.sub("", " ".join(said), count=1).split()), number + 1)
    return end


def _org_text(draft: Draft, text: str, line: int) -> str:
    """The text of a line without its links and code, which are noted."""

    def link(found: re.Match[str]) -> str:
        target = found[1].removeprefix("file:")
        if PICTURE.search(target):
            draft.add_image(target, found[2] or "", line)
            return ""
        draft.links.append(Link(target, found[2] or target, line))
        return found[2] or ""

    def code(found: re.Match[str]) -> str:
        draft.codes.append(Code(found[1], line))
        return ""

    return ORG_CODE.sub(code, _without_addresses(draft, ORG_LINK.sub(link, text), line))
