"""Markdown as GitHub shows it: CommonMark with tables, and the HTML that READMEs are full of."""

import re
from functools import cache
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from aiscaffold.document import Code, Document, Draft, Link, Table, split_lines
from aiscaffold.regex import regex

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FRONT_MATTER = regex(r"\A(---|\+\+\+)[ \t]*\n(.{0,20000}?\n)?\1[ \t]*(?:\n|\Z)", re.DOTALL)
COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
DIRECTIVE = regex(r"\{code[\w-]{0,20}\}\s*")
LANGUAGE = regex(r"[\w+#-]{1,40}")
URL = regex(r"https?://[^\s<>\"'`)\]}]{1,2000}")
NOISE = regex(
    r"\A\s*\[[ xX]\]\s|\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]|:[a-z][a-z0-9_+-]{1,40}:|\$\$[^$]{1,2000}\$\$"
)
VIDEO = regex(r"https://github\.com/(?:user-attachments|[^/\s]{1,99}/[^/\s]{1,99})/assets/|\.(?:mp4|webm|mov)\Z")
BREAKING = frozenset(
    """address article aside blockquote center dd details div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6
    header hr li main nav ol p section summary table tbody td tfoot th thead tr ul""".split()  # noqa: SIM905 - names
)
CELLS = frozenset({"table", "tr", "th", "td"})
LINE_BREAKS = frozenset({"softbreak", "hardbreak"})
HEADINGS = {f"h{level}": level for level in range(1, 7)}
SILENT = frozenset({"script", "style", "svg", "template", "title"})
HEADING_SPAN = 10  # lines after which an HTML heading that was never closed ends


def read_markdown(path: str, text: str) -> Document:
    """Read a Markdown file."""
    draft = Draft(path, split_lines(text))
    _Reader(draft).read(_parser().parse(_source(draft)))
    return draft.finish()


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # 25 ms that a repository without Markdown need not pay

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _source(draft: Draft) -> str:
    """What is parsed: as many lines, those of the front matter empty."""
    source = "\n".join(draft.readable()) + "\n"
    if front := FRONT_MATTER.match(source):
        draft.front_matter = front[2] or ""
        source = "\n" * front[0].count("\n") + source[front.end() :]
    return source


class _Reader(HTMLParser):
    """Walks the tokens of a document and fills its draft.

    Markdown and HTML drive one machine, since an element may open in one block of HTML and close in another, with
    Markdown in between.
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__(convert_charrefs=True)
        self.draft = draft
        self.first = 1  # line on which the piece of HTML begins
        self.is_silent = False
        self.in_paragraph = False  # of Markdown
        self.said: list[str] = []
        self.said_at = 0
        self.links: list[tuple[str, int, list[str]]] = []  # target, line, text
        self.heading: tuple[int, int, list[str]] | None = None  # level, line, text
        self.shown = ""  # the captions of the pictures in it
        self.code: tuple[str, int, list[str]] | None = None  # language, line, text
        self.rows: list[list[list[str]]] | None = None
        self.table_at = 0

    def read(self, tokens: "list[Token]") -> None:
        """Read a whole document."""
        for token in tokens:
            self._read_block(token, token.map[0] + 1 if token.map else 0)
        for tag in ("a", "h1", "pre", "table"):
            self.handle_endtag(tag)
        self._end_paragraph()

    def _read_block(self, token: "Token", line: int) -> None:
        is_opening = token.nesting == 1
        if token.type == "inline":
            self._read_inline(token.children or [], line)
        elif token.type == "html_block":
            self._read_html(token.content, line)
            self._end_paragraph()
        elif token.type in {"fence", "code_block"}:
            self._add_code(token.info, token.content, line + (token.type == "fence"))
        elif token.tag in HEADINGS:
            self._open_heading(HEADINGS[token.tag], line) if is_opening else self._close_heading()
        elif token.tag == "p":
            self._end_paragraph()
            self.in_paragraph = is_opening
        elif token.type == "table_close":
            self._close_table()
        elif is_opening and token.tag in CELLS:
            self._open_cell(token.tag, line)

    def _read_inline(self, tokens: "list[Token]", line: int) -> None:
        for token in tokens:
            self._read_span(token, line)
            line += token.content.count("\n") if token.type == "html_inline" else token.type in LINE_BREAKS

    def _read_span(self, token: "Token", line: int) -> None:
        match token.type:
            case "text":
                self._say(token.content, line)
            case "softbreak" | "hardbreak":
                self._say(" ", line)
            case "code_inline":
                self._say_code(token.content, line)
            case "link_open":
                self.links.append((str(token.attrs["href"]), line, []))
            case "link_close":
                self._close_link()
            case "image":
                self._add_image(str(token.attrs["src"]), token.content, line)
            case "html_inline":
                self._read_html(token.content, line)

    def _read_html(self, source: str, line: int) -> None:
        if "<!--" in source:
            source = COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), source)
        self.reset()
        self.first = line
        try:
            self.feed(source)
            self.close()
        except AssertionError:  # how the parser takes a broken declaration
            self.is_silent = False

    @property
    def _line(self) -> int:
        return self.first + self.getpos()[0] - 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element of HTML that opens."""
        given = {name: value or "" for name, value in attrs}
        self.draft.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        self.is_silent = self.is_silent or tag in SILENT
        if tag in BREAKING:
            self._end_paragraph()
        if tag in HEADINGS:
            self._open_heading(HEADINGS[tag], self._line)
        elif tag in {"img", "video"}:
            self._add_image(given.get("src", ""), given.get("alt", ""), self._line)
        elif tag in CELLS:
            self._open_cell(tag, self._line)
        elif tag == "a" and given.get("href"):
            self.links.append((given["href"], self._line, []))
        elif tag in {"pre", "code"}:
            self._open_code(tag, given)
        elif tag in {"br", "source", "iframe"}:
            self._take_void(tag, given)

    def _take_void(self, tag: str, given: dict[str, str]) -> None:
        if tag == "br":
            self._say(" ", self._line)
        elif VIDEO.search(given.get("src", "")):
            self._add_image(given["src"], "", self._line)
        elif tag == "iframe" and given.get("src"):
            self.draft.links.append(Link(given["src"], given.get("title", ""), self._line))

    def handle_endtag(self, tag: str) -> None:
        """Take an element of HTML that closes."""
        if tag in SILENT:
            self.is_silent = False
        elif tag in HEADINGS:
            self._close_heading()
        elif tag == "a":
            self._close_link()
        elif tag == "table":
            self._close_table()
        elif tag == "pre" and self.code:
            (language, line, parts), self.code = self.code, None
            text = "".join(parts)
            opening = len(text) - len(text.lstrip("\n"))
            self._add_code(language, text.strip("\n") + "\n", line + opening)
        if tag in BREAKING:
            self._end_paragraph()

    def handle_data(self, data: str) -> None:
        """Take text between two tags."""
        if self.code:
            self.code[2].append(data)
        elif not self.is_silent:
            blank = data[: len(data) - len(data.lstrip())]
            self._say(data, self._line + blank.count("\n"))

    def _say(self, text: str, line: int) -> None:
        """Text flows into what is open: a heading, a cell, or a paragraph."""
        for _, _, label in self.links:
            label.append(text)
        is_bare = not self.links and "://" in text
        if is_bare:
            self._add_bare(text, line)
        if self.heading and line - self.heading[1] > HEADING_SPAN:
            self._close_heading()
        if self.heading:
            self.heading[2].append(text)
        elif self.rows is not None and not self.in_paragraph:
            if self.rows and self.rows[-1]:
                self.rows[-1][-1].append(text)
        elif self.said or text.strip():
            self.said_at = self.said_at if self.said else line
            self.said.append(URL.sub("", text) if "://" in text else text)

    def _say_code(self, code: str, line: int) -> None:
        self.draft.codes.append(Code(code, line))
        if self.heading or (self.rows is not None and not self.in_paragraph):
            self._say(code, line)
        else:
            for _, _, label in self.links:
                label.append(code)

    def _end_paragraph(self) -> None:
        text = "".join(self.said)
        self.draft.add_prose(" ".join(NOISE.sub(" ", text).split()), self.said_at)
        self.said = []

    def _open_heading(self, level: int, line: int) -> None:
        self._close_heading()
        self._end_paragraph()
        self.heading = (level, line, [])
        self.shown = ""

    def _close_heading(self) -> None:
        if self.heading:
            (level, line, parts), self.heading = self.heading, None
            text = "".join(parts)
            self.draft.add_heading(text if text.strip() else self.shown, level, line)

    def _close_link(self) -> None:
        if self.links:
            target, line, label = self.links.pop()
            self.draft.links.append(Link(target, " ".join("".join(label).split()), line))

    def _add_bare(self, text: str, line: int) -> None:
        for found in URL.finditer(text):
            target = found[0].rstrip(".,;:!?*_")
            if VIDEO.search(target):
                self._add_image(target, "", line)
            else:
                self.draft.links.append(Link(target, target, line))

    def _add_image(self, target: str, alt: str, line: int) -> None:
        self.shown = f"{self.shown} {alt}"
        for _, _, label in self.links:
            label.append(alt)
        if target:
            self.draft.add_image(target, alt, line, is_linked=bool(self.links))

    def _open_code(self, tag: str, given: dict[str, str]) -> None:
        if tag == "pre":
            self._end_paragraph()
            self.code = (given.get("lang", ""), self._line, [])
        elif self.code and given.get("class"):
            self.code = (given["class"].removeprefix("language-"), *self.code[1:])

    def _add_code(self, info: str, text: str, line: int) -> None:
        language = LANGUAGE.search(DIRECTIVE.sub("", info[:200]))
        self.draft.add_block(language[0].lower() if language else "", text, line)

    def _open_cell(self, tag: str, line: int) -> None:
        if tag == "table" or self.rows is None:
            self._close_table()
            self.rows, self.table_at = [], line
        if tag == "tr":
            self.rows.append([])
        elif tag != "table":
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append([])

    def _close_table(self) -> None:
        if self.rows is None:
            return
        rows = [tuple(" ".join("".join(cell).split()) for cell in row) for row in self.rows if row]
        self.rows = None
        if rows:
            self.draft.tables.append(Table(rows[0], tuple(rows[1:]), self.table_at))
