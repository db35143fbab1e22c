"""Documents as people read them: sections, prose, code, links and pictures, each with its line."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aiscaffold.regex import regex

CJK = regex("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
CJK_WORD = 1.5  # characters
WORD = regex(r"\S+")
BADGE = regex(
    r"shields\.io|badge|badgen\.|travis-ci\.|coveralls\.io|codecov\.io|circleci\.com|appveyor\.com/api|codacy\.com|"
    r"snyk\.io|pepy\.tech|deepsource\.|sonarcloud\.io|isitmaintained|codeclimate\.com|readthedocs\.org/proj|"
    r"_apis/build/status|github\.com/[^/]{1,99}/[^/]{1,99}/(?:actions/)?workflows/|skillicons\.dev|komarev\.com|"
    r"(?:coverage|license|build|tests|pypi|python)[\w.-]{0,40}\.svg|seeyoufarm\.com|img\.buymeacoffee",
    re.IGNORECASE,
)
LOGO = regex(
    r"logo|banner|(?:\b|_)icon|avatar|contributors|star[-_ ]?history|readme-stats|favicon|wordmark|sponsor|"
    r"qr[-_ ]?code|(?:\b|_)header\b|(?:\b|_)cover\b|buymeacoffee|opencollective",
    re.IGNORECASE,
)
LOGO_HOST = regex(r"contrib\.rocks|avatars\.githubusercontent|/logos?/|/sponsors?/", re.IGNORECASE)
LONGEST = 300_000  # characters that are read; Markdown of this length takes half a second
LONGEST_LINE = 20_000
EMBEDDED = regex(r"(data:[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,)[A-Za-z0-9+/=]{64,}")
CONTENTS = regex(r"(?:table of )?contents?:?|toc|index|目录", re.IGNORECASE)
TOP = 40  # lines within which a linked vector graphic is a badge
CUSTOM_ANCHOR = regex(r"\s*\{:?\s*#([\w:.-]{1,200})[^{}]{0,200}\}\s*$")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it: `end` is the last line before the next heading of its level or above."""

    title: str
    level: int
    line: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code; `line` is the first line of its content, `section` the title of the innermost section."""

    language: str
    text: str
    line: int
    section: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link, written out or bare."""

    target: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or a video."""

    target: str
    alt: str
    line: int
    is_badge: bool
    is_logo: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text; `line` is that of its header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph or a list item without markup, code and addresses."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Code:
    """Code within a sentence."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Document:
    """A text file read as a document."""

    path: str
    title: str
    title_line: int
    lines: tuple[str, ...]
    sections: tuple[Section, ...]
    blocks: tuple[Block, ...]
    links: tuple[Link, ...]
    images: tuple[Image, ...]
    tables: tuple[Table, ...]
    prose: tuple[Prose, ...]
    codes: tuple[Code, ...]
    anchors: frozenset[str]
    front_matter: str = ""
    is_cut: bool = False  # too long to be read to its end

    def words(self) -> int:
        """The number of words of prose; headings, tables, code, badges and addresses do not count."""
        return sum(count_words(each.text) for each in self.prose)

    def prose_in(self, section: Section) -> tuple[Prose, ...]:
        """The prose of a section and of those within it."""
        return tuple(each for each in self.prose if section.line <= each.line <= section.end)

    def blocks_in(self, section: Section) -> tuple[Block, ...]:
        """The code blocks of a section and of those within it."""
        return tuple(each for each in self.blocks if section.line <= each.line <= section.end)

    def section_at(self, line: int) -> tuple[str, ...]:
        """The titles above a line, from the outermost to the innermost."""
        return tuple(each.title for each in self.sections if each.line <= line <= each.end)


@dataclass(slots=True)
class Draft:
    """A document in the making: what a reader finds, in the order in which it finds it."""

    path: str
    lines: Sequence[str]
    headings: list[tuple[str, int, int]] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    prose: list[Prose] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    front_matter: str = ""
    is_cut: bool = False

    def readable(self) -> list[str]:
        """The lines to read: without embedded pictures, and without what is too long to be a document."""
        whole = EMBEDDED.sub(r"\1", "\n".join(self.lines))
        lines = [line[:LONGEST_LINE] for line in whole[:LONGEST].split("\n")]
        self.is_cut = sum(map(len, lines)) + len(lines) - 1 < len(whole)
        return lines

    def add_heading(self, title: str, level: int, line: int) -> None:
        """Begin a section; an anchor of its own, `{#name}`, is not part of the title."""
        if custom := CUSTOM_ANCHOR.search(title[-500:]):
            self.anchors.add(custom[1])
            title = title[: -len(custom[0])]
        if title := " ".join(title.split()):
            self.headings.append((title, level, line))

    def add_block(self, language: str, text: str, line: int) -> None:
        """Add a code block to the section that is open."""
        self.blocks.append(Block(language, text, line, self.headings[-1][0] if self.headings else ""))

    def add_image(self, target: str, alt: str, line: int, *, is_linked: bool = False) -> None:
        """Add a picture and judge what it is from its address, its caption and its place."""
        name = target.partition("?")[0].rpartition("/")[2]
        is_logo = bool(LOGO.search(alt[:200]) or LOGO.search(name[-200:]) or LOGO_HOST.search(target[:300]))
        is_vector = name.lower().endswith(".svg") and target.startswith("http")
        is_badge = bool(BADGE.search(target[:300])) or (is_vector and is_linked and line <= TOP and not is_logo)
        self.images.append(Image(target, alt, line, is_badge, is_logo and not is_badge))

    def add_prose(self, text: str, line: int) -> None:
        """Add a paragraph, unless nothing of it is left."""
        if text:
            self.prose.append(Prose(text, line))

    def finish(self) -> Document:
        """The document."""
        title, title_line = self._title()
        return Document(
            self.path,
            title,
            title_line,
            tuple(self.lines),
            tuple(self._sections()),
            tuple(self.blocks),
            tuple(self.links),
            tuple(self.images),
            tuple(self.tables),
            tuple(self.prose),
            tuple(self.codes),
            frozenset(self.anchors | set(self._slugs())),
            self.front_matter,
            self.is_cut,
        )

    def _title(self) -> tuple[str, int]:
        """The first heading of the first level, or a lower one that opens the document."""
        for title, level, line in self.headings:
            if level == 1 and not CONTENTS.fullmatch(title):
                return title, line
        for title, _, line in self.headings[:1]:
            if not CONTENTS.fullmatch(title) and not any(each.line < line for each in self.prose):
                return title, line
        return "", 0

    def _sections(self) -> Iterator[Section]:
        ends: list[int] = []
        following: list[tuple[int, int]] = []  # level and line of the headings below that may end this one
        for _, level, line in reversed(self.headings):
            while following and following[-1][0] > level:
                following.pop()
            ends.append(max(line, following[-1][1] - 1) if following else max(line, len(self.lines)))
            following.append((level, line))
        for (title, level, line), end in zip(self.headings, reversed(ends), strict=True):
            yield Section(title, level, line, end)

    def _slugs(self) -> Iterator[str]:
        seen: Counter[str] = Counter()
        for title, _, _ in self.headings:
            name = slug(title)
            yield f"{name}-{seen[name]}" if seen[name] else name
            seen[name] += 1


def split_lines(text: str) -> list[str]:
    """The lines of a text as editors count them, without the mark that may begin it."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def count_words(text: str) -> int:
    """The number of words; where a script has no spaces, every one and a half characters are one."""
    signs = len(CJK.findall(text))
    spaced = CJK.sub(" ", text) if signs else text
    return round(signs / CJK_WORD) + sum(any(map(str.isalnum, word)) for word in WORD.findall(spaced))


def slug(title: str) -> str:
    """The anchor that GitHub gives to a heading."""
    kept = (sign for sign in title.strip().lower() if sign in " -_" or _is_word(sign))
    return "".join(kept).replace(" ", "-")


def _is_word(sign: str) -> bool:
    return sign.isalpha() or unicodedata.category(sign) in {"Nd", "Nl", "Mn", "Mc", "Me", "Pc"}
